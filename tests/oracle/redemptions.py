"""`request_redemption` and `accept_redemption` in plain ORM; the same arguments, the same rows."""

from __future__ import annotations

from datetime import datetime

from companies.errors import Conflict, InvalidInput, not_found
from companies.foundation.actors import Actor
from companies.foundation.locks import lock_rows
from companies.foundation.numbers import next_number
from companies.foundation.states import require_step
from companies.foundation.verbs import verb
from companies.registry.models import RelatedPair
from companies.registry.policies import require_membership
from companies.users.policies import require_duty
from tests.oracle import plain
from vouchers.applications.models import Decision, EvidenceDocument
from vouchers.issuance.models import Voucher, VoucherFunding
from vouchers.ledger.selectors import get_balances
from vouchers.ledger.services import Leg, Request
from vouchers.money import share_fen, split_fen
from vouchers.programmes.rules import VoucherTerms, redemption_share
from vouchers.providers.models import Offer, UsageAccount
from vouchers.providers.selectors import is_admitted
from vouchers.redemptions.models import Redemption, RedemptionFunding, RedemptionStatus
from vouchers.redemptions.selectors import exported, list_fundings
from vouchers.redemptions.services.looks import DEAD_DRAWS
from vouchers.redemptions.services.steps import find_replayed, lock_voucher, procedure_of
from vouchers.redemptions.states import STEPS

S = RedemptionStatus


@verb
def request_redemption(
    *, actor: Actor, voucher_id: int, offer_id: int, order_number: str, price_fen: int,
    requested_fen: int | None = None, at: datetime, request_key: str,
) -> Redemption:  # fmt: skip
    """Hold the voucher's part of an order."""
    body = {
        "verb": "request_redemption", "voucher": voucher_id, "offer": offer_id,
        "order": order_number, "price_fen": price_fen, "requested_fen": requested_fen,
    }  # fmt: skip
    request = Request.of(actor, request_key, body)
    if replayed := find_replayed(request):
        return replayed
    found = Voucher.objects.filter(pk=voucher_id).first()
    if found is None:
        raise not_found("voucher")
    right = require_membership(
        actor=actor, company_id=found.company_id, roles=("company_agent",), at=at
    )
    voucher = lock_voucher(voucher_id)
    if replayed := find_replayed(request):
        return replayed
    offer = Offer.objects.select_related("provider__company").filter(pk=offer_id).first()
    if offer is None or offer.agency_id != voucher.agency_id:
        raise not_found("offer")
    terms = VoucherTerms.from_dict(voucher.terms)
    _require_usable(voucher, offer, terms, at)
    fundings = list(voucher.fundings.select_related("line").order_by("line__draw_order", "id"))
    balances = get_balances([row.voucher_account_id for row in fundings])
    weights = [balances[row.voucher_account_id] for row in fundings]
    amount_fen = _judge_amount(terms, price_fen, requested_fen, sum(weights))
    parts = split_fen(amount_fen, weights)
    redemption = _write(voucher, offer, terms, order_number, price_fen, amount_fen, at)
    legs = []
    for row, part in zip(fundings, parts, strict=True):
        if part:
            RedemptionFunding.objects.create(
                agency_id=voucher.agency_id, redemption=redemption, voucher_funding=row,
                held_fen=part,
            )  # fmt: skip
            legs.append(Leg(row.voucher_account_id, row.held_account_id, part))
    plain.post_entry("HOLD", redemption, legs, request=request, actor=actor, at=at)
    plain.promise(redemption, "redemptions.hold_end", procedure_of(redemption).terms.hold, at)
    plain.record(
        "redemption.requested", redemption, actor=actor, duty_ref=f"membership:{right.pk}",
        request=request, at=at, offer=offer.code, price_fen=price_fen,
    )  # fmt: skip
    return redemption


def _require_usable(voucher: Voucher, offer: Offer, terms: VoucherTerms, at: datetime) -> None:
    provider = offer.provider
    low, high = sorted((voucher.company_id, provider.company_id))
    if voucher.status != "ACTIVE" or at >= voucher.grace_until:
        raise Conflict("voucher_not_usable", "")
    if not is_admitted(provider.pk, voucher.programme_id, at):
        raise Conflict("provider_not_admitted", "")
    if at < offer.valid_from or (offer.valid_until and at >= offer.valid_until):
        raise Conflict("offer_not_valid", "")
    if low == high or RelatedPair.objects.filter(low_id=low, high_id=high).exists():
        raise Conflict("related_companies", "")
    used = Redemption.objects.filter(voucher=voucher).exclude(status__in=DEAD_DRAWS)
    if terms.max_draws is not None and used.count() >= terms.max_draws:
        raise Conflict("draws_exhausted", "")


def _judge_amount(
    terms: VoucherTerms, price_fen: int, requested_fen: int | None, balance_fen: int
) -> int:
    if price_fen <= 0 or (requested_fen is not None and requested_fen <= 0):
        raise InvalidInput("amount_not_positive", "")
    if requested_fen is None:
        share = redemption_share(terms=terms, eligible_fen=price_fen, balance_fen=balance_fen)
        requested_fen = share.subsidy_fen
    mode, unit_fen = terms.rounding_mode, terms.rounding_unit_fen
    most_fen = share_fen(price_fen, terms.rate_bp, mode=mode, unit_fen=unit_fen)
    if most_fen == 0:
        raise InvalidInput("order_too_small", "")
    if requested_fen > most_fen:
        raise InvalidInput("amount_above_rate", "")
    if requested_fen > balance_fen or requested_fen == 0:
        raise Conflict("insufficient_funds", "")
    return requested_fen


def _write(
    voucher: Voucher, offer: Offer, terms: VoucherTerms, order_number: str, price_fen: int,
    amount_fen: int, at: datetime,
) -> Redemption:  # fmt: skip
    account = UsageAccount.objects.filter(provider=offer.provider, company_id=voucher.company_id)
    return Redemption.objects.create(
        agency_id=voucher.agency_id, number=next_number("RD", at), voucher=voucher,
        application=voucher.application, company=voucher.company, provider=offer.provider,
        offer=offer, usage_account=account.order_by("id").first(),
        payee=voucher.company if terms.payee == "company" else offer.provider.company,
        order_number=order_number.strip(), status=S.REQUESTED, status_at=at, price_fen=price_fen,
        rate_bp=terms.rate_bp, requested_fen=amount_fen, held_fen=amount_fen, requested_at=at,
        is_demo=voucher.is_demo,
    )  # fmt: skip


@verb
def accept_redemption(
    *, actor: Actor, redemption_id: int, accepted_fen: int, reason: str, at: datetime,
    request_key: str,
) -> Redemption:  # fmt: skip
    """Turn the hold of a living voucher into a debt."""
    body = {
        "verb": "accept_redemption", "redemption": redemption_id, "accepted_fen": accepted_fen,
        "reason": reason,
    }  # fmt: skip
    request = Request.of(actor, request_key, body)
    if replayed := find_replayed(request):
        return replayed
    found = Redemption.objects.select_related("voucher__programme").filter(pk=redemption_id)
    if not (redemption := found.first()):
        raise not_found("redemption")
    right = {
        "actor": actor, "agency_id": redemption.agency_id, "at": at,
        "programme_ref": redemption.voucher.programme.ref,
    }  # fmt: skip
    duty = require_duty(roles=("reviewer", "intake"), **right)
    lock_voucher(redemption.voucher_id)
    (redemption,) = lock_rows(Redemption.objects.filter(pk=redemption_id))
    if replayed := find_replayed(request):
        return replayed
    require_step({S.UNDER_CHECK: STEPS[S.UNDER_CHECK]}, redemption.status, S.ACCEPTED, "")
    _require_acceptable(redemption, accepted_fen, reason)
    signed = Decision.objects.filter(
        application_id=redemption.application_id, subject_ref=redemption.ref, outcome="ACCEPTED",
        cycle=redemption.cycle,
    ).order_by("id")  # fmt: skip
    first = signed.filter(act="ACCEPT").first()
    if first:
        duty = require_duty(roles=("reviewer",), **right)
        if first.amount_fen != accepted_fen:
            raise Conflict("sum_differs", "")
    plain.sign(
        redemption.application, "CONFIRM" if first else "ACCEPT", redemption, actor=actor,
        duty=duty, amount_fen=accepted_fen, reason=reason, at=at,
        payees=[redemption.provider.company_id],
    )  # fmt: skip
    said = {"actor": actor, "duty_ref": f"duty:{duty.pk}", "request": request, "at": at}
    asked = procedure_of(redemption).people_asked("CONFIRM", accepted_fen)
    if signed.filter(act="CONFIRM").count() < asked:
        plain.post_entry("ACCEPT", redemption, [], request=request, actor=actor, at=at)
        plain.record(
            "redemption.acceptance_signed", redemption, accepted_fen=accepted_fen, reason=reason,
            **said,
        )  # fmt: skip
        return redemption
    before = exported(redemption)
    _owe(redemption, accepted_fen, reason, request, actor, at)
    plain.record("redemption.accepted", redemption, before=before, reason=reason.strip(), **said)
    term = procedure_of(redemption).terms.payment
    plain.promise(redemption, "settlement.pay_within", term, at)
    return redemption


def _require_acceptable(redemption: Redemption, accepted_fen: int, reason: str) -> None:
    if EvidenceDocument.objects.get(pk=redemption.invoice_document_id).status != "VERIFIED":
        raise Conflict("invoice_not_verified", "")
    most_fen = redemption.calculation["subsidy_fen"]
    if not 0 < accepted_fen <= most_fen:
        raise InvalidInput("amount_too_high", "")
    if accepted_fen < most_fen and not reason.strip():
        raise InvalidInput("reason_missing", "")


def _owe(
    redemption: Redemption, accepted_fen: int, reason: str, request: Request, actor: Actor,
    at: datetime,
) -> None:  # fmt: skip
    shares = list_fundings(redemption)
    legs = []
    for share, part in zip(
        shares, split_fen(accepted_fen, [share.held_fen for share in shares]), strict=True
    ):
        line: VoucherFunding = share.voucher_funding
        rest = share.held_fen - part
        if part:
            legs.append(Leg(line.held_account_id, line.payable_account_id, part))
        if rest:
            legs.append(Leg(line.held_account_id, line.voucher_account_id, rest))
        share.held_fen, share.accepted_fen = 0, part
    plain.post_entry("ACCEPT", redemption, legs, request=request, actor=actor, at=at)
    for share in shares:
        share.save()
    redemption.status, redemption.status_at, redemption.accepted_at = S.ACCEPTED, at, at
    redemption.held_fen, redemption.accepted_fen = 0, accepted_fen
    redemption.reason = reason.strip()
    redemption.cycle += 1
    redemption.save()
