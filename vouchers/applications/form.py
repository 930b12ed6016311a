"""The form of a file: its keys, what is wrong with it, and what it asks for. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from companies.errors import InvalidInput

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

TEXTS = {
    "purpose": 2000,
    "kind": 60,
    "service_class": 20,
    "chip_class": 20,
    "provider_number": 24,
    "contract_number": 80,
}
DATES = ("contract_date", "period_first", "period_last")
AMOUNTS = ("planned_amount_fen", "requested_fen", "prior_support_fen")
FLAGS = ("declares_true",)
REQUIRED = (
    "purpose",
    "service_class",
    "provider_number",
    "planned_amount_fen",
    "contract_number",
    "contract_date",
    "period_first",
    "period_last",
)
_FEN_MAX = 10**14
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def read_form(form: Mapping[str, Any]) -> dict[str, Any]:
    """The form with known keys of the right type only; empty answers are left out.

    Raises InvalidInput `form_invalid` with every wrong place.
    """
    wrong: list[dict[str, Any]] = []
    clean: dict[str, Any] = {}
    for key, value in form.items():
        if value in (None, ""):
            continue
        message = _fault(key, value)
        if message is None:
            clean[key] = value.strip() if isinstance(value, str) else value
        else:
            wrong.append({"field": key, "code": "form_invalid", "message": message})
    _refuse(wrong)
    return clean


def require_complete(form: Mapping[str, Any]) -> None:
    """Raises InvalidInput `form_invalid` for what is missing or out of order at submission."""
    wrong = [
        {"field": key, "code": "required", "message": _("Please fill this in.")}
        for key in REQUIRED
        if key not in form
    ]
    if not form.get("declares_true"):
        message = _("Please declare that what you state is true.")
        wrong.append({"field": "declares_true", "code": "required", "message": message})
    if form.get("period_first", "") > form.get("period_last", "9999-12-31"):
        message = _("The last day lies before the first.")
        wrong.append({"field": "period_last", "code": "period_backward", "message": message})
    _refuse(wrong)


def _fault(key: str, value: Any) -> StrOrPromise | None:
    if key in TEXTS:
        if not isinstance(value, str) or len(value) > TEXTS[key] or "\x00" in value:
            return _("This must be a text and not too long.")
    elif key in AMOUNTS:
        if type(value) is not int or not 0 <= value <= _FEN_MAX:
            return _("This must be an amount in fen.")
    elif key in DATES:
        if not _is_day(value):
            return _("This must be a date.")
    elif key in FLAGS:
        if not isinstance(value, bool):
            return _("This must be yes or no.")
    else:
        return _("The form has no such question.")
    return None


def _is_day(value: Any) -> bool:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _refuse(wrong: list[dict[str, Any]]) -> None:
    if wrong:
        raise InvalidInput(
            "form_invalid",
            _("%(count)s answers need another look."),
            errors=wrong,
            count=len(wrong),
        )
