"""The ledger's public face for writing: open_account, post_entry, reverse_entry, close_month."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from hashlib import sha256
from typing import Any, NamedTuple

import rfc8785
from django.db import DatabaseError
from django.utils.translation import gettext_lazy as _

from companies.audit.services import record_event
from companies.errors import Conflict, InvalidInput
from companies.foundation.actors import Actor
from companies.foundation.calls import Call, run_calls
from companies.foundation.verbs import assert_in_transaction
from companies.local_time import local_date
from vouchers.ledger.chart import SOURCES, AccountKind, EntryKind
from vouchers.ledger.models import Account, ClosedMonth, JournalEntry
from vouchers.money import format_yuan


class Leg(NamedTuple):
    """One transfer to post: `amount_fen` from `debit_id` to `credit_id`."""

    debit_id: int
    credit_id: int
    amount_fen: int


# How several entries of one request are numbered: as a key it would be another request's entry.
_NUMBERED = re.compile(r"/[0-9]+$")


class Posted(NamedTuple):
    """The new entry, and what the calls beside it returned."""

    entry_id: int
    beside: list[Any]


class Request(NamedTuple):
    """What identifies a posting request: who asked, their key, the digest of what they asked."""

    ref: str
    sha256: bytes

    @classmethod
    def of(cls, actor: Actor, request_key: str, body: Mapping[str, Any]) -> Request:
        """Raises InvalidInput `idempotency_key_required` or `idempotency_key_malformed`."""
        if not request_key:
            raise InvalidInput(
                "idempotency_key_required",
                _("This request moves money: send an Idempotency-Key of your own choosing."),
            )
        if len(request_key) > 255 or not request_key.isprintable() or _NUMBERED.search(request_key):
            raise InvalidInput(
                "idempotency_key_malformed",
                _(
                    "The Idempotency-Key may hold at most 255 printable characters, "
                    "without a slash and a number at its end."
                ),
            )
        return cls(actor.request_ref(request_key), sha256(rfc8785.dumps(dict(body))).digest())

    @property
    def keys(self) -> list[str]:
        """The journal key of its only entry, or of the first of several."""
        return [self.ref, f"{self.ref}/1"]


def open_account(
    kind: AccountKind, *, agency_id: int, label: str, pool: Account | None = None
) -> Account:
    """A step: open an account. For a POOL, `pool` is the parent pool (None at a root); for any
    other kind the pool of its own line."""
    assert_in_transaction()
    if kind == AccountKind.POOL:
        line_group, parent_group = 0, pool.line_group if pool else None
    else:
        assert_pool(pool)
        line_group, parent_group = pool.line_group, pool.parent_group  # type: ignore[union-attr]
    account = Account.objects.create(
        kind=kind,
        agency_id=agency_id,
        label=label,
        line_group=line_group,
        parent_group=parent_group,
        is_source=kind in SOURCES,
        debits_fen=0,
        credits_fen=0,
        lock_marker=False,
    )
    if kind == AccountKind.POOL:
        account.line_group = account.pk  # as the trigger set it
    return account


def assert_pool(pool: Account | None) -> None:
    """Every account but a root pool belongs to a line."""
    if pool is None or pool.kind != AccountKind.POOL:
        raise ValueError("an account is opened on the pool of its line")


def find_replay(request: Request) -> JournalEntry | None:
    """The entry this caller's key already made, or None.

    Raises Conflict `request_key_reused` where the same key came with another body.
    """
    entry = JournalEntry.objects.filter(key__in=request.keys).first()
    if entry is not None:
        require_same(request, bytes(entry.request_sha256))
    return entry


def require_same(request: Request, body_sha256: bytes) -> None:
    """Raises Conflict `request_key_reused` unless the key's first entry was asked for likewise."""
    if body_sha256 != request.sha256:
        raise Conflict(
            "request_key_reused",
            _("This Idempotency-Key was used before with another content. Choose a new one."),
        )


def post_entry(
    kind: EntryKind,
    *,
    request: Request,
    agency_id: int,
    legs: Sequence[Leg],
    at: datetime,
    actor: Actor,
    subject_ref: str,
    part: int = 0,
    reverses_id: int | None = None,
    beside: Sequence[Call] = (),
) -> Posted:
    """A step: post one entry. `part` > 0 numbers the entries of one request; `beside` are other
    apps' calls, made first in the same statement.

    Raises Conflict `insufficient_funds` (an account would be overdrawn), `request_key_reused`,
    `period_closed`. Any other refusal of the database is our own fault and stays a database error.
    """
    assert_in_transaction()
    key = f"{request.ref}/{part}" if part else request.ref
    posting = Call(
        "ledger_post(%s,%s,%s,%s,%s,%s,%s,%s,%s::bigint[],%s::bigint[],%s::bigint[])",
        (
            str(kind), agency_id, key, request.sha256, at, actor.ref, subject_ref, reverses_id,
            [leg.debit_id for leg in legs],
            [leg.credit_id for leg in legs],
            [leg.amount_fen for leg in legs],
        ),
    )  # fmt: skip
    try:
        *others, entry_id = run_calls(*beside, posting)
    except DatabaseError as error:
        if refusal := _explained(error, legs):
            raise refusal from error
        raise  # bare: its cause names the constraint, and tells a verb whether to try again
    if entry_id is None:
        raise Conflict(
            "request_key_reused",
            _("This Idempotency-Key was used before with another content. Choose a new one."),
        )
    return Posted(entry_id, others)


def _explained(error: DatabaseError, legs: Sequence[Leg]) -> Conflict | None:
    """The named constraints that a user may run into, in the user's words; None for any other."""
    diagnosis = getattr(error.__cause__, "diag", None)
    constraint = getattr(diagnosis, "constraint_name", None)
    if constraint == "account_not_overdrawn":
        wanted = sum(leg.amount_fen for leg in legs)
        return Conflict(
            "insufficient_funds",
            _("The money is not there: %(wanted)s yuan were asked for."),
            wanted=format_yuan(wanted),
            wanted_fen=wanted,
        )
    if constraint == "entry_month_open":
        return Conflict("period_closed", _("The books of that month are closed."))
    return None


def reverse_entry(
    entry: JournalEntry,
    kind: EntryKind,
    *,
    request: Request,
    at: datetime,
    actor: Actor,
    part: int = 0,
) -> int:
    """A step: post the exact mirror of `entry` under `kind`. An entry is mirrored once."""
    legs = [
        Leg(transfer.credit_account_id, transfer.debit_account_id, transfer.amount_fen)
        for transfer in entry.transfers.order_by("-id")
    ]
    return post_entry(
        kind,
        request=request,
        agency_id=entry.agency_id,
        legs=legs,
        at=at,
        actor=actor,
        subject_ref=entry.subject_ref,
        part=part,
        reverses_id=entry.pk,
    ).entry_id


def close_month(*, actor: Actor, agency_id: int, month_date: date, at: datetime) -> ClosedMonth:
    """A step: close a month's books for good, once it is over; its verb has asked who may.

    Raises Conflict `month_not_over`, `period_closed`.
    """
    assert_in_transaction()
    if local_date(at).replace(day=1) <= month_date:
        raise Conflict("month_not_over", _("That month is not over yet."))
    if ClosedMonth.objects.filter(agency_id=agency_id, month_date=month_date).exists():
        raise Conflict("period_closed", _("The books of that month are closed."))
    closed = ClosedMonth.objects.create(
        agency_id=agency_id, month_date=month_date, closed_at=at, closed_by_ref=actor.ref
    )
    record_event(
        "month.closed",
        actor=actor,
        subject_ref=f"agency:{agency_id}",
        agency_id=agency_id,
        at=at,
        month=month_date.isoformat(),
    )
    return closed
