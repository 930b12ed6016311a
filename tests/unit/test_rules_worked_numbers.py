"""The worked numbers of the four schemes, to the fen."""

from datetime import datetime

import pytest

from companies.local_time import SHANGHAI
from vouchers.money import parse_yuan
from vouchers.programmes.explain import explain_line, explain_reason
from vouchers.programmes.facts import GoodsLine, OtherSupport, make_snapshot
from vouchers.programmes.rules import Assessment, assess, parse_rules
from vouchers.programmes.scheme_templates import load_template

AT = {
    "nanning_2025": datetime(2026, 1, 10, 9, tzinfo=SHANGHAI),
    "beijing_2023": datetime(2024, 5, 6, 9, tzinfo=SHANGHAI),
    "qingyang_2024": datetime(2024, 5, 6, 9, tzinfo=SHANGHAI),
    "guizhou_2023": datetime(2024, 5, 6, 9, tzinfo=SHANGHAI),
    "guizhou_2026": datetime(2026, 5, 6, 9, tzinfo=SHANGHAI),
}
COMMON = {
    "applicant.person_type": "legal",
    "applicant.entity_type": "enterprise",
    "applicant.independent_legal_person": True,
    "applicant.gbt4754": "6513",
    "applicant.finance_rules": True,
    "credit.serious_dishonesty": False,
    "credit.dishonesty_record": False,
    "credit.major_penalty": False,
    "credit.criminal_record": False,
    "provider.admitted": True,
    "provider.affiliated": False,
    "goods.service_class": "compute",
    "goods.chip_class": "GPU",
    "contract.signed_date": "2024-01-02",
    "contract.first_date": "2025-03-01",
    "contract.last_date": "2025-12-31",
    "caps.used.firm_year": 0,
    "caps.used.lifetime": 0,
}
PLACES = {"nanning_2025": "450100", "beijing_2023": "110108"}
FACILITIES = {"qingyang_2024": "621002"}
PAPERS = ("contract", "invoice", "payment")


def judge(scheme, amount, *, rules=None, lines=(), other=(), documents=PAPERS, **facts):
    document = parse_rules(load_template(scheme) | (rules or {}))
    place = PLACES.get(scheme, "440300")
    values = {
        **COMMON,
        "applicant.registered_region": place,
        "applicant.operating_region": place,
        "goods.facility_region": FACILITIES.get(scheme, "520100"),
        f"amount.{document.base.measure}_fen": parse_yuan(amount) if amount else None,
        **{name.replace("__", "."): value for name, value in facts.items()},
    }
    snapshot = make_snapshot(
        values,
        source="register",
        as_of=AT[scheme],
        lines=lines,
        other_support=other,
        documents=documents,
    )
    verdict = assess(facts=snapshot, rules=document, at=AT[scheme])
    assert Assessment.from_dict(verdict.to_dict()) == verdict
    assert verdict.sum_of("grant") == verdict.grant_fen
    for line in verdict.lines:
        assert explain_line(line, rules=document, language="zh")
        assert explain_line(line, rules=document, language="en")
    for reason in verdict.reasons:
        assert explain_reason(reason, rules=document, language="zh")
        assert explain_reason(reason, rules=document, language="en")
    return verdict


def codes(verdict):
    return [reason.code for reason in verdict.reasons]


TWO_YEARS = {"contract__first_date": "2025-01-01", "contract__last_date": "2026-12-31"}


def test_nanning_as_officially_worked():
    verdict = judge("nanning_2025", "200000", **TWO_YEARS)
    assert (verdict.eligible_base_fen, verdict.grant_fen) == (8_367_600, 2_510_200)
    assert verdict.sum_of("base") == verdict.eligible_base_fen
    days = next(line for line in verdict.lines if line.rule == "base.prorate")
    assert (days.inputs["days"], days.inputs["term"]) == (305, 729)


def test_nanning_rounded_half_up():
    half_up = [r | {"mode": "half_up"} for r in load_template("nanning_2025")["rounding"]]
    verdict = judge("nanning_2025", "200000", rules={"rounding": half_up}, **TWO_YEARS)
    assert verdict.grant_fen == 2_510_300


def test_nanning_with_inclusive_days():
    base = load_template("nanning_2025")["base"]
    base["prorate"]["day_count"] = "inclusive"
    verdict = judge("nanning_2025", "200000", rules={"base": base}, **TWO_YEARS)
    assert verdict.grant_fen == 2_515_000


@pytest.mark.parametrize(
    ("scheme", "amount", "grant"),
    [
        ("nanning_2025", "6666666", "1999999"),
        ("nanning_2025", "6666667", "2000000"),
        ("qingyang_2024", "16666.67", "5000"),
        ("qingyang_2024", "6666666.67", "2000000"),
        ("guizhou_2026", "6666666.66", "1999999.99"),
        ("guizhou_2026", "6666666.67", "2000000"),
        ("guizhou_2026", "99999999.99", "2000000"),
    ],
)
def test_amounts_at_the_edges(scheme, amount, grant):
    assert judge(scheme, amount).grant_fen == parse_yuan(grant)


def test_qingyang_refuses_below_the_least_grant():
    verdict = judge("qingyang_2024", "16666.66")
    assert (verdict.outcome, codes(verdict)) == ("ineligible", ["below_grant_floor"])
    assert verdict.grant_fen == 0


YEAR = {"contract__first_date": "2024-02-01", "contract__last_date": "2025-01-31"}


def test_beijing_counts_what_was_claimed_in_the_year():
    first = judge("beijing_2023", "9000000", **YEAR)
    assert first.grant_fen == parse_yuan("1800000")
    used = {"caps__used__firm_year": first.grant_fen}
    assert judge("beijing_2023", "2000000", **YEAR, **used).grant_fen == parse_yuan("200000")
    # the first lapsed unredeemed, its cap is free again
    assert judge("beijing_2023", "2000000", **YEAR).grant_fen == parse_yuan("400000")
    spent = {"caps__used__firm_year": 200_000_000}
    assert codes(judge("beijing_2023", "1", **YEAR, **spent)) == ["cap_exhausted"]


def test_beijing_at_most_lets_an_officer_go_lower_never_higher():
    lower = judge("beijing_2023", "1000000", **YEAR, officer__rate_bp=1500)
    assert (lower.rate_bp, lower.grant_fen) == (1500, parse_yuan("150000"))
    higher = judge("beijing_2023", "1000000", **YEAR, officer__rate_bp=5000)
    assert higher.grant_fen == parse_yuan("200000")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"applicant__gbt4754": "7320"}, "entity_not_eligible"),
        ({"applicant__registered_region": "330106"}, "region_not_eligible"),
        ({"credit__dishonesty_record": True}, "gate_failed"),
        ({"provider__admitted": False}, "provider_not_eligible"),
        ({"provider__affiliated": True}, "affiliated_provider"),
        ({"contract__signed_date": "2023-08-31"}, "signed_outside_period"),
        ({"contract__last_date": "2025-02-01"}, "term_too_long"),
        ({"documents": ()}, "document_missing"),
        ({"applicant__person_type": "natural"}, "natural_person_not_supported"),
        ({"goods__service_class": "storage"}, "no_eligible_goods"),
    ],
)
def test_beijing_refuses_by_clause(change, code):
    verdict = judge("beijing_2023", "9000000", **{**YEAR, **change})
    assert (verdict.outcome, codes(verdict), verdict.grant_fen) == ("ineligible", [code], 0)


def test_all_reasons_come_at_once():
    change = {"provider__affiliated": True, "credit__dishonesty_record": True}
    verdict = judge("beijing_2023", "9000000", **YEAR, **change, documents=())
    assert codes(verdict) == ["gate_failed", "affiliated_provider", "document_missing"]


def test_a_second_city_subsidy_of_the_kind_is_refused():
    city = OtherSupport(scope_level="city", same="kind", amount_fen=1, ref="AP-1")
    verdict = judge("nanning_2025", "200000", other=(city,))
    assert codes(verdict) == ["other_support"]
    # what a company declares is money on this very contract, which is of the same kind
    contract = city.model_copy(update={"same": "contract"})
    assert codes(judge("nanning_2025", "200000", other=(contract,))) == ["other_support"]
    province = city.model_copy(update={"scope_level": "province"})
    assert judge("nanning_2025", "200000", other=(province,)).outcome == "eligible"


def test_the_window_is_half_open():
    document = load_template("nanning_2025")
    document["windows"][0]["closes_at"] = AT["nanning_2025"].isoformat()
    assert codes(judge("nanning_2025", "200000", rules=document)) == ["window_closed"]


def test_storage_is_split_off_before_the_rate_and_credits_are_netted():
    lines = (
        GoodsLine(ref="1", amount_fen=10_000_000),
        GoodsLine(ref="2", amount_fen=5_000_000, facts={"goods.service_class": "storage"}),
        GoodsLine(ref="3", amount_fen=-1_000_000),
    )
    verdict = judge("nanning_2025", None, lines=lines)
    assert (verdict.eligible_base_fen, verdict.grant_fen) == (9_000_000, 2_700_000)


def test_guizhou_of_2023_has_no_published_rate_and_so_decides_nothing():
    verdict = judge("guizhou_2023", "1000000")
    assert (verdict.outcome, verdict.missing) == ("needs_information", ("rates",))
    rates = [{"id": "rate", "clause": "share", "rate_bp": 3000}]
    assert judge("guizhou_2023", "1000000", rules={"rates": rates}).grant_fen == 30_000_000


def test_guizhou_of_2023_wants_compute_from_the_province_but_data_from_anywhere():
    rates = {"rates": [{"id": "rate", "clause": "share", "rate_bp": 3000}]}
    away = {"goods__facility_region": "440300"}
    assert codes(judge("guizhou_2023", "1", rules=rates, **away)) == ["no_eligible_goods"]
    data = {"goods__service_class": "data"}
    assert judge("guizhou_2023", "10", rules=rates, **away, **data).outcome == "eligible"


def test_guizhou_of_2026_supports_models_of_the_province_and_data_from_anywhere():
    away = {"goods__facility_region": "440300"}
    model, data = {"goods__service_class": "model"}, {"goods__service_class": "data"}
    assert judge("guizhou_2026", "10", **model).grant_fen == 300
    assert codes(judge("guizhou_2026", "10", **away, **model)) == ["no_eligible_goods"]
    assert judge("guizhou_2026", "10", **away, **data).grant_fen == 300


def test_qingyang_supports_what_its_own_cluster_computes():
    assert codes(judge("qingyang_2024", "100000", goods__facility_region="620100")) == [
        "no_eligible_goods"
    ]


SHANGHAI_STACK = {
    "id": "together",
    "clause": "rate",
    "scope_levels": ["district"],
    "same": "contract",
    "effect": "ceiling",
    "ceiling_bp": 10_000,
}


def test_shanghai_pays_up_to_the_common_ceiling():
    other = OtherSupport(scope_level="district", same="contract", amount_fen=80_000_000, ref="D")
    verdict = judge("guizhou_2026", "1000000", rules={"stacking": [SHANGHAI_STACK]}, other=(other,))
    assert verdict.grant_fen == parse_yuan("200000")


def test_hangzhou_takes_the_first_rate_whose_condition_holds():
    domestic = {"fact": "goods.chip_class", "op": "eq", "value": "domestic"}
    rules = {
        "rates": [
            {"id": "domestic", "clause": "rate", "when": domestic, "rate_bp": 3000},
            {"id": "other", "clause": "rate", "rate_bp": 2000},
        ],
        "caps": [load_template("guizhou_2026")["caps"][0] | {"fen": 800_000_000}],
    }
    at_home = judge("guizhou_2026", "30000000", rules=rules, goods__chip_class="domestic")
    assert at_home.grant_fen == parse_yuan("8000000")
    abroad = judge("guizhou_2026", "30000000", rules=rules, goods__chip_class="other")
    assert abroad.grant_fen == parse_yuan("6000000")


def test_xiamen_floor_on_the_base():
    floor = {"id": "least", "clause": "rate", "on": "base", "below": "refuse"}
    old = {"floors": [floor | {"fen": 30_000_000}]}
    assert codes(judge("guizhou_2026", "200000", rules=old)) == ["below_base_floor"]
    new = {"floors": [floor | {"fen": 5_000_000}]}
    assert judge("guizhou_2026", "200000", rules=new).outcome == "eligible"


def test_a_line_is_told_in_both_languages():
    verdict = judge("nanning_2025", "200000", **TWO_YEARS)
    document = parse_rules(load_template("nanning_2025"))
    rate = next(line for line in verdict.lines if line.step == "rate")
    assert explain_line(rate, rules=document, language="zh") == (
        "依据《2025 年度南宁市算力券兑现》“支持标准”：基数 83,676.00 元 × 30% = 25,102.80 元。"
    )
    assert "Base 83,676.00 yuan × 30% = 25,102.80 yuan." in explain_line(
        rate, rules=document, language="en"
    )
