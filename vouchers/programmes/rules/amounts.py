"""Steps 3 to 7 of an assessment: base, rate, stacking, floors, caps, rounding. All exact."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from companies.local_time import ONE_DAY
from vouchers.money import BP_WHOLE, round_fen
from vouchers.programmes.facts import FactValue, GoodsLine
from vouchers.programmes.rules.conditions import facts_in, holds
from vouchers.programmes.rules.document import ByDays, Cap, RateRule, Rounding, Stack
from vouchers.programmes.rules.eligibility import Check, Known
from vouchers.programmes.rules.verdict import Line, Step, Value

_NARROW_TO_WIDE = ("claim", "contract", "kind_year", "firm_year", "lifetime")
_ZERO = Fraction(0)


@dataclass
class Working:
    """The sheet of one calculation. `failed` stops it: refused, or a fact is missing."""

    known: Known
    lines: list[Line] = field(default_factory=list)
    failed: list[Check] = field(default_factory=list)
    base: Fraction = _ZERO
    grant: Fraction = _ZERO
    rate_bp: int | None = None
    limit: Fraction | None = None

    def tighten(self, room: Fraction) -> None:
        """Remember the tightest limit: rounding up must not step over it."""
        self.limit = room if self.limit is None else min(self.limit, room)

    def add(
        self,
        step: Step,
        rule: str,
        clause: str,
        formula: str,
        amount: Fraction,
        **inputs: Value,
    ) -> None:
        """Write a line; base steps move the base, all others the grant."""
        is_base = step == "base" or (step == "rounding" and rule == "rounding.base")
        if is_base:
            self.base += amount
        else:
            self.grant += amount
        self.lines.append(
            Line(
                step=step,
                rule=rule,
                clause=clause,
                inputs=inputs,
                formula=formula,
                output=str(self.base if is_base else self.grant),
                adds_to="base" if is_base else "grant",
                amount=str(amount),
            )
        )

    def fail(self, code: str, rule: str, clause: str, *facts: str, unknown: bool = False) -> None:
        """Note why there is no sum, or none yet."""
        self.failed.append(Check(code, rule, clause, None if unknown else False, facts))


def work_out(known: Known) -> Working:
    """Run the steps in their order until done or failed."""
    sheet = Working(known)
    steps = (_goods, _prorate, _round_base, _rate, _stack, _base_floor, _caps, _round_and_floor)
    for step in steps:
        step(sheet)
        if sheet.failed:
            break
    return sheet


def _goods(sheet: Working) -> None:
    known, rules = sheet.known, sheet.known.rules
    clause = rules.base.clause
    fact = f"amount.{rules.base.measure}_fen"
    lines = known.snapshot.lines
    if rules.base.measure is None:
        return sheet.fail("rules_incomplete", "base", clause, "base.measure", unknown=True)
    if not lines:
        amount = known.number(fact)
        if amount is None or amount < 0:
            return sheet.fail("base_unknown", "base", clause, fact, unknown=True)
        lines = (GoodsLine(ref=fact, amount_fen=amount),)
    for goods in lines:
        _one_line(sheet, goods, fact)
    if not sheet.failed and sheet.base <= 0:
        rule = rules.goods
        sheet.fail("no_eligible_goods", rule.id if rule else "base", clause, fact)
    return None


def _one_line(sheet: Working, goods: GoodsLine, fact: str) -> None:
    rules, known = sheet.known.rules, sheet.known
    rule = rules.goods

    def look_up(name: str) -> FactValue | None:
        own = goods.facts.get(name)
        return known.look_up(name) if own is None else own

    eligible = holds(rule.when, look_up) if rule else True
    if rule and eligible is None:
        unknown = sorted(name for name in facts_in(rule.when) if look_up(name) is None)
        return sheet.fail("goods_unknown", rule.id, rule.clause, *unknown, unknown=True)
    counts = eligible and (goods.amount_fen >= 0 or rules.base.net_credits)
    sheet.add(
        "base",
        rule.id if rule and not eligible else "base",
        rule.clause if rule and not eligible else rules.base.clause,
        "line" if counts else "line_left_out",
        Fraction(goods.amount_fen if counts else 0),
        line=goods.ref,
        fact=fact,
        amount_fen=goods.amount_fen,
    )
    return None


def _prorate(sheet: Working) -> None:
    base = sheet.known.rules.base
    if base.prorate is None:
        return None
    first, last = sheet.known.day("contract.first_date"), sheet.known.day("contract.last_date")
    if first is None or last is None or last < first:
        facts = ("contract.first_date", "contract.last_date")
        return sheet.fail("base_unknown", "base", base.clause, *facts, unknown=True)
    inside, whole = days_inside(base.prorate, first, last)
    if inside == 0:
        return sheet.fail("outside_usage_period", "base", base.clause, "contract.first_date")
    part = sheet.base * Fraction(inside, whole)
    sheet.add(
        "base",
        "base.prorate",
        base.clause,
        "base*days/term",
        part - sheet.base,
        base_fen=str(sheet.base),
        days=inside,
        term=whole,
    )
    return None


def days_inside(prorate: ByDays, first: date, last: date) -> tuple[int, int]:
    """Days of the contract inside the period, and in all, counted as the rule says."""
    extra = 1 if prorate.day_count == "inclusive" else 0
    whole = (last - first) // ONE_DAY + extra
    begins, ends = max(first, prorate.first), min(last, prorate.last)
    if (begins, ends) == (first, last):
        # A contract of one day has no days by end minus start, yet lies wholly inside.
        return whole or 1, whole or 1
    return max(0, (ends - begins) // ONE_DAY + extra), whole


def _round_base(sheet: Working) -> None:
    rounding = sheet.known.rules.rounding_at("base")
    if rounding:
        _round(sheet, rounding, sheet.base)


def _round(sheet: Working, rounding: Rounding, exact: Fraction) -> None:
    rounded = round_fen(exact, mode=rounding.mode, unit_fen=rounding.unit_fen)
    sheet.add(
        "rounding",
        f"rounding.{rounding.at}",
        rounding.clause,
        rounding.mode,
        rounded - exact,
        exact_fen=str(exact),
        unit_fen=rounding.unit_fen,
    )


def _rate(sheet: Working) -> None:
    known, rules = sheet.known, sheet.known.rules
    if not rules.rates:
        return sheet.fail("rules_incomplete", "rates", rules.base.clause, "rates", unknown=True)
    matching: list[tuple[Fraction, RateRule]] = []
    for rule in rules.rates:
        applies = holds(rule.when, known.look_up)
        if applies is None:
            unknown = sorted(n for n in facts_in(rule.when) if known.look_up(n) is None)
            return sheet.fail("rate_unknown", rule.id, rule.clause, *unknown, unknown=True)
        if applies:
            matching.append((_gross(sheet, rule), rule))
            if rules.combine in ("first", None):
                break
    if not matching:
        return sheet.fail("no_rate_matches", rules.rates[0].id, rules.rates[0].clause)
    if rules.combine == "max":
        matching = [max(matching, key=lambda pair: pair[0])]
    for gross, rule in matching:
        _add_rate(sheet, gross, rule)
    sheet.rate_bp = _single_rate(sheet, [rule for _, rule in matching])
    if all(rule.flat_fen is None for _, rule in matching):
        sheet.tighten(sheet.base)
    if rules.combine == "sum_to_ceiling":
        top = sheet.base * Fraction(rules.combine_ceiling_bp or BP_WHOLE, BP_WHOLE)
        rule = matching[0][1]
        if sheet.grant > top:
            over = top - sheet.grant
            sheet.add("rate", rule.id, rule.clause, "sum_to_ceiling", over, top_fen=str(top))
    return _discretion(sheet, matching[0][1])


def _add_rate(sheet: Working, gross: Fraction, rule: RateRule) -> None:
    if rule.flat_fen is not None:
        sheet.add("rate", rule.id, rule.clause, "flat", gross, flat_fen=rule.flat_fen)
        return
    rate = _bracket_rate(sheet, rule) if rule.brackets else rule.rate_bp
    sheet.add(
        "rate", rule.id, rule.clause, "base*rate", gross, base_fen=str(sheet.base), rate_bp=rate
    )


def _gross(sheet: Working, rule: RateRule) -> Fraction:
    if rule.flat_fen is not None:
        return Fraction(rule.flat_fen)
    if rule.brackets and sheet.known.rules.bracket_mode == "marginal":
        total, low = _ZERO, _ZERO
        for bracket in rule.brackets:
            top = sheet.base if bracket.up_to_fen is None else Fraction(bracket.up_to_fen)
            high = min(sheet.base, top)
            total += max(_ZERO, high - low) * Fraction(bracket.rate_bp, BP_WHOLE)
            low = max(low, high)
        return total
    rate = _bracket_rate(sheet, rule) if rule.brackets else rule.rate_bp
    return sheet.base * Fraction(rate or 0, BP_WHOLE)


def _bracket_rate(sheet: Working, rule: RateRule) -> int | None:
    """The one rate of whole brackets; None where each bracket has its own part."""
    if sheet.known.rules.bracket_mode == "marginal":
        return None
    return next(
        bracket.rate_bp
        for bracket in rule.brackets or ()
        if bracket.up_to_fen is None or sheet.base <= bracket.up_to_fen
    )


def _single_rate(sheet: Working, rules: list[RateRule]) -> int | None:
    rates = [_bracket_rate(sheet, r) if r.brackets else r.rate_bp for r in rules]
    known = [rate for rate in rates if rate is not None]
    if len(known) < len(rates):
        return None
    return min(sum(known), sheet.known.rules.combine_ceiling_bp or BP_WHOLE)


def _discretion(sheet: Working, rule: RateRule) -> None:
    """An officer may go lower where the text says "at most", never higher."""
    chosen = sheet.known.number("officer.rate_bp")
    if sheet.known.rules.discretion != "at_most" or chosen is None or sheet.rate_bp is None:
        return
    if 0 <= chosen < sheet.rate_bp:
        less = sheet.base * Fraction(chosen, BP_WHOLE) - sheet.grant
        sheet.add("rate", rule.id, rule.clause, "officer_rate", less, rate_bp=chosen)
        sheet.rate_bp = chosen


def _stack(sheet: Working) -> None:
    other = sheet.known.snapshot.other_support
    for rule in sheet.known.rules.stacking:
        applies = holds(rule.when, sheet.known.look_up)
        if applies is False:
            continue
        if other is None or applies is None:
            asked = "other_support" if other is None else "stacking"
            return sheet.fail("stacking_unknown", rule.id, rule.clause, asked, unknown=True)
        # Money on the same contract is money for the same kind, too.
        found = [
            support
            for support in other
            if support.scope_level in rule.scope_levels
            and (rule.same == "kind" or support.same == "contract")
        ]
        if rule.effect == "forbid" and found:
            return sheet.fail("other_support", rule.id, rule.clause, *(o.ref for o in found))
        _reduce_for(sheet, rule, sum(o.amount_fen for o in found))
    return None


def _reduce_for(sheet: Working, rule: Stack, other_fen: int) -> None:
    if rule.effect == "forbid" or not other_fen:
        return
    if rule.effect == "ceiling":
        room = sheet.base * Fraction(rule.ceiling_bp or 0, BP_WHOLE) - other_fen
    else:
        room = sheet.grant - other_fen
    room = max(_ZERO, room)
    sheet.tighten(room)
    less = min(_ZERO, room - sheet.grant)
    sheet.add("stacking", rule.id, rule.clause, rule.effect, less, other_fen=other_fen)


def _base_floor(sheet: Working) -> None:
    _floors(sheet, "base", sheet.base)


def _floors(sheet: Working, stage: str, value: Fraction) -> None:
    for rule in sheet.known.rules.floors:
        applies = holds(rule.when, sheet.known.look_up)
        if rule.on != stage or applies is False:
            continue
        if applies is None:
            asked = sorted(facts_in(rule.when))
            return sheet.fail("floor_unknown", rule.id, rule.clause, *asked, unknown=True)
        if value >= rule.fen:
            continue
        if rule.below == "refuse":
            return sheet.fail(f"below_{stage}_floor", rule.id, rule.clause)
        sheet.add("floor", rule.id, rule.clause, "zero", -sheet.grant, floor_fen=rule.fen)
    return None


def _caps(sheet: Working) -> None:
    for scope in _NARROW_TO_WIDE:
        for cap in sheet.known.rules.caps:
            applies = cap.scope == scope and holds(cap.when, sheet.known.look_up)
            if applies is None:
                asked = sorted(facts_in(cap.when))
                return sheet.fail("cap_unknown", cap.id, cap.clause, *asked, unknown=True)
            if applies:
                _cap(sheet, cap)
                break
        if sheet.failed:
            return None
    return None


def _cap(sheet: Working, cap: Cap) -> None:
    fact = f"caps.used.{cap.scope}"
    used = 0 if cap.scope == "claim" else sheet.known.number(fact)
    if used is None:
        return sheet.fail("cap_unknown", cap.id, cap.clause, fact, unknown=True)
    room = Fraction(max(0, cap.fen - used))
    if room == 0:
        return sheet.fail("cap_exhausted", cap.id, cap.clause, fact)
    sheet.tighten(room)
    less = min(_ZERO, room - sheet.grant)
    sheet.add("cap", cap.id, cap.clause, cap.scope, less, cap_fen=cap.fen, used_fen=used)
    return None


def _round_and_floor(sheet: Working) -> None:
    """The grant floor is held against the exact sum; whole units may not lift it, nor the cap."""
    _floors(sheet, "grant", sheet.grant)
    rounding = sheet.known.rules.rounding_at("grant")
    if sheet.failed:
        return None
    if rounding is None:
        asked = "rounding.grant"
        clause = sheet.known.rules.base.clause
        return sheet.fail("rules_incomplete", asked, clause, asked, unknown=True)
    rounded = round_fen(sheet.grant, mode=rounding.mode, unit_fen=rounding.unit_fen)
    if sheet.limit is not None and rounded > sheet.limit:
        rounding = rounding.model_copy(update={"mode": "down"})
    _round(sheet, rounding, sheet.grant)
    if sheet.grant <= 0:
        return sheet.fail("nothing_left", "rounding.grant", rounding.clause)
    return None
