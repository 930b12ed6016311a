"""The provider's answer to an order, and calling one off before delivery."""

from __future__ import annotations

from datetime import datetime

from companies.agencies.services import require_in_time
from companies.errors import NotAllowed
from companies.foundation.actors import Actor
from companies.foundation.states import require_step
from companies.foundation.verbs import verb
from companies.registry.policies import require_membership
from vouchers.ledger.services import Request
from vouchers.redemptions.models import Redemption, RedemptionStatus
from vouchers.redemptions.selectors import exported
from vouchers.redemptions.services.steps import (
    COMPANY_ROLES,
    close_term,
    find_redemption,
    find_replayed,
    lock_redemption,
    move,
    release_hold,
    require_provider,
    require_reason,
)
from vouchers.redemptions.states import STEPS


@verb
def confirm_order(*, actor: Actor, redemption_id: int, at: datetime) -> Redemption:
    """The provider takes the order.

    Raises NotAllowed, Conflict (`wrong_state`, `deadline_passed`).
    """
    right = require_provider(actor, find_redemption(redemption_id), at)
    redemption = lock_redemption(redemption_id)
    require_in_time(subject_ref=redemption.ref, kind="redemptions.hold_end", at=at)
    move(
        redemption, RedemptionStatus.CONFIRMED,
        action="redemption.confirmed", actor=actor, at=at, right=right,
    )  # fmt: skip
    return redemption


@verb
def decline_order(
    *, actor: Actor, redemption_id: int, reason: str, at: datetime, request_key: str
) -> Redemption:
    """The provider cannot take it: the hold is released."""
    body = {"verb": "decline_order", "redemption": redemption_id, "reason": reason}
    request = Request.of(actor, request_key, body)
    if replayed := find_replayed(request):
        return replayed
    right = require_provider(actor, find_redemption(redemption_id), at)
    redemption = lock_redemption(redemption_id)
    if replayed := find_replayed(request):
        return replayed
    redemption.reason = require_reason(reason)
    end_hold(
        redemption, RedemptionStatus.DECLINED,
        action="redemption.declined", request=request, actor=actor, at=at, right=right,
    )  # fmt: skip
    return redemption


@verb
def cancel_redemption(
    *, actor: Actor, redemption_id: int, at: datetime, request_key: str
) -> Redemption:
    """Either side calls it off before delivery: the hold is released."""
    body = {"verb": "cancel_redemption", "redemption": redemption_id}
    request = Request.of(actor, request_key, body)
    if replayed := find_replayed(request):
        return replayed
    found = find_redemption(redemption_id)
    try:
        right = require_membership(
            actor=actor, company_id=found.company_id, roles=COMPANY_ROLES, at=at
        )
    except NotAllowed:
        right = require_provider(actor, found, at)
    redemption = lock_redemption(redemption_id)
    if replayed := find_replayed(request):
        return replayed
    if redemption.status == RedemptionStatus.DISPUTED:
        # An open dispute is a reviewer's to end.
        require_step({}, redemption.status, RedemptionStatus.CANCELLED, redemption.number)
    end_hold(
        redemption, RedemptionStatus.CANCELLED,
        action="redemption.cancelled", request=request, actor=actor, at=at, right=right,
    )  # fmt: skip
    return redemption


def end_hold(
    redemption: Redemption,
    target: str,
    *,
    action: str,
    request: Request,
    actor: Actor,
    at: datetime,
    right: object = None,
) -> None:
    """A step: an unpaid end: its deadline, RELEASE, the status and its event."""
    require_step(STEPS, redemption.status, target, redemption.number)
    before = exported(redemption)
    close_term(redemption, "redemptions.hold_end", at, target)
    release_hold(redemption, request=request, actor=actor, at=at)
    move(
        redemption, target, action=action, actor=actor, at=at, before=before,
        right=right, request_ref=request.ref,
    )  # fmt: skip
