"""Taking an acceptance back before payment, and the steps by which settlement moves a claim."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from companies.errors import Conflict
from companies.foundation.actors import Actor
from companies.foundation.states import require_step
from companies.foundation.verbs import assert_in_transaction, verb
from companies.users.models import Duty, Role
from vouchers.applications.models import Act, Decision
from vouchers.applications.services.evidence import release_claims
from vouchers.applications.services.seats import sign
from vouchers.issuance.services.change import close_if_over
from vouchers.ledger.chart import EntryKind
from vouchers.ledger.services import Leg, Request
from vouchers.redemptions.models import Redemption, RedemptionStatus
from vouchers.redemptions.selectors import exported, list_fundings
from vouchers.redemptions.services.steps import (
    close_term,
    find_redemption,
    find_replayed,
    lock_redemption,
    move,
    pass_on,
    post,
    record,
    require_officer,
    require_reason,
)
from vouchers.redemptions.states import STEPS

PROPOSED = "REVERSAL_PROPOSED"


@verb
def reverse_redemption(
    *, actor: Actor, redemption_id: int, reason: str, at: datetime, request_key: str
) -> Redemption:
    """Two sign: a checker proposes, then a finance clerk carries it out: PAYABLE → VOUCHER.

    Raises NotAllowed, Conflict `in_a_batch`, `wrong_state` once that batch is locked.
    """
    body = {"verb": "reverse_redemption", "redemption": redemption_id, "reason": reason}
    request = Request.of(actor, request_key, body)
    if replayed := find_replayed(request):
        return replayed
    proposed = Decision.objects.filter(
        subject_ref=(found := find_redemption(redemption_id)).ref, outcome=PROPOSED,
        cycle=found.cycle,
    ).exists()  # fmt: skip
    roles = (Role.FINANCE_CLERK,) if proposed else (Role.REVIEWER, Role.INTAKE)
    duty = require_officer(actor, found, roles, at)
    redemption = lock_redemption(redemption_id)
    if replayed := find_replayed(request):
        return replayed
    require_step(STEPS, redemption.status, RedemptionStatus.REVERSED, redemption.number)
    if redemption.lines.filter(status__in=("DRAFT", "PENDING", "PAID")).exists():
        raise Conflict("in_a_batch", _("It stands in a batch: have its line taken out first."))
    redemption.reason = require_reason(reason)
    sign(
        application=redemption.application, act=Act.BUILD if proposed else Act.ACCEPT,
        actor=actor, duty=duty, subject_ref=redemption.ref,
        outcome="REVERSED" if proposed else PROPOSED, amount_fen=redemption.accepted_fen,
        reason=reason, at=at, cycle=redemption.cycle, payees=[redemption.provider.company_id],
    )  # fmt: skip
    if not proposed:
        post(EntryKind.REVERSE, redemption, [], request=request, actor=actor, at=at)
        record(
            redemption, "redemption.reversal_proposed", actor=actor, at=at, right=duty,
            request_ref=request.ref, reason=redemption.reason,
        )  # fmt: skip
        return redemption
    _reverse(redemption, request, actor, duty, at)
    return redemption


def _reverse(
    redemption: Redemption, request: Request, actor: Actor, duty: Duty, at: datetime
) -> None:
    before = exported(redemption)
    parts = [
        (row.voucher_funding, row.accepted_fen)
        for row in list_fundings(redemption)
        if row.accepted_fen
    ]
    release_claims(subject_ref=redemption.ref, actor=actor, at=at)
    redemption.usage.filter(released_at__isnull=True).update(released_at=at)
    close_term(redemption, "settlement.pay_within", at, RedemptionStatus.REVERSED)
    legs = [Leg(f.payable_account_id, f.voucher_account_id, amount) for f, amount in parts]
    post(EntryKind.REVERSE, redemption, legs, request=request, actor=actor, at=at)
    pass_on(redemption, parts, request=request, actor=actor, at=at)
    redemption.fundings.update(accepted_fen=0)
    redemption.accepted_fen = 0
    move(
        redemption, RedemptionStatus.REVERSED,
        action="redemption.reversed", actor=actor, at=at, before=before, right=duty,
        request_ref=request.ref, reason=redemption.reason,
    )  # fmt: skip


def begin_settlement(redemption: Redemption, *, actor: Actor, batch_ref: str, at: datetime) -> None:
    """A step: its batch is locked. One already under way (a follow-up) stays as it is."""
    assert_in_transaction()
    if redemption.status == RedemptionStatus.ACCEPTED:
        move(
            redemption, RedemptionStatus.IN_SETTLEMENT,
            action="redemption.settling", actor=actor, at=at, batch=batch_ref,
        )  # fmt: skip


def leave_settlement(redemption: Redemption, *, actor: Actor, batch_ref: str, at: datetime) -> None:
    """A step: its batch reopened or ended and nothing of it is on the way."""
    assert_in_transaction()
    if redemption.status == RedemptionStatus.IN_SETTLEMENT:
        move(
            redemption, RedemptionStatus.ACCEPTED,
            action="redemption.settling", actor=actor, at=at, left_batch=batch_ref,
        )  # fmt: skip


def settle(redemption: Redemption, *, actor: Actor, batch_ref: str, at: datetime) -> None:
    """A step: the last of its lines is paid; with it a used-up voucher is over. Voucher locked."""
    assert_in_transaction()
    if redemption.status != RedemptionStatus.IN_SETTLEMENT:
        return
    redemption.settled_at = at
    move(
        redemption, RedemptionStatus.SETTLED,
        action="redemption.settled", actor=actor, at=at, batch=batch_ref,
    )  # fmt: skip
    close_term(redemption, "settlement.pay_within", at)
    close_if_over(redemption.voucher, at)
