"""Base classes of the pages' forms: fields that read money and days, widgets that are native."""

from vouchers.web.forms.base import (
    CodeField,
    DayField,
    MoneyField,
    PageForm,
    ReasonField,
    within_years,
)

__all__ = ["CodeField", "DayField", "MoneyField", "PageForm", "ReasonField", "within_years"]
