"""用券申请: hold a part of the voucher for one order. Hot: only its own voucher is locked."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from companies.errors import Conflict, InvalidInput, not_found
from companies.foundation.actors import Actor
from companies.foundation.calls import Call
from companies.foundation.known import known, stored
from companies.foundation.verbs import verb
from companies.registry.models import Company
from companies.registry.policies import require_found_membership
from vouchers.applications.models import Application
from vouchers.issuance.models import Voucher, VoucherStatus
from vouchers.ledger.chart import EntryKind
from vouchers.ledger.services import Leg, Request
from vouchers.money import format_yuan, share_fen, split_fen
from vouchers.programmes.rules import VoucherTerms, redemption_share
from vouchers.providers.models import Provider
from vouchers.redemptions.models import Redemption, RedemptionStatus
from vouchers.redemptions.selectors import ORDERING_ROLES
from vouchers.redemptions.services.looks import (
    Order,
    lock_order,
    replayed_by,
)
from vouchers.redemptions.services.steps import post, promises, words


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
    order = lock_order(request, actor, voucher_id, offer_id, at)
    if replayed := replayed_by(order, request):
        return replayed
    if order.company_id is None:
        raise not_found("voucher")
    membership_id = require_found_membership(actor, order.membership_id, ORDERING_ROLES)
    if order.offer_code is None:
        raise not_found("offer")
    terms = order.terms
    _require_usable(order, terms, at)
    amount_fen = _judge_amount(terms, price_fen, requested_fen, sum(order.balances_fen))
    parts = split_fen(amount_fen, order.balances_fen)
    redemption = _draw_up(
        order, terms, voucher_id, offer_id, order_number, price_fen, amount_fen, at
    )
    accounts = zip(order.voucher_account_ids, order.held_account_ids, parts, strict=True)
    posted = post(
        EntryKind.HOLD, redemption, [Leg(*leg) for leg in accounts if leg[-1]],
        request=request, actor=actor, at=at,
        beside=[
            _putting(redemption, order.funding_ids, parts),
            *promises(redemption, "redemptions.hold_end", order.hold, at, order.is_workday),
            *words(
                redemption, "redemption.requested", actor=actor, at=at, people=order.people,
                duty_ref=f"membership:{membership_id}", request_ref=request.ref,
                offer=order.offer_code, price_fen=price_fen,
            ),
        ],
    )  # fmt: skip
    return stored(redemption, posted.beside[0])


def _require_usable(order: Order, terms: VoucherTerms, at: datetime) -> None:
    """INV-15 in words; the trigger `redemption_on_live_voucher` reads it all again."""
    if order.status != VoucherStatus.ACTIVE or at >= order.grace_until:
        raise Conflict(
            "voucher_not_usable",
            _("Voucher %(number)s cannot be used now (%(status)s)."),
            number=order.voucher_number,
            status=VoucherStatus(order.status),
        )
    if not order.is_admitted:
        raise Conflict(
            "provider_not_admitted", _("This provider is not admitted to the programme now.")
        )
    if not order.is_on_offer:
        raise Conflict("offer_not_valid", _("This offer is not in force now."))
    if order.is_related:
        raise Conflict(
            "related_companies",
            _("The company and the provider are related: no voucher pays this."),
        )
    if terms.max_draws is not None and (order.draws or 0) >= terms.max_draws:
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


def _draw_up(
    order: Order,
    terms: VoucherTerms,
    voucher_id: int,
    offer_id: int,
    order_number: str,
    price_fen: int,
    amount_fen: int,
    at: datetime,
) -> Redemption:
    """The new row, with as much of its neighbours as an answer names."""
    return Redemption(
        agency_id=order.agency_id,
        number=order.number,
        voucher=known(Voucher, id=voucher_id, number=order.voucher_number),
        application=known(
            Application, id=order.application_id, number=order.application_number
        ),
        company=known(Company, id=order.company_id, credit_code=order.company_code),
        provider=known(
            Provider,
            id=order.provider_id, number=order.provider_number,
            company_id=order.provider_company_id,
        ),
        offer_id=offer_id,
        usage_account_id=order.usage_account_id,
        payee_id=order.company_id if terms.payee == "company" else order.provider_company_id,
        order_number=order_number.strip(),
        status=RedemptionStatus.REQUESTED,
        status_at=at,
        price_fen=price_fen,
        rate_bp=terms.rate_bp,
        requested_fen=amount_fen,
        held_fen=amount_fen,
        requested_at=at,
        is_demo=order.is_demo,
    )  # fmt: skip


def _putting(redemption: Redemption, funding_ids: list[int], parts: list[int]) -> Call:
    """The call that writes it and its shares by line."""
    row = redemption
    return Call(
        "redemption_put(%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s::bigint[],%s::bigint[])",
        (
            row.number, row.agency_id, row.voucher_id, row.application_id, row.company_id,
            row.provider_id, row.offer_id, row.usage_account_id, row.payee_id, row.order_number,
            row.price_fen, row.rate_bp, row.requested_fen, row.requested_at, row.is_demo,
            funding_ids, parts,
        ),
    )  # fmt: skip
