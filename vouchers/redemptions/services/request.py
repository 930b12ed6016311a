"""用券申请: hold a part of the voucher for one order. Hot: only its own voucher is locked."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from companies.errors import Conflict, InvalidInput, not_found
from companies.foundation.actors import Actor
from companies.foundation.numbers import next_number
from companies.foundation.verbs import verb
from companies.registry.models import CompanyRole
from companies.registry.policies import require_membership
from vouchers.issuance.models import Voucher, VoucherFunding, VoucherStatus
from vouchers.ledger.chart import EntryKind
from vouchers.ledger.selectors import get_balances
from vouchers.ledger.services import Leg, Request
from vouchers.money import format_yuan, share_fen, split_fen
from vouchers.programmes.rules import VoucherTerms, redemption_share
from vouchers.providers.models import Offer, ProviderStatus, UsageAccount
from vouchers.redemptions.models import Redemption, RedemptionFunding, RedemptionStatus
from vouchers.redemptions.selectors import are_related, is_in_admission, is_on_offer
from vouchers.redemptions.services.steps import (
    find_replayed,
    lock_voucher,
    open_term,
    post,
    procedure_of,
    record,
)

DEAD_DRAWS = ("DECLINED", "CANCELLED", "HOLD_EXPIRED", "REJECTED", "REVERSED")


@verb
def request_redemption(
    *,
    actor: Actor,
    voucher_id: int,
    offer_id: int,
    order_number: str,
    price_fen: int,
    requested_fen: int | None = None,
    at: datetime,
    request_key: str,
) -> Redemption:
    """Hold the voucher's part of an order.

    Raises NotAllowed, Conflict (`voucher_not_usable`, `provider_not_admitted`, `offer_not_valid`,
    `related_companies`, `draws_exhausted`, `insufficient_funds`), InvalidInput.
    """
    request = Request.of(
        actor,
        request_key,
        {
            "verb": "request_redemption", "voucher": voucher_id, "offer": offer_id,
            "order": order_number, "price_fen": price_fen, "requested_fen": requested_fen,
        },
    )  # fmt: skip
    if replayed := find_replayed(request):
        return replayed
    company_id = Voucher.objects.filter(pk=voucher_id).values_list("company_id", flat=True).first()
    if company_id is None:
        raise not_found("voucher")
    right = require_membership(
        actor=actor, company_id=company_id, roles=(CompanyRole.AGENT,), at=at
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
    redemption = _write(
        voucher, offer, terms, order_number, price_fen, amount_fen,
        list(zip(fundings, split_fen(amount_fen, weights), strict=True)), at,
    )  # fmt: skip
    legs = [
        Leg(funding.voucher_account_id, funding.held_account_id, row.held_fen)
        for row in redemption.fundings.select_related("voucher_funding").order_by("id")
        for funding in (row.voucher_funding,)
    ]
    post(EntryKind.HOLD, redemption, legs, request=request, actor=actor, at=at)
    open_term(redemption, "redemptions.hold_end", procedure_of(redemption).terms.hold, at)
    record(
        redemption, "redemption.requested", actor=actor, at=at, right=right,
        request_ref=request.ref, offer=offer.code, price_fen=price_fen,
    )  # fmt: skip
    return redemption


def _require_usable(voucher: Voucher, offer: Offer, terms: VoucherTerms, at: datetime) -> None:
    """INV-15 in words; the trigger `redemption_on_live_voucher` reads it all again."""
    provider = offer.provider
    if voucher.status != VoucherStatus.ACTIVE or at >= voucher.grace_until:
        raise Conflict(
            "voucher_not_usable",
            _("Voucher %(number)s cannot be used now (%(status)s)."),
            number=voucher.number,
            status=VoucherStatus(voucher.status),
        )
    if provider.status != ProviderStatus.APPROVED or not is_in_admission(
        provider.pk, voucher.programme_id, at
    ):
        raise Conflict(
            "provider_not_admitted", _("This provider is not admitted to the programme now.")
        )
    if not is_on_offer(offer, at):
        raise Conflict("offer_not_valid", _("This offer is not in force now."))
    if are_related(voucher.company_id, provider.company_id):
        raise Conflict(
            "related_companies",
            _("The company and the provider are related: no voucher pays this."),
        )
    used = Redemption.objects.filter(voucher=voucher).exclude(status__in=DEAD_DRAWS)
    if terms.max_draws is not None and used.count() >= terms.max_draws:
        raise Conflict(
            "draws_exhausted",
            _("This voucher may be used %(most)s times."),
            most=terms.max_draws,
        )


def _judge_amount(
    terms: VoucherTerms, price_fen: int, requested_fen: int | None, balance_fen: int
) -> int:
    """The part to hold: what the terms give at most, or less if asked."""
    if price_fen <= 0 or (requested_fen is not None and requested_fen <= 0):
        raise InvalidInput("amount_not_positive", _("The sums must be more than nothing."))
    if requested_fen is None:
        share = redemption_share(terms=terms, eligible_fen=price_fen, balance_fen=balance_fen)
        requested_fen = share.subsidy_fen
    most_fen = share_fen(
        price_fen, terms.rate_bp, mode=terms.rounding_mode, unit_fen=terms.rounding_unit_fen
    )
    if most_fen == 0:
        raise InvalidInput(
            "order_too_small",
            _("The order is too small: the voucher's part of it rounds to nothing."),
        )
    if requested_fen > most_fen:
        raise InvalidInput(
            "amount_above_rate",
            _("The voucher pays at most %(most)s yuan of this order."),
            most=format_yuan(most_fen),
            most_fen=most_fen,
        )
    if requested_fen > balance_fen or requested_fen == 0:
        raise Conflict(
            "insufficient_funds",
            _("The voucher has %(available)s yuan left."),
            available=format_yuan(balance_fen),
            available_fen=balance_fen,
        )
    return requested_fen


def _write(
    voucher: Voucher,
    offer: Offer,
    terms: VoucherTerms,
    order_number: str,
    price_fen: int,
    amount_fen: int,
    shares: list[tuple[VoucherFunding, int]],
    at: datetime,
) -> Redemption:
    provider = offer.provider
    account = UsageAccount.objects.filter(provider=provider, company_id=voucher.company_id)
    redemption = Redemption.objects.create(
        agency_id=voucher.agency_id,
        number=next_number("RD", at),
        voucher=voucher,
        application=voucher.application,
        company=voucher.company,
        provider=provider,
        offer=offer,
        usage_account=account.order_by("id").first(),
        payee=voucher.company if terms.payee == "company" else provider.company,
        order_number=order_number.strip(),
        status=RedemptionStatus.REQUESTED,
        status_at=at,
        price_fen=price_fen,
        rate_bp=terms.rate_bp,
        requested_fen=amount_fen,
        held_fen=amount_fen,
        requested_at=at,
        is_demo=voucher.is_demo,
    )
    RedemptionFunding.objects.bulk_create(
        RedemptionFunding(
            agency_id=voucher.agency_id, redemption=redemption, voucher_funding=row, held_fen=part
        )
        for row, part in shares
        if part
    )
    return redemption
