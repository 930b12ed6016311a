"""Keyset pages of lists ordered by -id: the cursor is sealed, so that no id is shown or guessed.

page = page_of(rows, request)
Table(rows=page.rows, next_cursor=page.next, previous_cursor=page.previous, ...)
"""

from __future__ import annotations

from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.http import HttpRequest

from companies.foundation.cursors import open_cursor, seal_cursor

PURPOSE = "page"
SIZE = 25


class Page(NamedTuple):
    """One page's rows and the cursors of its neighbours."""

    rows: list[Any]
    next: str | None
    previous: str | None


def page_of(
    rows: QuerySet[Any], request: HttpRequest, *, size: int = SIZE, param: str = "page"
) -> Page:
    """The page a request asks for; a cursor that is not ours means the first page."""
    direction, pk = _read(request.GET.get(param, ""))
    if direction == "before":
        found = list(rows.filter(pk__gt=pk).order_by("pk")[: size + 1])
        more_before, more_after = len(found) > size, True
        found = found[:size][::-1]
    else:
        asked = rows.filter(pk__lt=pk) if direction else rows
        found = list(asked[: size + 1])
        more_before, more_after = bool(direction), len(found) > size
        found = found[:size]
    if not found:
        return Page([], None, None)
    return Page(
        found,
        _cursor("after", found[-1].pk) if more_after else None,
        _cursor("before", found[0].pk) if more_before else None,
    )


def _cursor(direction: str, pk: int) -> str:
    return seal_cursor([direction, pk], purpose=PURPOSE)


def _read(text: str) -> tuple[str, int]:
    try:
        direction, pk = open_cursor(text, purpose=PURPOSE)
        return str(direction), int(pk)
    except (ValueError, TypeError):
        return "", 0
