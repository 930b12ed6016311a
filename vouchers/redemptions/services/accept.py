"""核销: a hold becomes a debt. The step alone; who may is asked by its verbs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from companies.errors import Conflict, InvalidInput
from companies.foundation.actors import Actor
from companies.foundation.calls import Call
from companies.foundation.states import require_step
from companies.foundation.verbs import assert_in_transaction
from vouchers.applications.models import EvidenceStatus
from vouchers.ledger.chart import EntryKind
from vouchers.ledger.services import Request
from vouchers.money import format_yuan, split_fen
from vouchers.redemptions.models import Redemption, RedemptionStatus
from vouchers.redemptions.selectors import exported, list_fundings
from vouchers.redemptions.services.claims import Claim
from vouchers.redemptions.services.steps import DEAD_VOUCHERS, pass_on, post, promises, words
from vouchers.redemptions.states import STEPS


def require_acceptable(
    redemption: Redemption, invoice_status: str | None, accepted_fen: int, reason: str
) -> None:
    """Raises Conflict `invoice_not_verified`, InvalidInput `amount_too_high`, `reason_missing`."""
    require_step(STEPS, redemption.status, RedemptionStatus.ACCEPTED, redemption.number)
    if invoice_status != EvidenceStatus.VERIFIED:
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
    claim: Claim,
    accepted_fen: int,
    *,
    reason: str,
    request: Request,
    actor: Actor,
    duty_id: int | None,
    at: datetime,
    beside: Sequence[Call] = (),
) -> None:
    """A step: HELD → PAYABLE for what is accepted, the rest back to the voucher; `beside` are
    calls to be made in the same statement."""
    assert_in_transaction()
    require_acceptable(redemption, claim.invoice_status, accepted_fen, reason)
    before = exported(redemption)
    parts = split_fen(accepted_fen, claim.held_fen)
    redemption.status = RedemptionStatus.ACCEPTED
    redemption.status_at = redemption.accepted_at = at
    redemption.held_fen = 0
    redemption.accepted_fen = accepted_fen
    redemption.reason = reason.strip()
    redemption.cycle += 1
    post(
        EntryKind.ACCEPT, redemption, claim.legs(parts), request=request, actor=actor, at=at,
        beside=[
            *beside,
            _accepting(redemption, claim.share_ids, parts, at),
            *words(
                redemption, "redemption.accepted", actor=actor, at=at, before=before,
                people=claim.people, duty_ref=f"duty:{duty_id}" if duty_id else "",
                request_ref=request.ref, reason=redemption.reason,
            ),
            *promises(
                redemption, "settlement.pay_within", claim.payment, at, claim.is_workday
            ),
        ],
    )  # fmt: skip
    if redemption.voucher.status in DEAD_VOUCHERS:
        rests = [
            (row.voucher_funding, held_fen - row.accepted_fen)
            for row, held_fen in zip(list_fundings(redemption), claim.held_fen, strict=True)
        ]
        pass_on(redemption, rests, request=request, actor=actor, at=at)


def _accepting(
    redemption: Redemption, share_ids: list[int], parts: list[int], at: datetime
) -> Call:
    """The call that writes it on the redemption and its lines."""
    return Call(
        "redemption_accept(%s,%s,%s,%s,%s::bigint[],%s::bigint[])",
        (redemption.pk, redemption.accepted_fen, redemption.reason, at, share_ids, parts),
    )
