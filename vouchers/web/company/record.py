"""企业信息: what the register says, and the accounts that may be paid to."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from companies.errors import not_found
from companies.registry.selectors import list_bank_accounts, list_companies
from companies.registry.services import add_bank_account
from vouchers.web.company.sections import company_facts
from vouchers.web.forms.company import BankAccountForm
from vouchers.web.tables import Column, Table
from vouchers.web.views import FormPage

COLUMNS = (
    Column("version", _("Version"), kind="count"),
    Column("account_name", _("Account name"), sub="bank_name"),
    Column("account_number", _("Account number"), kind="number"),
    Column("status", _("Status"), kind="status"),
)


class CompanyRecord(FormPage):
    """One's company; a person of several chooses by its credit code."""

    area = "company"
    also_open_to = ("provider",)
    template = "web/company/company_record.html"
    form_class = BankAccountForm
    title = _("Company record")
    submit = _("Add the account")
    success = _(
        "The account has been added. A finance officer verifies it before anything is paid to it."
    )

    def make_form(self, data: Any = None, uploads: Any = None, **kwargs: Any) -> Any:
        """The company first, the form then."""
        mine = list_companies(self.scope).filter(
            pk__in=self.scope.company_ids | self.scope.provider_company_ids
        )
        asked = self.request.GET.get("company")
        self.company = (mine.filter(credit_code=asked) if asked else mine).first()
        if self.company is None:
            raise not_found("company")
        self.others = [c for c in mine if c.pk != self.company.pk]
        return BankAccountForm(data)

    def context(self, **kwargs: Any) -> dict[str, Any]:
        """Facts and accounts."""
        return {
            "summary": company_facts(self.company),
            "others": self.others,
            "table": Table(
                columns=COLUMNS, rows=list(list_bank_accounts(self.company.pk)),
                caption=_("Bank accounts"), empty_title=_("No account yet"),
                empty_text=_("Add the account that is to be paid to."),
            ),
        }  # fmt: skip

    def perform(self, data: dict[str, Any], **kwargs: Any) -> str:
        """Add a version."""
        add_bank_account(actor=self.actor, company_id=self.company.pk, at=self.at, **data)
        return f"{reverse('company:company-record')}?company={self.company.credit_code}"
