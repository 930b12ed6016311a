"""What was found in a usage bill, in words: the faults that refuse it and what was put right."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from vouchers.web.tables import Column, Table

CODES: dict[str, Promise] = {
    "row_length": _("More or fewer cells than the header has"),
    "field_too_long": _("A text too long"),
    "null_not_allowed": _("Empty, though the standard asks for it"),
    "null_as_text": _("“NULL” written out; read as empty"),
    "value_not_allowed": _("No value the standard knows"),
    "spelling": _("Spelt differently; read as the standard's value"),
    "instant_malformed": _("No time the standard knows"),
    "instant_not_utc": _("Time of another zone; read as UTC"),
    "instant_without_t_or_z": _("Time without T or Z; read as UTC"),
    "number_malformed": _("No number: digits and a point alone"),
    "too_many_places": _("More than eleven decimals"),
    "currency_unknown": _("No currency code"),
    "period_backward": _("The end does not lie after the start"),
    "row_repeated": _("The same row twice"),
    "key_repeated": _("Another charge for the same resource and time"),
    "column_missing": _("A column of the standard is missing"),
    "column_unknown": _("A column the standard does not know"),
    "not_utf8": _("Not written in UTF-8; read as GB18030"),
    "other_account": _("Not the company's account at this provider"),
    "other_currency": _("Not billed in yuan"),
    "outside_period": _("Used outside the voucher's period; not counted"),
    "other_issuer": _("Another invoice issuer than the provider"),
    "other_voucher": _("Names another voucher"),
    "other_beneficiary": _("Names another company"),
    "correction": _("Corrects an earlier bill; may lower this claim, never raise it"),
}

# The standard's own terms, and the units met in bills; others stand as the bill has them.
TERMS: dict[str, Promise] = {
    "AI and Machine Learning": _("AI and machine learning"),
    "Analytics": _("Analytics"),
    "Business Applications": _("Business applications"),
    "Compute": _("Compute"),
    "Databases": _("Databases"),
    "Developer Tools": _("Developer tools"),
    "Identity": _("Identity"),
    "Integration": _("Integration"),
    "Internet of Things": _("Internet of things"),
    "Management and Governance": _("Management and governance"),
    "Media": _("Media"),
    "Migration": _("Migration"),
    "Mobile": _("Mobile"),
    "Multicloud": _("Multicloud"),
    "Networking": _("Networking"),
    "Other": _("Other"),
    "Security": _("Security"),
    "Storage": _("Storage"),
    "Web": _("Web"),
    "Usage": _("Usage"),
    "Purchase": _("Purchase"),
    "Tax": _("Tax"),
    "Credit": _("Credit"),
    "Adjustment": _("Adjustment"),
    "GPU-Hours": _("card hours"),
    "Hours": _("hours"),
    "Units": _("units"),
}


def term(value: Any) -> Any:
    """A bill's term in the reader's words."""
    return TERMS.get(value, value)


def told(code: str) -> Any:
    """The code in words; an unknown one as it is."""
    return CODES.get(code, code)


def deviation_table(deviations: list[dict[str, Any]]) -> Table:
    """Each kind of deviation and how many rows show it, as `name_deviations` gives them."""
    return Table(
        columns=(
            Column("column", _("Column")),
            Column("code", _("What was found"), value=lambda found: told(found["code"])),
            Column("rows", _("Rows"), kind="count"),
        ),
        rows=deviations, dense=True, caption=_("Deviations from the standard"),
        empty_title=_("Nothing to remark"),
    )  # fmt: skip
