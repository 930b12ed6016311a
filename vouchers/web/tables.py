"""A table of one page of rows: columns, sort links, totals, previous and next by keyset.

    table = Table(
        columns=(
            Column("number", _("File"), kind="number", link="url", sub="company"),
            Column("amount_fen", _("Amount (yuan)"), kind="money", total=True, sort="amount"),
            Column("status", _("Status"), kind="status"),
        ),
        rows=page.rows, caption=_("Files to review"), request=request,
        next_cursor=page.next, previous_cursor=page.previous,
    )

and `{% include "web/parts/table.html" %}`. Rows are objects or dicts; a dotted key descends.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from django.http import HttpRequest, QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise
Kind = Literal[
    "text", "number", "money", "plain", "percent", "stamp", "day", "status", "count", "bar", "html"
]
NOTHING_YET = _("Nothing here yet")
_RIGHT = frozenset({"money", "plain", "percent", "count"})


@dataclass(frozen=True)
class Column:
    """One column. `link` and `sub` name what of the row is the address and the second line;
    `words` turns a code on either line into what people call it; `noun` tells a status of
    several meanings apart (status.BY_NOUN)."""

    key: str
    label: Text
    kind: Kind = "text"
    link: str = ""
    sub: str = ""
    sort: str = ""
    total: bool = False
    value: Callable[[Any], object] | None = None
    noun: str = ""
    words: Callable[[Any], object] | None = None

    @property
    def right(self) -> bool:
        """Figures stand at the right edge."""
        return self.kind in _RIGHT


@dataclass(frozen=True)
class Cell:
    """One value as its column wants it shown."""

    column: Column
    value: object
    url: str
    sub: object
    label: object


@dataclass(frozen=True)
class Head:
    """One column head with its sort link."""

    column: Column
    url: str
    direction: Literal["", "ascending", "descending"]


@dataclass(frozen=True)
class Row:
    """Cells of one record; `key` is what a tick box sends."""

    cells: list[Cell]
    key: str
    amount_fen: int
    open: bool


@dataclass(kw_only=True)
class Table:
    """See the module's text. `select` names the field that is a row's key when rows are ticked."""

    columns: Sequence[Column]
    rows: Sequence[Any]
    caption: Text
    request: HttpRequest | None = None
    next_cursor: str | None = None
    previous_cursor: str | None = None
    cursor_param: str = "cursor"
    select: str = ""
    amount: str = ""
    open_key: str = ""
    totals: dict[str, int] = field(default_factory=dict)
    dense: bool = False
    empty_title: Text = NOTHING_YET
    empty_text: Text = ""
    empty_url: str = ""
    empty_action: Text = ""

    @cached_property
    def query(self) -> QueryDict:
        """A copy of the address's query, to make links that keep the filters."""
        return self.request.GET.copy() if self.request else QueryDict(mutable=True)

    @property
    def heads(self) -> list[Head]:
        """Column heads; a second click turns the order round."""
        return [self._head(column) for column in self.columns]

    @property
    def body(self) -> list[Row]:
        """The rows, cell by cell."""
        return [self._row(record) for record in self.rows]

    @property
    def foot(self) -> list[tuple[Column, int | None]]:
        """Totals: those given (of the whole list), else the sum of this page."""
        if not self.rows or not any(column.total for column in self.columns):
            return []
        return [(column, self._total(column) if column.total else None) for column in self.columns]

    @property
    def next_url(self) -> str:
        """Address of the next page, or nothing."""
        return self._with(self.next_cursor)

    @property
    def previous_url(self) -> str:
        """Address of the page before, or nothing."""
        return self._with(self.previous_cursor)

    def _with(self, cursor: str | None) -> str:
        if cursor is None:
            return ""
        query = self.query.copy()
        query[self.cursor_param] = cursor
        return f"?{query.urlencode()}"

    def _head(self, column: Column) -> Head:
        if not column.sort:
            return Head(column, "", "")
        now = self.query.get("sort", "")
        direction: Literal["", "ascending", "descending"] = ""
        if now.lstrip("-") == column.sort:
            direction = "descending" if now.startswith("-") else "ascending"
        query = self.query.copy()
        query.pop(self.cursor_param, None)
        query["sort"] = f"-{column.sort}" if direction == "ascending" else column.sort
        return Head(column, f"?{query.urlencode()}", direction)

    def _row(self, record: Any) -> Row:
        cells = [_cell(record, column) for column in self.columns]
        key = str(look(record, self.select)) if self.select else ""
        amount = look(record, self.amount) if self.amount else 0
        is_open = bool(self.open_key) and key == self.open_key
        return Row(cells=cells, key=key, amount_fen=int(amount or 0), open=is_open)

    def _total(self, column: Column) -> int:
        if column.key in self.totals:
            return self.totals[column.key]
        return sum(int(look(record, column.key) or 0) for record in self.rows)


def _cell(record: Any, column: Column) -> Cell:
    value = column.value(record) if column.value else look(record, column.key)
    sub = look(record, column.sub) if column.sub else ""
    if column.words:
        value, sub = column.words(value), column.words(sub)
    return Cell(
        column=column,
        value=value,
        url=str(look(record, column.link) or "") if column.link else "",
        sub=sub,
        label=_status_label(record, column) if column.kind == "status" else "",
    )


def look(record: Any, path: str) -> Any:
    """What `a.b` of a dict or object holds; a method without arguments is called."""
    for part in path.split("."):
        if record is None:
            return None
        record = record.get(part) if isinstance(record, dict) else getattr(record, part)
        if callable(record):
            record = record()
    return record


def _status_label(record: Any, column: Column) -> object:
    name = f"get_{column.key}_display"
    if isinstance(record, dict):
        return record.get(name, record.get(f"{column.key}_label", record[column.key]))
    return getattr(record, name)()
