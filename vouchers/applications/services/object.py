"""Objections to a published row: lodged by anybody, answered by someone new to the file."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from companies.agencies.selectors import is_overdue
from companies.agencies.services import (
    close_deadline,
    pause_deadlines,
    resume_deadlines,
)
from companies.errors import Conflict, not_found
from companies.foundation.actors import Actor
from companies.foundation.verbs import assert_in_transaction, verb
from companies.notifications.services import notify
from companies.users.models import Duty, Role
from companies.users.selectors import list_holders
from vouchers.applications.models import (
    Act,
    Application,
    ApplicationStatus,
    NoticeRow,
    Objection,
    ObjectionStatus,
)
from vouchers.applications.services.burdens import drop_prior_notices
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
)


@verb
def lodge_objection(
    *, actor: Actor, notice_row_id: int, text: str, contact: str, at: datetime
) -> Objection:
    """Anybody objects to one row of a notice; the file's clock stands still until it is answered.

    Raises NotFound, Conflict `notice_over`, InvalidInput `reason_missing`.
    """
    row = NoticeRow.objects.select_related("notice").filter(pk=notice_row_id).first()
    if row is None:
        raise not_found("notice_row")
    application = lock_application(row.application_id)
    objectable = (ApplicationStatus.IN_PUBLIC_NOTICE, ApplicationStatus.OBJECTED)
    # After an objection its period ends later than its notice's: the file's own promise counts.
    is_over = is_overdue(subject_ref=application.ref, kind="applications.notice_end", at=at)
    was_taken_out = row.taken_out_at is not None
    too_early = at < row.notice.posted_at
    if application.status not in objectable or was_taken_out or too_early or is_over:
        raise Conflict("notice_over", _("The period for objections to this row is over."))
    objection = Objection.objects.create(
        agency_id=application.agency_id,
        application=application,
        notice_row=row,
        tracking_code=secrets.token_hex(16),
        text=require_reason(text),
        contact=contact.strip(),
        received_at=at,
        status=ObjectionStatus.OPEN,
    )
    if application.status == ApplicationStatus.IN_PUBLIC_NOTICE:
        pause_deadlines(subject_ref=application.ref, at=at)
        open_term(application, "objection", rules_of(application).procedure.terms.objection, at)
        move(
            application,
            ApplicationStatus.OBJECTED,
            action="application.objected",
            actor=actor,
            at=at,
            notice=row.notice.number,
        )
    else:
        record(application, "application.objected", actor=actor, at=at, notice=row.notice.number)
    approvers = list_holders(agency_id=application.agency_id, roles=(Role.APPROVER,), at=at)
    notify(
        user_ids=approvers, code="application.objected", subject_ref=application.ref,
        facts={"number": application.number}, at=at,
    )  # fmt: skip
    return objection


@verb
def answer_objection(
    *, actor: Actor, objection_id: int, answer: str, upheld: bool, at: datetime
) -> Objection:
    """An approver new to the file answers. With the last answer the file moves on: every objection
    unfounded, the notice goes on with the days it had left; one upheld, the file leaves the notice
    and is reviewed anew, its reservation kept.

    Raises NotAllowed `seat_taken`, Conflict `objection_answered`, InvalidInput `reason_missing`.
    """
    found = Objection.objects.select_related("application").filter(pk=objection_id).first()
    if found is None:
        raise not_found("objection")
    duty = require_officer(actor, find_application(found.application_id), (Role.APPROVER,), at)
    application = lock_application(found.application_id)
    objection = Objection.objects.get(pk=objection_id)
    if objection.status != ObjectionStatus.OPEN:
        raise Conflict("objection_answered", _("This objection has been answered."))
    _write_answer(objection, require_reason(answer), duty=duty, at=at)
    sign(
        application=application,
        act=Act.OBJECTION,
        actor=actor,
        duty=duty,
        subject_ref=f"{application.ref}#objection-{objection.pk}",
        outcome="UPHELD" if upheld else "UNFOUNDED",
        amount_fen=None,
        reason=objection.answer,
        at=at,
    )
    record(
        application, "application.objection_answered", actor=actor, at=at, duty=duty, upheld=upheld
    )
    if not application.objections.filter(status=ObjectionStatus.OPEN).exists():
        close_deadline(
            subject_ref=application.ref, kind="applications.objection", at=at, outcome="answered"
        )
        _go_on(application, actor=actor, duty=duty, at=at)
    return objection


def uphold_open_objections(
    application: Application, answer: str, *, duty: Duty, at: datetime
) -> None:
    """A step: a file refused for what was objected answers those who objected."""
    assert_in_transaction()
    for objection in application.objections.filter(status=ObjectionStatus.OPEN).order_by("id"):
        _write_answer(objection, answer, duty=duty, at=at)


def _write_answer(objection: Objection, answer: str, *, duty: Duty, at: datetime) -> None:
    objection.status = ObjectionStatus.ANSWERED
    objection.answer = answer
    objection.answered_by_id = duty.user_id
    objection.answered_at = at
    objection.save()


def _go_on(application: Application, *, actor: Actor, duty: Duty, at: datetime) -> None:
    """Every objection of this cycle is answered: back to review if one was right."""
    upheld = application.decisions.filter(
        act=Act.OBJECTION, outcome="UPHELD", cycle=application.cycle
    )
    target = ApplicationStatus.IN_PUBLIC_NOTICE
    before = exported(application)
    drop_prior_notices(application, actor=actor, at=at)
    if upheld.exists():
        target = ApplicationStatus.IN_REVIEW
        close_deadline(
            subject_ref=application.ref, kind="applications.notice_end", at=at, outcome="upheld"
        )
        take_out_of_notice(application, at)
        application.cycle += 1
        open_term(application, "review", rules_of(application).procedure.terms.review, at)
    else:
        resume_deadlines(subject_ref=application.ref, at=at)
    move(
        application,
        target,
        action="application.objection_answered",
        actor=actor,
        duty=duty,
        at=at,
        before=before,
    )
