"""What happens to a file when a day has come."""

from __future__ import annotations

from datetime import datetime

from companies.agencies.models import Deadline
from companies.agencies.services import close_deadline, lock_due_deadline
from companies.alerts.services import raise_alert
from companies.audit.services import record_event
from companies.foundation.actors import Actor
from companies.foundation.locks import lock_rows
from companies.foundation.verbs import verb
from companies.notifications.services import wake
from vouchers.applications.models import (
    Application,
    ApplicationStatus,
    NoticeStatus,
    PublicNotice,
)
from vouchers.applications.services.award import lock_file, release_file
from vouchers.applications.services.evidence import lock_claimed
from vouchers.applications.services.steps import exported, move
from vouchers.ledger.services import Request

SYSTEM = Actor.system("applications.due")
# A promise the office missed changes no file: people are told instead.
PROMISES = frozenset({"applications.intake", "applications.review", "applications.objection"})
LAPSES = {
    "applications.round_end": ApplicationStatus.DRAFT,
    "applications.return_reply": ApplicationStatus.RETURNED,
}


@verb
def carry_out_deadline(*, deadline_id: int, at: datetime) -> None:
    """Do what is due, once; a deadline already done or moved is left alone."""
    waiting = Deadline.objects.get(pk=deadline_id)
    kind, _colon, number = waiting.subject_ref.partition(":")
    if kind == "notice":
        _end_notice(deadline_id, number, at)
        return
    application = lock_file(Application.objects.get(number=number).pk)
    lock_claimed(application.ref)
    deadline = lock_due_deadline(deadline_id=deadline_id, at=at)
    if deadline is None:
        return
    outcome = "missed"
    if deadline.kind in PROMISES:
        raise_alert(
            agency_id=application.agency_id,
            code="deadline_missed",
            severity="WARNING",
            subject_ref=application.ref,
            facts={"kind": deadline.kind, "due_at": deadline.due_at.isoformat()},
            at=at,
        )
    elif application.status == LAPSES.get(deadline.kind):
        _lapse(application, deadline, at)
        outcome = "lapsed"
    elif (
        deadline.kind == "applications.notice_end"
        and application.status == ApplicationStatus.IN_PUBLIC_NOTICE
    ):
        move(
            application,
            ApplicationStatus.APPROVED,
            action="application.notice_ended",
            actor=SYSTEM,
            at=at,
        )
        wake("issuance.prepare", application_id=application.pk)
        outcome = "approved"
    close_deadline(subject_ref=deadline.subject_ref, kind=deadline.kind, at=at, outcome=outcome)


def _lapse(application: Application, deadline: Deadline, at: datetime) -> None:
    request = Request.of(SYSTEM, f"deadline-{deadline.pk}", {"lapse": application.pk})
    before = exported(application)
    release_file(application, request=request, reason="withdrawn", actor=SYSTEM, at=at)
    move(
        application,
        ApplicationStatus.LAPSED,
        action="application.lapsed",
        actor=SYSTEM,
        at=at,
        before=before,
        request_ref=request.ref,
        deadline=deadline.kind,
    )


def _end_notice(deadline_id: int, number: str, at: datetime) -> None:
    notice = lock_rows(PublicNotice.objects.filter(number=number))[0]
    deadline = lock_due_deadline(deadline_id=deadline_id, at=at)
    if deadline is None:
        return
    if notice.status == NoticeStatus.POSTED:
        notice.status = NoticeStatus.ENDED
        notice.ended_at = at
        notice.save(update_fields=["status", "ended_at"])
        record_event(
            "notice.ended",
            actor=SYSTEM,
            subject_ref=deadline.subject_ref,
            agency_id=notice.agency_id,
            at=at,
            after={"number": notice.number, "status": str(notice.status)},
        )
    close_deadline(subject_ref=deadline.subject_ref, kind=deadline.kind, at=at, outcome="ended")
