"""Signing and serving letters, and the company's answer. In the portal both happen at once."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from companies.agencies.selectors import is_workday
from companies.agencies.services import close_deadline, lock_due_deadline, open_deadline
from companies.audit.services import record_event
from companies.errors import Conflict, InvalidInput, not_found
from companies.foundation.actors import Actor
from companies.foundation.locks import lock_rows
from companies.foundation.numbers import next_number
from companies.foundation.verbs import assert_in_transaction, verb
from companies.letters.models import Letter, LetterKind, LetterStatus
from companies.local_time import deadline_at, local_date
from companies.notifications.services import notify
from companies.registry.models import Company, CompanyRole
from companies.registry.policies import require_membership
from companies.registry.selectors import list_member_ids

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

REPLY = "letters.reply"
OFFICIAL = "zh-hans"


def serve_letter(
    *,
    agency_id: int,
    kind: str,
    company_id: int,
    subject_ref: str,
    burden: str,
    about: str,
    body: StrOrPromise,
    remedy: StrOrPromise,
    signed_by_id: int,
    reply_days: int,
    at: datetime,
) -> Letter:
    """A step: sign a letter and serve it in the portal. `about` is the number of what it is about.

    Whatever language the signer works in, the paper is Chinese: what is signed and served is one.
    `reply_days` are working days; 0 asks for no answer, but a prior notice always gives time.
    """
    assert_in_transaction()
    if kind == LetterKind.PRIOR_NOTICE and reply_days < 1:
        raise ValueError("a prior notice leaves time for an answer")
    until = deadline_at(local_date(at), reply_days, "working", is_workday) if reply_days else None
    company = Company.objects.get(pk=company_id)
    with override(OFFICIAL):
        title = f"{LetterKind(kind).label}：{about}"
        body, remedy = str(body), str(remedy)
    letter = Letter.objects.create(
        agency_id=agency_id,
        number=next_number("LT", at),
        kind=kind,
        company=company,
        subject_ref=subject_ref,
        burden=burden,
        title=title,
        body=body,
        remedy=remedy,
        status=LetterStatus.SERVED,
        signed_by_id=signed_by_id,
        signed_at=at,
        served_at=at,
        reply_until=until,
        is_demo=company.is_demo,
    )
    signer = Actor.person(signed_by_id)
    for action in ("letter.signed", "letter.served"):
        _record(action, signer, letter, at, title=title, body=body)
    if until is not None:
        open_deadline(
            agency_id=agency_id, kind=REPLY, subject_ref=_ref(letter), due_at=until, at=at
        )
    notify(
        user_ids=list_member_ids(company_id, at),
        code="letter.served",
        subject_ref=_ref(letter),
        facts={"number": letter.number, "title": title},
        at=at,
    )
    return letter


@verb
def answer_letter(*, actor: Actor, letter_id: int, reply: str, at: datetime) -> Letter:
    """The company's statement (陈述申辩), once, within the reply period.

    Raises NotFound, NotAllowed, InvalidInput, Conflict `letter_answered`, `reply_period_over`.
    """
    letter = _lock_for_reply(actor, letter_id, at, [CompanyRole.AGENT, CompanyRole.SIGNATORY])
    if not reply.strip():
        raise InvalidInput("reply_empty", _("The answer is empty."))
    if letter.replied_at is not None:
        raise Conflict("letter_answered", _("This letter has been answered."))
    letter.reply = reply.strip()
    letter.replied_at = at
    letter.save(update_fields=["reply", "replied_at"])
    _record("letter.answered", actor, letter, at, reply=letter.reply)
    return letter


@verb
def waive_letter(*, actor: Actor, letter_id: int, at: datetime) -> Letter:
    """The signatory gives up the rest of the reply period. Doing it twice changes nothing.

    Raises NotFound, NotAllowed, Conflict `reply_period_over`.
    """
    letter = _lock_for_reply(actor, letter_id, at, [CompanyRole.SIGNATORY])
    if letter.waived_at is not None:
        return letter
    letter.waived_at = at
    letter.save(update_fields=["waived_at"])
    close_deadline(subject_ref=_ref(letter), kind=REPLY, at=at, outcome="waived")
    _record("letter.waived", actor, letter, at)
    return letter


def withdraw_letter(letter: Letter, *, actor: Actor, reason: str, at: datetime) -> None:
    """A step: a served letter no longer stands; its company is told why."""
    assert_in_transaction()
    letter.status = LetterStatus.WITHDRAWN
    letter.save(update_fields=["status"])
    close_deadline(subject_ref=_ref(letter), kind=REPLY, at=at, outcome="withdrawn")
    _record("letter.withdrawn", actor, letter, at, reason=reason)
    notify(
        user_ids=list_member_ids(letter.company_id, at),
        code="letter.withdrawn",
        subject_ref=_ref(letter),
        facts={"number": letter.number, "title": letter.title},
        at=at,
    )


@verb
def carry_out_deadline(*, deadline_id: int, at: datetime) -> None:
    """The reply period is over: nothing happens by itself, the marker is only put away."""
    deadline = lock_due_deadline(deadline_id=deadline_id, at=at)
    if deadline is not None:
        deadline.done_at = at
        deadline.outcome = "over"
        deadline.save(update_fields=["done_at", "outcome"])


def _lock_for_reply(actor: Actor, letter_id: int, at: datetime, roles: list[CompanyRole]) -> Letter:
    letter = next(iter(lock_rows(Letter.objects.filter(pk=letter_id))), None)
    if letter is None:
        raise not_found("letter")
    require_membership(actor=actor, company_id=letter.company_id, roles=roles, at=at)
    if letter.status != LetterStatus.SERVED or not letter.reply_until or letter.reply_until <= at:
        raise Conflict("reply_period_over", _("This letter can no longer be answered."))
    return letter


def _ref(letter: Letter) -> str:
    return f"letter:{letter.number}"


def _record(action: str, actor: Actor, letter: Letter, at: datetime, **facts: Any) -> None:
    until = letter.reply_until
    record_event(
        action,
        actor=actor,
        subject_ref=_ref(letter),
        agency_id=letter.agency_id,
        at=at,
        after={
            "number": letter.number,
            "kind": str(letter.kind),
            "status": str(letter.status),
            "burden": letter.burden,
            "reply_until": until.isoformat() if until else None,
        },
        about=letter.subject_ref,
        **facts,
    )
