"""Step 2 of an assessment: every failed or unknown reason is returned, not the first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from companies.agencies.divisions import is_within
from companies.local_time import ONE_DAY, add_months
from vouchers.programmes.facts import FactSnapshot, FactValue
from vouchers.programmes.rules.conditions import Condition, facts_in, holds
from vouchers.programmes.rules.document import Periods, RegionRule, RuleDocument, Window
from vouchers.programmes.rules.verdict import Line, Reason

PLACE_FACTS = {
    "registered": "applicant.registered_region",
    "operating": "applicant.operating_region",
    "taxed": "applicant.tax_region",
}


@dataclass(frozen=True)
class Known:
    """The snapshot as one moment sees it: facts too old for the rules are unknown."""

    snapshot: FactSnapshot
    rules: RuleDocument
    at: datetime
    ages: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        """Ages are looked up often: once per assessment is enough."""
        ages = {age.fact: age.max_age_days for age in self.rules.fact_ages}
        object.__setattr__(self, "ages", ages)

    def look_up(self, name: str) -> FactValue | None:
        """The value of a fact, or None."""
        return self.snapshot.find(name, self.at, self.ages.get(name))

    def day(self, name: str) -> date | None:
        """A date fact as a day."""
        value = self.look_up(name)
        try:
            return date.fromisoformat(value) if isinstance(value, str) else None
        except ValueError:
            return None

    def number(self, name: str) -> int | None:
        """A money or number fact; True is no number."""
        value = self.look_up(name)
        return value if type(value) is int else None


@dataclass(frozen=True)
class Check:
    """One question and its three-valued answer."""

    code: str
    rule: str
    clause: str
    passed: bool | None
    facts: tuple[str, ...]

    def line(self) -> Line:
        """The check as a line of the record."""
        asked = ",".join(self.facts)
        return Line(
            step="eligibility",
            rule=self.rule,
            clause=self.clause,
            inputs={"facts": asked},
            formula=self.code,
            output=self.passed,
        )

    def reason(self) -> Reason:
        """The check as a reason, where it did not pass."""
        return Reason(
            code=self.code,
            rule=self.rule,
            clause=self.clause,
            unknown=self.passed is None,
            facts=self.facts,
        )


def run_checks(known: Known) -> list[Check]:
    """Person, entity, place, registers, provider, affiliation, periods, window, papers."""
    rules = known.rules
    checks = list(_person_and_entity(known))
    if rules.region:
        places = [_region(known, rule) for rule in rules.region]
        checks.append(_any_of("region_not_eligible", places))
    for gate in rules.gates:
        checks.append(_condition(known, "gate_failed", gate.id, gate.clause, gate.when))
    for rule in rules.provider:
        checks.append(_condition(known, "provider_not_eligible", rule.id, rule.clause, rule.when))
    if rules.affiliation:
        affiliated = known.look_up("provider.affiliated")
        passed = not affiliated if isinstance(affiliated, bool) else None
        checks.append(
            Check(
                "affiliated_provider",
                "affiliation",
                rules.affiliation.clause,
                passed,
                ("provider.affiliated",),
            )
        )
    if rules.periods:
        checks += _periods(known, rules.periods)
    if rules.windows:
        checks.append(_window(known, rules.windows))
    checks += _papers(known)
    return checks


def _person_and_entity(known: Known) -> Iterator[Check]:
    person = known.look_up("applicant.person_type")
    yield Check(
        "natural_person_not_supported",
        "person",
        "",
        None if person is None else person == "legal",
        ("applicant.person_type",),
    )
    entities = known.rules.entities
    if entities:
        yield _any_of(
            "entity_not_eligible",
            [
                _condition(known, "entity_not_eligible", rule.id, rule.clause, rule.when)
                for rule in entities
            ],
        )


def _condition(
    known: Known, code: str, rule: str, clause: str, condition: Condition | None
) -> Check:
    passed = holds(condition, known.look_up)
    asked = facts_in(condition)
    if passed is None:
        asked = {name for name in asked if known.look_up(name) is None} or asked
    return Check(code, rule, clause, passed, tuple(sorted(asked)))


def _any_of(code: str, checks: list[Check]) -> Check:
    """One check out of several ways to pass; the first that passed speaks, else the first."""
    passed = next((check for check in checks if check.passed), None)
    if passed:
        return passed
    unknown = next((check for check in checks if check.passed is None), None)
    chosen = unknown or checks[0]
    facts = sorted({name for check in checks for name in check.facts})
    verdict = None if unknown else False
    return Check(code, chosen.rule, chosen.clause, verdict, tuple(facts))


def _region(known: Known, rule: RegionRule) -> Check:
    code = "region_not_eligible"
    applies = holds(rule.when, known.look_up)
    if rule.relation == "any" or rule.within is None or not applies:
        asked = tuple(sorted(facts_in(rule.when)))
        return Check(code, rule.id, rule.clause, applies, asked)
    name = PLACE_FACTS[rule.relation]
    place = known.look_up(name)
    passed = is_within(place, rule.within) if isinstance(place, str) else None
    return Check(code, rule.id, rule.clause, passed, (name,))


def _periods(known: Known, periods: Periods) -> Iterator[Check]:
    first, until = periods.contract_signed_from, periods.contract_signed_until
    if first or until:
        signed = known.day("contract.signed_date")
        inside = None if signed is None else (first or signed) <= signed <= (until or signed)
        yield Check(
            "signed_outside_period",
            "contract_signed",
            periods.clause,
            inside,
            ("contract.signed_date",),
        )
    begins, ends = known.day("contract.first_date"), known.day("contract.last_date")
    if periods.contract_term_max_months is not None:
        short = None
        if begins and ends:
            longest = add_months(begins, periods.contract_term_max_months) - ONE_DAY
            short = begins <= ends <= longest
        yield Check(
            "term_too_long",
            "contract_term",
            periods.clause,
            short,
            ("contract.first_date", "contract.last_date"),
        )
    if periods.usage_first or periods.usage_last:
        meets = None
        if begins and ends:
            meets = begins <= (periods.usage_last or ends) and ends >= (
                periods.usage_first or begins
            )
        yield Check(
            "outside_usage_period",
            "usage_period",
            periods.clause,
            meets,
            ("contract.first_date", "contract.last_date"),
        )


def _window(known: Known, windows: tuple[Window, ...]) -> Check:
    is_open = any(window.opens_at <= known.at < window.closes_at for window in windows)
    return Check("window_closed", "window", windows[0].clause, is_open, ())


def _papers(known: Known) -> Iterator[Check]:
    papers = known.snapshot.documents
    for rule in known.rules.evidence:
        if rule.at != "apply":
            continue
        needed = holds(rule.when, known.look_up)
        if needed is False:
            continue
        there = None if papers is None or needed is None else rule.kind in papers
        asked = (f"document.{rule.kind}",)
        yield Check("document_missing", rule.id, rule.clause, there, asked)


def unknown_facts(checks: Iterable[Check]) -> tuple[str, ...]:
    """What must still be found out, each once."""
    names = (name for check in checks if check.passed is None for name in check.facts)
    return tuple(dict.fromkeys(names))
