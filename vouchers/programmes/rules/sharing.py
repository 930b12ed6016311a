"""What is frozen on a voucher, and the subsidy of one redemption by those terms."""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction
from typing import Any, Literal

from django.utils.translation import gettext_lazy as _
from pydantic import Field

from companies.errors import InvalidInput
from companies.local_time import (
    IsWorkday,
    add_calendar_days,
    add_months,
    deadline_at,
    end_of_day,
    local_date,
)
from vouchers.money import RoundingMode, share_fen
from vouchers.programmes.facts import FactValue, Frozen
from vouchers.programmes.rules.conditions import Condition, holds
from vouchers.programmes.rules.document import Mode, RuleDocument, Side
from vouchers.programmes.rules.reading import digest
from vouchers.programmes.rules.verdict import Assessment

_DECEMBER, _LAST = 12, 31


class VoucherTerms(Frozen):
    """The frozen terms of one voucher; `valid_until` and `grace_until` are half-open ends."""

    rules_sha256: str
    kind: str
    side: Side
    mode: Mode
    payee: Literal["company", "provider"]
    face_fen: int = Field(gt=0)
    rate_bp: int = Field(gt=0, le=10_000)
    rounding_mode: RoundingMode
    rounding_unit_fen: int = Field(gt=0)
    goods: Condition | None
    service_categories: tuple[str, ...]
    net_credits: bool
    usage_first: date | None
    usage_last: date | None
    max_draws: int | None
    invoice: Literal["full", "net"]
    transferable: bool
    valid_from: datetime
    valid_until: datetime
    grace_until: datetime

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data, as stored on the voucher."""
        return self.model_dump(mode="json", by_alias=True)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> VoucherTerms:
        """Read back what `to_dict` gave."""
        return cls.model_validate(data)


class ShareResult(Frozen):
    """The subsidy, the company's own part of the eligible cost, and what set the limit."""

    subsidy_fen: int
    own_fen: int
    by_rate_fen: int
    limited_by: Literal["rate", "balance"]


def make_terms(
    *,
    rules: RuleDocument,
    assessment: Assessment,
    face_fen: int,
    kind: str,
    side: Side,
    at: datetime,
    is_workday: IsWorkday,
) -> VoucherTerms:
    """Freeze the terms of a voucher prepared at `at`; `face_fen` is what was awarded."""
    voucher_kind = rules.kind(kind, side)
    rounding = rules.rounding_at("grant")
    if voucher_kind is None or rounding is None or not assessment.rate_bp:
        raise InvalidInput(
            "terms_incomplete",
            _("The rules give no single rate, rounding or kind for this voucher."),
        )
    until_date = _last_day(rules, local_date(at))
    grace = rules.procedure.grace
    valid_until = end_of_day(until_date)
    return VoucherTerms(
        rules_sha256=digest(rules),
        kind=kind,
        side=side,
        mode=voucher_kind.mode,
        payee=voucher_kind.payee,
        face_fen=face_fen,
        rate_bp=assessment.rate_bp,
        rounding_mode=rounding.mode,
        rounding_unit_fen=rounding.unit_fen,
        goods=rules.goods.when if rules.goods else None,
        service_categories=voucher_kind.service_categories,
        net_credits=bool(rules.base.net_credits),
        usage_first=rules.periods.usage_first if rules.periods else None,
        usage_last=rules.periods.usage_last if rules.periods else None,
        max_draws=rules.draws.max_per_voucher if rules.draws else None,
        invoice=rules.invoice or "full",
        transferable=bool(rules.transferable),
        valid_from=at,
        valid_until=valid_until,
        grace_until=(
            deadline_at(until_date, grace.days, grace.unit, is_workday) if grace else valid_until
        ),
    )


def _last_day(rules: RuleDocument, start: date) -> date:
    """The last day of use: the voucher's life, cut at the year's end where the rule says so."""
    life = rules.procedure.voucher_life
    if life is None:
        raise InvalidInput("terms_incomplete", _("The rules do not say how long a voucher lives."))
    add = add_months if life.unit == "months" else add_calendar_days
    last = add(start, life.n)
    if rules.procedure.year_end == "end_31_dec":
        last = min(last, date(start.year, _DECEMBER, _LAST))
    return last


def redemption_share(
    *, terms: VoucherTerms, eligible_fen: int | Fraction, balance_fen: int
) -> ShareResult:
    """min(rate × eligible cost rounded as the rule says, balance); rounded once per claim."""
    if eligible_fen < 0 or balance_fen < 0:
        raise InvalidInput("amount_malformed", _("Costs and balances are not negative."))
    by_rate = share_fen(
        eligible_fen,
        terms.rate_bp,
        mode=terms.rounding_mode,
        unit_fen=terms.rounding_unit_fen,
    )
    subsidy = min(by_rate, balance_fen)
    return ShareResult(
        subsidy_fen=subsidy,
        own_fen=int(eligible_fen) - subsidy,
        by_rate_fen=by_rate,
        limited_by="rate" if subsidy == by_rate else "balance",
    )


def is_eligible_use(
    *, terms: VoucherTerms, service_category: str, goods: dict[str, FactValue]
) -> bool | None:
    """Whether a bill's row counts: its FOCUS category, then the goods condition; None = unknown."""
    if terms.service_categories and service_category not in terms.service_categories:
        return False
    return holds(terms.goods, goods.get)
