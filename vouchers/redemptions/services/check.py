"""An officer's check of a claim: accept whole or in part, return, or reject with a second."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from companies.errors import Conflict, not_found
from companies.foundation.actors import Actor
from companies.foundation.calls import Call
from companies.foundation.states import require_step
from companies.foundation.verbs import verb
from companies.users.models import Duty, Role
from companies.users.policies import require_found_duty
from vouchers.applications.models import Act, Decision
from vouchers.applications.services.award import lock_file
from vouchers.applications.services.evidence import release_claims
from vouchers.applications.services.seats import sign, signing
from vouchers.ledger.chart import EntryKind
from vouchers.ledger.services import Request
from vouchers.redemptions.models import Redemption, RedemptionStatus
from vouchers.redemptions.selectors import (
    PROPOSED_REJECTION,
    is_rejection_proposed,
    list_signatures,
)
from vouchers.redemptions.services.accept import accept, require_acceptable
from vouchers.redemptions.services.claims import (
    CHECKERS,
    CONFIRMERS,
    Claim,
    lock_claim,
    look_at_claim,
)
from vouchers.redemptions.services.looks import replayed_by
from vouchers.redemptions.services.order import end_hold
from vouchers.redemptions.services.steps import (
    DEAD_VOUCHERS,
    close_term,
    find_redemption,
    find_replayed,
    get_whole,
    lock_redemption,
    move,
    open_term,
    post,
    procedure_of,
    record,
    require_officer,
    require_reason,
    words,
)
from vouchers.redemptions.states import STEPS


@verb
def accept_redemption(
    *,
    actor: Actor,
    redemption_id: int,
    accepted_fen: int,
    reason: str,
    at: datetime,
    request_key: str,
) -> Redemption:
    """Turn a hold into a debt. Where the amount table asks, a second signs the same sum (CONFIRM);
    until then the first signature stands and nothing moves.

    Raises NotAllowed, Conflict (`wrong_state`, `invoice_not_verified`, `sum_differs`),
    InvalidInput (`amount_too_high`, `reason_missing`).
    """
    body = {
        "verb": "accept_redemption", "redemption": redemption_id,
        "accepted_fen": accepted_fen, "reason": reason,
    }  # fmt: skip
    request = Request.of(actor, request_key, body)
    asked = look_at_claim(request, actor, redemption_id, at)
    if replayed := replayed_by(asked, request):
        return replayed
    if asked.application_id is None:
        raise not_found("redemption")
    duty_id = require_found_duty(actor, asked.first_duty_id, CHECKERS)
    if asked.voucher_status in DEAD_VOUCHERS:
        lock_file(asked.application_id)  # what comes back frees its counters, locked before it
    claim = lock_claim(request.keys, redemption_id, actor.user_id, at)
    if replayed := replayed_by(claim, request):
        return replayed
    redemption = get_whole(redemption_id)
    require_step(
        {RedemptionStatus.UNDER_CHECK: frozenset({RedemptionStatus.ACCEPTED})},
        redemption.status, RedemptionStatus.ACCEPTED, redemption.number,
    )  # fmt: skip
    require_acceptable(redemption, claim.invoice_status, accepted_fen, reason)
    is_second = claim.first_fen is not None
    if is_second:
        duty_id = require_found_duty(actor, asked.second_duty_id, CONFIRMERS)
    if is_second and claim.first_fen != accepted_fen:
        raise Conflict("sum_differs", _("The first signature names another sum: return the claim."))
    signature = _signature(redemption, claim, actor, duty_id, accepted_fen, reason, at)
    if claim.seconds + is_second < claim.seconds_asked(accepted_fen):
        told = words(
            redemption, "redemption.acceptance_signed", actor=actor, at=at, people=claim.people,
            duty_ref=f"duty:{duty_id}", request_ref=request.ref,
            accepted_fen=accepted_fen, reason=reason,
        )  # fmt: skip
        post(
            EntryKind.ACCEPT, redemption, [], request=request, actor=actor, at=at,
            beside=[signature, *told],
        )  # fmt: skip
        return redemption
    accept(
        redemption, claim, accepted_fen, reason=reason, request=request, actor=actor,
        duty_id=duty_id, at=at, beside=[signature],
    )  # fmt: skip
    return redemption


@verb
def return_redemption(*, actor: Actor, redemption_id: int, reason: str, at: datetime) -> Redemption:
    """Back to the filer with reasons; the hold stays, for as long as the rule says."""
    duty = require_officer(actor, find_redemption(redemption_id), CHECKERS, at)
    redemption = lock_redemption(redemption_id)
    require_step(STEPS, redemption.status, RedemptionStatus.RETURNED, redemption.number)
    redemption.reason = require_reason(reason)
    _sign(redemption, Act.ACCEPT, "RETURNED", actor, duty, reason, at)
    redemption.cycle += 1
    move(
        redemption, RedemptionStatus.RETURNED,
        action="redemption.returned", actor=actor, at=at, right=duty, reason=redemption.reason,
    )  # fmt: skip
    open_term(redemption, "redemptions.hold_end", procedure_of(redemption).terms.hold, at)
    return redemption


@verb
def propose_rejection(*, actor: Actor, redemption_id: int, reason: str, at: datetime) -> Redemption:
    """The first of two signatures that a claim is not paid."""
    duty = require_officer(actor, find_redemption(redemption_id), CHECKERS, at)
    redemption = lock_redemption(redemption_id)
    require_step(STEPS, redemption.status, RedemptionStatus.REJECTED, redemption.number)
    redemption.reason = require_reason(reason)
    redemption.save(update_fields=["reason"])
    _sign(redemption, Act.ACCEPT, PROPOSED_REJECTION, actor, duty, reason, at)
    record(
        redemption, "redemption.rejection_proposed", actor=actor, at=at, right=duty,
        reason=redemption.reason,
    )  # fmt: skip
    return redemption


@verb
def reject_redemption(
    *, actor: Actor, redemption_id: int, reason: str, at: datetime, request_key: str
) -> Redemption:
    """The second signature: RELEASE, all claims are free. Raises `rejection_unproposed`."""
    body = {"verb": "reject_redemption", "redemption": redemption_id, "reason": reason}
    request = Request.of(actor, request_key, body)
    if replayed := find_replayed(request):
        return replayed
    duty = require_officer(actor, find_redemption(redemption_id), (Role.REVIEWER,), at)
    redemption = lock_redemption(redemption_id)
    if replayed := find_replayed(request):
        return replayed
    require_step(STEPS, redemption.status, RedemptionStatus.REJECTED, redemption.number)
    if not is_rejection_proposed(redemption):
        raise Conflict("rejection_unproposed", _("Nobody has proposed to reject this claim."))
    redemption.reason = require_reason(reason)
    _sign(redemption, Act.CONFIRM, "REJECTED", actor, duty, reason, at)
    end_unpaid(
        redemption, RedemptionStatus.REJECTED, "redemption.rejected", request, actor, duty, at
    )
    return redemption


@verb
def decide_dispute(
    *, actor: Actor, redemption_id: int, goes_on: bool, reason: str, at: datetime, request_key: str
) -> Redemption:
    """A reviewer ends a dispute: the claim is checked, or called off with RELEASE."""
    body = {
        "verb": "decide_dispute", "redemption": redemption_id, "goes_on": goes_on, "reason": reason
    }  # fmt: skip
    request = Request.of(actor, request_key, body)
    if replayed := find_replayed(request):
        return replayed
    duty = require_officer(actor, find_redemption(redemption_id), CHECKERS, at)
    redemption = lock_redemption(redemption_id)
    if replayed := find_replayed(request):
        return replayed
    target = RedemptionStatus.UNDER_CHECK if goes_on else RedemptionStatus.CANCELLED
    require_step(
        {RedemptionStatus.DISPUTED: STEPS[RedemptionStatus.DISPUTED]},
        redemption.status, target, redemption.number,
    )  # fmt: skip
    redemption.reason = require_reason(reason)
    _sign(redemption, Act.ACCEPT, f"DISPUTE_{target}", actor, duty, reason, at)
    redemption.cycle += 1
    close_term(redemption, "redemptions.dispute", at)
    if not goes_on:
        end_unpaid(redemption, target, "redemption.cancelled", request, actor, duty, at)
        return redemption
    post(EntryKind.HOLD, redemption, [], request=request, actor=actor, at=at)
    move(
        redemption, target, action="redemption.drawn_for_check", actor=actor, at=at, right=duty,
        request_ref=request.ref, reason=redemption.reason,
    )  # fmt: skip
    return redemption


def end_unpaid(
    redemption: Redemption,
    target: str,
    action: str,
    request: Request,
    actor: Actor,
    duty: Duty | None,
    at: datetime,
) -> None:
    """A step: RELEASE; papers and usage rows may be claimed by another."""
    release_claims(subject_ref=redemption.ref, actor=actor, at=at)
    redemption.usage.filter(released_at__isnull=True).update(released_at=at)
    end_hold(redemption, target, action=action, request=request, actor=actor, at=at, right=duty)


def _signature(
    redemption: Redemption,
    claim: Claim,
    actor: Actor,
    duty_id: int,
    accepted_fen: int,
    reason: str,
    at: datetime,
) -> Call:
    """The call that signs the sum: first, or second."""
    act = Act.ACCEPT if claim.first_fen is None else Act.CONFIRM
    return signing(
        claim.seat, application=redemption.application, act=act, actor=actor,
        user_id=actor.user_id, duty_id=duty_id, subject_ref=redemption.ref, outcome="ACCEPTED",
        amount_fen=accepted_fen, reason=reason, at=at, cycle=redemption.cycle,
    )  # fmt: skip


def _signatures(redemption: Redemption, act: str) -> QuerySet[Decision]:
    return list_signatures(redemption).filter(act=act)


def _sign(
    redemption: Redemption,
    act: str,
    outcome: str,
    actor: Actor,
    duty: Duty,
    reason: str,
    at: datetime,
) -> None:
    sign(
        application=redemption.application, act=act, actor=actor, duty=duty,
        subject_ref=redemption.ref, outcome=outcome, amount_fen=None, reason=reason, at=at,
        cycle=redemption.cycle,
        payees=[redemption.provider.company_id],
    )  # fmt: skip
