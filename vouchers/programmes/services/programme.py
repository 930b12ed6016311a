"""A programme's own life."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from companies.audit.services import record_event
from companies.errors import Conflict
from companies.foundation.actors import Actor
from companies.foundation.states import Steps, require_step
from companies.foundation.verbs import verb
from companies.users.models import Role
from companies.users.policies import require_duty
from vouchers.programmes.models import Programme, ProgrammeStatus
from vouchers.programmes.services.steps import lock_one, status_of
from vouchers.programmes.states import PROGRAMME_STEPS


@verb
def create_programme(
    *,
    actor: Actor,
    agency_id: int,
    finance_agency_id: int,
    code: str,
    name_zh: str,
    name_en: str,
    summary_zh: str,
    summary_en: str,
    at: datetime,
    is_demo: bool = False,
) -> Programme:
    """A draft programme. Raises NotAllowed, Conflict `code_taken`."""
    duty = require_duty(actor=actor, roles=[Role.PROGRAMME_MANAGER], agency_id=agency_id, at=at)
    if Programme.objects.filter(code=code).exists():
        raise Conflict("code_taken", _("This code is used already. Choose another."))
    programme = Programme.objects.create(
        agency_id=agency_id,
        finance_agency_id=finance_agency_id,
        code=code,
        name_zh=name_zh,
        name_en=name_en,
        summary_zh=summary_zh,
        summary_en=summary_en,
        status=ProgrammeStatus.DRAFT,
        created_by_id=duty.user_id,
        is_demo=is_demo,
    )
    record_event(
        "programme.created",
        actor=actor,
        subject_ref=programme.ref,
        agency_id=agency_id,
        at=at,
        duty_ref=f"duty:{duty.pk}",
        after={"code": code, **status_of(programme)},
    )
    return programme


@verb
def activate_programme(*, actor: Actor, programme_id: int, at: datetime) -> Programme:
    """DRAFT → ACTIVE, by an approver. Raises NotAllowed, Conflict `wrong_state`."""
    return _move(programme_id, "activated", actor=actor, role=Role.APPROVER, at=at)


@verb
def pause_programme(*, actor: Actor, programme_id: int, at: datetime) -> Programme:
    """No submission, no reservation until resumed. Raises NotAllowed, Conflict `wrong_state`."""
    return _move(programme_id, "paused", actor=actor, role=Role.PROGRAMME_MANAGER, at=at)


@verb
def resume_programme(*, actor: Actor, programme_id: int, at: datetime) -> Programme:
    """PAUSED → ACTIVE. Raises NotAllowed, Conflict `wrong_state`."""
    return _move(programme_id, "resumed", actor=actor, role=Role.PROGRAMME_MANAGER, at=at)


# Each verb leaves one status only: resuming never activates a draft.
_FROM_TO = {
    "activated": (ProgrammeStatus.DRAFT, ProgrammeStatus.ACTIVE),
    "paused": (ProgrammeStatus.ACTIVE, ProgrammeStatus.PAUSED),
    "resumed": (ProgrammeStatus.PAUSED, ProgrammeStatus.ACTIVE),
}


def _move(programme_id: int, past: str, *, actor: Actor, role: Role, at: datetime) -> Programme:
    source, target = _FROM_TO[past]
    programme = lock_one(Programme.objects.filter(pk=programme_id), "programme")
    duty = require_duty(
        actor=actor,
        roles=[role],
        agency_id=programme.agency_id,
        at=at,
        programme_ref=programme.ref,
    )
    steps: Steps = {source: PROGRAMME_STEPS[source]}
    require_step(steps, programme.status, target, programme.code)
    before = status_of(programme)
    programme.status = target
    programme.save(update_fields=["status"])
    record_event(
        f"programme.{past}",
        actor=actor,
        subject_ref=programme.ref,
        agency_id=programme.agency_id,
        at=at,
        duty_ref=f"duty:{duty.pk}",
        before=before,
        after=status_of(programme),
    )
    return programme
