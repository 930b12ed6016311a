"""接单: orders waiting, all redemptions, what is paid."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from vouchers.redemptions import services
from vouchers.redemptions.models import RedemptionStatus
from vouchers.redemptions.selectors import get_redemption_for, list_redemptions
from vouchers.web.company.redemptions import COLUMNS, redemption_page, redemption_row
from vouchers.web.tables import Column, Table
from vouchers.web.views import ActView, ListPage, PageView

S = RedemptionStatus
TO_FILE = (S.CONFIRMED, S.RETURNED, S.DISPUTED)
OWED = (S.ACCEPTED, S.IN_SETTLEMENT, S.SETTLED)
LATEST = 10


def own_redemptions(scope: Any) -> Any:
    """The redemptions at one's own providers."""
    return list_redemptions(scope).filter(provider__company_id__in=scope.provider_company_ids)


class Home(PageView):
    """What waits, counted, and the latest redemptions."""

    area = "provider"
    template = "web/provider/home.html"
    title = _("Provider services")

    def context(self, **kwargs: Any) -> dict[str, Any]:
        """Counts with their lists."""
        mine = own_redemptions(self.scope)
        stats = [
            {"label": _("Orders to confirm"), "value": mine.filter(status=S.REQUESTED).count(),
             "url": reverse("provider:accept")},
            {"label": _("Usage to file"), "value": mine.filter(status__in=TO_FILE).count(),
             "url": reverse("provider:usage-upload")},
            {"label": _("Redeemed, to be paid"),
             "value": mine.filter(status__in=[S.ACCEPTED, S.IN_SETTLEMENT]).count(),
             "url": reverse("provider:settlement-list")},
        ]  # fmt: skip
        table = Table(
            columns=COLUMNS, rows=[redemption_row(r, "provider") for r in mine[:LATEST]],
            caption=_("Latest redemptions"), empty_title=_("No redemption yet"),
        )  # fmt: skip
        return {"stats": stats, "table": table}


class RedemptionList(ListPage):
    """All of them, newest first."""

    area = "provider"
    title = _("Redemptions")
    statuses: Any = RedemptionStatus
    columns = COLUMNS

    def rows(self) -> Any:
        """Own."""
        return own_redemptions(self.scope)

    def row(self, noun: Any) -> Any:
        """Shown."""
        return redemption_row(noun, "provider")


class Accept(RedemptionList):
    """Orders nobody has answered yet."""

    title = _("Orders")
    lead = _("Open an order to confirm or decline it.")
    statuses = None
    empty_title = _("No order waits")
    empty_text = _("An order comes here as soon as a company has placed it.")

    def rows(self) -> Any:
        """Waiting."""
        return own_redemptions(self.scope).filter(status=S.REQUESTED)


class SettlementList(RedemptionList):
    """What is owed and what was paid."""

    title = _("Settlement")
    lead = _("Redeemed sums are paid in batches by the finance department to the verified account.")
    statuses = None
    columns = (
        Column("number", _("Redemption"), kind="number", link="url", sub="order_number"),
        Column("other", _("With")),
        Column("requested_fen", _("Redeemed (yuan)"), kind="money", total=True),
        Column("accepted_at", _("Redeemed on"), kind="stamp"),
        Column("settled_at", _("Paid on"), kind="stamp"),
        Column("status", _("Status"), kind="status"),
    )

    def rows(self) -> Any:
        """Accepted, in a batch, settled."""
        return own_redemptions(self.scope).filter(status__in=OWED)


class RedemptionDetail(PageView):
    """One redemption and the provider's acts on it."""

    area = "provider"
    template = "web/provider/redemption_detail.html"

    def context(self, **kwargs: Any) -> dict[str, Any]:
        """With the acts its status allows."""
        redemption = get_redemption_for(self.scope, kwargs["number"])
        upload = ""
        if redemption.status in TO_FILE:
            upload = reverse("provider:usage-upload", args=[redemption.number])
        page = redemption_page(redemption, self.request)
        here = (_("Redemptions"), reverse("provider:redemption-list"))
        crumbs = [here, (redemption.number, "")]
        return {**page, "crumbs": crumbs, "acts": self.acts(redemption), "upload_url": upload}

    def acts(self, redemption: Any) -> list[dict[str, Any]]:
        """Confirm, decline, cancel."""

        def at(name: str) -> str:
            return reverse(f"provider:redemption-{name}", args=[redemption.number])

        if redemption.status == S.REQUESTED:
            return [
                {"url": at("confirm"), "label": _("Confirm the order"),
                 "text": _("You know this order and will deliver. The sum stays held.")},
                {"url": at("decline"), "label": _("Decline the order"), "tone": "danger",
                 "reason": _("Why it cannot be delivered")},
            ]  # fmt: skip
        if redemption.status == S.CONFIRMED:
            return [
                {"url": at("cancel"), "label": _("Cancel the order"), "tone": "danger",
                 "text": _("The held sum goes back to the voucher.")}
            ]  # fmt: skip
        return []


class RedemptionAct(ActView):
    """An act of the provider on one redemption."""

    area = "provider"
    door = staticmethod(get_redemption_for)
    id_argument = "redemption_id"

    def next_url(self, noun: Any) -> str:
        """Back to the redemption."""
        return reverse("provider:redemption-detail", args=[noun.number])


class Confirm(RedemptionAct):
    """The order is known."""

    verb = staticmethod(services.confirm_order)
    success = _("The order has been confirmed.")


class Decline(RedemptionAct):
    """With a reason; the hold is released."""

    verb = staticmethod(services.decline_order)
    fields = ("reason",)
    posts = True
    success = _("The order has been declined and the sum released.")


class Cancel(RedemptionAct):
    """Before delivery."""

    verb = staticmethod(services.cancel_redemption)
    posts = True
    success = _("The order has been cancelled and the sum released.")
