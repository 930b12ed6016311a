"""What must be true, as one registry: SQL files that return no rows, Python for digests and files.

A check reads through the cursor it is given, so that one snapshot sees all of them, and a test may
show it a planted fault as owner.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from django.utils.translation import gettext_lazy as _

from vouchers.oversight.checks import steps, walks

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

FOLDER = Path(__file__).parents[1] / "sql" / "checks"

Walk = Callable[[Any], Iterator[str]]


@dataclass(frozen=True)
class Check:
    """One sentence that must hold. `step` > 0: its nouns come with that step of the project."""

    number: int
    sentence: StrOrPromise
    has_sql: bool = True
    walk: Walk | None = None
    step: int = 0

    @property
    def id(self) -> str:
        """As reports and the record name it."""
        return f"INV-{self.number:02d}"

    @property
    def kind(self) -> Literal["sql", "python", "later"]:
        """`python` where anything must be recomputed outside the database."""
        if self.step:
            return "later"
        return "python" if self.walk else "sql"

    def sql(self) -> str:
        """The text of its file."""
        return (FOLDER / f"inv_{self.number:02d}.sql").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Outcome:
    """How many facts offend, and the first few of them."""

    check: Check
    findings: int
    sample: tuple[str, ...]


SAMPLE_SIZE = 5

CHECKS: tuple[Check, ...] = (
    Check(1, _("A transfer is positive and lies between two accounts.")),
    Check(2, _("Account totals are the sums of their transfers.")),
    Check(3, _("Only a source is overdrawn.")),
    Check(4, _("Each budget tree conserves money.")),
    Check(5, _("Money moves only as the chart of accounts allows.")),
    Check(6, _("One entry per key, with its digest and its event; mirrored once, exactly.")),
    Check(7, _("Ledger, decisions, seats and events are append-only.")),
    Check(8, _("Nothing is booked into a closed month.")),
    Check(9, _("A voucher's face is what was issued and topped up.")),
    Check(10, _("Voucher money stands only on vouchers that may hold it.")),
    Check(11, _("Reserved money is what live files have reserved.")),
    Check(12, _("Held and payable money is what live redemptions say.")),
    Check(13, _("A subsidy stays within its rate of the eligible cost.")),
    Check(14, _("No cap is exceeded and every counter is true.")),
    Check(15, _("Holds stand on vouchers, admissions and offers valid at the time.")),
    Check(16, _("A redemption is in one live line per funding line, within what was accepted.")),
    Check(17, _("A batch's total is the sum of its lines."), walk=walks.changed_batches),
    Check(18, _("Payment results are what was posted; no payment without its proof.")),
    Check(19, _("No more is recovered than was paid.")),
    Check(20, _("One live application per object, one voucher per kind and side.")),
    Check(21, _("One seat per person and file; signatures by different people.")),
    Check(22, _("Whoever decided held that duty, there and then.")),
    Check(
        23,
        _("Every status was reached by steps that are on record."),
        walk=steps.illegal_steps,
    ),
    Check(24, _("Time never steps back along a file nor lies ahead.")),
    Check(25, _("Evidence is claimed once or within its limit; counters are true.")),
    Check(26, _("Exclusive hours are never claimed twice."), step=3),
    Check(27, _("Waiting lists are served in order."), step=3),
    Check(28, _("Rows of one agency stay together; every reference resolves.")),
    Check(29, _("The sealed record has no gap and its root is right."), walk=walks.broken_log),
    Check(
        30,
        _("What was frozen is unchanged."),
        has_sql=False,
        walk=walks.changed_papers,
    ),
    Check(31, _("Every attachment has its file, checked first."), walk=walks.missing_files),
    Check(32, _("No duty stays undone beyond its limit.")),
    Check(33, _("The database's catalogue is as its files say."), walk=walks.strange_catalogue),
    Check(34, _("No entrusted body pays without cover."), step=4),
    Check(35, _("What a line received is the sum of its shown figures.")),
    Check(36, _("What was accepted rests on verified evidence.")),
    Check(37, _("A burden rests on a served notice.")),
    Check(38, _("Paper decisions are registered by one and confirmed by another."), step=4),
    Check(39, _("An award plan's total is the sum of its items."), step=4),
)


def run_check(check: Check, *, cursor: Any, at: datetime, is_fast: bool) -> Outcome:
    """Run one check; `is_fast` leaves out what Python must recompute."""
    found: list[str] = []
    total = 0
    for fact in _facts(check, cursor=cursor, at=at, is_fast=is_fast):
        total += 1
        if total <= SAMPLE_SIZE:
            found.append(fact)
    return Outcome(check, total, tuple(found))


def _facts(check: Check, *, cursor: Any, at: datetime, is_fast: bool) -> Iterator[str]:
    """The offending facts, one line of text each."""
    if check.step:
        return
    if check.has_sql:
        cursor.execute(check.sql(), {"at": at})
        names = [column[0] for column in cursor.description]
        for row in cursor.fetchall():
            yield _told(dict(zip(names, row, strict=True)))
    if check.walk and not is_fast:
        yield from check.walk(cursor)


def _told(row: Mapping[str, Any]) -> str:
    """A row as people read it in a log."""
    return ", ".join(f"{name}={value}" for name, value in row.items())
