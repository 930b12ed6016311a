"""Printed codes: slips are found, forgeries do not match."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vouchers.issuance.codes import read_checked, verify_code, verify_code_matches, with_check

PAPER = {
    "number": "VC-2025-000001",
    "holder_code": "91990100MA0QA00133",
    "face_fen": 2_510_200,
    "until": "2026-03-04",
}
KEY = b"k" * 32


@given(st.integers(1, 10**7), st.data())
def test_one_mistyped_symbol_is_found(n, data):
    printed = with_check(f"VC-2025-{n:06d}")
    assert read_checked(f" {printed.lower()} ") == f"VC-2025-{n:06d}"
    places = [i for i, symbol in enumerate(printed) if symbol != "-"]
    place = data.draw(st.sampled_from(places))
    wrong = data.draw(st.sampled_from("0123456789ABCDEFGHJK").filter(lambda s: s != printed[place]))
    assert read_checked(printed[:place] + wrong + printed[place + 1 :]) is None


@pytest.mark.parametrize("text", ["", "VC", "-", "VC-2025-000001", "劵-1"])
def test_what_is_no_printed_number_is_not_read(text):
    assert read_checked(text) is None


def test_a_code_fits_its_own_paper_only():
    code = verify_code(key=KEY, **PAPER)
    assert len(code) == 16
    assert verify_code_matches(code=f" {code[:4]}-{code[4:].lower()}", key=KEY, **PAPER)
    assert not verify_code_matches(code=code, key=b"x" * 32, **PAPER)
    for name, other in (("face_fen", 1), ("until", "2027-01-01"), ("number", "VC-2025-000002")):
        assert not verify_code_matches(code=code, key=KEY, **{**PAPER, name: other})
    assert not verify_code_matches(code="错误", key=KEY, **PAPER)
