"""One invoice, however it is typed and in whichever office: one claim. And one scheme, many
vouchers, each redeemed by many hands."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

from django.db import connections

from companies.errors import InvalidInput
from companies.foundation.actors import Actor
from companies.foundation.verbs import verb
from tests.cast import add_company
from tests.given import given_live_voucher, given_programme
from tests.given_money import Sale, findings
from tests.integration.test_race_officers import at_once
from vouchers.applications.fingerprints import invoice_identity
from vouchers.applications.models import EvidenceClaim, EvidenceDocument, EvidenceKind
from vouchers.applications.services.evidence import claim_evidence, register_evidence
from vouchers.issuance.selectors import voucher_money
from vouchers.redemptions import services as redemptions

NUMBER = "25997000000123456789"
WIDE = {ord(str(digit)): chr(0xFF10 + digit) for digit in range(10)}
ARABIC = {ord(str(digit)): chr(0x0660 + digit) for digit in range(10)}
FIRMS = 4
HANDS = 16
FACE_FEN = 1_000_000
PART_FEN = 300_000  # three fit, and a rest that nobody can have
PRICE_FEN = 1_000_000


def spellings() -> list[str]:
    """Fifty ways to type one number."""
    plain = [NUMBER, NUMBER.translate(WIDE), NUMBER.translate(ARABIC), f"No.{NUMBER}",
             f"号码：{NUMBER}"]  # fmt: skip
    parted = [
        mark.join(text[place : place + step] for place in range(0, len(text), step))
        for text in (NUMBER, NUMBER.translate(WIDE), NUMBER.replace("0", "〇"))
        for mark in (" ", "-", ".", "\u3000", "\u200b")
        for step in (4, 5, 10)
    ]
    return plain + parted


@verb
def claim(*, number: str, agency_id: int, subject_ref: str, at: datetime) -> None:
    """What filing an invoice does to it."""
    claimant: dict[str, Any] = {
        "agency_id": agency_id, "subject_ref": subject_ref, "actor": Actor.system("test"), "at": at,
    }  # fmt: skip
    document = register_evidence(
        kind=EvidenceKind.INVOICE, identity=invoice_identity(number), base_fen=100, **claimant
    )
    claim_evidence(document=document, amount_fen=100, **claimant)


def test_two_tenants_claim_one_invoice_in_fifty_spellings_once(committed_db: str) -> None:
    scheme = given_programme()
    ways, at = spellings(), scheme.later()
    assert len(set(ways)) == 50
    bodies = [scheme.cast.bodies["lead"].pk, scheme.cast.bodies["finance"].pk]

    def hand_in(place: int) -> str:
        try:
            claim(
                number=ways[place], agency_id=bodies[place % 2], at=at,
                subject_ref=f"redemption:RD-2025-{place:06d}",
            )  # fmt: skip
        except InvalidInput as refused:
            return refused.code
        finally:
            connections.close_all()
        return "claimed"

    with ThreadPoolExecutor(50) as pool:
        said = Counter(pool.map(hand_in, range(50)))
    assert said == {"claimed": 1, "duplicate_invoice": 49}
    assert EvidenceDocument.objects.count() == 1
    assert EvidenceClaim.objects.filter(released_at__isnull=True).count() == 1


def test_sixty_four_hands_on_four_vouchers_of_one_scheme_take_what_is_there(
    committed_db: str,
) -> None:
    scheme = given_programme()
    sales = []
    for number in range(FIRMS):
        add_company(scheme.cast, f"firm{number}", 10 + number, scheme.at)
        voucher = given_live_voucher(scheme, f"firm{number}", face_fen=FACE_FEN)
        sales.append(Sale(scheme, voucher, f"firm{number}"))
    at = scheme.later()

    def order(sale: Sale, hand: int) -> None:
        redemptions.request_redemption(
            actor=sale.actor("agent"), voucher_id=sale.voucher.pk, offer_id=scheme.offer.pk,
            order_number=f"SO-{hand}", price_fen=PRICE_FEN, requested_fen=PART_FEN, at=at,
            request_key=f"hand-{hand}",
        )  # fmt: skip

    said = at_once(*(
        lambda sale=sale, hand=hand: order(sale, hand) for sale in sales for hand in range(HANDS)
    ))  # fmt: skip
    fitting = FACE_FEN // PART_FEN
    assert said == {"done": FIRMS * fitting, "insufficient_funds": FIRMS * (HANDS - fitting)}
    for sale in sales:
        money = voucher_money(sale.voucher)
        assert (money["held"], money["available"]) == (fitting * PART_FEN, FACE_FEN % PART_FEN)
    assert findings(scheme) == {}
