"""Keyset pages: the cursor is the last row's id, sealed, so that no pk is shown or guessed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from companies.errors import InvalidInput
from companies.foundation.cursors import open_cursor, seal_cursor

LIMIT = 50
LIMIT_MOST = 200
PURPOSE = "keyset"


def keyset_page(
    rows: QuerySet[Any], parameters: Mapping[str, str], output: type[serializers.Serializer]
) -> dict[str, Any]:
    """{items, next}: rows ordered by -id, those after the cursor.

    Raises InvalidInput `cursor_invalid`, `limit_invalid`.
    """
    limit = _limit(parameters.get("limit", str(LIMIT)))
    after = parameters.get("after")
    if after:
        rows = rows.filter(pk__lt=_read(after))
    page = list(rows[: limit + 1])
    more = len(page) > limit
    page = page[:limit]
    following = seal_cursor(page[-1].pk, purpose=PURPOSE) if more else None
    return {"items": output(page, many=True).data, "next": following}


def _limit(text: str) -> int:
    if not (text.isdecimal() and len(text) <= 3 and 1 <= int(text) <= LIMIT_MOST):
        raise InvalidInput(
            "limit_invalid", _("limit is a number from 1 to %(most)s."), most=LIMIT_MOST
        )
    return int(text)


def _read(cursor: str) -> int:
    try:
        return int(open_cursor(cursor, purpose=PURPOSE))
    except ValueError as error:
        raise InvalidInput(
            "cursor_invalid", _("This cursor is not one of ours: begin again without it.")
        ) from error
