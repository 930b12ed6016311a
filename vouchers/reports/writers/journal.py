"""Plain-text ledgers: one .journal for hledger and ledger, one .beancount. Pure.

From = debit +, to = credit −. Closing balances are the ledger's own totals, told as assertions, so
that a changed amount shows even where both sides were changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

FEN_PER_YUAN = 100
TITLE = "算券 · 专项资金管理台账 (management ledger, not the books)"

# Beancount knows five roots only; where a state stands in them means nothing here.
ROOTS = {
    "APPROPRIATION": "Equity",
    "POOL": "Assets",
    "RESERVED": "Liabilities",
    "VOUCHER": "Liabilities",
    "HELD": "Liabilities",
    "PAYABLE": "Liabilities",
    "PAID": "Expenses",
    "RECOVERED": "Income",
}
KINDS_ZH = {
    "APPROPRIATION": "下达指标",
    "POOL": "可用指标",
    "RESERVED": "已安排待发放",
    "VOUCHER": "已发放未使用",
    "HELD": "用券待核",
    "PAYABLE": "已核销待兑付",
    "PAID": "已兑付",
    "RECOVERED": "已追回",
}


class LedgerAccount(NamedTuple):
    """`closing_fen` is debits − credits; None where other programmes move it, too."""

    id: int
    kind: str
    line: str
    label: str
    closing_fen: int | None

    @property
    def name(self) -> str:
        """Without blanks, the same for ever."""
        return f"{self.kind.capitalize()}:{self.line}:A{self.id}"

    @property
    def rooted(self) -> str:
        """As beancount wants it."""
        return f"{ROOTS[self.kind]}:{self.name}"


class LedgerEntry(NamedTuple):
    """One 台账凭证; `moves` are (from account, to account, fen)."""

    number: str
    day: date
    kind: str
    subject: str
    moves: tuple[tuple[int, int, int], ...]


def amount_text(fen: int) -> str:
    """ "-1234.50 CNY", exact."""
    whole, rest = divmod(abs(fen), FEN_PER_YUAN)
    return f"{'-' if fen < 0 else ''}{whole}.{rest:02d} CNY"


def journal_lines(
    accounts: Iterable[LedgerAccount], entries: Iterable[LedgerEntry], *, is_demo: bool
) -> Iterator[str]:
    """The file hledger and ledger read."""
    known = {account.id: account for account in accounts}
    yield f"; {_title(is_demo)}"
    yield "tag subject"
    yield "commodity CNY"
    yield "    format 1000.00 CNY"
    for account in known.values():
        yield f"account {account.name}"
    day = None
    for entry in entries:
        day = entry.day
        yield ""
        yield f"{day.isoformat()} * ({entry.number}) {entry.kind}"
        yield f"    ; subject: {entry.subject}"
        for source, target, fen in entry.moves:
            yield f"    {known[source].name}  {amount_text(fen)}"
            yield f"    {known[target].name}  {amount_text(-fen)}"
    if day is not None:
        yield ""
        yield f"{day.isoformat()} * (CLOSING) 期末余额"
        for account in _closed(known):
            yield f"    {account.name}  0.00 CNY = {amount_text(account.closing_fen or 0)}"


def beancount_lines(
    accounts: Iterable[LedgerAccount], entries: Iterable[LedgerEntry], *, is_demo: bool
) -> Iterator[str]:
    """The file bean-check reads; Chinese names are metadata, for names there are ASCII."""
    known = {account.id: account for account in accounts}
    yield f'option "title" "{_title(is_demo)}"'
    yield 'option "operating_currency" "CNY"'
    yield 'option "inferred_tolerance_default" "CNY:0"'
    opened = False
    day = None
    for entry in entries:
        if not opened:
            yield from _openings(known, entry.day)
            opened = True
        day = entry.day
        yield f'{day.isoformat()} * "{entry.number}" "{entry.kind}"'
        yield f'  subject: "{_quoted(entry.subject)}"'
        for source, target, fen in entry.moves:
            yield f"  {known[source].rooted}  {amount_text(fen)}"
            yield f"  {known[target].rooted}  {amount_text(-fen)}"
    if day is not None:
        after = (day + timedelta(days=1)).isoformat()
        for account in _closed(known):
            closing = amount_text(account.closing_fen or 0).replace(" CNY", " ~ 0.00 CNY")
            yield f"{after} balance {account.rooted}  {closing}"  # else a fen would be tolerated


def _openings(known: dict[int, LedgerAccount], day: date) -> Iterator[str]:
    for account in known.values():
        yield f"{day.isoformat()} open {account.rooted} CNY"
        yield f'  name_zh: "{KINDS_ZH[account.kind]}:{_quoted(account.label)}"'


def _closed(known: dict[int, LedgerAccount]) -> Iterator[LedgerAccount]:
    return (account for account in known.values() if account.closing_fen is not None)


def _title(is_demo: bool) -> str:
    return f"演示 · DEMO · {TITLE}" if is_demo else TITLE


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
