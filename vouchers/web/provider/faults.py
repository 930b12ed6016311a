"""What is wrong with invoice and payment in words, and which field mends it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from companies.errors import DomainError
from vouchers.web.forms import PageForm

FIELDS = {
    "invoice.number": "invoice_number",
    "invoice.date": "invoice_date",
    "invoice.amount_fen": "invoice_fen",
    "invoice.tax_fen": "tax_fen",
    "payment.receipt_number": "receipt_number",
    "payment.date": "receipt_date",
    "payment.amount_fen": "receipt_fen",
}
WORDS = {
    "required": _("Fill this in."),
    "other_party": _("Another party than this order's."),
    "not_a_past_day": _("The day must be today or earlier."),
    "before_contract": _("Nothing is billed or paid before the contract was signed."),
    "not_positive": _("The amount must be more than 0."),
    "not_within_amount": _("The tax must be less than the invoice's amount."),
}


def fault_rows(refusal: DomainError) -> list[dict[str, Any]]:
    """What a refusal found in a file, one row of the table of faults each."""
    rows = []
    for place in refusal.errors:
        _row, number, column = f"{place['field']}  ".split(" ", 2)
        rows.append({"row": number, "column": column.strip(), "code": place["code"],
                     "value": place["message"]})  # fmt: skip
    return rows


def blame_papers(form: PageForm, refusal: DomainError) -> None:
    """Put each fault of invoice and payment at the field that mends it; other parties above."""
    for place in refusal.errors:
        form.add_error(FIELDS.get(str(place["field"])), str(WORDS[str(place["code"])]))
