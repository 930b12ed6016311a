"""服务目录: the prices in force, and a new one."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from companies.errors import not_found
from vouchers.providers.selectors import list_centres, list_offers, list_providers
from vouchers.providers.services import publish_offer
from vouchers.web.forms.provider import OfferForm
from vouchers.web.tables import Column, Table
from vouchers.web.views import FormPage
from vouchers.web.words import named

COLUMNS = (
    Column("code", _("Code"), kind="number"),
    Column("name", _("Service"), sub="kind"),
    Column("unit", _("Unit")),
    Column("price", _("Price per unit (yuan)")),
    Column("valid_from", _("Since"), kind="stamp"),
)


class Catalogue(FormPage):
    """Everything on offer now; a new price ends the former one of its code."""

    area = "provider"
    template = "web/provider/catalogue.html"
    form_class = OfferForm
    title = _("Products and hours")
    submit = _("Publish the price")
    success = _("The price has been published.")

    def make_form(self, data: Any = None, uploads: Any = None, **kwargs: Any) -> Any:
        """One's provider first; of several, the one asked for."""
        mine = list_providers(self.scope).filter(company_id__in=self.scope.provider_company_ids)
        asked = self.request.GET.get("provider")
        self.provider = (mine.filter(number=asked) if asked else mine).first()
        if self.provider is None:
            raise not_found("provider")
        self.others = [p for p in mine if p.pk != self.provider.pk]
        return OfferForm(data)

    def context(self, **kwargs: Any) -> dict[str, Any]:
        """Prices and centres."""
        offers = [
            {
                "code": offer.code, "name": named(offer), "kind": offer.get_service_class_display(),
                "unit": offer.unit, "price": f"{offer.unit_price.normalize():f}",
                "valid_from": offer.valid_from,
            }
            for offer in list_offers(self.provider.pk, self.at)
        ]  # fmt: skip
        return {
            "lead": f"{named(self.provider.company)} · {self.provider.number}",
            "status": self.provider.status,
            "status_label": self.provider.get_status_display(),
            "others": self.others,
            "centres": [
                {"name": named(c), "capacity": f"{c.capacity_pflops.normalize():f} PFLOPS"}
                for c in list_centres(self.provider.pk)
            ],
            "table": Table(
                columns=COLUMNS, rows=offers, caption=_("Prices in force"),
                empty_title=_("No price has been published"),
            ),
        }  # fmt: skip

    def perform(self, data: dict[str, Any], **kwargs: Any) -> str:
        """From now on."""
        publish_offer(
            actor=self.actor, provider_id=self.provider.pk, valid_from=self.at, at=self.at, **data
        )
        return f"{reverse('provider:catalogue')}?provider={self.provider.number}"
