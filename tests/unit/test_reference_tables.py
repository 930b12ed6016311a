"""Places, industries and sizes of companies: our own tables against the published figures."""

import csv
from datetime import date

from companies.agencies.divisions import (
    find_division,
    is_within,
    list_divisions,
    parent_code,
)
from companies.registry import industries
from companies.registry.size_class import find_size_row, size_class
from tests.unit.shared import shared_file, shared_json

TODAY = date(2025, 3, 3)


def test_the_probes_of_the_place_table():
    assert find_division("330113", TODAY).name == "临平区"
    assert find_division("330114", TODAY).name == "钱塘区"
    assert find_division("440311", TODAY).name == "光明区"
    assert find_division("330104", date(2020, 1, 1)).name == "江干区"
    assert find_division("330104", TODAY) is None


def test_there_are_34_provinces_and_one_invented():
    provinces = [d for d in list_divisions() if d.code.endswith("0000") and d.stands_on(TODAY)]
    assert len([d for d in provinces if d.code[:2] not in ("98", "99")]) == 34
    assert find_division("990000", TODAY).name == "砚江省"


def test_every_place_has_its_parent_or_a_province_above():
    codes = {d.code for d in list_divisions()}
    for code in codes:
        above = parent_code(code)
        # Municipalities have counties without a prefecture between.
        assert above is None or above in codes or code[:2] + "0000" in codes


def test_places_nest_by_code():
    assert is_within("520102", "520000")
    assert is_within("520102", "520100")
    assert not is_within("520102", "520200")


def test_industries_nest_by_section_and_digits():
    assert industries.normalise_industry_code("I6513") == "6513"
    assert industries.normalise_industry_code("A6513") is None
    assert industries.is_within("6513", "I")
    assert industries.is_within("I6513", "65")
    assert not industries.is_within("7320", "I")
    assert industries.section_of("7320") == "M"
    assert industries.industry_name("6550") == "软件和信息技术服务业"


def test_sections_and_divisions_agree_with_the_code_list():
    with shared_file("cn/gbt4754_2017.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    divisions = {r["code"]: r["name"].strip() for r in rows if r["level"] == "2"}
    assert divisions == industries.DIVISIONS
    assert all(industries.section_of(r["code"]) == r["section"] for r in rows if r["level"] == "2")


def test_sizes_match_the_vectors():
    for case in shared_json("cn/sme_thresholds.json")["vectors"]:
        found = size_class(
            industry_code=case["gbt"],
            staff=case["X"],
            revenue_fen=round(case["Y"] * 1_000_000),
            assets_fen=0,
        )
        assert found == case["class"].upper()


def test_the_size_table_is_the_published_one():
    for row in shared_json("cn/sme_thresholds.json")["classes"]:
        for code in row["gbt4754"]:
            ours = find_size_row(code[:4])
            for name in ("large", "medium", "small"):
                bounds = getattr(ours, name)
                told = {"X": bounds.staff, "Y": bounds.revenue_wan, "Z": bounds.assets_wan}
                assert {k: v for k, v in told.items() if v is not None} == row[name]


def test_banks_and_railways_have_no_size_class():
    for code in ("6620", "5311", "nonsense"):
        assert size_class(industry_code=code, staff=1, revenue_fen=1, assets_fen=1) is None
