"""One document, one identity, however it is typed."""

from __future__ import annotations

import pytest

from companies.errors import InvalidInput
from vouchers.applications.fingerprints import (
    contract_identity,
    fingerprint,
    invoice_identity,
    normalise,
    payment_identity,
)

NUMBER = "25520000000123456789"
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
CIRCLED = NUMBER.replace("0", "〇")
FILLERS = ("", " ", "-", "—", "–", "_", ".", "·", "　", "\t", "\u200b", "/")
SPELLINGS = sorted(
    {
        decorated
        for filler in FILLERS
        for base in (NUMBER, NUMBER.translate(FULL_WIDTH), CIRCLED, f"No.{NUMBER}", f" {NUMBER} ")
        for decorated in (filler.join((base[:4], base[4:12], base[12:])),)
    }
)


def test_an_invoice_has_one_identity_in_fifty_spellings() -> None:
    assert len(SPELLINGS) >= 50
    assert {invoice_identity(spelling) for spelling in SPELLINGS} == {NUMBER}


def test_code_and_number_of_an_older_invoice_make_its_identity() -> None:
    together = invoice_identity("5200194130-12345678")
    assert together == invoice_identity("12345678", "5200194130") == "520019413012345678"


@pytest.mark.parametrize("text", ["", "123", "2552000000012345678X", "25520000000123456789 1"])
def test_what_is_no_invoice_number_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="invoice_number_malformed"):
        invoice_identity(text)


def test_a_contract_is_its_parties_and_its_number() -> None:
    one = contract_identity(buyer_code="91A", provider_code="91B", number="HT-2025／001")
    same = contract_identity(buyer_code="91a ", provider_code="91B", number="ht２０２５ 001")
    other = contract_identity(buyer_code="91A", provider_code="91C", number="HT-2025/001")
    assert one == same
    assert one != other


def test_empty_numbers_are_refused() -> None:
    with pytest.raises(InvalidInput, match="contract_number_missing"):
        contract_identity(buyer_code="91A", provider_code="91B", number=" - ")
    with pytest.raises(InvalidInput, match="receipt_number_missing"):
        payment_identity(payer_code="91A", number="·")


def test_the_digest_depends_on_key_and_kind() -> None:
    digests = {
        fingerprint(key=key, kind=kind, identity=NUMBER)
        for key in (b"one", b"two")
        for kind in ("INVOICE", "PAYMENT")
    }
    assert len(digests) == 4
    assert all(len(digest) == 64 for digest in digests)


def test_letters_keep_their_difference() -> None:
    assert normalise("ＨＴ-一") == "HT一"
    assert normalise("HT-1") != normalise("HT-7")
