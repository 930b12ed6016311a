"""Money: exact, strict, never lost in a split."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companies.errors import InvalidInput
from tests.unit.shared import shared_json
from vouchers.money import (
    capitals,
    format_yuan,
    line_amount_fen,
    parse_yuan,
    round_fen,
    share_fen,
    split_fen,
)

FEN = st.integers(min_value=0, max_value=10**13)
MODES = st.sampled_from(["down", "half_up", "half_even"])


@pytest.mark.parametrize(
    ("text", "fen"),
    [("0", 0), ("1234.5", 123450), ("1,234.50", 123450), ("0.01", 1), ("140000000", 14 * 10**9)],
)
def test_yuan_are_read_to_the_fen(text, fen):
    assert parse_yuan(text) == fen


@pytest.mark.parametrize(
    "text",
    ["", " 1", "-1", "+1", "1.234", "1e3", "01", "1,23", ".5", "5.", "１", "1\n", "NaN", "9" * 30],
)
def test_anything_else_is_no_amount(text):
    with pytest.raises(InvalidInput) as refusal:
        parse_yuan(text)
    assert refusal.value.code == "amount_malformed"


@given(FEN)
def test_what_is_shown_can_be_read_again(fen):
    assert parse_yuan(format_yuan(fen)) == fen


def test_negative_sums_are_shown_with_their_sign():
    assert format_yuan(-123450) == "-1,234.50"
    assert format_yuan(-5) == "-0.05"


@given(FEN, st.integers(0, 10_000), MODES, st.sampled_from([1, 100, 10_000]))
def test_a_share_is_never_above_the_total_nor_a_unit_away(total, rate_bp, mode, unit):
    share = share_fen(total, rate_bp, mode=mode, unit_fen=unit)
    assert 0 <= share <= total
    assert abs(share - Fraction(total * rate_bp, 10_000)) < unit or mode != "down"
    if mode == "down":
        assert share * 10_000 <= total * rate_bp


def test_halves_round_as_named():
    halves = [Fraction(1, 2), Fraction(3, 2), Fraction(5, 2)]
    assert [round_fen(h, mode="down", unit_fen=1) for h in halves] == [0, 1, 2]
    assert [round_fen(h, mode="half_up", unit_fen=1) for h in halves] == [1, 2, 3]
    assert [round_fen(h, mode="half_even", unit_fen=1) for h in halves] == [0, 2, 2]


@given(FEN, st.lists(st.integers(0, 10**12), min_size=1, max_size=8).filter(any))
def test_the_parts_of_a_split_sum_to_the_whole(amount, weights):
    parts = split_fen(amount, weights)
    assert sum(parts) == amount
    assert all(
        abs(part - Fraction(amount * weight, sum(weights))) < 1
        for part, weight in zip(parts, weights, strict=True)
    )


def test_ties_of_a_split_go_to_the_earlier_line():
    assert split_fen(2_510_201, [1, 1]) == [1_255_101, 1_255_100]
    assert split_fen(10, [0, 3]) == [0, 10]


def test_nothing_is_split_over_nothing():
    with pytest.raises(ValueError, match="weigh"):
        split_fen(1, [0, 0])


def test_a_line_crosses_into_fen_once():
    assert line_amount_fen(Decimal("8.000000"), Decimal("12.500000")) == 10_000
    assert line_amount_fen(Decimal("0.333333"), Decimal("0.015000")) == 0
    assert line_amount_fen(Decimal("1"), Decimal("0.005")) == 1


def test_sums_in_capitals_match_the_vectors():
    for text, words in shared_json("cn/rmb_capital_vectors.json")["vectors"].items():
        assert capitals(parse_yuan(text)) == words
    assert capitals(0) == "零元整"
