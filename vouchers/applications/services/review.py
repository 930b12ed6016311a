"""The reviewer's advice, and the approver's no."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from companies.agencies.services import close_deadline
from companies.errors import Conflict, InvalidInput, NotAllowed
from companies.foundation.actors import Actor
from companies.foundation.states import Steps, require_step
from companies.foundation.verbs import verb
from companies.users.models import Role
from vouchers.applications.models import Act, Application, ApplicationStatus
from vouchers.applications.services.award import grantable, lock_file, release_file
from vouchers.applications.services.burdens import (
    PriorNotice,
    drop_prior_notices,
    require_burden,
    serve_decision,
    serve_prior_notice,
)
from vouchers.applications.services.object import uphold_open_objections
from vouchers.applications.services.seats import sign
from vouchers.applications.services.steps import (
    exported,
    find_application,
    lock_application,
    move,
    open_term,
    record,
    require_officer,
    require_reason,
    rules_of,
    take_out_of_notice,
    tell_company,
)
from vouchers.applications.states import STEPS
from vouchers.ledger.services import Request, find_replay
from vouchers.money import format_yuan


@verb
def recommend_application(
    *, actor: Actor, application_id: int, amount_fen: int, reason: str, at: datetime
) -> Application:
    """The reviewer proposes a sum. Raises NotAllowed, Conflict `wrong_state`, `not_eligible`,
    InvalidInput `amount_out_of_range`."""
    application = _begin_review(actor, application_id, ApplicationStatus.RECOMMENDED, at)
    if (application.assessment or {}).get("outcome") != "eligible":
        raise Conflict("not_eligible", _("By the rules this file is not eligible as it stands."))
    most = grantable(application)
    if not 0 < amount_fen <= most:
        raise InvalidInput(
            "amount_out_of_range",
            _("Between 0.01 and %(most)s yuan can be recommended."),
            most=format_yuan(most),
            most_fen=most,
        )
    return _give_advice(
        application, ApplicationStatus.RECOMMENDED, actor=actor, amount_fen=amount_fen,
        reason=reason, at=at,
    )  # fmt: skip


@verb
def advise_against(*, actor: Actor, application_id: int, reason: str, at: datetime) -> Application:
    """The reviewer advises against it. Raises NotAllowed, Conflict, InvalidInput."""
    application = _begin_review(actor, application_id, ApplicationStatus.NOT_RECOMMENDED, at)
    return _give_advice(
        application, ApplicationStatus.NOT_RECOMMENDED, actor=actor, amount_fen=None,
        reason=require_reason(reason), at=at,
    )  # fmt: skip


@verb
def send_back(*, actor: Actor, application_id: int, reason: str, at: datetime) -> Application:
    """The approver wants another reviewer's advice on a file advised against.

    Raises NotAllowed, Conflict `wrong_state`, InvalidInput `reason_missing`.
    """
    duty = require_officer(actor, find_application(application_id), (Role.APPROVER,), at)
    application = lock_application(application_id)
    # Out of screening a file comes by its acceptance, out of an objection by its answer.
    steps: Steps = {ApplicationStatus.NOT_RECOMMENDED: STEPS[ApplicationStatus.NOT_RECOMMENDED]}
    require_step(steps, application.status, ApplicationStatus.IN_REVIEW, application.number)
    reason = require_reason(reason)
    before = exported(application)
    sign(
        application=application,
        act=Act.APPROVE,
        actor=actor,
        duty=duty,
        subject_ref=application.ref,
        outcome="SENT_BACK",
        amount_fen=None,
        reason=reason,
        at=at,
    )
    application.cycle += 1
    drop_prior_notices(application, actor=actor, at=at)
    open_term(application, "review", rules_of(application).procedure.terms.review, at)
    move(
        application,
        ApplicationStatus.IN_REVIEW,
        action="application.sent_back",
        actor=actor,
        duty=duty,
        at=at,
        before=before,
        reason=reason,
    )
    return application


@verb
def announce_rejection(
    *, actor: Actor, application_id: int, reason: str, at: datetime
) -> Application:
    """An approver means to reject a file the public has seen: the company is told first.

    Raises NotAllowed, Conflict `wrong_state`, `never_public`, `prior_notice_served`, InvalidInput.
    """
    duty = require_officer(actor, find_application(application_id), (Role.APPROVER,), at)
    application = lock_application(application_id)
    require_step(STEPS, application.status, ApplicationStatus.REJECTED, application.number)
    if not was_public(application):
        raise Conflict("never_public", _("Before a public notice no prior notice is needed."))
    reason = require_reason(reason)
    sign(
        application=application,
        act=_act_of_refusal(application),
        actor=actor,
        duty=duty,
        subject_ref=f"{application.ref}#rejection",
        outcome="REJECTION_PROPOSED",
        amount_fen=None,
        reason=reason,
        at=at,
    )
    notice = PriorNotice.on(application, burden="REJECTED", reason=reason)
    serve_prior_notice(notice, duty=duty, at=at)
    record(
        application, "application.rejection_noticed", actor=actor, at=at, duty=duty, reason=reason
    )
    tell_company(application, "application.rejection_noticed", at=at)
    return application


@verb
def reject_application(
    *, actor: Actor, application_id: int, reason: str, at: datetime, request_key: str
) -> Application:
    """Not supported: with reason and remedy; after a public notice only on a prior notice.

    Raises NotAllowed, Conflict `wrong_state`, `prior_notice_missing`, InvalidInput.
    """
    body = {"reject_application": application_id, "reason": reason}
    request = Request.of(actor, request_key, body)
    found = find_application(application_id)
    if find_replay(request):
        return found
    duty = require_officer(actor, found, (Role.APPROVER,), at)
    application = lock_file(application_id)
    if find_replay(request):
        return application
    require_step(STEPS, application.status, ApplicationStatus.REJECTED, application.number)
    reason = require_reason(reason)
    if was_public(application):
        require_burden(application.ref, "REJECTED", at)
    before = exported(application)
    sign(
        application=application,
        act=_act_of_refusal(application),
        actor=actor,
        duty=duty,
        subject_ref=application.ref,
        outcome="REJECTED",
        amount_fen=None,
        reason=reason,
        at=at,
    )
    release_file(application, request=request, reason="refused", actor=actor, at=at)
    serve_decision(application, reason=reason, duty=duty, at=at)
    take_out_of_notice(application, at)
    uphold_open_objections(application, reason, duty=duty, at=at)
    move(
        application,
        ApplicationStatus.REJECTED,
        action="application.rejected",
        actor=actor,
        duty=duty,
        at=at,
        before=before,
        request_ref=request.ref,
        reason=reason,
    )
    return application


def was_public(application: Application) -> bool:
    """Whether the file ever stood on a public notice."""
    return application.notice_rows.exists()


def _act_of_refusal(application: Application) -> Act:
    """While an objection is open, only an approver new to the file may refuse it."""
    return Act.OBJECTION if application.status == ApplicationStatus.OBJECTED else Act.APPROVE


def _begin_review(actor: Actor, application_id: int, target: str, at: datetime) -> Application:
    """The locked file, if this reviewer may advise on it now, for the first time."""
    found = find_application(application_id)
    duty = require_officer(actor, found, (Role.REVIEWER,), at)
    application = lock_application(application_id)
    require_step(STEPS, application.status, target, application.number)
    earlier = application.decisions.filter(
        act=Act.REVIEW, user=duty.user_id, subject_ref=application.ref, outcome="NOT_RECOMMENDED"
    )
    if earlier.exists():
        raise NotAllowed("reviewer_not_new", _("Another reviewer has to advise this time."))
    return application


def _give_advice(
    application: Application,
    target: str,
    *,
    actor: Actor,
    amount_fen: int | None,
    reason: str,
    at: datetime,
) -> Application:
    duty = require_officer(actor, application, (Role.REVIEWER,), at)
    before = exported(application)
    sign(
        application=application,
        act=Act.REVIEW,
        actor=actor,
        duty=duty,
        subject_ref=application.ref,
        outcome=target,
        amount_fen=amount_fen,
        reason=reason,
        at=at,
    )
    close_deadline(
        subject_ref=application.ref, kind="applications.review", at=at, outcome="advised"
    )
    advised_well = target == ApplicationStatus.RECOMMENDED
    move(
        application,
        target,
        action="application.recommended" if advised_well else "application.not_recommended",
        actor=actor,
        duty=duty,
        at=at,
        before=before,
        amount_fen=amount_fen,
    )
    return application
