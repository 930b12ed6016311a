"""JSON that can be read in one way only (RFC 8259, I-JSON): anything else is 400 `malformed`."""

from __future__ import annotations

import json
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.parsers import JSONParser

from companies.errors import Malformed
from vouchers.api.fields import EXACT

DEPTH = 32


class StrictJSON(JSONParser):
    """UTF-8, no key twice, no number that loses digits, no text a database cannot keep."""

    def parse(
        self, stream: Any, media_type: str | None = None, parser_context: Any = None
    ) -> dict[str, Any]:
        """The document. Raises Malformed; the body's size is the request's own to limit."""
        body: bytes = parser_context["request"]._request.body
        if not body:
            return {}
        try:
            found = json.loads(
                body.decode("utf-8"), object_pairs_hook=_once, parse_constant=_refuse_constant
            )
        except (ValueError, RecursionError) as error:
            raise Malformed("malformed", _("The request cannot be read as JSON.")) from error
        _look_through(found, DEPTH)
        return found  # the serializer judges its shape


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _value in pairs}) < len(pairs):
        raise Malformed("malformed", _("A name stands twice in the same JSON object."))
    return dict(pairs)


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _look_through(value: Any, depth: int) -> None:
    if not depth:
        raise Malformed("malformed", _("The JSON is nested too deeply."))
    if isinstance(value, dict):
        for name, inner in value.items():
            _look_through(name, depth)
            _look_through(inner, depth - 1)
    elif isinstance(value, list):
        for inner in value:
            _look_through(inner, depth - 1)
    elif isinstance(value, str):
        if "\0" in value or any("\ud800" <= char <= "\udfff" for char in value):
            raise Malformed("malformed", _("The text holds characters that cannot be kept."))
    elif value is not None and not -EXACT <= value <= EXACT:
        raise Malformed("malformed", _("The JSON holds a number that cannot be kept exactly."))
