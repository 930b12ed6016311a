"""核销: a hold becomes a debt. The step alone; who may is asked by its verbs."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from companies.errors import Conflict, InvalidInput
from companies.foundation.actors import Actor
from companies.foundation.states import require_step
from companies.foundation.verbs import assert_in_transaction
from companies.users.models import Duty
from vouchers.applications.models import EvidenceDocument, EvidenceStatus
from vouchers.ledger.chart import EntryKind
from vouchers.ledger.services import Leg, Request
from vouchers.money import format_yuan, split_fen
from vouchers.redemptions.models import Redemption, RedemptionStatus
from vouchers.redemptions.selectors import exported, list_fundings
from vouchers.redemptions.services.steps import (
    drop_hold,
    held_to_voucher,
    move,
    open_term,
    pass_on,
    post,
    procedure_of,
)
from vouchers.redemptions.states import STEPS


def require_acceptable(redemption: Redemption, accepted_fen: int, reason: str) -> None:
    """Raises Conflict `invoice_not_verified`, InvalidInput `amount_too_high`, `reason_missing`."""
    require_step(STEPS, redemption.status, RedemptionStatus.ACCEPTED, redemption.number)
    status = EvidenceDocument.objects.values_list("status", flat=True).get(
        pk=redemption.invoice_document_id
    )
    if status != EvidenceStatus.VERIFIED:
        raise Conflict("invoice_not_verified", _("The invoice has not been verified yet."))
    most_fen = redemption.calculation["subsidy_fen"]
    if not 0 < accepted_fen <= most_fen:
        raise InvalidInput(
            "amount_too_high",
            _("Between one fen and %(most)s yuan can be accepted."),
            most=format_yuan(most_fen),
            most_fen=most_fen,
        )
    if accepted_fen < most_fen and not reason.strip():
        raise InvalidInput("reason_missing", _("Please give the reason in words."))


def accept(
    redemption: Redemption,
    accepted_fen: int,
    *,
    reason: str,
    request: Request,
    actor: Actor,
    duty: Duty | None,
    at: datetime,
) -> None:
    """A step: HELD → PAYABLE for what is accepted, the rest back to the voucher."""
    assert_in_transaction()
    require_acceptable(redemption, accepted_fen, reason)
    before = exported(redemption)
    fundings = list_fundings(redemption)
    parts = split_fen(accepted_fen, [row.held_fen for row in fundings])
    legs = []
    for row, part in zip(fundings, parts, strict=True):
        funding = row.voucher_funding
        if part:
            legs.append(Leg(funding.held_account_id, funding.payable_account_id, part))
        if row.held_fen > part:
            legs.append(held_to_voucher(row, row.held_fen - part))
    post(EntryKind.ACCEPT, redemption, legs, request=request, actor=actor, at=at)
    rests = [
        (row.voucher_funding, row.held_fen - part)
        for row, part in zip(fundings, parts, strict=True)
    ]
    pass_on(redemption, rests, request=request, actor=actor, at=at)
    for row, part in zip(fundings, parts, strict=True):
        row.accepted_fen = part
        row.save(update_fields=["accepted_fen"])
    drop_hold(redemption)
    redemption.accepted_fen = accepted_fen
    redemption.accepted_at = at
    redemption.reason = reason.strip()
    redemption.cycle += 1
    move(
        redemption, RedemptionStatus.ACCEPTED,
        action="redemption.accepted", actor=actor, at=at, before=before, right=duty,
        request_ref=request.ref, reason=redemption.reason,
    )  # fmt: skip
    open_term(redemption, "settlement.pay_within", procedure_of(redemption).terms.payment, at)
