"""What a claim must prove (四流一致), and the sum it comes to. Pure: no database, no clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from vouchers.programmes.rules import VoucherTerms, redemption_share

TOLERANCE = Decimal("0.01")
_INVOICE_KEYS = ("number", "date", "amount_fen", "tax_fen", "seller_code", "buyer_code")
_PAYMENT_KEYS = ("receipt_number", "date", "amount_fen", "payer_code", "payee_code")

Fault = tuple[str, str]


@dataclass(frozen=True)
class Flows:
    """The parties and days the invoice, the payment and the usage must agree on. Nothing is billed
    or paid before it was `agreed`: the contract's day, or the order's where that is earlier."""

    company_code: str
    provider_code: str
    agreed: date
    today: date


def paper_faults(
    flows: Flows, invoice: Mapping[str, Any], payment: Mapping[str, Any]
) -> list[Fault]:
    """(field, code) of everything wrong with the two papers, without regard to sums."""
    faults = [(f"invoice.{key}", "required") for key in _INVOICE_KEYS if key not in invoice]
    faults += [(f"payment.{key}", "required") for key in _PAYMENT_KEYS if key not in payment]
    if faults:
        return faults
    expected = {
        "invoice.seller_code": (invoice["seller_code"], flows.provider_code),
        "invoice.buyer_code": (invoice["buyer_code"], flows.company_code),
        "payment.payer_code": (payment["payer_code"], flows.company_code),
        "payment.payee_code": (payment["payee_code"], flows.provider_code),
    }
    faults += [(field, "other_party") for field, (is_, want) in expected.items() if is_ != want]
    if not str(payment["receipt_number"]).strip():
        faults.append(("payment.receipt_number", "required"))
    for field, paper in (("invoice", invoice), ("payment", payment)):
        day = read_day(paper["date"])
        if day is None or day > flows.today:
            faults.append((f"{field}.date", "not_a_past_day"))
        elif day < flows.agreed:
            faults.append((f"{field}.date", "before_contract"))
        if not _is_fen(paper["amount_fen"]) or paper["amount_fen"] <= 0:
            faults.append((f"{field}.amount_fen", "not_positive"))
    if not _is_fen(invoice["tax_fen"]) or not _tax_fits(invoice):
        faults.append(("invoice.tax_fen", "not_within_amount"))
    return faults


def read_day(text: object) -> date | None:
    """A day written YYYY-MM-DD, or None."""
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        return None


def _is_fen(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _tax_fits(invoice: Mapping[str, Any]) -> bool:
    return _is_fen(invoice["amount_fen"]) and 0 <= invoice["tax_fen"] < invoice["amount_fen"]


def bill_matches(billed_yuan: Decimal, invoice_fen: int) -> bool:
    """Whether the rows of one invoice add up to it, within a fen."""
    return abs(billed_yuan - Decimal(invoice_fen) / 100) <= TOLERANCE


def yuan_to_fen(yuan: Decimal) -> int:
    """Billed yuan (eleven decimals) into whole fen, once, half up."""
    return int((yuan * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def work_out(
    *,
    terms: VoucherTerms,
    invoice: Mapping[str, Any],
    eligible_yuan: Decimal | None,
    held_fen: int,
    rows: Sequence[int] = (),
) -> dict[str, Any]:
    """The calculation, line by line, as it is frozen. `eligible_yuan` None: no metered usage.

    A net base is shown in whole fen, but only the subsidy is rounded.
    """
    gross = invoice["amount_fen"]
    counted = gross if eligible_yuan is None else min(yuan_to_fen(eligible_yuan), gross)
    exact = Fraction(max(counted, 0))
    if terms.invoice == "net":
        exact *= Fraction(gross - invoice["tax_fen"], gross)
    share = redemption_share(terms=terms, eligible_fen=exact, balance_fen=held_fen)
    return {
        "invoice_fen": gross,
        "counted_fen": counted,
        "left_out_fen": gross - counted,
        "invoice_basis": terms.invoice,
        "eligible_fen": int(exact),
        "rate_bp": terms.rate_bp,
        "rounding": {"mode": terms.rounding_mode, "unit_fen": terms.rounding_unit_fen},
        "by_rate_fen": share.by_rate_fen,
        "held_fen": held_fen,
        "subsidy_fen": share.subsidy_fen,
        "own_fen": gross - share.subsidy_fen,
        "limited_by": share.limited_by,
        "usage_rows": list(rows),
    }
