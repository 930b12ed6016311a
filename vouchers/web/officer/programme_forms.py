"""Forms of programmes: rule document, window, seat map, and choosing what to publish."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from companies.local_time import SHANGHAI
from vouchers.programmes.seats import COMPACT, STRICT
from vouchers.web.forms import PageForm


class RulesForm(PageForm):
    """The whole rule document as JSON; the domain checks every field."""

    document = forms.JSONField(
        label=_("Rule document (JSON)"),
        widget=forms.Textarea(attrs={"rows": 18, "spellcheck": "false"}),
    )


class PublishForm(PageForm):
    """Which draft."""

    which = forms.ChoiceField(label=_("Draft"))


class RoundForm(PageForm):
    """A window; its end is exclusive."""

    code = forms.CharField(label=_("Code"), max_length=20)
    name_zh = forms.CharField(label=_("Name (Chinese)"), max_length=80)
    name_en = forms.CharField(label=_("Name (English)"), max_length=120, required=False)
    opens_at = forms.DateTimeField(
        label=_("Opens"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    closes_at = forms.DateTimeField(
        label=_("Closes"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )

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
