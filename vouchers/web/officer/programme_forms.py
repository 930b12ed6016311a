"""Forms of programmes: rule document, window, seat map, and choosing what to publish."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from companies.local_time import SHANGHAI
from vouchers.programmes.seats import COMPACT, STRICT
from vouchers.web.forms import PageForm, ReasonField, within_years


class Indented(json.JSONEncoder):
    """Two spaces a level, so that people can read the document and see what they changed."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "indent": 2})


class RulesForm(PageForm):
    """The whole rule document as JSON; the domain checks every field."""

    document = forms.JSONField(
        label=_("Rule document (JSON)"),
        widget=forms.Textarea(attrs={"rows": 24, "spellcheck": "false", "class": "input code"}),
        encoder=Indented,
        help_text=_(
            "Saving makes a new draft; what is in force stays until the draft is published."
        ),
    )


class ProgrammeForm(PageForm):
    """A draft scheme: which body leads, which pays, and what people call it."""

    agency = forms.ChoiceField(label=_("Lead body"))
    finance_agency = forms.ChoiceField(label=_("Finance body"))
    code = forms.RegexField(
        r"^[A-Z0-9][A-Z0-9-]*$",
        label=_("Code"),
        max_length=30,
        help_text=_(
            "Capitals, digits and hyphens, such as YJ-CV-2027. It cannot be changed later."
        ),
        error_messages={"invalid": _("Use capitals, digits and hyphens only.")},
    )
    name_zh = forms.CharField(label=_("Name (Chinese)"), max_length=80)
    name_en = forms.CharField(label=_("Name (English)"), max_length=120, required=False)
    summary_zh = ReasonField(label=_("What it supports (Chinese)"), required=False)
    summary_en = ReasonField(label=_("What it supports (English)"), required=False)


class PublishForm(PageForm):
    """Which draft."""

    which = forms.ChoiceField(label=_("Draft"))


class RoundForm(PageForm):
    """A window; its end is exclusive."""

    code = forms.CharField(label=_("Code"), max_length=20)
    name_zh = forms.CharField(label=_("Name (Chinese)"), max_length=80)
    name_en = forms.CharField(label=_("Name (English)"), max_length=120, required=False)
    opens_at = forms.DateTimeField(
        label=_("Opens"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        validators=[within_years],
    )  # fmt: skip
    closes_at = forms.DateTimeField(
        label=_("Closes"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        validators=[within_years],
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Times are Shanghai's."""
        data = super().clean() or {}
        for name in ("opens_at", "closes_at"):
            if data.get(name):
                data[name] = data[name].astimezone(SHANGHAI)
        return data


class SeatMapForm(PageForm):
    """One of the two maps we know to keep the floor."""

    code = forms.CharField(label=_("Code"), max_length=20)
    name_zh = forms.CharField(label=_("Name (Chinese)"), max_length=60)
    name_en = forms.CharField(label=_("Name (English)"), max_length=80, required=False)
    seats = forms.TypedChoiceField(
        label=_("Seats"),
        choices=[("strict", _("Strict: ten seats")), ("compact", _("Compact: six seats"))],
        coerce=lambda word: dict(STRICT if word == "strict" else COMPACT),
        widget=forms.RadioSelect,
    )
