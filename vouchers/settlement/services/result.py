"""What the channel answered: PAY per line, bounces, reconciliation, and late payment."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from companies.agencies.models import Deadline
from companies.agencies.services import close_deadline, lock_deadlines, lock_due_deadline
from companies.alerts.selectors import has_open_alert
from companies.alerts.services import raise_alert
from companies.errors import Conflict, InvalidInput, not_found
from companies.foundation.actors import Actor
from companies.foundation.locks import lock_rows
from companies.foundation.states import require_step
from companies.foundation.verbs import verb
from companies.local_time import local_date
from companies.users.models import Duty, Role
from vouchers.ledger.chart import EntryKind
from vouchers.ledger.selectors import get_entry
from vouchers.ledger.services import Leg, Request, find_replay, post_entry, reverse_entry
from vouchers.redemptions.models import Redemption, RedemptionStatus
from vouchers.redemptions.selectors import find_by_ref
from vouchers.redemptions.services.reverse import settle
from vouchers.settlement.models import (
    BatchStatus,
    LineStatus,
    PaymentInstruction,
    PaymentStatus,
    SettlementBatch,
    SettlementLine,
)
from vouchers.settlement.selectors import exported, is_number_used, list_instructions, sum_by_line
from vouchers.settlement.services.steps import (
    find_batch,
    lock_batch_row,
    lock_redemptions,
    move,
    record,
    require_finance,
)
from vouchers.settlement.states import LINE_STEPS, STEPS


@verb
def record_results(
    *,
    actor: Actor,
    batch_id: int,
    results: Sequence[Mapping[str, Any]],
    at: datetime,
    request_key: str,
) -> SettlementBatch:
    """Book the channel's answers, all or none: PAYABLE → PAID per paid line.

    Raises NotAllowed, Conflict (`wrong_state`, `result_known`, `treasury_number_used`),
    InvalidInput (`result_incomplete`, `receipt_digest_invalid`, `paid_on_impossible`).
    """
    rows = [{**r, "paid_on": str(r.get("paid_on") or "")} for r in results]
    body = {"verb": "record_results", "batch": batch_id, "results": rows}
    request = Request.of(actor, request_key, body)
    if find_replay(request):
        return find_batch(batch_id)
    duty = None
    if actor.kind != "system":
        duty = require_finance(actor, find_batch(batch_id), (Role.FINANCE_CLERK,), at)
    batch = lock_batch_row(batch_id)
    if find_replay(request):
        return batch
    if batch.status != BatchStatus.SENT:
        require_step({}, batch.status, BatchStatus.PAID, batch.number)
    redemptions = lock_redemptions(batch)
    lock_deadlines(ref for r in redemptions for ref in (r.ref, r.voucher.ref))
    before = exported(batch)
    known = {row.row_number: row for row in list_instructions(batch)}
    part = 0
    for said in rows:
        part = _take_result(batch, known, said, part, request, actor, at)
    if part == 0:
        _post_pay(batch, [], 0, request, actor, at)
    for redemption in redemptions:
        if _is_paid_up(redemption):
            settle(redemption, actor=actor, batch_ref=batch.ref, at=at)
    _conclude(batch, before, actor, duty, request.ref, len(rows), at)
    return batch


def _take_result(
    batch: SettlementBatch,
    known: dict[int, PaymentInstruction],
    said: Mapping[str, Any],
    part: int,
    request: Request,
    actor: Actor,
    at: datetime,
) -> int:
    """One row's answer; returns the number of the last entry posted."""
    row = known.get(said.get("row_number", 0))
    if row is None or row.status != PaymentStatus.PENDING:
        raise Conflict(
            "result_known",
            _("Row %(row)s is not waiting for an answer."),
            row=str(said.get("row_number")),
        )
    lines = list(row.lines.select_related("voucher_funding").order_by("id"))
    if not said.get("paid"):
        row.failure_reason = _need(said, "reason")[:200]
        row.status = PaymentStatus.FAILED
        row.save()
        row.lines.update(status=LineStatus.FAILED)
        return part
    _take_proof(batch, row, said, at)
    row.status = PaymentStatus.PAID
    row.save()
    if row.account_as_paid != row.order.bank_account.account_number:
        raise_alert(
            agency_id=batch.agency_id, code="paid_to_other_account", severity="CRITICAL",
            subject_ref=batch.ref, facts={"row": row.row_number}, at=at,
        )  # fmt: skip
    for line in lines:
        require_step(LINE_STEPS, line.status, LineStatus.PAID, batch.number)
        part += 1
        funding = line.voucher_funding
        leg = Leg(funding.payable_account_id, funding.paid_account_id, line.amount_fen)
        line.pay_entry_id = _post_pay(batch, [leg], part, request, actor, at)
        line.status = LineStatus.PAID
        line.save(update_fields=["status", "pay_entry"])
    return part


def _take_proof(
    batch: SettlementBatch, row: PaymentInstruction, said: Mapping[str, Any], at: datetime
) -> None:
    """支付凭证号, day, account and 回单 digest as the channel gives them, or a refusal."""
    row.treasury_number = _need(said, "treasury_number")
    row.account_as_paid = _need(said, "account")
    row.receipt_sha256 = _need(said, "receipt_sha256")
    row.paid_on = date.fromisoformat(_need(said, "paid_on"))
    named = {"row": str(row.row_number)}
    if is_number_used(batch.agency_id, row.treasury_number):
        raise Conflict(
            "treasury_number_used",
            _("Row %(row)s: the payment number %(number)s already stands for another payment."),
            number=row.treasury_number, **named,
        )  # fmt: skip
    if not re.fullmatch(r"[0-9a-f]{64}", row.receipt_sha256):
        raise InvalidInput(
            "receipt_digest_invalid",
            _("Row %(row)s: the receipt's SHA-256 has 64 characters, 0–9 and a–f."), **named,
        )  # fmt: skip
    sent_on = local_date(batch.status_at)
    if not sent_on <= row.paid_on <= local_date(at):
        raise InvalidInput(
            "paid_on_impossible",
            _("Row %(row)s: money sent on %(sent)s is paid on that day or later, until today."),
            sent=sent_on.isoformat(), **named,
        )  # fmt: skip


def _post_pay(
    batch: SettlementBatch, legs: list[Leg], part: int, request: Request, actor: Actor, at: datetime
) -> int:
    return post_entry(
        EntryKind.PAY, request=request, agency_id=batch.agency_id, legs=legs, at=at, actor=actor,
        subject_ref=batch.ref, part=part,
    ).entry_id  # fmt: skip


def _need(said: Mapping[str, Any], key: str) -> str:
    value = str(said.get(key) or "").strip()
    if not value:
        raise InvalidInput(
            "result_incomplete",
            _("Row %(row)s lacks %(key)s."),
            row=str(said.get("row_number")),
            key=key,
        )
    return value


def _is_paid_up(redemption: Redemption) -> bool:
    """Whether every funding line's part has reached the payee."""
    owed = redemption.fundings.filter(accepted_fen__gt=0).values_list(
        "voucher_funding_id", flat=True
    )
    paid = redemption.lines.filter(status=LineStatus.PAID).values_list(
        "voucher_funding_id", flat=True
    )
    return redemption.status == RedemptionStatus.IN_SETTLEMENT and set(owed) == set(paid)


def _conclude(
    batch: SettlementBatch,
    before: dict[str, Any],
    actor: Actor,
    duty: Duty | None,
    request_ref: str,
    count: int,
    at: datetime,
) -> None:
    """The batch's status once every row is answered; until then it stays SENT."""
    statuses = set(list_instructions(batch).values_list("status", flat=True))
    if PaymentStatus.PENDING in statuses:
        record(
            batch, "batch.result_recorded", actor=actor, at=at, before=before, duty=duty,
            request_ref=request_ref, rows=count,
        )  # fmt: skip
        return
    target = BatchStatus.PARTLY_PAID
    if len(statuses) == 1:
        target = BatchStatus.PAID if PaymentStatus.PAID in statuses else BatchStatus.FAILED
    move(
        batch, target, action="batch.result_recorded", actor=actor, at=at, before=before,
        duty=duty, request_ref=request_ref, rows=count,
    )  # fmt: skip


@verb
def bounce_line(
    *, actor: Actor, line_id: int, reason: str, at: datetime, request_key: str
) -> SettlementBatch:
    """退票, even after CLOSED: the exact mirror of the payment; linked lines pay anew.

    The bank sends back a whole row of the sheet: every line paid by it returns with this one.
    The redemption stays as it is: a bounce concerns the line.
    """
    body = {"verb": "bounce_line", "line": line_id, "reason": reason}
    request = Request.of(actor, request_key, body)
    found = SettlementLine.objects.filter(pk=line_id).first()
    if found is None:
        raise not_found("line")
    if find_replay(request):
        return find_batch(found.batch_id)
    duty = require_finance(actor, find_batch(found.batch_id), (Role.FINANCE_CLERK,), at)
    batch = lock_batch_row(found.batch_id)
    if find_replay(request):
        return batch
    lines = SettlementLine.objects.filter(
        Q(pk=line_id) | Q(instruction_id=found.instruction_id, status=LineStatus.PAID)
    )
    returned = lock_rows(lines.select_related("redemption"))
    for line in returned:
        require_step(LINE_STEPS, line.status, LineStatus.RETURNED, line.redemption.number)
    if not reason.strip():
        raise InvalidInput("reason_missing", _("Please give the reason in words."))
    for part, line in enumerate(returned, 1):
        paid = get_entry(line.pay_entry_id)
        reverse_entry(paid, EntryKind.BOUNCE, request=request, at=at, actor=actor, part=part)
        line.status = LineStatus.RETURNED
        line.save(update_fields=["status"])
    row = found.instruction
    row.failure_reason = reason.strip()[:200]
    row.status = PaymentStatus.RETURNED
    row.save()
    record(
        batch, "batch.line_bounced", actor=actor, at=at, duty=duty, request_ref=request.ref,
        redemptions=[line.redemption.number for line in returned],
        amount_fen=sum(line.amount_fen for line in returned), reason=reason,
    )  # fmt: skip
    return batch


@verb
def reconcile_batch(*, actor: Actor, batch_id: int, at: datetime) -> SettlementBatch:
    """对账: per 指标 the channel, the lines and the ledger must say the same (INV-18)."""
    duty = require_finance(actor, find_batch(batch_id), (Role.FINANCE_AUTHORISER,), at)
    batch = lock_batch_row(batch_id)
    require_step(STEPS, batch.status, BatchStatus.RECONCILED, batch.number)
    if has_open_alert(batch.ref, "paid_to_other_account"):
        raise Conflict(
            "alerts_open", _("A row was paid to another account: answer the alert first.")
        )
    sums = sum_by_line(batch)
    if any(len(set(said)) > 1 for said in sums.values()):
        raise Conflict("not_reconciled", _("Results, lines and ledger do not agree."))
    move(
        batch, BatchStatus.RECONCILED, action="batch.reconciled", actor=actor, at=at, duty=duty,
        paid_fen={str(key): said[0] for key, said in sums.items()},
    )  # fmt: skip
    return batch


@verb
def close_batch(*, actor: Actor, batch_id: int, at: datetime) -> SettlementBatch:
    """The releaser closes what is reconciled."""
    duty = require_finance(actor, find_batch(batch_id), (Role.FINANCE_RELEASER,), at)
    batch = lock_batch_row(batch_id)
    move(batch, BatchStatus.CLOSED, action="batch.closed", actor=actor, at=at, duty=duty)
    return batch


@verb
def carry_out_deadline(*, deadline_id: int, at: datetime) -> Redemption | None:
    """The promised day of payment has passed: somebody is told."""
    deadline = Deadline.objects.filter(pk=deadline_id).first()
    redemption = find_by_ref(deadline.subject_ref) if deadline else None
    if deadline is None or redemption is None:
        return None
    if lock_due_deadline(deadline_id=deadline_id, at=at) is None:
        return None
    raise_alert(
        agency_id=redemption.agency_id, code="payment_late", severity="WARNING",
        subject_ref=redemption.ref, facts={"number": redemption.number}, at=at,
    )  # fmt: skip
    close_deadline(subject_ref=redemption.ref, kind=deadline.kind, at=at, outcome="late")
    return redemption
