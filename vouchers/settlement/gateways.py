"""How money leaves: a payment sheet out, results in. By file, for the treasury's import screens."""

from __future__ import annotations

import csv
import hashlib
import io
import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple, Protocol

from django.utils.translation import gettext_lazy as _

from companies.errors import InvalidInput
from companies.files.disk import room
from companies.foundation.failpoints import failpoint


class SheetRow(NamedTuple):
    """One payment asked of the channel."""

    row_number: int
    payer: str
    payee: str
    account: str
    bank: str
    budget_document: str
    function_code: str
    economic_code: str
    amount_fen: int
    purpose: str


class Result(NamedTuple):
    """What the channel says of one row."""

    row_number: int
    is_paid: bool
    treasury_number: str
    paid_on: date | None
    account: str
    receipt_sha256: str
    reason: str


class SheetReceipt(NamedTuple):
    """Where the sheet lies and what it is."""

    path: Path
    sha256: str


class PaymentChannel(Protocol):
    """One way for money to leave."""

    def write_sheet(self, name: str, rows: Sequence[SheetRow]) -> SheetReceipt:
        """Hand the sheet over; doing it again changes nothing. Raises TryAgain `storage_full`."""

    def read_results(self, path: Path) -> list[Result]:
        """The channel's answers. Raises InvalidInput `results_unreadable`."""


def render_sheet(rows: Sequence[SheetRow]) -> bytes:
    """CSV, UTF-8 with BOM as the import screens expect; the same rows give the same bytes."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(SheetRow._fields)
    writer.writerows(rows)
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def parse_sheet(raw: bytes) -> list[SheetRow]:
    """The sheet as the channel reads it."""
    lines = csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""))
    if tuple(next(lines, ())) != SheetRow._fields:
        raise ValueError("not a payment sheet")
    return [_read_row(cells) for cells in lines]


def _read_row(cells: list[str]) -> SheetRow:
    number, amount_fen = int(cells[0]), int(cells[8])
    return SheetRow(number, *cells[1:8], amount_fen, cells[9])  # type: ignore[arg-type, call-arg]


def render_results(results: Sequence[Result]) -> bytes:
    """The answers as the channel writes them."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(Result._fields)
    for result in results:
        day = result.paid_on.isoformat() if result.paid_on else ""
        row = result._asdict() | {"is_paid": int(result.is_paid), "paid_on": day}
        writer.writerow(row.values())
    return b"\xef\xbb\xbf" + text.getvalue().encode()


class FileDropChannel:
    """Sheets in `out`, answers in `in`, each with its digest beside it."""

    def __init__(self, folder: Path) -> None:
        self.out = folder / "out"
        self.into = folder / "in"

    def write_sheet(self, name: str, rows: Sequence[SheetRow]) -> SheetReceipt:
        """Temporary, fsync, rename: nobody ever reads half a sheet."""
        with room():
            return drop(self.out / f"{name}.csv", render_sheet(rows))

    def read_results(self, path: Path) -> list[Result]:
        """Raises InvalidInput `results_unreadable`, also where the digest beside it differs."""
        try:
            raw = path.read_bytes()
            said = path.with_suffix(".sha256").read_text(encoding="ascii").split()[0]
            lines = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
            if hashlib.sha256(raw).hexdigest() != said or tuple(lines[0]) != Result._fields:
                raise ValueError(path.name)
            return [
                Result(
                    int(c[0]), c[1] == "1", c[2], date.fromisoformat(c[3]) if c[3] else None, *c[4:]
                )
                for c in lines[1:]
            ]
        except (OSError, ValueError, IndexError, TypeError):
            raise InvalidInput(
                "results_unreadable", _("The results in %(name)s cannot be read."), name=path.name
            ) from None


def drop(path: Path, content: bytes) -> SheetReceipt:
    """Put a whole file, and its digest, where another system looks for it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256(content).hexdigest()
    for target, raw in ((path.with_suffix(".sha256"), digest.encode()), (path, content)):
        temporary = target.with_name(f".{target.name}.new")
        with temporary.open("wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        failpoint(f"sheet{target.suffix}.temporary")
        temporary.replace(target)
        failpoint(f"sheet{target.suffix}.renamed")
    return SheetReceipt(path, digest)


class SandboxTreasury:
    """A treasury to practise with: pays every row but those to accounts ending in 0000."""

    REFUSED_ENDING = "0000"

    def __init__(self, folder: Path) -> None:
        self.out = folder / "out"
        self.into = folder / "in"

    def answer(self, *, today: date) -> list[Path]:
        """Answer every sheet that has no answer yet; returns the files written."""
        written = []
        for sheet in sorted(self.out.glob("*.csv")):
            target = self.into / sheet.name
            if target.exists():
                continue
            rows = parse_sheet(sheet.read_bytes())
            results = [self._judge(sheet.stem, row, today) for row in rows]
            written.append(drop(target, render_results(results)).path)
        return written

    def _judge(self, name: str, row: SheetRow, today: date) -> Result:
        if row.account.endswith(self.REFUSED_ENDING):
            return Result(row.row_number, False, "", None, "", "", "收款账户不存在")
        number = f"{name}-{row.row_number:04d}"
        receipt = hashlib.sha256(f"{number}|{row.amount_fen}".encode()).hexdigest()
        return Result(row.row_number, True, number, today, row.account, receipt, "")
