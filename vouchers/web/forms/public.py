"""What the public writes: an objection, a tracking code, a certificate's code."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from vouchers.web.forms.base import CodeField, PageForm


class VerifyForm(PageForm):
    """What stands on a certificate."""

    number = CodeField(
        label=_("Voucher number"), max_length=24, help_text=_("Such as VC-2026-000001-K.")
    )
    code = CodeField(label=_("Check code"), max_length=40)


class ObjectionForm(PageForm):
    """One row of a notice, what is wrong with it, and how to reach the author."""

    application = forms.ChoiceField(label=_("Row of the notice"))
    text = forms.CharField(
        label=_("What is wrong, and how you know"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    contact = forms.CharField(
        label=_("How to reach you"),
        max_length=120,
        required=False,
        help_text=_("Kept confidential. Leave it empty to stay anonymous."),
    )


class TrackingForm(PageForm):
    """The code given when an objection was lodged."""

    code = forms.CharField(
        label=_("Tracking code"),
        max_length=32,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
