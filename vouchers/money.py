"""Yuan and fen: the only place where money is read, shown, shared and split. Exact, no floats."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Literal

from cn2an import an2cn
from django.utils.translation import gettext_lazy as _

from companies.errors import InvalidInput

RoundingMode = Literal["down", "half_up", "half_even"]

FEN_PER_YUAN = 100
BP_WHOLE = 10_000
# A bigint column holds some 9.2e18 fen; nothing real comes near a trillion yuan.
FEN_MAX = 10**14
_YUAN = re.compile(r"(?:0|[1-9]\d*|[1-9]\d{0,2}(?:,\d{3})+)(?:\.(\d{1,2}))?", re.ASCII)


def parse_yuan(text: str) -> int:
    """Fen of "1234.5" or "1,234.50". Signs, blanks, exponents and third decimals are refused."""
    match = _YUAN.fullmatch(text)
    if match is None:
        raise InvalidInput(
            "amount_malformed",
            _("“%(text)s” is not an amount in yuan with at most two decimals."),
            text=text[:40],
        )
    whole = text.partition(".")[0].replace(",", "")
    fen = int(whole[:20]) * FEN_PER_YUAN + int((match[1] or "0").ljust(2, "0"))
    if len(whole) > 13 or fen > FEN_MAX:
        raise InvalidInput(
            "amount_malformed", _("“%(text)s” is more than any budget."), text=text[:40]
        )
    return fen


def format_yuan(fen: int) -> str:
    """ "1,234.50"; the only text form of money that people see."""
    whole, rest = divmod(abs(fen), FEN_PER_YUAN)
    return f"{'-' if fen < 0 else ''}{whole:,}.{rest:02d}"


def format_rate(rate_bp: int) -> str:
    """Basis points as a percentage, without needless decimals: 3000 is 30%, 4128 is 41.28%."""
    whole, rest = divmod(rate_bp, 100)
    return f"{whole}.{rest:02d}".rstrip("0") + "%" if rest else f"{whole}%"


def round_fen(exact: Fraction, *, mode: RoundingMode, unit_fen: int) -> int:
    """A non-negative exact sum of fen, cut to whole units as the rule says."""
    if exact < 0 or unit_fen <= 0:
        raise ValueError("only non-negative sums and positive units are rounded")
    units = exact / unit_fen
    low = units.numerator // units.denominator
    rest = units - low
    half = Fraction(1, 2)
    up = {
        "down": False,
        "half_up": rest >= half,
        "half_even": rest > half or (rest == half and low % 2 == 1),
    }[mode]
    return (low + up) * unit_fen


def share_fen(total_fen: int | Fraction, rate_bp: int, *, mode: RoundingMode, unit_fen: int) -> int:
    """The subsidy's part of a total; the company pays `total − share`.

    Half-up may lie a unit above the exact part, but never above the total itself.
    """
    if not 0 <= rate_bp <= BP_WHOLE:
        raise ValueError("a share lies between nothing and the whole")
    exact = Fraction(total_fen * rate_bp, BP_WHOLE)
    return min(round_fen(exact, mode=mode, unit_fen=unit_fen), int(total_fen))


def split_fen(amount_fen: int, weights: Sequence[int]) -> list[int]:
    """Split by largest remainder; ties go to the earlier weight. The parts sum to the amount."""
    total = sum(weights)
    if amount_fen < 0 or total <= 0 or min(weights) < 0:
        raise ValueError("only a non-negative sum is split, over weights that weigh something")
    parts = [amount_fen * weight // total for weight in weights]
    by_rest = sorted(range(len(weights)), key=lambda i: (-(amount_fen * weights[i] % total), i))
    for i in by_rest[: amount_fen - sum(parts)]:
        parts[i] += 1
    return parts


def line_amount_fen(quantity: Decimal, unit_price: Decimal) -> int:
    """Quantity × unit price (yuan, six decimals each), into fen once, half up as invoices do."""
    yuan_in_fen = quantity * unit_price * FEN_PER_YUAN
    return int(yuan_in_fen.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def capitals(fen: int) -> str:
    """大写金额. The converter silently cuts a third decimal, hence exactly two are given."""
    if fen < 0:
        raise ValueError("no paper states a negative sum in capitals")
    if fen == 0:
        return "零元整"
    text = f"{fen // FEN_PER_YUAN}.{fen % FEN_PER_YUAN:02d}"
    return str(an2cn(text, "rmb"))
