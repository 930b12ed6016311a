"""The document: typed, digested, complete before it is published; conditions in three values."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from companies.errors import InvalidInput
from companies.local_time import SHANGHAI, is_workday_default
from vouchers.money import split_fen
from vouchers.programmes.facts import make_snapshot, merge
from vouchers.programmes.rules import (
    VoucherTerms,
    as_data,
    assess,
    digest,
    facts_needed,
    is_eligible_use,
    json_schema,
    make_terms,
    missing_for_publication,
    not_carried_out,
    parse_rules,
    redemption_share,
)
from vouchers.programmes.rules.conditions import Condition, holds
from vouchers.programmes.scheme_templates import list_templates, load_template

AT = datetime(2026, 5, 6, 9, tzinfo=SHANGHAI)
FACTS = {
    "applicant.person_type": "legal",
    "applicant.entity_type": "enterprise",
    "credit.serious_dishonesty": False,
    "provider.admitted": True,
    "goods.service_class": "compute",
    "caps.used.firm_year": 0,
}


def guizhou(**changes):
    return parse_rules(load_template("guizhou_2026") | changes)


def snapshot(amount_fen, **changes):
    values = {**FACTS, "amount.order_fen": amount_fen, **changes}
    return make_snapshot(
        values, source="register", as_of=AT, other_support=(), documents=("contract",)
    )


def verdict_of(text, **facts):
    condition = TypeAdapter(Condition).validate_python(text)
    return holds(condition, facts.get)


@pytest.mark.parametrize("name", list_templates())
def test_every_template_survives_the_round_trip(name):
    document = parse_rules(load_template(name))
    again = parse_rules(as_data(document))
    assert again == document
    assert digest(again) == digest(document)
    assert len(digest(document)) == 64


def test_only_the_unpublished_rate_is_missing():
    missing = {
        name: missing_for_publication(parse_rules(load_template(name))) for name in list_templates()
    }
    assert missing.pop("guizhou_2023") == ["rates"]
    assert set(map(tuple, missing.values())) == {()}


def test_nothing_has_a_hidden_default():
    template = load_template("guizhou_2026")
    for name in template["procedure"]:
        cut = template["procedure"] | {}
        del cut[name]
        missing = missing_for_publication(guizhou(procedure=cut))
        wanted = f"procedure.{name}"
        assert any(place == wanted or place.startswith(f"{wanted}.") for place in missing), name
    for name in ("caps", "floors", "stacking", "windows", "affiliation", "invoice", "discretion"):
        cut = {key: value for key, value in template.items() if key != name}
        assert missing_for_publication(parse_rules(cut)) == [name]


def test_a_promise_without_days_is_named():
    procedure = load_template("guizhou_2026")["procedure"]
    del procedure["terms"]["return"]
    assert missing_for_publication(guizhou(procedure=procedure)) == ["procedure.terms.return"]


def test_null_is_an_answer_only_where_it_says_something():
    procedure = load_template("guizhou_2026")["procedure"]
    told = guizhou(procedure=procedure | {"experts": None, "year_end": None, "notice": []})
    assert missing_for_publication(told) == ["procedure.year_end"]


def window(opens_at, closes_at):
    return {"opens_at": opens_at, "closes_at": closes_at, "clause": "who"}


def signed_by(*rows):
    table = [{"act": "APPROVE", "from_fen": fen, "people": people} for fen, people in rows]
    return load_template("guizhou_2026")["procedure"] | {"signatures": table}


NO_PERIODS = {
    "clause": "who", "contract_signed_from": None, "contract_signed_until": None,
    "contract_term_max_months": None, "usage_first": None, "usage_last": None,
}  # fmt: skip
TWO_NOTICES = load_template("guizhou_2026")["procedure"]
TWO_NOTICES = TWO_NOTICES | {"notice": TWO_NOTICES["notice"] * 2}


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"surprise": 1}, "surprise"),
        ({"rates": [{"id": "r", "clause": "rate", "rate_bp": 10_001}]}, "rates.0.rate_bp"),
        ({"rates": [{"id": "r", "clause": "rate"}]}, "rates.0"),
        ({"rates": [{"id": "r", "clause": "nowhere", "rate_bp": 1}]}, "document"),
        ({"goods": {"id": "g", "clause": "goods", "when": {"fact": "x", "op": "eq", "value": 1}}},
         "goods.when.fact"),
        ({"goods": {"id": "g", "clause": "goods", "when": {"python": "1"}}}, "goods.when"),
        ({"region": [{"id": "r", "clause": "who", "relation": "registered"}]}, "region.0"),
        ({"periods": NO_PERIODS | {"usage_first": "2026-03-01", "usage_last": "2026-02-28"}},
         "periods"),
        ({"windows": [window("2026-03-01T00:00:00", "2026-04-01T00:00:00+08:00")]},
         "windows.0.opens_at"),
        ({"windows": [window("2026-03-01T00:00:00+08:00", "2026-03-01T00:00:00+08:00")]},
         "windows.0"),
        ({"floors": [{"id": "f", "clause": "cap", "on": "grant", "fen": 200_000_001,
                      "below": "refuse"}]}, "document"),
        ({"procedure": signed_by((0, 2), (100, 1))}, "procedure"),
        ({"procedure": signed_by((0, 1), (0, 2))}, "procedure"),
        ({"procedure": TWO_NOTICES}, "procedure"),
    ],
)  # fmt: skip
def test_a_fault_is_refused_with_its_place(change, place):
    with pytest.raises(InvalidInput) as refusal:
        guizhou(**change)
    assert refusal.value.code == "rules_invalid"
    assert refusal.value.errors[0]["field"] == place
    assert refusal.value.errors[0]["message"]


def test_what_no_code_carries_out_is_named_before_it_is_published():
    assert not_carried_out(guizhou()) == ["procedure.fast"]
    template = load_template("guizhou_2026")
    kinds = [
        template["kinds"][0] | {"mode": "ASSIGNED"},
        template["kinds"][1] | {"payee": "company"},
    ]
    later = {"cycle": "monthly", "tranches": [
        {"share_bp": 7_000, "trigger": "accepted"}, {"share_bp": 3_000, "trigger": "year_end"},
    ]}  # fmt: skip
    procedure = template["procedure"] | {
        "fast": None, "decided_by": "plan", "settlement": later,
    }  # fmt: skip
    assert not_carried_out(guizhou(kinds=kinds, procedure=procedure)) == [
        "kinds.0.mode", "kinds.1.mode", "procedure.decided_by", "procedure.settlement.tranches",
    ]  # fmt: skip


def test_a_greater_sum_asks_as_many_people_as_the_table_says():
    table = guizhou(procedure=signed_by((0, 1), (100, 3))).procedure
    asked = [table.people_asked("APPROVE", fen) for fen in (0, 99, 100, 10**9)]
    assert asked == [1, 1, 3, 3]
    assert table.people_asked("CONFIRM", 10**9) == 0


def test_the_schema_and_the_needed_facts_are_told():
    assert json_schema()["title"] == "RuleDocument"
    assert set(facts_needed(guizhou())) == {
        *FACTS, "amount.order_fen", "goods.facility_region"
    }  # fmt: skip


def test_unknown_never_decides():
    yes = {"fact": "provider.admitted", "op": "eq", "value": True}
    unknown = {"fact": "provider.affiliated", "op": "eq", "value": True}
    known = {"provider.admitted": True}
    assert verdict_of(yes, **known) is True
    assert verdict_of(unknown, **known) is None
    assert verdict_of({"not": unknown}, **known) is None
    assert verdict_of({"any": [yes, unknown]}, **known) is True
    assert verdict_of({"all": [yes, unknown]}, **known) is None
    assert verdict_of({"all": [{"not": yes}, unknown]}, **known) is False
    assert verdict_of({"fact": "provider.lists", "op": "exists", "value": False}) is True


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        (("amount.order_fen", "between", [1, 5]), True),
        (("amount.order_fen", "gt", 5), False),
        (("amount.order_fen", "not_in", [4, 6]), True),
        (("applicant.gbt4754", "within", ["C", "I"]), True),
        (("applicant.registered_region", "within", "520000"), True),
        (("provider.lists", "on_list", "a"), True),
        (("contract.signed_date", "gte", "2023-09-01"), True),
    ],
)
def test_operators(test, expected):
    known = {
        "amount.order_fen": 5,
        "applicant.gbt4754": "I6513",
        "applicant.registered_region": "520102",
        "provider.lists": ["a", "b"],
        "contract.signed_date": "2023-09-01",
    }
    assert verdict_of(dict(zip(("fact", "op", "value"), test, strict=True)), **known) is expected


def test_an_answer_of_the_wrong_type_is_unknown():
    asked = {"fact": "provider.admitted", "op": "eq", "value": True}
    assert verdict_of(asked, **{"provider.admitted": "yes"}) is None


def test_a_fact_too_old_is_unknown():
    old = make_snapshot(
        {"credit.serious_dishonesty": False}, source="register", as_of=AT - timedelta(days=31)
    )
    found = assess(facts=merge(snapshot(100), old), rules=guizhou(), at=AT)
    assert (found.outcome, found.missing) == ("needs_information", ("credit.serious_dishonesty",))


@given(st.integers(0, 10**11), st.integers(0, 250_000_000), st.integers(1, 10_000))
def test_no_grant_is_negative_or_above_cap_base_and_rate(amount, used, rate_bp):
    rules = guizhou(rates=[{"id": "rate", "clause": "rate", "rate_bp": rate_bp}])
    found = assess(facts=snapshot(amount, **{"caps.used.firm_year": used}), rules=rules, at=AT)
    assert 0 <= found.grant_fen <= max(0, 200_000_000 - used)
    assert found.grant_fen * 10_000 <= amount * rate_bp
    assert found.sum_of("grant") == found.grant_fen
    assert found.sum_of("base") == found.eligible_base_fen
    if found.grant_fen:
        assert sum(split_fen(found.grant_fen, [3, 1, 2])) == found.grant_fen


@given(st.integers(1, 10**10), st.sampled_from(["whole", "marginal"]))
def test_brackets_whole_or_marginal(amount, mode):
    brackets = [{"up_to_fen": 10_000_000, "rate_bp": 3000}, {"up_to_fen": None, "rate_bp": 1000}]
    rates = [{"id": "rate", "clause": "rate", "brackets": brackets}]
    found = assess(facts=snapshot(amount), rules=guizhou(rates=rates, bracket_mode=mode), at=AT)
    low = min(amount, 10_000_000)
    exact = low * 3000 + (amount - low) * 1000
    if mode == "whole":
        exact = amount * (3000 if amount <= 10_000_000 else 1000)
    assert found.grant_fen == min(exact // 10_000, 200_000_000)


def test_rules_combine_as_stated():
    rates = [
        {"id": "a", "clause": "rate", "rate_bp": 3000},
        {"id": "b", "clause": "rate", "rate_bp": 4000},
    ]
    facts = snapshot(1_000_000)

    def grant(**changes):
        return assess(facts=facts, rules=guizhou(rates=rates, **changes), at=AT).grant_fen

    assert grant(combine="first") == 300_000
    assert grant(combine="max") == 400_000
    assert grant(combine="sum_to_ceiling", combine_ceiling_bp=10_000) == 700_000
    assert grant(combine="sum_to_ceiling", combine_ceiling_bp=5000) == 500_000


def test_rounding_up_never_steps_over_the_cap():
    template = load_template("guizhou_2026")
    rounding = [template["rounding"][0] | {"mode": "half_up", "unit_fen": 100}]
    caps = [template["caps"][0] | {"fen": 150}]
    found = assess(facts=snapshot(10_000), rules=guizhou(rounding=rounding, caps=caps), at=AT)
    assert found.grant_fen == 100


def terms(**changes):
    rules = guizhou(**changes)
    return make_terms(
        rules=rules,
        assessment=assess(facts=snapshot(100_000_000), rules=rules, at=AT),
        face_fen=30_000_000,
        kind="compute",
        side="BUYER",
        at=AT,
        is_workday=is_workday_default,
    )


def test_terms_are_frozen_and_read_back():
    frozen = terms()
    assert VoucherTerms.from_dict(frozen.to_dict()) == frozen
    assert (frozen.rate_bp, frozen.payee, frozen.mode) == (3000, "provider", "INSTANT")
    assert frozen.valid_until == datetime(2027, 5, 7, tzinfo=SHANGHAI)
    assert frozen.grace_until == datetime(2027, 6, 6, tzinfo=SHANGHAI)


def test_a_voucher_may_end_with_its_year():
    procedure = load_template("guizhou_2026")["procedure"] | {"year_end": "end_31_dec"}
    assert terms(procedure=procedure).valid_until == datetime(2027, 1, 1, tzinfo=SHANGHAI)


@given(st.integers(0, 10**12), st.integers(0, 30_000_000))
def test_a_redemption_takes_its_rate_but_never_more_than_the_balance(eligible, balance):
    share = redemption_share(terms=TERMS, eligible_fen=eligible, balance_fen=balance)
    assert share.subsidy_fen == min(eligible * 3000 // 10_000, balance)
    assert share.subsidy_fen + share.own_fen == eligible
    assert (share.limited_by == "rate") == (share.subsidy_fen == share.by_rate_fen)


def test_only_eligible_use_counts():
    def counts(category, **goods):
        named = {f"goods.{name}": value for name, value in goods.items()}
        return is_eligible_use(terms=TERMS, service_category=category, goods=named)

    assert counts("Compute", service_class="compute") is True
    assert counts("Storage", service_class="compute") is False
    assert counts("Compute", service_class="storage") is False
    assert counts("Compute") is None


TERMS = terms()
