"""Signatures by the amount table, and handing the payment sheet to the channel."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from companies.errors import Conflict, InvalidInput
from companies.foundation.actors import Actor
from companies.foundation.states import require_step
from companies.foundation.verbs import verb
from companies.registry.models import BankAccountStatus
from companies.users.models import Role
from vouchers.applications.models import Act, Decision
from vouchers.programmes.models import RuleVersion
from vouchers.programmes.rules import parse_rules
from vouchers.settlement.gateways import FileDropChannel, PaymentChannel, SheetRow, render_sheet
from vouchers.settlement.models import BatchStatus, LineStatus, SettlementBatch
from vouchers.settlement.selectors import list_instructions, list_lines
from vouchers.settlement.services.steps import (
    find_batch,
    lock_batch_row,
    move,
    record,
    require_finance,
    require_payable,
    sign_files,
)
from vouchers.settlement.states import STEPS

ROLES: dict[Act, tuple[Role, ...]] = {
    Act.BATCH_APPROVE: (Role.APPROVER, Role.REVIEWER),
    Act.AUTHORISE: (Role.FINANCE_AUTHORISER, Role.APPROVER),
    Act.RELEASE: (Role.FINANCE_RELEASER,),
}


@verb
def sign_batch(*, actor: Actor, batch_id: int, act: str, at: datetime) -> SettlementBatch:
    """Approve, authorise or release a locked batch; each signature is one on every file in it.

    Raises NotAllowed `seat_taken`, Conflict (`wrong_state`, `already_signed`), InvalidInput.
    """
    if act not in ROLES:
        raise InvalidInput("act_unknown", _("A batch is approved, authorised or released."))
    duty = require_finance(actor, find_batch(batch_id), ROLES[Act(act)], at)
    batch = lock_batch_row(batch_id)
    target = _target(batch, act)
    sign_files(batch, act=act, outcome="SIGNED", actor=actor, duty=duty, at=at)
    action = {
        Act.BATCH_APPROVE: "batch.approved",
        Act.AUTHORISE: "batch.authorised",
        Act.RELEASE: "batch.released",
    }[Act(act)]
    if act == Act.BATCH_APPROVE and _signers(batch, act) < _people_asked(batch):
        target = BatchStatus.IN_APPROVAL
    if target == batch.status:
        record(batch, action, actor=actor, at=at, duty=duty)
    else:
        move(batch, target, action=action, actor=actor, at=at, duty=duty)
    return batch


def _target(batch: SettlementBatch, act: str) -> str:
    """Where this signature leads from here; the amount table says whether approval is asked."""
    asks = _people_asked(batch) > 0
    may = {
        Act.BATCH_APPROVE: (BatchStatus.LOCKED, BatchStatus.IN_APPROVAL) if asks else (),
        Act.AUTHORISE: (
            (BatchStatus.IN_AUTHORISATION,)
            if asks
            else (BatchStatus.LOCKED, BatchStatus.IN_AUTHORISATION)
        ),
        Act.RELEASE: (BatchStatus.IN_RELEASE,),
    }[Act(act)]
    target = {
        Act.BATCH_APPROVE: BatchStatus.IN_AUTHORISATION,
        Act.AUTHORISE: BatchStatus.IN_RELEASE,
        Act.RELEASE: BatchStatus.IN_RELEASE,
    }[Act(act)]
    steps = {str(status): frozenset({str(target)}) for status in may}
    require_step(steps, batch.status, target, batch.number)
    return target


def who_may_reject(batch: SettlementBatch) -> dict[Role, Act]:
    """Whose signature is next, and until the first one the clerk: role to the act it sits in."""
    first = Act.BATCH_APPROVE if _people_asked(batch) else Act.AUTHORISE
    following = {
        BatchStatus.IN_APPROVAL: Act.BATCH_APPROVE,
        BatchStatus.IN_AUTHORISATION: Act.AUTHORISE,
        BatchStatus.IN_RELEASE: Act.RELEASE,
    }.get(BatchStatus(batch.status), first)
    who = dict.fromkeys(ROLES[following], following)
    if batch.status == BatchStatus.LOCKED:
        who[Role.FINANCE_CLERK] = Act.BUILD
    return who


def _signers(batch: SettlementBatch, act: str) -> int:
    """Different people who signed this act in this cycle."""
    signed = Decision.objects.filter(subject_ref=batch.ref, act=act, cycle=batch.cycle)
    return signed.values("user_id").distinct().count()


def _people_asked(batch: SettlementBatch) -> int:
    """The strictest of the files' frozen amount tables."""
    versions = RuleVersion.objects.filter(
        pk__in=batch.lines.values("redemption__application__rule_version_id")
    )
    procedures = [parse_rules(version.document).procedure for version in versions]
    asked = [each.people_asked(Act.BATCH_APPROVE, batch.total_fen) for each in procedures]
    return max(asked, default=0)


def send_batch(
    *, actor: Actor, batch_id: int, at: datetime, channel: PaymentChannel | None = None
) -> SettlementBatch:
    """Hand the sheet to the channel: its digest is stored first, the file written after commit.

    No verb itself: a sheet that was promised but not written is simply written on the next call.
    """
    batch = _mark_sent(actor=actor, batch_id=batch_id, at=at)
    channel = channel or FileDropChannel(Path(settings.STATE_DIR) / "payments")
    channel.write_sheet(batch.number, list_sheet(batch))
    return batch


@verb
def _mark_sent(*, actor: Actor, batch_id: int, at: datetime) -> SettlementBatch:
    duty = require_finance(actor, find_batch(batch_id), (Role.FINANCE_RELEASER,), at)
    batch = lock_batch_row(batch_id)
    if batch.status == BatchStatus.SENT:
        return batch
    require_step(STEPS, batch.status, BatchStatus.SENT, batch.number)
    if not _signers(batch, Act.RELEASE):
        raise Conflict("not_released", _("Nobody has signed the release yet."))
    rows = list_instructions(batch)
    if rows.exclude(order__bank_account__status=BankAccountStatus.VERIFIED).exists():
        raise Conflict(
            "bank_account_changed", _("A payee's account has changed: reject and lock again.")
        )
    for line in list_lines(batch).filter(status=LineStatus.PENDING):
        require_payable(line.redemption)
    batch.sheet_sha256 = hashlib.sha256(render_sheet(list_sheet(batch))).hexdigest()
    move(batch, BatchStatus.SENT, action="batch.sent", actor=actor, at=at, duty=duty)
    return batch


def list_sheet(batch: SettlementBatch) -> list[SheetRow]:
    """The rows of the payment sheet, from what was frozen at locking."""
    return [
        SheetRow(
            row_number=row.row_number,
            payer=row.order.payer.code,
            payee=row.order.bank_account.account_name,
            account=row.order.bank_account.account_number,
            bank=row.order.bank_account.bank_name,
            budget_document=row.line.appropriation.document_number,
            function_code=row.line.function_code,
            economic_code=row.economic_code,
            amount_fen=row.amount_fen,
            purpose=f"{batch.number}/{row.row_number}",
        )
        for row in list_instructions(batch)
    ]
