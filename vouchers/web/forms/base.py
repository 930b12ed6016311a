"""Fields. Bounds of the domain stay with the verbs; here text becomes a value or a sentence."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from companies.errors import DomainError, InvalidInput
from companies.local_time import YEARS
from vouchers.money import format_yuan, parse_yuan


class PageForm(forms.Form):
    """A form without the browser's own bubbles, with a place for what a verb refuses."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)

    def add_refusal(self, refusal: DomainError, field: str | None = None) -> None:
        """Show what the domain refused, at its field if it names one of ours."""
        self.add_error(field if field in self.fields else None, refusal.text())


class MoneyField(forms.CharField):
    """Yuan as people write it; the cleaned value is fen."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    suffix = _("yuan")

    def prepare_value(self, value: Any) -> Any:
        """Fen given as a start are shown in yuan; what was typed stays as typed."""
        return format_yuan(value) if isinstance(value, int) else value

    def to_python(self, value: Any) -> Any:
        """Fen, or None where nothing was given."""
        text = super().to_python(value)
        if not text:
            return None
        try:
            return parse_yuan(text.removeprefix("¥").strip())
        except InvalidInput as refusal:
            raise forms.ValidationError(refusal.text(), code=refusal.code) from refusal


class DayInput(forms.DateInput):
    """Plain text, so that a mistyped day stays to be mended; a button opens the calendar."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "attrs", {"autocomplete": "off", "placeholder": "2026-11-26", "maxlength": "10"}
        )
        super().__init__(**kwargs)


def within_years(told: date) -> None:
    """Raises ValidationError `out_of_time` for a day or instant outside YEARS."""
    if told.year not in YEARS:
        raise forms.ValidationError(_("This lies too far from today."), "out_of_time")


class DayField(forms.DateField):
    """A day as 2026-11-26, typed or picked from the browser's own calendar."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("input_formats", ["%Y-%m-%d"])
        kwargs.setdefault(
            "error_messages", {"invalid": _("Write the day as 2026-11-26: year, month, day.")}
        )
        kwargs.setdefault("widget", DayInput(format="%Y-%m-%d"))
        kwargs.setdefault("validators", [within_years])
        super().__init__(**kwargs)


class ReasonField(forms.CharField):
    """A few sentences that will be read by the person concerned."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 1000)
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 4}))
        super().__init__(**kwargs)


class CodeField(forms.CharField):
    """A number or code that is pasted: blanks round it are dropped, letters become capitals."""

    widget = forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})

    def to_python(self, value: Any) -> str:
        """The code as it is stored."""
        return super().to_python(value).strip().upper()
