"""`assess(facts, rules, at)`: pure and repeatable; the same arguments give the same verdict."""

from __future__ import annotations

from datetime import datetime

from vouchers.programmes.facts import FactSnapshot
from vouchers.programmes.rules.amounts import work_out
from vouchers.programmes.rules.document import RuleDocument
from vouchers.programmes.rules.eligibility import Known, run_checks, unknown_facts
from vouchers.programmes.rules.verdict import Assessment, Outcome


def assess(*, facts: FactSnapshot, rules: RuleDocument, at: datetime) -> Assessment:
    """Judge eligibility and reckon the grant. An unknown fact never decides either way."""
    known = Known(facts, rules, at)
    checks = run_checks(known)
    sheet = work_out(known)
    failed = [check for check in checks if not check.passed] + sheet.failed
    outcome: Outcome = "eligible"
    if failed:
        is_refused = any(check.passed is False for check in failed)
        outcome = "ineligible" if is_refused else "needs_information"
    is_eligible = outcome == "eligible"
    lines = [check.line() for check in checks]
    # A sum nobody may have is not shown: without eligibility only the answers stand.
    if is_eligible:
        lines += sheet.lines
    return Assessment(
        outcome=outcome,
        reasons=tuple(check.reason() for check in failed),
        missing=unknown_facts(failed),
        eligible_base_fen=int(sheet.base) if is_eligible else 0,
        rate_bp=sheet.rate_bp if is_eligible else None,
        grant_fen=int(sheet.grant) if is_eligible else 0,
        lines=tuple(lines),
    )
