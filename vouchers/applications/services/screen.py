"""The intake officer's part: take the file, ask for papers, accept it or say why not."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from companies.agencies.services import close_deadline, pause_deadlines
from companies.alerts.models import Alert
from companies.errors import Conflict
from companies.foundation.actors import Actor
from companies.foundation.states import Steps, require_step
from companies.foundation.verbs import verb
from companies.letters.models import LetterKind
from companies.letters.services import serve_letter
from companies.users.models import Duty, Role
from vouchers.applications.models import Act, Application, ApplicationStatus
from vouchers.applications.services.award import (
    lock_file,
    release_caps,
    release_file,
    release_reservation,
)
from vouchers.applications.services.burdens import (
    PriorNotice,
    drop_prior_notices,
    require_burden,
    serve_decision,
    serve_prior_notice,
)
from vouchers.applications.services.seats import sign, take_seat
from vouchers.applications.services.steps import (
    exported,
    find_application,
    lock_application,
    move,
    open_term,
    require_officer,
    require_reason,
    rules_of,
    tell_company,
)
from vouchers.applications.services.steps import record as record_on
from vouchers.applications.states import STEPS
from vouchers.ledger.services import Request

_WHO_RETURNS = {
    ApplicationStatus.IN_SCREENING: (Role.INTAKE, Act.SCREEN),
    ApplicationStatus.IN_REVIEW: (Role.REVIEWER, Act.REVIEW),
    ApplicationStatus.RECOMMENDED: (Role.APPROVER, Act.APPROVE),
}


@verb
def take_screening(*, actor: Actor, application_id: int, at: datetime) -> Application:
    """An intake officer takes the file. Raises NotAllowed, Conflict `wrong_state`."""
    duty = require_officer(actor, find_application(application_id), (Role.INTAKE,), at)
    application = lock_application(application_id)
    require_step(STEPS, application.status, ApplicationStatus.IN_SCREENING, application.number)
    take_seat(application=application, user_id=duty.user_id, act=Act.SCREEN, at=at)
    move(
        application,
        ApplicationStatus.IN_SCREENING,
        action="application.screening_taken",
        actor=actor,
        duty=duty,
        at=at,
    )
    return application


@verb
def return_application(
    *, actor: Actor, application_id: int, note: str, at: datetime
) -> Application:
    """Ask for all that is missing, at once (一次性告知); the office's clock stands still, and what
    a file back from an objection had reserved is free again.

    Raises NotAllowed, Conflict `wrong_state`, `return_rounds_exhausted`.
    """
    found = find_application(application_id)
    role, act = _WHO_RETURNS.get(
        ApplicationStatus(found.status), _WHO_RETURNS[ApplicationStatus.IN_SCREENING]
    )
    duty = require_officer(actor, found, (role,), at)
    application = lock_file(application_id)
    if application.status != found.status:
        raise Conflict("moved_meanwhile", _("Someone else has just moved this record."))
    require_step(STEPS, application.status, ApplicationStatus.RETURNED, application.number)
    note = require_reason(note)
    rules = rules_of(application)
    _require_round_left(application, rules.procedure.return_rounds_max)
    before = exported(application)
    take_seat(application=application, user_id=duty.user_id, act=act, at=at)
    application.returned_rounds += 1
    application.return_note = note
    application.returned_from = application.status
    application.cycle += 1
    drop_prior_notices(application, actor=actor, at=at)
    pause_deadlines(subject_ref=application.ref, at=at)
    open_term(application, "return_reply", rules.procedure.terms.return_, at)
    serve_letter(
        agency_id=application.agency_id,
        kind=LetterKind.SUPPLEMENT,
        company_id=application.company_id,
        subject_ref=application.ref,
        burden="",
        about=application.number,
        body=note,
        remedy="",
        signed_by_id=duty.user_id,
        reply_days=0,
        at=at,
    )
    request = Request.of(actor, f"return-{application.number}-{application.cycle}", {"note": note})
    if application.reserved_fen:
        release_caps(application.ref, amount_fen=None, reason="returned", at=at)
        release_reservation(application, request=request, actor=actor, at=at)
    move(
        application,
        ApplicationStatus.RETURNED,
        action="application.returned",
        actor=actor,
        duty=duty,
        at=at,
        before=before,
        request_ref=request.ref,
        note=note,
    )
    return application


@verb
def accept_application(*, actor: Actor, application_id: int, at: datetime) -> Application:
    """The papers are complete: the file is accepted by letter and its review begins.

    Raises NotAllowed, Conflict `wrong_state`, `alerts_open`.
    """
    duty = require_officer(actor, find_application(application_id), (Role.INTAKE,), at)
    application = lock_application(application_id)
    # Review begins again from other states too; a file is accepted once, out of screening.
    steps: Steps = {ApplicationStatus.IN_SCREENING: STEPS[ApplicationStatus.IN_SCREENING]}
    require_step(steps, application.status, ApplicationStatus.IN_REVIEW, application.number)
    alerts = Alert.objects.filter(subject_ref=application.ref, status="OPEN")
    if alerts.exclude(code="deadline_missed").exists():
        raise Conflict("alerts_open", _("An alert on this file has not been answered."))
    before = exported(application)
    _sign_screening(application, actor=actor, duty=duty, outcome="ACCEPTED", reason="", at=at)
    drop_prior_notices(application, actor=actor, at=at)
    application.accepted_at = at
    close_deadline(
        subject_ref=application.ref, kind="applications.intake", at=at, outcome="accepted"
    )
    open_term(application, "review", rules_of(application).procedure.terms.review, at)
    serve_letter(
        agency_id=application.agency_id,
        kind=LetterKind.ACCEPTANCE,
        company_id=application.company_id,
        subject_ref=application.ref,
        burden="",
        about=application.number,
        body=_("Your application is complete and has been accepted for review."),
        remedy="",
        signed_by_id=duty.user_id,
        reply_days=0,
        at=at,
    )
    move(
        application,
        ApplicationStatus.IN_REVIEW,
        action="application.accepted",
        actor=actor,
        duty=duty,
        at=at,
        before=before,
    )
    return application


@verb
def propose_ineligible(
    *, actor: Actor, application_id: int, reason: str, at: datetime
) -> Application:
    """Intake means to refuse the file: the company is told first and may answer.

    Raises NotAllowed, Conflict `wrong_state`, InvalidInput `reason_missing`.
    """
    duty = require_officer(actor, find_application(application_id), (Role.INTAKE,), at)
    application = lock_application(application_id)
    require_step(STEPS, application.status, ApplicationStatus.INELIGIBLE, application.number)
    reason = require_reason(reason)
    _sign_screening(application, actor=actor, duty=duty, outcome="INELIGIBLE", reason=reason, at=at)
    serve_prior_notice(
        PriorNotice.on(application, burden="INELIGIBLE", reason=reason), duty=duty, at=at
    )
    record_on(
        application, "application.ineligible_noticed", actor=actor, at=at, duty=duty, reason=reason
    )
    tell_company(application, "application.ineligible_noticed", at=at)
    return application


@verb
def declare_ineligible(*, actor: Actor, application_id: int, at: datetime) -> Application:
    """The approver's second word, once the company has had its say.

    Raises NotAllowed, Conflict `wrong_state`, `prior_notice_missing`.
    """
    duty = require_officer(actor, find_application(application_id), (Role.APPROVER,), at)
    application = lock_file(application_id)
    require_step(STEPS, application.status, ApplicationStatus.INELIGIBLE, application.number)
    require_burden(application.ref, "INELIGIBLE", at)
    before = exported(application)
    reason = _reason_of_screening(application)
    sign(
        application=application,
        act=Act.APPROVE,
        actor=actor,
        duty=duty,
        subject_ref=application.ref,
        outcome="INELIGIBLE",
        amount_fen=None,
        reason=reason,
        at=at,
    )
    request = Request.of(actor, f"ineligible-{application.number}", {"file": application.pk})
    release_file(application, request=request, reason="refused", actor=actor, at=at)
    serve_decision(application, reason=reason, duty=duty, at=at)
    move(
        application,
        ApplicationStatus.INELIGIBLE,
        action="application.ineligible",
        actor=actor,
        duty=duty,
        at=at,
        before=before,
        request_ref=request.ref,
        reason=reason,
    )
    return application


def _sign_screening(
    application: Application, *, actor: Actor, duty: Duty, outcome: str, reason: str, at: datetime
) -> None:
    sign(
        application=application,
        act=Act.SCREEN,
        actor=actor,
        duty=duty,
        subject_ref=application.ref,
        outcome=outcome,
        amount_fen=None,
        reason=reason,
        at=at,
    )


def _reason_of_screening(application: Application) -> str:
    decision = application.decisions.filter(act=Act.SCREEN, outcome="INELIGIBLE").latest("id")
    return decision.reason


def _require_round_left(application: Application, most: int | None) -> None:
    if most is not None and application.returned_rounds >= most:
        raise Conflict(
            "return_rounds_exhausted",
            _("The rules let a file be returned %(most)s times at most."),
            most=most,
        )
