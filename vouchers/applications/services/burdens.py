"""What weighs on a company rests on a letter: served first, answered or waived, then decided."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from companies.errors import Conflict
from companies.foundation.actors import Actor
from companies.foundation.locks import lock_rows
from companies.letters.models import Letter, LetterKind, LetterStatus
from companies.letters.selectors import burden_may_rest
from companies.letters.services import serve_letter, withdraw_letter
from companies.users.models import Duty
from vouchers.applications.models import Application, ApplicationStatus

# 陈述申辩: the schemes name no period for an answer; this one is the system's own proposal.
REPLY_DAYS = 5


class PriorNotice(NamedTuple):
    """What is intended against whom, about what, and why."""

    agency_id: int
    company_id: int
    subject_ref: str
    number: str
    burden: str
    reason: str

    @classmethod
    def on(cls, application: Application, *, burden: str, reason: str) -> PriorNotice:
        """The notice about a file."""
        return cls(
            application.agency_id,
            application.company_id,
            application.ref,
            application.number,
            burden,
            reason,
        )


def serve_prior_notice(notice: PriorNotice, *, duty: Duty, at: datetime) -> Letter:
    """A step: tell the company what is intended and until when it may answer.

    Raises Conflict `prior_notice_served` where one is out already.
    """
    if _standing(notice.subject_ref, notice.burden).exists():
        raise Conflict("prior_notice_served", _("The company has been notified already."))
    return serve_letter(
        agency_id=notice.agency_id,
        kind=LetterKind.PRIOR_NOTICE,
        company_id=notice.company_id,
        subject_ref=notice.subject_ref,
        burden=notice.burden,
        about=notice.number,
        body=notice.reason,
        remedy=_("You may state your view within the reply period, or waive it."),
        signed_by_id=duty.user_id,
        reply_days=REPLY_DAYS,
        at=at,
    )


def withdraw_prior_notice(
    subject_ref: str, burden: str, *, actor: Actor, reason: str, at: datetime
) -> None:
    """A step: what was intended is dropped, so its notice carries nothing any more.

    Raises Conflict `nothing_noticed` where none is out.
    """
    letter = next(iter(lock_rows(_standing(subject_ref, burden))), None)
    if letter is None:
        raise Conflict(
            "nothing_noticed", _("The company has not been notified: there is nothing to drop.")
        )
    withdraw_letter(letter, actor=actor, reason=reason, at=at)


def drop_prior_notices(application: Application, *, actor: Actor, at: datetime) -> None:
    """A step: the file goes another way than was announced: no burden may rest on that notice."""
    for burden in (ApplicationStatus.INELIGIBLE, ApplicationStatus.REJECTED):
        for letter in lock_rows(_standing(application.ref, burden)):
            withdraw_letter(letter, actor=actor, reason="superseded", at=at)


def _standing(subject_ref: str, burden: str) -> QuerySet[Letter]:
    return Letter.objects.filter(
        subject_ref=subject_ref, burden=burden, kind=LetterKind.PRIOR_NOTICE
    ).exclude(status=LetterStatus.WITHDRAWN)


def require_burden(subject_ref: str, burden: str, at: datetime) -> None:
    """Raises Conflict `prior_notice_missing` unless the company has had its say."""
    if not burden_may_rest(subject_ref, burden, at):
        raise Conflict(
            "prior_notice_missing",
            _("The company must be notified first, and its reply period be over or waived."),
        )


def serve_decision(application: Application, *, reason: str, duty: Duty, at: datetime) -> Letter:
    """A step: the decision with its reason and where to turn against it."""
    return serve_letter(
        agency_id=application.agency_id,
        kind=LetterKind.DECISION,
        company_id=application.company_id,
        subject_ref=application.ref,
        burden="",
        about=application.number,
        body=reason,
        remedy=_("You may apply for administrative review within 60 days, or sue within 6 months."),
        signed_by_id=duty.user_id,
        reply_days=0,
        at=at,
    )
