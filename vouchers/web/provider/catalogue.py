"""服务目录 and 用量账户: prices in force, whose usage an account tells, and new ones of both."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from companies.errors import InvalidInput, NotAllowed, NotFound, not_found
from companies.registry.models import CompanyRole
from companies.registry.selectors import get_company
from vouchers.providers.selectors import (
    list_centres,
    list_offers,
    list_providers,
    list_usage_accounts,
)
from vouchers.providers.services import publish_offer, register_usage_account
from vouchers.web.forms.provider import OfferForm, UsageAccountForm
from vouchers.web.paging import page_of
from vouchers.web.tables import Column, Table, Text
from vouchers.web.views import FormPage
from vouchers.web.words import named

COLUMNS = (
    Column("code", _("Code"), kind="number"),
    Column("name", _("Service"), sub="kind"),
    Column("unit", _("Unit")),
    Column("price", _("Price per unit (yuan)"), kind="plain"),
    Column("valid_from", _("Since"), kind="stamp"),
)


ACCOUNT_COLUMNS = (
    Column("account_number", _("Account number"), kind="number"),
    Column("company", _("Company"), sub="credit_code"),
    Column("registered_at", _("Registered"), kind="stamp"),
)


class OwnProvider(FormPage):
    """One's provider; of several, the one asked for. Its agent writes, others read."""

    area = "provider"
    template = "web/provider/catalogue.html"
    heading: Text = ""

    def make_form(self, data: Any = None, uploads: Any = None, **kwargs: Any) -> Any:
        """The provider first; the right before the form."""
        mine = list_providers(self.scope).filter(company_id__in=self.scope.provider_company_ids)
        asked = self.request.GET.get("provider")
        self.provider = (mine.filter(number=asked) if asked else mine).first()
        if self.provider is None:
            raise not_found("provider")
        self.others = [p for p in mine if p.pk != self.provider.pk]
        self.may = any(
            m.company_id == self.provider.company_id and m.role == CompanyRole.PROVIDER_AGENT
            for m in self.scope.memberships
        )
        if data is not None and not self.may:
            raise NotAllowed("role_missing", _("Only the provider's agent may do this."))
        return self.form_class(data)

    def context(self, **kwargs: Any) -> dict[str, Any]:
        """Whose page it is."""
        return {
            "lead": f"{named(self.provider.company)} · {self.provider.number}",
            "status": self.provider.status,
            "status_label": self.provider.get_status_display(),
            "others": self.others,
            "may": self.may,
            "heading": self.heading,
        }

    def here(self) -> str:
        """This page of this provider."""
        return f"{self.request.path}?provider={self.provider.number}"


class Catalogue(OwnProvider):
    """Everything on offer now; a new price ends the former one of its code."""

    form_class = OfferForm
    title = _("Products and hours")
    heading = _("A new price")
    submit = _("Publish the price")
    success = _("The price has been published.")

    def context(self, **kwargs: Any) -> dict[str, Any]:
        """Prices and centres."""
        offers = [
            {
                "code": offer.code, "name": named(offer), "kind": offer.get_service_class_display(),
                "unit": offer.unit, "price": offer.unit_price, "valid_from": offer.valid_from,
            }
            for offer in list_offers(self.provider.pk, self.at)
        ]  # fmt: skip
        return {
            **super().context(**kwargs),
            "centres": list_centres(self.provider.pk),
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
        return self.here()


class UsageAccounts(OwnProvider):
    """用量账户: a bill's rows are matched to a company by the account they name."""

    form_class = UsageAccountForm
    title = _("Usage accounts")
    heading = _("Register an account")
    submit = _("Register the account")
    success = _("The account is registered. Rows of a usage file that name it are the company's.")

    def context(self, **kwargs: Any) -> dict[str, Any]:
        """Those registered."""
        page = page_of(list_usage_accounts(self.provider.pk).order_by("-id"), self.request)
        rows = [
            {
                "account_number": account.account_number, "company": named(account.company),
                "credit_code": account.company.credit_code, "registered_at": account.registered_at,
            }
            for account in page.rows
        ]  # fmt: skip
        return {
            **super().context(**kwargs),
            "table": Table(
                columns=ACCOUNT_COLUMNS, rows=rows, caption=_("Usage accounts"),
                request=self.request, cursor_param="page",
                next_cursor=page.next, previous_cursor=page.previous,
                empty_title=_("No usage account yet"),
                empty_text=_("Register the account a company uses here; its bills are told by it."),
            ),
        }  # fmt: skip

    def perform(self, data: dict[str, Any], **kwargs: Any) -> str:
        """The credit code is the company's public number."""
        company = find_company(data.pop("company"))
        register_usage_account(
            actor=self.actor, provider_id=self.provider.pk, company_id=company.pk, at=self.at,
            **data,
        )  # fmt: skip
        return self.here()


def find_company(credit_code: str) -> Any:
    """The company of a code typed into a form. Raises InvalidInput at the field."""
    try:
        return get_company(credit_code)
    except NotFound as missing:
        raise InvalidInput(
            "company_unknown",
            _("No company of this credit code is registered here. Compare it with the order."),
            errors=[{"field": "company", "code": "company_unknown"}],
        ) from missing
