"""An award called off before its voucher exists: two sign (撤销资金安排)."""

from __future__ import annotations

from datetime import datetime

from companies.foundation.actors import Actor
from companies.foundation.states import require_step
from companies.foundation.verbs import verb
from companies.users.models import Duty, Role
from vouchers.applications.models import Act, Application, ApplicationStatus
from vouchers.applications.services.award import lock_file, release_file
from vouchers.applications.services.burdens import serve_decision
from vouchers.applications.services.seats import sign
from vouchers.applications.services.steps import (
    exported,
    find_application,
    move,
    record,
    require_officer,
    require_reason,
)
from vouchers.applications.states import STEPS
from vouchers.ledger.chart import EntryKind
from vouchers.ledger.services import Request, find_replay, post_entry

PROPOSED = "CANCELLATION_PROPOSED"


@verb
def cancel_application(
    *, actor: Actor, application_id: int, reason: str, at: datetime, request_key: str
) -> Application:
    """Two sign: an approver proposes, then a programme manager co-signs and carries it out: the
    reservation is free again and the decision is served.

    Raises NotAllowed `second_person_needed`, Conflict `wrong_state`, InvalidInput `reason_missing`.
    """
    body = {"cancel_application": application_id, "reason": reason}
    request = Request.of(actor, request_key, body)
    found = find_application(application_id)
    if find_replay(request):
        return found
    proposed = is_cancellation_proposed(found)
    role = Role.PROGRAMME_MANAGER if proposed else Role.APPROVER
    duty = require_officer(actor, found, (role,), at)
    application = lock_file(application_id)
    if find_replay(request):
        return application
    require_step(STEPS, application.status, ApplicationStatus.CANCELLED, application.number)
    reason = require_reason(reason)
    sign(
        application=application,
        act=Act.COSIGN if proposed else Act.APPROVE,
        actor=actor,
        duty=duty,
        subject_ref=_subject(application),
        outcome="CANCELLED" if proposed else PROPOSED,
        amount_fen=application.approved_fen,
        reason=reason,
        at=at,
    )
    if proposed:
        _cancel(application, reason, request=request, actor=actor, duty=duty, at=at)
    else:
        post_entry(
            EntryKind.UNRESERVE, request=request, agency_id=application.agency_id, legs=[], at=at,
            actor=actor, subject_ref=application.ref,
        )  # fmt: skip
        record(
            application, "application.cancellation_proposed", actor=actor, at=at, duty=duty,
            request_ref=request.ref, reason=reason,
        )  # fmt: skip
    return application


def is_cancellation_proposed(application: Application) -> bool:
    """Whether an approver's signature waits for the manager's."""
    return application.decisions.filter(
        subject_ref=_subject(application), outcome=PROPOSED, cycle=application.cycle
    ).exists()


def _subject(application: Application) -> str:
    """A question of its own: who signed the award may sign this too."""
    return f"{application.ref}#cancellation"


def _cancel(
    application: Application, reason: str, *, request: Request, actor: Actor, duty: Duty,
    at: datetime,
) -> None:  # fmt: skip
    before = exported(application)
    release_file(application, request=request, reason="cancelled", actor=actor, at=at)
    serve_decision(application, reason=reason, duty=duty, at=at)
    move(
        application,
        ApplicationStatus.CANCELLED,
        action="application.cancelled",
        actor=actor,
        duty=duty,
        at=at,
        before=before,
        request_ref=request.ref,
        reason=reason,
    )
