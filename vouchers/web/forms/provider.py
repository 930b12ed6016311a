"""What a provider writes: usage with its papers, and a price."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from vouchers.providers.models import ServiceClass
from vouchers.web.forms.base import CodeField, DayField, MoneyField, PageForm


class EvidenceForm(PageForm):
    """Invoice, the company's own payment, and the usage bill."""

    invoice_number = CodeField(label=_("Invoice number"), max_length=40)
    invoice_date = DayField(label=_("Invoice date"))
    invoice_fen = MoneyField(label=_("Invoice amount, tax included"))
    tax_fen = MoneyField(label=_("Of which tax"))
    receipt_number = CodeField(label=_("Number of the company's bank receipt"), max_length=60)
    receipt_date = DayField(label=_("Paid on"))
    receipt_fen = MoneyField(label=_("Amount the company paid"))
    usage = forms.FileField(
        label=_("Usage file (FOCUS, CSV)"),
        required=False,
        help_text=_("Needed for metered services. Look at it first: nothing is filed by looking."),
    )


class UsageAccountForm(PageForm):
    """Whose usage the bills of one account tell."""

    company = CodeField(
        label=_("Credit code of the company"),
        max_length=18,
        help_text=_("18 characters, as on the order."),
    )
    account_number = forms.CharField(
        label=_("Account number at the provider"),
        max_length=60,
        help_text=_("As it stands in the usage file."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class OfferForm(PageForm):
    """A new price; the former version of the same code ends."""

    code = CodeField(label=_("Code"), max_length=30)
    name_zh = forms.CharField(label=_("Name (Chinese)"), max_length=120)
    name_en = forms.CharField(label=_("Name (English)"), max_length=160, required=False)
    service_class = forms.ChoiceField(label=_("Kind of service"), choices=ServiceClass.choices)
    unit = forms.CharField(label=_("Unit"), max_length=30, help_text=_("Such as card hour."))
    unit_price = forms.DecimalField(
        label=_("Price per unit (yuan)"), max_digits=18, decimal_places=6, min_value=0
    )
