"""用券: an order at a provider, and the company's answer to what the provider filed."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from companies.audit.selectors import list_history
from companies.errors import not_found
from vouchers.issuance.selectors import get_voucher_for, voucher_money
from vouchers.money import format_rate, format_yuan
from vouchers.providers.selectors import get_offer, list_admitted, list_offers
from vouchers.redemptions import services
from vouchers.redemptions.models import RedemptionStatus
from vouchers.redemptions.selectors import get_redemption_for, list_redemptions, list_usage
from vouchers.web.bill_words import term
from vouchers.web.due import list_due
from vouchers.web.forms.company import OrderForm
from vouchers.web.tables import Column, Table
from vouchers.web.views import ActView, FormPage, ListPage, PageView
from vouchers.web.words import action_label, named

COLUMNS = (
    Column("number", _("Redemption"), kind="number", link="url", sub="order_number"),
    Column("other", _("With")),
    Column("price_fen", _("Order (yuan)"), kind="money"),
    Column("requested_fen", _("Voucher pays (yuan)"), kind="money"),
    Column("requested_at", _("Ordered"), kind="stamp"),
    Column("status", _("Status"), kind="status"),
)
USAGE_COLUMNS = (
    Column("row_number", _("Row"), kind="count"),
    Column("service_category", _("Service"), sub="resource_id", words=term),
    Column("period_start", _("Use began"), kind="stamp"),
    Column("period_end", _("Use ended"), kind="stamp"),
    Column("quantity", _("Quantity"), kind="plain", sub="unit", words=term),
    Column("billed_cost", _("Billed (yuan)"), kind="plain"),
    Column("counts", _("Counts"), value=lambda row: _("Yes") if row.is_eligible else _("No")),
)
USAGE_SHOWN = 200


def redemption_row(redemption: Any, area: str) -> dict[str, Any]:
    """A redemption in a table of the company's or the provider's."""
    other = redemption.company if area == "provider" else redemption.provider.company
    return {
        "number": redemption.number,
        "url": reverse(f"{area}:redemption-detail", args=[redemption.number]),
        "order_number": redemption.order_number,
        "other": named(other),
        "price_fen": redemption.price_fen,
        "requested_fen": redemption.accepted_fen or redemption.requested_fen,
        "requested_at": redemption.requested_at,
        "accepted_at": redemption.accepted_at,
        "settled_at": redemption.settled_at,
        "status": redemption.status,
        "status_label": redemption.get_status_display(),
    }


def redemption_page(redemption: Any, request: Any) -> dict[str, Any]:
    """What both sides see of a redemption: facts, money, usage, history."""
    sums = redemption.calculation or {}
    summary = [
        {"label": _("Company"), "value": named(redemption.company)},
        {"label": _("Provider"), "value": named(redemption.provider.company)},
        {"label": _("Service"), "value": named(redemption.offer)},
        {"label": _("Order number"), "value": redemption.order_number, "code": True},
        {"label": _("Voucher"), "value": redemption.voucher.number, "code": True},
    ]
    if redemption.reason:
        summary.append({"label": _("Reason given"), "value": redemption.reason})
    money = [
        {"label": _("Whole price"), "value": redemption.price_fen, "money": True},
        {"label": _("Voucher's part asked"), "value": redemption.requested_fen, "money": True},
        {"label": _("Held now"), "value": redemption.held_fen, "money": True},
    ]
    if sums:
        money += [
            {"label": _("Invoice"), "value": sums["invoice_fen"], "money": True},
            {"label": _("Counts"), "value": sums["eligible_fen"], "money": True},
            {"label": _("Voucher pays"), "value": sums["subsidy_fen"], "money": True},
            {"label": _("Company pays"), "value": sums["own_fen"], "money": True},
        ]
    if redemption.accepted_fen:
        money.append({"label": _("Redeemed"), "value": redemption.accepted_fen, "money": True})
    usage = list(list_usage(redemption)[:USAGE_SHOWN])
    return {
        "title": redemption.number,
        "status": redemption.status,
        "status_label": redemption.get_status_display(),
        "redemption": redemption,
        "summary": summary,
        "money": money,
        "invoice": redemption.invoice,
        "deadlines": list_due(redemption.ref),
        "table": Table(
            columns=USAGE_COLUMNS, rows=usage, caption=_("Usage rows"), dense=True,
            empty_title=_("No usage filed yet"),
        ) if usage else None,
        "events": [
            {"at": event.at, "title": action_label(event.action)}
            for event in list_history(redemption.ref)
        ],
    }  # fmt: skip


def price_of(offer: Any) -> str:
    """Yuan per unit, without needless decimals."""
    return f"{offer.unit_price.normalize():f} / {offer.unit}"


class RedemptionList(ListPage):
    """用券与用量."""

    area = "company"
    title = _("Redemptions and usage")
    statuses = RedemptionStatus
    columns = COLUMNS

    def rows(self) -> Any:
        """The companies' own."""
        return list_redemptions(self.scope).filter(company_id__in=self.scope.company_ids)

    def row(self, noun: Any) -> Any:
        """Shown."""
        return redemption_row(noun, "company")


class RedemptionNew(FormPage):
    """Name the order: the voucher's part is held at once."""

    area = "company"
    form_class = OrderForm
    title = _("Use the voucher")
    submit = _("Place the order and hold the sum")
    success = _("The sum is held. The provider is asked to confirm the order.")

    def make_form(self, data: Any = None, uploads: Any = None, **kwargs: Any) -> Any:
        """Offers of the providers admitted now."""
        self.voucher = get_voucher_for(self.scope, kwargs["number"])
        if self.voucher.company_id not in self.scope.company_ids:
            raise not_found("voucher")
        form = OrderForm(data)
        form.fields["offer"].choices = [
            (
                f"{provider.number}|{offer.code}",
                f"{named(provider.company)} · {named(offer)} · {price_of(offer)}",
            )
            for provider in list_admitted(self.voucher.programme_id, self.at)
            for offer in list_offers(provider.pk, self.at)
        ]
        return form

    def context(self, **kwargs: Any) -> dict[str, Any]:
        """Balance and rate beside the form."""
        money, terms = voucher_money(self.voucher), self.voucher.terms
        return {
            "crumbs": [
                (_("My vouchers"), reverse("company:voucher-list")),
                (
                    self.voucher.number,
                    reverse("company:voucher-detail", args=[self.voucher.number]),
                ),
                (self.title, ""),
            ],
            "back_url": reverse("company:voucher-detail", args=[self.voucher.number]),
            "summary": [
                {"label": _("Balance (yuan)"), "value": format_yuan(money["available"])},
                {"label": _("Part of a bill it pays"), "value": format_rate(terms["rate_bp"])},
            ],
        }

    def perform(self, data: dict[str, Any], **kwargs: Any) -> str:
        """Hold it."""
        provider_number, code = data["offer"].split("|", 1)
        offer = get_offer(
            agency_id=self.voucher.agency_id, provider_number=provider_number, code=code, at=self.at
        )
        redemption = services.request_redemption(
            actor=self.actor, voucher_id=self.voucher.pk, offer_id=offer.pk,
            order_number=data["order_number"], price_fen=data["price_fen"],
            requested_fen=data["requested_fen"], at=self.at, request_key=self.request_key(),
        )  # fmt: skip
        return reverse("company:redemption-detail", args=[redemption.number])


class RedemptionDetail(PageView):
    """What was ordered, used, billed and paid; the company's answer."""

    area = "company"
    template = "web/company/redemption_detail.html"

    def context(self, **kwargs: Any) -> dict[str, Any]:
        """With the acts its status allows."""
        redemption = get_redemption_for(self.scope, kwargs["number"])
        here = (_("Redemptions and usage"), reverse("company:redemption-list"))
        return {
            **redemption_page(redemption, self.request),
            "crumbs": [here, (redemption.number, "")],
            "acts": self.acts(redemption),
        }

    def acts(self, redemption: Any) -> list[dict[str, Any]]:
        """Countersign or dispute what was filed; cancel before delivery."""

        def at(name: str) -> str:
            return reverse(f"company:redemption-{name}", args=[redemption.number])

        if redemption.status == RedemptionStatus.EVIDENCED:
            return [
                {"url": at("countersign"), "label": _("Confirm the usage"),
                 "text": _(
"Usage, invoice and payment are right. Without an answer in time they"
" count as confirmed."
)},
                {"url": at("dispute"), "label": _("Dispute the usage"), "tone": "danger",
                 "reason": _("What is wrong")},
            ]  # fmt: skip
        if redemption.status in (RedemptionStatus.REQUESTED, RedemptionStatus.CONFIRMED):
            return [
                {"url": at("cancel"), "label": _("Cancel the order"), "tone": "danger",
                 "text": _("The held sum goes back to the voucher.")}
            ]  # fmt: skip
        return []


class RedemptionAct(ActView):
    """An act of the company on one redemption."""

    area = "company"
    door = staticmethod(get_redemption_for)
    id_argument = "redemption_id"

    def next_url(self, noun: Any) -> str:
        """Back to the redemption."""
        return reverse("company:redemption-detail", args=[noun.number])


class Countersign(RedemptionAct):
    """用量确认."""

    verb = staticmethod(services.countersign)
    success = _("The usage has been confirmed.")


class Dispute(RedemptionAct):
    """Not agreed, with reasons."""

    verb = staticmethod(services.dispute_redemption)
    fields = ("reason",)
    success = _("The usage has been disputed.")


class Cancel(RedemptionAct):
    """Before delivery."""

    verb = staticmethod(services.cancel_redemption)
    posts = True
    success = _("The order has been cancelled and the sum released.")
