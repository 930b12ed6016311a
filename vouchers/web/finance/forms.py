"""Forms of the finance desk: field names are the arguments of the verbs."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from vouchers.programmes.models import Channel
from vouchers.settlement.models import PaymentInstruction
from vouchers.web.forms import DayField, MoneyField, PageForm


class AppropriationForm(PageForm):
    """指标下达文件."""

    document_number = forms.CharField(label=_("Document number"), max_length=60)
    document_date = DayField(label=_("Date of the document"))
    title = forms.CharField(label=_("Title"), max_length=120)
    fiscal_year = forms.IntegerField(label=_("Fiscal year"), min_value=2000, max_value=2100)
    amount_fen = MoneyField(label=_("Amount"))


class LineForm(PageForm):
    """A node under a document; without a parent it is a root."""

    document = forms.ChoiceField(label=_("Document"))
    parent = forms.ChoiceField(label=_("Higher line"), required=False)
    name_zh = forms.CharField(label=_("Name (Chinese)"), max_length=80)
    name_en = forms.CharField(label=_("Name (English)"), max_length=120, required=False)
    function_code = forms.CharField(label=_("Function code"), max_length=10)
    economic_code = forms.CharField(label=_("Economic code"), max_length=10)
    fund_nature = forms.CharField(label=_("Nature of the funds"), max_length=20)
    channel = forms.ChoiceField(label=_("Channel"), choices=Channel.choices)
    draw_order = forms.IntegerField(label=_("Order of drawing"), min_value=1, initial=1)


class LineChoiceForm(PageForm):
    """Which line."""

    line = forms.ChoiceField(label=_("Budget line"))


class LineReasonForm(LineChoiceForm):
    """Which line, and why."""

    reason = forms.CharField(label=_("Reason"), max_length=200)


class SuballocateForm(PageForm):
    """From a line to one below it."""

    parent_line = forms.ChoiceField(label=_("From line"))
    child_line = forms.ChoiceField(label=_("To line"))
    amount_fen = MoneyField(label=_("Amount"))


class CeilingForm(PageForm):
    """A promise, no money."""

    period = forms.CharField(label=_("Period"), max_length=20)
    limit_fen = MoneyField(label=_("Policy ceiling"))


class ProgrammeForm(PageForm):
    """Whose debts."""

    programme = forms.ChoiceField(label=_("Programme"))


class TakeOutForm(PageForm):
    """One line of an open batch."""

    line = forms.ChoiceField(label=_("Line of the batch"))
    reason = forms.CharField(label=_("Reason"), max_length=200)


class ResultsForm(PageForm):
    """The channel's answer for every row of the sheet that still waits."""

    def set_rows(self, rows: list[PaymentInstruction]) -> None:
        """One group of fields per row."""
        self.rows = rows
        answers = [("", _("No answer yet")), ("paid", _("Paid")), ("failed", _("Failed"))]
        for row in rows:
            name = {"row": row.row_number}
            self._add(
                row,
                "answer",
                forms.ChoiceField(
                    label=_("Row %(row)s: answer") % name, choices=answers, required=False
                ),
            )
            self._add(
                row,
                "treasury_number",
                forms.CharField(
                    label=_("Row %(row)s: treasury voucher number") % name,
                    max_length=40,
                    required=False,
                ),
            )
            self._add(
                row, "paid_on", DayField(label=_("Row %(row)s: paid on") % name, required=False)
            )
            self._add(
                row,
                "receipt_sha256",
                forms.CharField(
                    label=_("Row %(row)s: digest of the receipt") % name,
                    max_length=64,
                    required=False,
                ),
            )
            self._add(row, "reason", forms.CharField(
                label=_("Row %(row)s: reason if it failed") % name, max_length=200,
                required=False))  # fmt: skip

    def _add(self, row: PaymentInstruction, name: str, field: forms.Field) -> None:
        self.fields[f"{name}_{row.row_number}"] = field

    def results(self) -> list[dict[str, Any]]:
        """Rows with an answer, as the verb takes them."""
        said = []
        for row in self.rows:
            n, data = row.row_number, self.cleaned_data
            if not data.get(f"answer_{n}"):
                continue
            said.append(
                {
                    "row_number": n,
                    "paid": data[f"answer_{n}"] == "paid",
                    "treasury_number": data.get(f"treasury_number_{n}", ""),
                    "paid_on": data.get(f"paid_on_{n}"),
                    "account": row.order.bank_account.account_number,
                    "receipt_sha256": data.get(f"receipt_sha256_{n}", ""),
                    "reason": data.get(f"reason_{n}", ""),
                }
            )
        return said
