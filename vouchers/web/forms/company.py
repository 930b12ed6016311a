"""What a company writes: one short form per section of an application, an order, an account."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from vouchers.web.forms.base import CodeField, DayField, MoneyField, PageForm


class NewForm(PageForm):
    """Which round, for which company."""

    round = forms.ChoiceField(label=_("Round"))
    company = forms.ChoiceField(label=_("Applicant"))


class NeedForm(PageForm):
    """项目与算力需求."""

    purpose = forms.CharField(
        label=_("What the compute is for"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    service_class = forms.ChoiceField(label=_("Kind of service"), required=False)
    chip_class = forms.ChoiceField(
        label=_("Accelerator"),
        required=False,
        choices=[("", "—"), ("GPU", "GPU"), ("NPU", "NPU"), ("TPU", "TPU")],
        help_text=_("For compute by the card, where the scheme asks for it."),
    )
    provider_number = forms.ChoiceField(label=_("Provider"), required=False)
    planned_amount_fen = MoneyField(
        label=_("Planned order amount"),
        required=False,
        help_text=_("The whole order, tax included."),
    )
    requested_fen = MoneyField(
        label=_("Amount requested"),
        required=False,
        help_text=_("Leave it empty to ask for what the rules allow."),
    )
    period_first = DayField(label=_("First day of use"), required=False)
    period_last = DayField(label=_("Last day of use"), required=False)


class ContractForm(PageForm):
    """服务合同."""

    contract_number = forms.CharField(label=_("Contract number"), max_length=80, required=False)
    contract_date = DayField(label=_("Signed on"), required=False)


class SupportForm(PageForm):
    """往期支持与重复申报声明."""

    prior_support_fen = MoneyField(
        label=_("Other public money for the same purchase"),
        required=False,
        help_text=_("Write 0 if there is none."),
    )


class DeclarationForm(PageForm):
    """授权与真实性承诺."""

    declares_true = forms.BooleanField(
        label=_("What is stated here is true, complete and not claimed twice."), required=False
    )


class OrderForm(PageForm):
    """用券单: an order at a provider."""

    offer = forms.ChoiceField(label=_("Provider and service"))
    order_number = forms.CharField(label=_("Order number at the provider"), max_length=60)
    price_fen = MoneyField(label=_("Whole price of the order"))
    requested_fen = MoneyField(
        label=_("Part the voucher shall pay"),
        required=False,
        help_text=_("Leave it empty: the voucher pays what its rules allow."),
    )


class BankAccountForm(PageForm):
    """A new version of the company's account."""

    account_name = forms.CharField(label=_("Account name"), max_length=120)
    account_number = CodeField(label=_("Account number"), max_length=40)
    bank_name = forms.CharField(label=_("Bank and branch"), max_length=120)
    cnaps = CodeField(label=_("CNAPS number"), max_length=12, required=False)
