"""Forms of the auditor's pages."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from vouchers.web.forms import PageForm


class RecordForm(PageForm):
    """Any number."""

    q = forms.CharField(
        label=_("Any number"),
        max_length=80,
        help_text=_("File, voucher, redemption, batch, notice, letter, budget line."),
    )


class ExportForm(PageForm):
    """What, and what for."""

    programme = forms.ChoiceField(label=_("Programme"))
    dataset = forms.ChoiceField(label=_("Dataset"))
    purpose = forms.CharField(label=_("Purpose"), max_length=200)
