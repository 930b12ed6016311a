"""What may befall a living voucher: suspended, resumed, revoked by two, expired, closed."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from companies.agencies.models import Deadline
from companies.agencies.services import close_deadline, lock_due_deadline
from companies.errors import Conflict, NotAllowed
from companies.foundation.actors import Actor
from companies.foundation.states import require_step
from companies.foundation.verbs import assert_in_transaction, verb
from companies.users.models import Duty, Role
from vouchers.applications.models import Act, Decision
from vouchers.applications.services.award import release_caps
from vouchers.applications.services.burdens import (
    PriorNotice,
    require_burden,
    serve_prior_notice,
    withdraw_prior_notice,
)
from vouchers.applications.services.seats import sign
from vouchers.applications.services.steps import require_reason, rules_of
from vouchers.issuance.models import Voucher, VoucherStatus
from vouchers.issuance.selectors import voucher_money
from vouchers.issuance.services.issue import drop_pending
from vouchers.issuance.services.steps import (
    find_voucher,
    lock_voucher,
    move,
    record,
    require_officer,
    return_to_pool,
)
from vouchers.issuance.states import STEPS
from vouchers.ledger.chart import EntryKind
from vouchers.ledger.services import Request, find_replay
from vouchers.money import format_yuan
from vouchers.programmes.models import CapScope

SYSTEM = Actor.system("issuance.due")
PROPOSED = "REVOCATION_PROPOSED"
DROPPED = "REVOCATION_DROPPED"


@verb
def suspend_voucher(*, actor: Actor, voucher_id: int, reason: str, at: datetime) -> Voucher:
    """No new holds from now on; the company is told why at once. Raises NotAllowed, Conflict."""
    duty = require_officer(actor, find_voucher(voucher_id), (Role.APPROVER,), at)
    voucher = lock_voucher(voucher_id)
    require_step(STEPS, voucher.status, VoucherStatus.SUSPENDED, voucher.number)
    voucher.suspended_reason = require_reason(reason)
    voucher.suspended_by_id = duty.user_id
    move(
        voucher,
        VoucherStatus.SUSPENDED,
        action="voucher.suspended",
        actor=actor,
        at=at,
        duty=duty,
        reason=voucher.suspended_reason,
    )
    return voucher


@verb
def resume_voucher(*, actor: Actor, voucher_id: int, at: datetime) -> Voucher:
    """Lifted by another approver. Raises NotAllowed `second_person_needed`, Conflict."""
    duty = require_officer(actor, find_voucher(voucher_id), (Role.APPROVER,), at)
    voucher = lock_voucher(voucher_id)
    if voucher.status != VoucherStatus.SUSPENDED:
        raise Conflict("wrong_state", _("This voucher is not suspended."))
    if duty.user_id == voucher.suspended_by_id:
        raise NotAllowed("second_person_needed", _("Another approver has to lift this."))
    voucher.suspended_reason = ""
    voucher.suspended_by = None
    move(voucher, VoucherStatus.ACTIVE, action="voucher.resumed", actor=actor, at=at, duty=duty)
    return voucher


@verb
def propose_revocation(*, actor: Actor, voucher_id: int, reason: str, at: datetime) -> Voucher:
    """An approver means to revoke: the company is told first and may answer.

    Raises NotAllowed, Conflict `wrong_state`, `prior_notice_served`, InvalidInput.
    """
    duty = require_officer(actor, find_voucher(voucher_id), (Role.APPROVER,), at)
    voucher = lock_voucher(voucher_id, with_file=True)
    require_step(STEPS, voucher.status, VoucherStatus.REVOKED, voucher.number)
    reason = require_reason(reason)
    _sign_proposal(voucher, PROPOSED, reason, actor, duty, at)
    notice = PriorNotice(
        voucher.agency_id, voucher.company_id, voucher.ref, voucher.number, "REVOKED", reason
    )
    serve_prior_notice(notice, duty=duty, at=at)
    record(voucher, "voucher.revocation_noticed", actor=actor, at=at, duty=duty, reason=reason)
    return voucher


@verb
def drop_revocation(*, actor: Actor, voucher_id: int, reason: str, at: datetime) -> Voucher:
    """An approver drops the proposal, say after the company's answer: its notice is withdrawn, and
    revoking needs a new one.

    Raises NotAllowed, Conflict (`wrong_state`, `nothing_noticed`), InvalidInput.
    """
    duty = require_officer(actor, find_voucher(voucher_id), (Role.APPROVER,), at)
    voucher = lock_voucher(voucher_id, with_file=True)
    require_step(STEPS, voucher.status, VoucherStatus.REVOKED, voucher.number)
    reason = require_reason(reason)
    withdraw_prior_notice(voucher.ref, "REVOKED", actor=actor, reason=reason, at=at)
    _sign_proposal(voucher, DROPPED, reason, actor, duty, at)
    record(voucher, "voucher.revocation_dropped", actor=actor, at=at, duty=duty, reason=reason)
    return voucher


def _sign_proposal(
    voucher: Voucher, outcome: str, reason: str, actor: Actor, duty: Duty, at: datetime
) -> None:
    """Each proposal and each dropping is a round of its own: one may propose again."""
    rounds = Decision.objects.filter(subject_ref=voucher.ref, act=Act.APPROVE)
    sign(
        application=voucher.application,
        act=Act.APPROVE,
        actor=actor,
        duty=duty,
        subject_ref=voucher.ref,
        outcome=outcome,
        amount_fen=voucher.face_fen,
        reason=reason,
        at=at,
        cycle=rounds.count(),
    )


@verb
def revoke_voucher(*, actor: Actor, voucher_id: int, at: datetime, request_key: str) -> Voucher:
    """The finance authoriser carries the proposal out; what is left goes back to the lines.

    Raises NotAllowed `second_person_needed`, Conflict `prior_notice_missing`, `redemptions_open`.
    """
    request = Request.of(actor, request_key, {"revoke_voucher": voucher_id})
    found = find_voucher(voucher_id)
    if find_replay(request):
        return found
    duty = require_officer(actor, found, (Role.FINANCE_AUTHORISER,), at)
    voucher = lock_voucher(voucher_id, with_file=True)
    if find_replay(request):
        return voucher
    require_step(STEPS, voucher.status, VoucherStatus.REVOKED, voucher.number)
    require_burden(voucher.ref, "REVOKED", at)
    proposal = Decision.objects.filter(subject_ref=voucher.ref, outcome=PROPOSED).latest("id")
    if proposal.user_id == duty.user_id:
        raise NotAllowed("second_person_needed", _("Who proposed it cannot carry it out."))
    held_fen = voucher_money(voucher)["held"]
    if held_fen:
        raise Conflict(
            "redemptions_open",
            _("%(held)s yuan are held for open redemptions: judge or release these first."),
            held=format_yuan(held_fen),
            held_fen=held_fen,
        )
    sign(
        application=voucher.application,
        act=Act.AUTHORISE,
        actor=actor,
        duty=duty,
        subject_ref=voucher.ref,
        outcome="REVOKED",
        amount_fen=voucher.face_fen,
        reason=proposal.reason,
        at=at,
    )
    close_deadline(subject_ref=voucher.ref, kind="issuance.grace_end", at=at, outcome="revoked")
    back_fen = return_to_pool(voucher, EntryKind.REVOKE, request=request, actor=actor, at=at)
    free_caps(voucher, back_fen, "revoked", at)
    move(
        voucher,
        VoucherStatus.REVOKED,
        action="voucher.revoked",
        actor=actor,
        at=at,
        duty=duty,
        request_ref=request.ref,
        reason=proposal.reason,
        back_fen=back_fen,
    )
    return voucher


@verb
def close_voucher(*, voucher_id: int, at: datetime) -> Voucher:
    """The system closes a voucher on which nothing can happen any more.

    Raises Conflict `wrong_state`, `voucher_not_empty`.
    """
    voucher = lock_voucher(voucher_id)
    require_step(STEPS, voucher.status, VoucherStatus.CLOSED, voucher.number)
    if not close_if_over(voucher, at):
        raise Conflict("voucher_not_empty", _("There is still money on this voucher."))
    return voucher


def close_if_over(voucher: Voucher, at: datetime) -> bool:
    """A step: the system closes a locked voucher with nothing on it or owed; did it?

    Where money moves before, the caller has locked its deadlines with it; a dead one has none.
    """
    assert_in_transaction()
    money = voucher_money(voucher)
    is_empty = not (money["available"] or money["held"] or money["payable"])
    if not is_empty or VoucherStatus.CLOSED not in STEPS[VoucherStatus(voucher.status)]:
        return False
    if voucher.status == VoucherStatus.ACTIVE:
        close_deadline(subject_ref=voucher.ref, kind="issuance.grace_end", at=at, outcome="closed")
    move(voucher, VoucherStatus.CLOSED, action="voucher.closed", actor=SYSTEM, at=at)
    return True


@verb
def carry_out_deadline(*, deadline_id: int, at: datetime) -> None:
    """No consent in time: it lapses. Past its grace: what is left expires. Once."""
    waiting = Deadline.objects.get(pk=deadline_id)
    number = waiting.subject_ref.removeprefix("voucher:")
    voucher = lock_voucher(Voucher.objects.get(number=number).pk, with_file=True)
    deadline = lock_due_deadline(deadline_id=deadline_id, at=at)
    if deadline is None:
        return
    request = Request.of(SYSTEM, f"deadline-{deadline.pk}", {"due": voucher.number})
    outcome = "nothing"
    living = (VoucherStatus.ACTIVE, VoucherStatus.SUSPENDED)
    if deadline.kind == "issuance.consent" and voucher.status == VoucherStatus.PENDING:
        drop_pending(
            voucher, VoucherStatus.LAPSED, action="voucher.lapsed", request=request,
            actor=SYSTEM, at=at,
        )  # fmt: skip
        outcome = "lapsed"
    elif deadline.kind == "issuance.grace_end" and voucher.status in living:
        _expire(voucher, request, at)
        outcome = "expired"
    close_deadline(subject_ref=deadline.subject_ref, kind=deadline.kind, at=at, outcome=outcome)


def _expire(voucher: Voucher, request: Request, at: datetime) -> None:
    """Held items finish; only what nobody holds goes back."""
    back_fen = return_to_pool(voucher, EntryKind.EXPIRE, request=request, actor=SYSTEM, at=at)
    free_caps(voucher, back_fen, "expired", at)
    move(
        voucher,
        VoucherStatus.EXPIRED,
        action="voucher.expired",
        actor=SYSTEM,
        at=at,
        request_ref=request.ref,
        back_fen=back_fen,
    )


def free_caps(voucher: Voucher, back_fen: int, reason: str, at: datetime) -> None:
    """A step: the ceiling counts what is promised; a group's cap is freed where rules say so."""
    assert_in_transaction()
    if not back_fen:
        return
    caps = rules_of(voucher.application).caps
    frees = any(cap.scope == "firm_year" and reason in cap.released_on for cap in caps)
    scopes = (CapScope.CEILING, CapScope.GROUP_YEAR) if frees else (CapScope.CEILING,)
    release_caps(voucher.application.ref, amount_fen=back_fen, reason=reason, at=at, scopes=scopes)
