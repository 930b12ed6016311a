"""Drawing up, locking, reopening and aborting a batch (兑付批次)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime

import rfc8785
from django.utils.translation import gettext_lazy as _

from companies.errors import Conflict, InvalidInput, not_found
from companies.foundation.actors import Actor
from companies.foundation.locks import lock_rows
from companies.foundation.numbers import next_number
from companies.foundation.states import require_step
from companies.foundation.verbs import verb
from companies.users.models import Duty, Role
from companies.users.policies import require_duty
from vouchers.applications.models import Act, Decision
from vouchers.programmes.models import Programme
from vouchers.redemptions.models import Redemption
from vouchers.redemptions.selectors import list_fundings
from vouchers.redemptions.services.reverse import begin_settlement
from vouchers.settlement.models import (
    BatchStatus,
    LineStatus,
    PaymentInstruction,
    PaymentOrder,
    PaymentStatus,
    SettlementBatch,
    SettlementLine,
)
from vouchers.settlement.selectors import (
    exported,
    find_verified_account,
    list_lines,
    list_unreplaced,
    list_unsettled,
    why_not_payable,
)
from vouchers.settlement.services.signing import ROLES, who_may_reject
from vouchers.settlement.services.steps import (
    find_batch,
    free_redemptions,
    lock_batch_row,
    lock_redemptions,
    move,
    record,
    require_finance,
    require_payable,
    sign_files,
)
from vouchers.settlement.states import RESULTS, STEPS

ABORT_PROPOSED = "ABORT_PROPOSED"


@verb
def draw_up_batch(
    *, actor: Actor, programme_id: int, redemption_ids: Iterable[int] | None = None, at: datetime
) -> SettlementBatch:
    """An OPEN batch of what can be paid; the event names what was left out and why.

    Raises NotAllowed, Conflict `nothing_to_pay`.
    """
    programme = Programme.objects.filter(pk=programme_id).first()
    if programme is None:
        raise not_found("programme")
    duty = require_duty(
        actor=actor, roles=(Role.FINANCE_CLERK,), agency_id=programme.agency_id, at=at,
        programme_ref=programme.ref,
    )  # fmt: skip
    ready = list_unsettled(programme_id)
    if redemption_ids is not None:
        ready = ready.filter(pk__in=list(redemption_ids))
    left_out: dict[str, str] = {}
    chosen = []
    locked = lock_rows(Redemption.objects.filter(pk__in=list(ready.values_list("pk", flat=True))))
    ready_still = set(ready.values_list("pk", flat=True))  # as others left it while we waited
    for redemption in locked:
        if redemption.pk not in ready_still:
            left_out[redemption.number] = "taken_meanwhile"
        elif reason := why_not_payable(redemption):
            left_out[redemption.number] = reason
        else:
            chosen.append(redemption)
    parts = [(r, row) for r in chosen for row in list_fundings(r) if row.accepted_fen]
    if not parts:
        raise Conflict(
            "nothing_to_pay",
            _("No accepted redemption is ready to be paid."),
            left_out=", ".join(f"{n}: {why}" for n, why in left_out.items()),
        )
    batch = _new_batch(programme, duty, at, sum(row.accepted_fen for _r, row in parts))
    SettlementLine.objects.bulk_create(
        SettlementLine(
            agency_id=batch.agency_id, batch=batch, redemption=redemption,
            voucher_funding=row.voucher_funding, amount_fen=row.accepted_fen,
            status=LineStatus.DRAFT,
        )
        for redemption, row in parts
    )  # fmt: skip
    record(batch, "batch.drawn_up", actor=actor, at=at, duty=duty, left_out=left_out)
    return batch


@verb
def draw_up_follow_up(*, actor: Actor, batch_id: int, at: datetime) -> SettlementBatch:
    """A linked OPEN batch of the lines that failed or bounced. Raises Conflict `nothing_to_pay`."""
    duty = require_finance(actor, find_batch(batch_id), (Role.FINANCE_CLERK,), at)
    former = lock_batch_row(batch_id)
    lines = list_unreplaced(former)
    if former.status not in {*RESULTS, BatchStatus.RECONCILED, BatchStatus.CLOSED} or not lines:
        raise Conflict("nothing_to_pay", _("Nothing of this batch waits to be paid anew."))
    total_fen = sum(line.amount_fen for line in lines)
    batch = _new_batch(former.programme, duty, at, total_fen, former)
    SettlementLine.objects.bulk_create(
        SettlementLine(
            agency_id=batch.agency_id, batch=batch, redemption=line.redemption,
            voucher_funding_id=line.voucher_funding_id, amount_fen=line.amount_fen,
            status=LineStatus.DRAFT, replaces=line,
        )
        for line in lines
    )  # fmt: skip
    record(batch, "batch.drawn_up", actor=actor, at=at, duty=duty, follows=former.number)
    return batch


def _new_batch(
    programme: Programme, duty: Duty, at: datetime, total_fen: int,
    follows: SettlementBatch | None = None,
) -> SettlementBatch:  # fmt: skip
    return SettlementBatch.objects.create(
        agency_id=programme.agency_id, number=next_number("SB", at), programme=programme,
        status=BatchStatus.OPEN, status_at=at, total_fen=total_fen, follows=follows,
        drawn_up_by_id=duty.user_id, is_demo=programme.is_demo,
    )  # fmt: skip


@verb
def take_out_line(*, actor: Actor, line_id: int, reason: str, at: datetime) -> SettlementBatch:
    """Leave a line of an OPEN batch for a later one."""
    line = SettlementLine.objects.filter(pk=line_id).first()
    if line is None:
        raise not_found("line")
    duty = require_finance(actor, find_batch(line.batch_id), (Role.FINANCE_CLERK,), at)
    batch = lock_batch_row(line.batch_id)
    _require_open(batch)
    before = exported(batch)
    line = lock_rows(batch.lines.filter(pk=line_id))[0]
    if line.status != LineStatus.DRAFT:
        raise Conflict("wrong_state", _("This line has been taken out."))
    _void(batch.lines.filter(pk=line_id))
    batch.total_fen -= line.amount_fen
    batch.save(update_fields=["total_fen"])
    record(
        batch, "batch.line_taken_out", actor=actor, at=at, before=before, duty=duty,
        redemption=line.redemption.number, amount_fen=line.amount_fen, reason=reason,
    )  # fmt: skip
    return batch


@verb
def lock_batch(*, actor: Actor, batch_id: int, at: datetime) -> SettlementBatch:
    """Freeze lines, accounts, totals and digest, and sign BUILD on every file.

    Raises NotAllowed `seat_taken`, Conflict (`wrong_state`, `not_payable`, `batch_empty`).
    """
    duty = require_finance(actor, find_batch(batch_id), (Role.FINANCE_CLERK,), at)
    batch = lock_batch_row(batch_id)
    require_step(STEPS, batch.status, BatchStatus.LOCKED, batch.number)
    before = exported(batch)
    redemptions = lock_redemptions(batch)
    if not redemptions:
        raise Conflict("batch_empty", _("There is no line in this batch."))
    for redemption in redemptions:
        require_payable(redemption)
    _write_orders(batch, at)
    batch.lines.filter(status=LineStatus.DRAFT).update(status=LineStatus.PENDING)
    content = [
        {
            "redemption": line.redemption.number, "line": line.voucher_funding.line.number,
            "amount_fen": line.amount_fen, "row": line.instruction.row_number,
            "account": line.instruction.order.bank_account_id,
        }
        for line in list_lines(batch).filter(status=LineStatus.PENDING)
    ]  # fmt: skip
    batch.total_fen = sum(int(row["amount_fen"]) for row in content)
    frozen = rfc8785.dumps({"number": batch.number, "lines": content})
    batch.sha256 = hashlib.sha256(frozen).hexdigest()
    for redemption in redemptions:
        begin_settlement(redemption, actor=actor, batch_ref=batch.ref, at=at)
    move(
        batch, BatchStatus.LOCKED,
        action="batch.locked", actor=actor, at=at, before=before, duty=duty,
    )  # fmt: skip
    sign_files(batch, act=Act.BUILD, outcome="LOCKED", actor=actor, duty=duty, at=at)
    return batch


def _write_orders(batch: SettlementBatch, at: datetime) -> None:
    """Per payee and payer an order to the account as verified now; per 指标 its instruction."""
    groups: dict[tuple[int, int], dict[int, list[SettlementLine]]] = {}
    for line in list_lines(batch).filter(status=LineStatus.DRAFT):
        budget = line.voucher_funding.line
        payments = groups.setdefault((line.redemption.payee_id, budget.payer_id), {})
        payments.setdefault(budget.pk, []).append(line)
    row_number = 0
    for (payee_id, payer_id), payments in sorted(groups.items()):
        lines = [line for group in payments.values() for line in group]
        order = PaymentOrder.objects.create(
            agency_id=batch.agency_id, number=next_number("PO", at), batch=batch,
            payee_id=payee_id, payer_id=payer_id, bank_account=find_verified_account(payee_id),
            amount_fen=sum(line.amount_fen for line in lines), cycle=batch.cycle,
        )  # fmt: skip
        for budget_id, group in sorted(payments.items()):
            row_number += 1
            instruction = PaymentInstruction.objects.create(
                agency_id=batch.agency_id, order=order, row_number=row_number, line_id=budget_id,
                economic_code=group[0].voucher_funding.line.economic_code,
                amount_fen=sum(line.amount_fen for line in group), status=PaymentStatus.PENDING,
            )  # fmt: skip
            batch.lines.filter(pk__in=[line.pk for line in group]).update(instruction=instruction)


@verb
def reject_batch(*, actor: Actor, batch_id: int, reason: str, at: datetime) -> SettlementBatch:
    """Whose turn it is to sign sends it back: OPEN again, a new cycle, all signatures void.

    Raises NotAllowed `seat_taken`, Conflict `wrong_state`, InvalidInput `reason_missing`.
    """
    found = find_batch(batch_id)
    duty = require_finance(actor, found, who_may_reject(found), at)
    batch = lock_batch_row(batch_id)
    require_step(STEPS, batch.status, BatchStatus.OPEN, batch.number)
    act = who_may_reject(batch).get(Role(duty.role))
    if act is None:
        raise Conflict("moved_meanwhile", _("Someone else has just moved this record."))
    redemptions = lock_redemptions(batch)
    before, reason = exported(batch), _words(reason)
    sign_files(
        batch, act=act, outcome="RETURNED", actor=actor, duty=duty, reason=reason, at=at,
        question="rejection",
    )  # fmt: skip
    batch.cycle += 1
    batch.sha256 = ""
    move(
        batch, BatchStatus.OPEN, action="batch.rejected", actor=actor, at=at, before=before,
        duty=duty, reason=reason,
    )  # fmt: skip
    batch.lines.filter(status=LineStatus.PENDING).update(status=LineStatus.DRAFT, instruction=None)
    free_redemptions(batch, redemptions, actor=actor, at=at)
    return batch


@verb
def abort_batch(*, actor: Actor, batch_id: int, reason: str, at: datetime) -> SettlementBatch:
    """Give it up before it is sent: an authoriser proposes, a programme manager co-signs and
    carries it out: its debts are open again. An empty one the authoriser gives up alone.

    Raises NotAllowed `seat_taken`, `second_person_needed`, Conflict `wrong_state`, InvalidInput.
    """
    found = find_batch(batch_id)
    proposed = is_abort_proposed(found)
    roles = (Role.PROGRAMME_MANAGER,) if proposed else ROLES[Act.AUTHORISE]
    duty = require_finance(actor, found, roles, at)
    batch = lock_batch_row(batch_id)
    require_step(STEPS, batch.status, BatchStatus.ABORTED, batch.number)
    reason = _words(reason)
    redemptions = lock_redemptions(batch)
    sign_files(
        batch, act=Act.COSIGN if proposed else Act.AUTHORISE,
        outcome="ABORTED" if proposed else ABORT_PROPOSED, actor=actor, duty=duty, reason=reason,
        at=at, question="abort",
    )  # fmt: skip
    if redemptions and not proposed:
        record(batch, "batch.abort_proposed", actor=actor, at=at, duty=duty, reason=reason)
        return batch
    _void(batch.lines.filter(status__in=(LineStatus.DRAFT, LineStatus.PENDING)))
    move(
        batch, BatchStatus.ABORTED,
        action="batch.aborted", actor=actor, at=at, duty=duty, reason=reason,
    )  # fmt: skip
    free_redemptions(batch, redemptions, actor=actor, at=at)
    return batch


def is_abort_proposed(batch: SettlementBatch) -> bool:
    """Whether an authoriser's proposal to give it up waits for the manager, in this cycle."""
    return Decision.objects.filter(
        subject_ref=f"{batch.ref}#abort", outcome=ABORT_PROPOSED, cycle=batch.cycle
    ).exists()


def _void(lines: object) -> None:
    """A void line replaces nothing: what it stood for can be drawn again."""
    lines.update(status=LineStatus.VOID, replaces=None)  # type: ignore[attr-defined]


def _require_open(batch: SettlementBatch) -> None:
    if batch.status != BatchStatus.OPEN:
        require_step({}, batch.status, BatchStatus.OPEN, batch.number)


def _words(reason: str) -> str:
    if not reason.strip():
        raise InvalidInput("reason_missing", _("Please give the reason in words."))
    return reason.strip()
