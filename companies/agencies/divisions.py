"""Places of GB/T 2260 as a dated table of our own (`data/divisions.csv`).

All provinces; prefectures and counties of the provinces whose schemes we know, at the end of 2023.
Where a place's first day is not known, `valid_from` is the day GB/T 2260-2007 took effect.
98xxxx and 99xxxx are the demo's invented provinces.
"""

from __future__ import annotations

import csv
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple

TABLE = Path(__file__).with_name("data") / "divisions.csv"
_LEVELS = (2, 4, 6)


class Division(NamedTuple):
    """A place in a half-open period of days."""

    code: str
    name: str
    valid_from: date
    valid_until: date | None
    source: str

    def stands_on(self, day: date) -> bool:
        """Whether the code is in force that day."""
        return self.valid_from <= day and (self.valid_until is None or day < self.valid_until)


@cache
def list_divisions() -> tuple[Division, ...]:
    """The whole table, by code; parents come before their children."""
    with TABLE.open(encoding="utf-8", newline="") as lines:
        return tuple(
            Division(
                row["code"],
                row["name"],
                date.fromisoformat(row["valid_from"]),
                date.fromisoformat(row["valid_until"]) if row["valid_until"] else None,
                row["source"],
            )
            for row in csv.DictReader(lines)
        )


def find_division(code: str, on: date) -> Division | None:
    """The place that bore this code that day."""
    return next((d for d in list_divisions() if d.code == code and d.stands_on(on)), None)


def prefix_of(code: str) -> str:
    """ "520000" → "52", "520100" → "5201", "520102" → "520102"."""
    return next(code[:n] for n in _LEVELS if code[n:].strip("0") == "")


def parent_code(code: str) -> str | None:
    """The code one level up; None for a province."""
    prefix = prefix_of(code)
    return prefix[:-2].ljust(6, "0") if len(prefix) > _LEVELS[0] else None


def is_within(code: str, ancestor: str) -> bool:
    """Whether a place lies in another (or is it), by the tree in the code."""
    return code.startswith(prefix_of(ancestor))
