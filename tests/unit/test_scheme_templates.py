"""Template by template against the published schemes: what their texts say is in the rules."""

from functools import cache
from typing import Any

import pytest
import yaml

from tests.unit.shared import shared_file
from vouchers.programmes.rules import missing_for_publication, parse_rules
from vouchers.programmes.rules.procedure import Procedure, Terms
from vouchers.programmes.rules.reading import as_data
from vouchers.programmes.scheme_templates import list_templates, load_template

ENTITIES = {"enterprise", "university", "research_institute"}
MODES = {
    "guizhou_2023": "INSTANT",
    "guizhou_2026": "INSTANT",
    "beijing_2023": "CLAIM_THEN_REDEEM",
    "qingyang_2024": "INSTANT",
    "nanning_2025": "REIMBURSE",
}


@cache
def published() -> dict[str, Any]:
    """The schemes of the shared data by our template's name."""
    schemes = yaml.safe_load(shared_file("schemes.yaml").read_text(encoding="utf-8"))["schemes"]
    return {scheme["id"].removeprefix("cn-").replace("-", "_"): scheme for scheme in schemes}


@pytest.mark.parametrize("name", list_templates())
def test_the_figures_are_the_published_ones(name):
    scheme, rules = published()[name], parse_rules(load_template(name))
    assert [kind.code for kind in rules.kinds] == scheme["voucher_kinds"]
    assert {kind.mode for kind in rules.kinds} == {MODES[name]}
    ceiling = (scheme.get("annual_budget") or {}).get("amount")
    assert (rules.pool.ceiling_fen if rules.pool else None) == (ceiling and ceiling * 100)
    told = {round(rate["rate"] * 10_000) for rate in scheme.get("rates", ())}
    assert {rate.rate_bp for rate in rules.rates} == told
    caps = scheme.get("caps", {})
    year, ever = caps.get("per_applicant_per_year"), caps.get("per_applicant")
    # Guizhou's revision repeats no cap: the demo's, that of 2023, is proposed.
    if name != "guizhou_2026":
        assert {(cap.scope, cap.fen) for cap in rules.caps} == {
            (scope, yuan * 100) for scope, yuan in (("firm_year", year), ("lifetime", ever)) if yuan
        }
    assert (rules.affiliation is not None) == scheme.get("affiliation_exclusion", False)
    assert bool(rules.stacking) == ("double_funding_rule" in scheme)
    if set(scheme.get("eligible_entities", ())) == ENTITIES:
        assert set(rules.entities[0].when.all[0].value) == ENTITIES


@pytest.mark.parametrize("name", list_templates())
def test_every_clause_is_cited_by_a_rule_or_is_a_procedure(name):
    rules = parse_rules(load_template(name))
    loose = {clause.id for clause in rules.clauses} - rules.cited()
    # Terms, invoices and ways of use are settings, not rules with a condition.
    assert loose <= {"fast", "invoice", "own", "life", "proposed"}


def without(data: dict[str, Any], *path: str) -> dict[str, Any]:
    """A copy of the data that lacks one value."""
    first, *rest = path
    if not rest:
        return {key: value for key, value in data.items() if key != first}
    return data | {first: without(data[first], *rest)}


TOP = (
    "bases", "pool", "entities", "region", "gates", "goods", "rates", "combine", "bracket_mode",
    "discretion", "caps", "floors", "rounding", "periods", "windows", "draws", "provider",
    "invoice", "contract_filed", "affiliation", "stacking", "evidence", "transferable",
)  # fmt: skip
BASE = ("measure", "per", "tax", "prorate", "net_credits")
PATHS = [
    *((name,) for name in TOP),
    *(("base", name) for name in BASE),
    *(("procedure", name) for name in Procedure.model_fields if name != "terms"),
    *(("procedure", "terms", name.rstrip("_")) for name in Terms.model_fields),
]


@pytest.mark.parametrize("path", PATHS, ids=".".join)
def test_publishing_names_each_value_that_nobody_set(path):
    whole = as_data(parse_rules(load_template("nanning_2025")))
    assert missing_for_publication(parse_rules(whole)) == []
    assert missing_for_publication(parse_rules(without(whole, *path))) == [".".join(path)]
