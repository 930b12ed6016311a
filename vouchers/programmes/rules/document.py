"""The rule document: one typed, immutable text that says all a programme can say.

`proposed` names what the official text does not state and we filled in: pages show it so.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StringConstraints, model_validator

from vouchers.money import RoundingMode
from vouchers.programmes.facts import FACTS, Frozen
from vouchers.programmes.rules.conditions import Condition
from vouchers.programmes.rules.procedure import Procedure

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_.-]*$", max_length=60)]
Fen = Annotated[int, Field(ge=0, le=10**14)]
Bp = Annotated[int, Field(ge=0, le=10_000)]
Day = date  # `Basis` has a field of that name
Side = Literal["BUYER", "PROVIDER"]
Mode = Literal["INSTANT", "CLAIM_THEN_REDEEM", "REIMBURSE", "ASSIGNED", "NO_APPLICATION"]
Measure = Literal["contract", "occurred", "settled", "paid", "order", "year_total"]
CapScope = Literal["claim", "contract", "kind_year", "firm_year", "lifetime"]


def require_order(first: date | None, last: date | None, name: str) -> None:
    """Raises ValueError where a period ends before it begins; null is open."""
    if first and last and last < first:
        raise ValueError(f"{name} lies before the period begins")


class Clause(Frozen):
    """Where a rule comes from; what explains every yuan."""

    id: Name
    document: str
    article: str
    text_zh: str
    text_en: str


class Basis(Frozen):
    """A document the programme stands on; open-ended where `in_force_until` is null."""

    issuer: str
    number: str
    title: str
    date: Day
    in_force_from: Day
    in_force_until: Day | None
    legality_review: str | None
    competition_review: str | None

    @model_validator(mode="after")
    def _in_order(self) -> Basis:
        require_order(self.in_force_from, self.in_force_until, "in_force_until")
        return self


class Rule(Frozen):
    """A named effect with its clause, perhaps only under a condition."""

    id: Name
    clause: Name
    when: Condition | None = None


class VoucherKind(Frozen):
    """A kind of voucher, and per side who is paid in which mode."""

    code: Name
    name_zh: str
    name_en: str
    families: tuple[str, ...]
    service_categories: tuple[str, ...]
    side: Side
    mode: Mode
    payee: Literal["company", "provider"]
    consent: bool


class PoolPlan(Frozen):
    """The policy ceiling; appropriated money is in the ledger."""

    ceiling_fen: Fen
    period: Literal["year", "total"]
    clause: Name


class EntityRule(Rule):
    """Who may apply: one of these must hold."""


class RegionRule(Rule):
    """Where the applicant must be; `any` welcomes outsiders."""

    relation: Literal["registered", "operating", "taxed", "any"]
    within: str | None = Field(default=None, pattern=r"^\d{6}$")

    @model_validator(mode="after")
    def _place_where_needed(self) -> RegionRule:
        if (self.within is None) != (self.relation == "any"):
            raise ValueError("a relation but `any` names a place, and only such a one")
        return self


class Gate(Frozen):
    """A register of its own: `when` must hold, asked again after `valid_days`."""

    id: Name
    clause: Name
    when: Condition
    look_back_years: int | None
    as_of: tuple[Literal["submission", "award", "payment"], ...]
    valid_days: int = Field(ge=1, le=366)


class Bracket(Frozen):
    """Up to and including this sum; null is the last."""

    up_to_fen: Fen | None
    rate_bp: Bp


class RateRule(Rule):
    """Exactly one of a rate, a fixed sum and brackets."""

    rate_bp: Bp | None = None
    flat_fen: Fen | None = None
    brackets: tuple[Bracket, ...] | None = None

    @model_validator(mode="after")
    def _one_effect(self) -> RateRule:
        effects = (self.rate_bp, self.flat_fen, self.brackets)
        if sum(effect is not None for effect in effects) != 1:
            raise ValueError("exactly one of rate_bp, flat_fen and brackets")
        tops = [bracket.up_to_fen for bracket in self.brackets or ()]
        closed = [top for top in tops if top is not None]
        if tops and (closed != tops[:-1] or closed != sorted(closed)):
            raise ValueError("brackets rise, and only the last is open")
        return self


class ByDays(Frozen):
    """The share of the contract's days that lie in the period, both days included in it."""

    first: date
    last: date
    day_count: Literal["end_minus_start", "inclusive"]

    @model_validator(mode="after")
    def _in_order(self) -> ByDays:
        require_order(self.first, self.last, "last")
        return self


class Base(Frozen):
    """What the rate is taken of."""

    clause: Name
    measure: Measure | None = None
    per: Literal["contract", "claim", "year"] | None = None
    tax: Literal["included", "excluded"] | None = None
    prorate: ByDays | None = None
    net_credits: bool | None = None


class Cap(Rule):
    """Per scope the first whose condition holds."""

    scope: CapScope
    fen: Fen
    counts: tuple[Literal["reserved", "redeemed", "paid"], ...]
    released_on: tuple[Literal["expired", "refused", "withdrawn", "revoked", "reversed"], ...]


class Floor(Rule):
    """The least spend or grant."""

    on: Literal["base", "grant"]
    fen: Fen
    below: Literal["refuse", "zero"]


class Rounding(Frozen):
    """Only at the named stage; exact elsewhere."""

    at: Literal["base", "grant"]
    mode: RoundingMode
    unit_fen: int = Field(ge=1, le=1_000_000)
    clause: Name


class Periods(Frozen):
    """Days on the paper, both ends included; null = not asked."""

    clause: Name
    contract_signed_from: date | None
    contract_signed_until: date | None
    contract_term_max_months: int | None
    usage_first: date | None
    usage_last: date | None

    @model_validator(mode="after")
    def _in_order(self) -> Periods:
        require_order(
            self.contract_signed_from, self.contract_signed_until, "contract_signed_until"
        )
        require_order(self.usage_first, self.usage_last, "usage_last")
        return self


class Window(Frozen):
    """Half-open; empty list of windows = rolling, by the round."""

    opens_at: AwareDatetime
    closes_at: AwareDatetime
    clause: Name

    @model_validator(mode="after")
    def _opens(self) -> Window:
        if self.opens_at >= self.closes_at:
            raise ValueError("a window closes after it opens")
        return self


class Draws(Frozen):
    """How often a voucher may be drawn; null = as often as it lasts."""

    max_per_voucher: int | None
    max_per_contract: int | None
    clause: Name


class ProviderRule(Rule):
    """What the provider must be."""


class AffiliationBan(Frozen):
    """A finding with evidence, made by a person."""

    relations: tuple[str, ...]
    threshold_bp: Bp
    clause: Name


class Stack(Rule):
    """Other public money on the same contract."""

    scope_levels: tuple[Literal["national", "province", "city", "district"], ...]
    same: Literal["contract", "kind"]
    effect: Literal["forbid", "ceiling", "reduce"]
    ceiling_bp: Bp | None = None

    @model_validator(mode="after")
    def _ceiling_named(self) -> Stack:
        if (self.ceiling_bp is None) == (self.effect == "ceiling"):
            raise ValueError("a ceiling, and nothing else, names its ceiling_bp")
        return self


class Evidence(Rule):
    """A paper to hand in; never what a register already gives."""

    kind: Name
    at: Literal["apply", "claim", "payment"]
    source: Literal["applicant", "provider"]


class FactAge(Frozen):
    """How old a fact may be before it is unknown."""

    fact: str
    max_age_days: int = Field(ge=1)

    @model_validator(mode="after")
    def _known(self) -> FactAge:
        if self.fact not in FACTS:
            raise ValueError(f"no such fact: {self.fact}")
        return self


class RuleDocument(Frozen):
    """Everything a programme says. A draft may lack parts; publishing names each of them."""

    code: Name
    title_zh: str
    title_en: str
    proposed: tuple[str, ...] = ()
    clauses: tuple[Clause, ...]
    bases: tuple[Basis, ...] = ()
    kinds: tuple[VoucherKind, ...]
    pool: PoolPlan | None = None
    fact_ages: tuple[FactAge, ...] = ()
    entities: tuple[EntityRule, ...] = ()
    region: tuple[RegionRule, ...] = ()
    gates: tuple[Gate, ...] = ()
    goods: Rule | None = None
    base: Base
    rates: tuple[RateRule, ...] = ()
    combine: Literal["first", "max", "sum_to_ceiling"] | None = None
    combine_ceiling_bp: Bp | None = None
    bracket_mode: Literal["whole", "marginal"] | None = None
    discretion: Literal["exact", "at_most"] | None = None
    caps: tuple[Cap, ...] = ()
    floors: tuple[Floor, ...] = ()
    rounding: tuple[Rounding, ...] = ()
    periods: Periods | None = None
    windows: tuple[Window, ...] = ()
    draws: Draws | None = None
    provider: tuple[ProviderRule, ...] = ()
    invoice: Literal["full", "net"] | None = None
    contract_filed: bool | None = None
    affiliation: AffiliationBan | None = None
    stacking: tuple[Stack, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    transferable: bool | None = None
    procedure: Procedure = Procedure()

    @model_validator(mode="after")
    def _consistent(self) -> RuleDocument:
        names = [clause.id for clause in self.clauses]
        if len(set(names)) != len(names):
            raise ValueError("two clauses share an id")
        rule_ids = [rule.id for rule in self.rules()]
        if len(set(rule_ids)) != len(rule_ids):
            raise ValueError("two rules share an id")
        if unknown := sorted(self.cited() - set(names)):
            raise ValueError(f"clauses cited but not given: {', '.join(unknown)}")
        stages = [rounding.at for rounding in self.rounding]
        if len(set(stages)) != len(stages):
            raise ValueError("a stage is rounded twice")
        sides = [(kind.code, kind.side) for kind in self.kinds]
        if not sides or len(set(sides)) != len(sides):
            raise ValueError("each kind and side once, and at least one")
        least = max((f.fen for f in self.floors if f.on == "grant" and not f.when), default=0)
        most = min((cap.fen for cap in self.caps if not cap.when), default=least)
        if most < least:
            raise ValueError("a floor of the grant lies above a cap: nobody could get anything")
        return self

    def rules(self) -> tuple[Rule | Gate, ...]:
        """All rules that bear an id."""
        goods = (self.goods,) if self.goods else ()
        return (
            *self.entities, *self.region, *self.gates, *goods, *self.rates, *self.caps,
            *self.floors, *self.provider, *self.stacking, *self.evidence,
        )  # fmt: skip

    def cited(self) -> set[str]:
        """The clauses named anywhere."""
        single = (self.pool, self.base, self.periods, self.draws, self.affiliation)
        return {
            *(rule.clause for rule in self.rules()),
            *(part.clause for part in single if part),
            *(rounding.clause for rounding in self.rounding),
            *(window.clause for window in self.windows),
        }

    def rounding_at(self, stage: Literal["base", "grant"]) -> Rounding | None:
        """How a stage is rounded, if it is."""
        return next((rounding for rounding in self.rounding if rounding.at == stage), None)

    def kind(self, code: str, side: str) -> VoucherKind | None:
        """A kind of voucher on one side."""
        return next((k for k in self.kinds if (k.code, k.side) == (code, side)), None)
