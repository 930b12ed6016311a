"""Windows for applications."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from companies.audit.services import record_event
from companies.errors import Conflict, InvalidInput
from companies.foundation.actors import Actor
from companies.foundation.states import require_step
from companies.foundation.verbs import verb
from companies.users.models import Role
from companies.users.policies import require_duty
from vouchers.programmes.models import Programme, Round, RoundStatus
from vouchers.programmes.services.steps import find_one, lock_one, status_of
from vouchers.programmes.states import ROUND_STEPS


@verb
def create_round(
    *,
    actor: Actor,
    programme_id: int,
    code: str,
    name_zh: str,
    name_en: str,
    opens_at: datetime,
    closes_at: datetime,
    at: datetime,
) -> Round:
    """A draft window. Raises NotAllowed, InvalidInput `period_backwards`, Conflict `code_taken`."""
    programme = find_one(Programme.objects.filter(pk=programme_id), "programme")
    duty = require_duty(
        actor=actor,
        roles=[Role.PROGRAMME_MANAGER],
        agency_id=programme.agency_id,
        at=at,
        programme_ref=programme.ref,
    )
    if closes_at <= opens_at:
        raise InvalidInput("period_backwards", _("The end must lie after the beginning."))
    if programme.rounds.filter(code=code).exists():
        raise Conflict("code_taken", _("This code is used already. Choose another."))
    window = Round.objects.create(
        agency_id=programme.agency_id,
        programme=programme,
        code=code,
        name_zh=name_zh,
        name_en=name_en,
        opens_at=opens_at,
        closes_at=closes_at,
        status=RoundStatus.DRAFT,
    )
    _told(actor, window, "created", duty.pk, at)
    return window


@verb
def publish_round(*, actor: Actor, round_id: int, at: datetime) -> Round:
    """DRAFT → PUBLISHED, by an approver. Raises NotAllowed, Conflict `wrong_state`."""
    window = lock_one(Round.objects.filter(pk=round_id).select_related("programme"), "round")
    duty = require_duty(
        actor=actor,
        roles=[Role.APPROVER],
        agency_id=window.agency_id,
        at=at,
        programme_ref=window.programme.ref,
    )
    require_step(ROUND_STEPS, window.status, RoundStatus.PUBLISHED, window.code)
    window.status = RoundStatus.PUBLISHED
    window.save(update_fields=["status"])
    _told(actor, window, "published", duty.pk, at)
    return window


def _told(actor: Actor, window: Round, past: str, duty_id: int, at: datetime) -> None:
    record_event(
        f"round.{past}",
        actor=actor,
        subject_ref=window.programme.ref,
        agency_id=window.agency_id,
        at=at,
        duty_ref=f"duty:{duty_id}",
        after={
            "round": window.code,
            "opens_at": window.opens_at.isoformat(),
            "closes_at": window.closes_at.isoformat(),
            **status_of(window),
        },
    )
