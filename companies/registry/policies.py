"""May this person act for a company? Asked once, by the verb."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TypeVar

from django.utils.translation import gettext_lazy as _

from companies.errors import NotAllowed
from companies.foundation.actors import Actor
from companies.registry.models import CompanyRole, Membership
from companies.registry.selectors import list_memberships
from companies.users.policies import require_scope

M = TypeVar("M", Membership, int)


def require_membership(
    *, actor: Actor, company_id: int, roles: Iterable[str], at: datetime
) -> Membership:
    """The membership by which the actor may do this. Raises NotAllowed `membership_missing`."""
    wanted = [str(role) for role in roles]
    membership = None
    if actor.user_id is not None:
        held = list_memberships(actor.user_id, at)
        membership = held.filter(company_id=company_id, role__in=wanted).first()
    return require_found_membership(actor, membership, wanted)


def require_found_membership(actor: Actor, membership: M | None, roles: Iterable[str]) -> M:
    """The membership (or its id) that a look-up by these roles found. Raises NotAllowed."""
    require_scope(actor, writes=True)
    if membership is None:
        raise NotAllowed(
            "membership_missing",
            _("This needs the role of %(roles)s in this company."),
            roles=[CompanyRole(role) for role in roles],
        )
    return membership
