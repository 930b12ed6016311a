"""May this person act for a public body? Asked once, by the verb."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import TypeVar

from django.utils.translation import gettext_lazy as _

from companies.errors import NotAllowed
from companies.foundation.actors import Actor
from companies.users.models import Duty, Role
from companies.users.selectors import find_duty

D = TypeVar("D", Duty, int)
READING_ROLES = frozenset({Role.AUDITOR, Role.OVERSEER})


def require_duty(
    *,
    actor: Actor,
    roles: Iterable[str],
    agency_id: int,
    at: datetime,
    programme_ref: str = "",
) -> Duty:
    """The duty by which the actor may do this here and now.

    A machine key acts as its user, narrowed by its scopes. Raises NotAllowed `duty_missing` or
    `scope_missing`.
    """
    wanted = [str(role) for role in roles]
    duty = None
    if actor.user_id is not None:
        duty = find_duty(
            user_id=actor.user_id,
            roles=wanted,
            agency_id=agency_id,
            at=at,
            programme_ref=programme_ref,
        )
    return require_found_duty(actor, duty, wanted)


def require_found_duty(actor: Actor, duty: D | None, roles: Collection[str]) -> D:
    """The duty (or its id) that a look-up by these roles found. Raises NotAllowed."""
    require_scope(actor, writes=not READING_ROLES.issuperset(roles))
    if duty is None:
        raise NotAllowed(
            "duty_missing",
            _("This needs the duty of %(roles)s in this agency."),
            roles=[Role(role) for role in roles],
        )
    return duty


def require_scope(actor: Actor, *, writes: bool) -> None:
    """A key that may only read does nothing else. Raises NotAllowed `scope_missing`."""
    if actor.kind == "machine" and writes and "write" not in actor.scopes:
        raise NotAllowed("scope_missing", _("This key may only read."))
