"""Usage bills by FOCUS 1.2: read, put right where the meaning is plain, refused where it is not.

Every row says what was changed or why it was refused. Nothing is matched here: whose account, which
voucher and whether CNY was billed are questions of the redemption.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import BinaryIO

from django.utils.translation import gettext_lazy as _

from companies.errors import InvalidInput
from vouchers.redemptions.focus_columns import (
    ALLOWED,
    CURRENCIES,
    DECIMALS,
    INSTANTS,
    MANDATORY,
    NEEDED,
    OTHER_COLUMNS,
    PLACES_MAX,
    QUANTITIES,
    WHOLE_PLACES_MAX,
)

_INSTANT = re.compile(
    r"(\d{4}-\d\d-\d\d)([T ])(\d\d:\d\d:\d\d)(?:\.0+)?(Z|[+-]\d\d:?\d\d)?", re.ASCII
)
# Decimal would take "1_000" and digits of any script as well.
_NUMBER = re.compile(r"[+-]?(\d{1,30}(\.\d{0,30})?|\.\d{1,30})([eE][+-]?\d{1,3})?", re.ASCII)


@dataclass(frozen=True)
class FocusLimits:
    """What a file may cost us to read."""

    bytes_max: int = 25 * 1024 * 1024
    rows_max: int = 100_000
    field_chars_max: int = 8_000
    columns_max: int = 150


@dataclass(frozen=True)
class Deviation:
    """Row (data rows count from 1; 0 is the file), column, code, and what was written there."""

    row: int
    column: str
    code: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class FocusRow:
    """A row as it stands after normalising; empty text = null."""

    number: int
    billed_cost: Decimal
    effective_cost: Decimal | None
    currency: str
    charge_category: str
    charge_class: str
    service_category: str
    period_start: datetime
    period_end: datetime
    provider_name: str
    issuer_name: str
    account_id: str
    sub_account_id: str
    resource_id: str
    sku_id: str
    invoice_id: str
    quantity: Decimal | None
    unit: str
    voucher_number: str
    beneficiary_code: str
    content_sha256: str

    def claim_sha256(self, provider_ref: str, nth: int = 0) -> str:
        """What is claimed once: registered provider, account, resource, SKU, start, invoice; and
        for charges that share all these, which of them it is."""
        key = [
            provider_ref,
            self.account_id,
            self.sub_account_id,
            self.resource_id,
            self.sku_id,
            self.period_start.isoformat(),
            self.invoice_id,
        ]
        return _sha256([*key, nth] if nth else key)


@dataclass(frozen=True)
class FocusTotals:
    """Sums over the accepted rows."""

    rows: int
    billed: Decimal
    effective: Decimal
    by_charge: dict[str, int]
    by_service: dict[str, int]
    by_currency: dict[str, Decimal]
    billed_by_invoice: dict[str, Decimal]


@dataclass(frozen=True)
class FocusFile:
    """Accepted rows; refusals (their rows are not among them); warnings; sums; file digest."""

    rows: tuple[FocusRow, ...]
    refusals: tuple[Deviation, ...]
    warnings: tuple[Deviation, ...]
    totals: FocusTotals
    sha256: str


@dataclass
class _Reading:
    """One row being read: values put right so far, and what was found."""

    number: int
    values: dict[str, str]
    refusals: list[Deviation] = field(default_factory=list)
    warnings: list[Deviation] = field(default_factory=list)

    def refuse(self, column: str, code: str, value: str = "") -> None:
        self.refusals.append(Deviation(self.number, column, code, value[:80]))

    def warn(self, column: str, code: str, value: str = "") -> None:
        self.warnings.append(Deviation(self.number, column, code, value[:80]))


def parse_focus(stream: BinaryIO, *, limits: FocusLimits = FocusLimits()) -> FocusFile:
    """Read a FOCUS CSV. A file that is no such table at all is InvalidInput `bill_…`."""
    raw = stream.read(limits.bytes_max + 1)
    if len(raw) > limits.bytes_max:
        raise _unreadable("bill_too_large")
    text, warnings = _decode(raw)
    # csv's own limit is a process-wide setting; the length of fields is judged row by row instead.
    table = csv.reader(io.StringIO(text, newline=""), strict=True)
    lines = _lines(table)
    header = next(lines, [])
    warnings += _judge_header(header, limits)
    rows: list[FocusRow] = []
    refusals: list[Deviation] = []
    seen: dict[str, str] = {}
    for number, cells in enumerate(filter(None, lines), start=1):
        if number > limits.rows_max:
            raise _unreadable("bill_too_long")
        reading = _normalise(number, header, cells, limits)
        row = None if reading.refusals else _make_row(reading)
        if row:
            _judge_repeat(reading, row, seen)
        if row and not reading.refusals:
            rows.append(row)
        refusals += reading.refusals
        warnings += reading.warnings
    if not rows and not refusals:
        raise _unreadable("bill_empty")
    return FocusFile(
        tuple(rows),
        tuple(refusals),
        tuple(warnings),
        _sum_up(rows),
        hashlib.sha256(raw).hexdigest(),
    )


def _decode(raw: bytes) -> tuple[str, list[Deviation]]:
    """UTF-8 as the standard says; what a Chinese spreadsheet saves instead is read and named."""
    named: list[Deviation] = []
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = raw.decode("gb18030")
        except UnicodeDecodeError:
            raise _unreadable("bill_not_utf8") from None
        named.append(Deviation(0, "", "not_utf8", "GB18030"))
    if "\x00" in text:
        raise _unreadable("bill_not_text")
    return text, named


def _lines(table: Iterator[list[str]]) -> Iterator[list[str]]:
    try:
        yield from table
    except csv.Error:
        raise _unreadable("bill_not_csv") from None


def _judge_header(header: list[str], limits: FocusLimits) -> Iterator[Deviation]:
    if len(header) > limits.columns_max or len(set(header)) != len(header):
        raise _unreadable("bill_header_wrong")
    missing = [column for column in NEEDED if column not in header]
    if missing:
        raise _unreadable("bill_columns_missing", ", ".join(missing))
    for column in (*MANDATORY, "InvoiceId"):
        if column not in header:
            yield Deviation(0, column, "column_missing")
    for column in header:
        if column not in OTHER_COLUMNS and column not in MANDATORY and column[:2] != "x_":
            yield Deviation(0, column[:80], "column_unknown")


def _normalise(number: int, header: list[str], cells: list[str], limits: FocusLimits) -> _Reading:
    reading = _Reading(number, dict(zip(header, cells, strict=False)))
    if len(cells) != len(header):
        reading.refuse("", "row_length", str(len(cells)))
        return reading
    for column, value in reading.values.items():
        if len(value) > limits.field_chars_max:
            reading.refuse(column, "field_too_long", value)
        elif value == "NULL":
            reading.values[column] = ""
            reading.warn(column, "null_as_text", value)
    for column in MANDATORY:
        if reading.values.get(column) == "":
            (reading.refuse if column in NEEDED else reading.warn)(column, "null_not_allowed")
    for columns, normal in (
        (tuple(ALLOWED), _normal_term),
        (INSTANTS, _normal_instant),
        ((*DECIMALS, *QUANTITIES), _normal_decimal),
    ):
        _put_right(reading, columns, normal)
    _judge_currency(reading)
    _judge_period(reading)
    return reading


def _put_right(
    reading: _Reading, columns: tuple[str, ...], normal: Callable[[_Reading, str, str], str]
) -> None:
    for column in columns:
        value = reading.values.get(column)
        if value:
            reading.values[column] = normal(reading, column, value)


def _normal_term(reading: _Reading, column: str, value: str) -> str:
    if value in ALLOWED[column]:
        return value
    right = next((a for a in ALLOWED[column] if a.casefold() == value.strip().casefold()), None)
    if right is None:
        reading.refuse(column, "value_not_allowed", value)
        return value
    reading.warn(column, "spelling", value)
    return right


def _normal_instant(reading: _Reading, column: str, value: str) -> str:
    """UTC with T and Z. Without a zone it is UTC by the standard; another zone is converted."""
    match = _INSTANT.fullmatch(value.strip())
    try:
        if match is None:
            raise ValueError(value)
        day, separator, clock, zone = match.groups()
        at = datetime.fromisoformat(f"{day}T{clock}{'+00:00' if zone in (None, 'Z') else zone}")
        at = at.astimezone(UTC)
    except (ValueError, OverflowError):
        reading.refuse(column, "instant_malformed", value)
        return value
    if zone not in (None, "Z"):
        reading.warn(column, "instant_not_utc", value)
    elif separator == " " or zone is None:
        reading.warn(column, "instant_without_t_or_z", value)
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _normal_decimal(reading: _Reading, column: str, value: str) -> str:
    plain = value.strip()
    number = Decimal(plain if _NUMBER.fullmatch(plain) else "NaN")
    if not number.is_finite() or number.adjusted() > WHOLE_PLACES_MAX:
        reading.refuse(column, "number_malformed", value)
        return value
    if plain != value:
        reading.warn(column, "spelling", value)
    exponent = number.as_tuple().exponent
    if column in DECIMALS and isinstance(exponent, int) and -exponent > PLACES_MAX:
        reading.refuse(column, "too_many_places", value)
    return plain


def _judge_currency(reading: _Reading) -> None:
    currency = reading.values.get("BillingCurrency", "")
    if currency and currency not in CURRENCIES:
        reading.refuse("BillingCurrency", "currency_unknown", currency)


def _judge_period(reading: _Reading) -> None:
    """The end is exclusive, so an empty period is none. Normal instants compare as text."""
    if any(refusal.column in INSTANTS for refusal in reading.refusals):
        return
    start, end = reading.values["ChargePeriodStart"], reading.values["ChargePeriodEnd"]
    if start and end and start >= end:
        reading.refuse("ChargePeriodEnd", "period_backward", end)


def _make_row(reading: _Reading) -> FocusRow:
    value = reading.values
    return FocusRow(
        number=reading.number,
        billed_cost=Decimal(value["BilledCost"]),
        effective_cost=_decimal_or_none(value.get("EffectiveCost", "")),
        currency=value["BillingCurrency"],
        charge_category=value["ChargeCategory"],
        charge_class=value.get("ChargeClass", ""),
        service_category=value["ServiceCategory"],
        period_start=datetime.fromisoformat(value["ChargePeriodStart"]),
        period_end=datetime.fromisoformat(value["ChargePeriodEnd"]),
        provider_name=value["ProviderName"],
        issuer_name=value.get("InvoiceIssuerName", ""),
        account_id=value["BillingAccountId"],
        sub_account_id=value.get("SubAccountId", ""),
        resource_id=value.get("ResourceId", ""),
        sku_id=value.get("SkuId", ""),
        invoice_id=value.get("InvoiceId", ""),
        quantity=_decimal_or_none(value.get("ConsumedQuantity", "")),
        unit=value.get("ConsumedUnit", ""),
        voucher_number=value.get("x_VoucherNumber", ""),
        beneficiary_code=value.get("x_BeneficiaryUSCC", ""),
        content_sha256=_sha256(value),
    )


def _judge_repeat(reading: _Reading, row: FocusRow, seen: dict[str, str]) -> None:
    """The same row twice is refused; the same key with other content is for a person to see."""
    key = row.claim_sha256(row.provider_name)
    if key not in seen:
        seen[key] = row.content_sha256
    elif seen[key] == row.content_sha256:
        reading.refuse("ResourceId", "row_repeated", row.resource_id)
    else:
        reading.warn("ResourceId", "key_repeated", row.resource_id)


def _sum_up(rows: list[FocusRow]) -> FocusTotals:
    by_currency: dict[str, Decimal] = {}
    by_invoice: dict[str, Decimal] = {}
    for row in rows:
        by_currency[row.currency] = by_currency.get(row.currency, Decimal(0)) + row.billed_cost
        if row.invoice_id:
            so_far = by_invoice.get(row.invoice_id, Decimal(0))
            by_invoice[row.invoice_id] = so_far + row.billed_cost
    return FocusTotals(
        rows=len(rows),
        billed=sum((row.billed_cost for row in rows), Decimal(0)),
        effective=sum((row.effective_cost or Decimal(0) for row in rows), Decimal(0)),
        by_charge=dict(Counter(row.charge_category for row in rows)),
        by_service=dict(Counter(row.service_category for row in rows)),
        by_currency=by_currency,
        billed_by_invoice=by_invoice,
    )


def _decimal_or_none(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def _sha256(data: object) -> str:
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


# Why a file is no bill at all.
_UNREADABLE = {
    "bill_too_large": _("This usage file is too large: 25 MB at most."),
    "bill_too_long": _("This usage file has too many rows: 100,000 at most."),
    "bill_empty": _("This usage file has no rows below its header."),
    "bill_not_utf8": _("This is no text file in UTF-8: save the usage file as “CSV UTF-8”."),
    "bill_not_text": _("This is no text file: save the usage file as “CSV UTF-8”."),
    "bill_not_csv": _(
        "This is no CSV file: a quotation mark is left open or stands in a wrong place."
    ),
    "bill_header_wrong": _(
        "The first line of this usage file names a column twice, or too many columns."
    ),
    "bill_columns_missing": _("This is no FOCUS usage file: the columns %(names)s are missing."),
}


def _unreadable(code: str, names: str = "") -> InvalidInput:
    return InvalidInput(code, _UNREADABLE[code], names=names)
