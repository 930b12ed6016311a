"""What an assessment says: outcome, reasons, sums, and the lines that explain every fen."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Literal

from vouchers.programmes.facts import Frozen

Outcome = Literal["eligible", "ineligible", "needs_information"]
Step = Literal["eligibility", "base", "rate", "stacking", "floor", "cap", "rounding"]
Value = bool | int | str | None


class Line(Frozen):
    """One step. `amount` is its exact part, in fen, of the sum it `adds_to`; data, no prose."""

    step: Step
    rule: str
    clause: str
    inputs: dict[str, Value]
    formula: str
    output: Value
    adds_to: Literal["base", "grant"] | None = None
    amount: str = "0"

    @property
    def exact(self) -> Fraction:
        """The part as an exact number of fen."""
        return Fraction(self.amount)


class Reason(Frozen):
    """Why not, or why not yet: `unknown` where only facts are missing."""

    code: str
    rule: str
    clause: str
    unknown: bool = False
    facts: tuple[str, ...] = ()


class Assessment(Frozen):
    """The verdict. `rate_bp` is null where the grant is a fixed sum or marginal brackets."""

    outcome: Outcome
    reasons: tuple[Reason, ...]
    missing: tuple[str, ...]
    eligible_base_fen: int
    rate_bp: int | None
    grant_fen: int
    lines: tuple[Line, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data."""
        return self.model_dump(mode="json")

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Assessment:
        """Read back what `to_dict` gave."""
        return cls.model_validate(data)

    def sum_of(self, target: Literal["base", "grant"]) -> Fraction:
        """The exact sum of the lines: the grant, and before whole fen the base."""
        return sum((line.exact for line in self.lines if line.adds_to == target), Fraction(0))
