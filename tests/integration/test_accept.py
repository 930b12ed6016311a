"""查验, draw, acceptance whole or in part, return, rejection, reversal."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from companies.agencies.models import Deadline
from companies.errors import Conflict, InvalidInput, NotAllowed
from tests.given import HOUR, carry_out
from tests.given_money import (
    FACE_FEN,
    PRICE_FEN,
    Sale,
    drawn_up,
    findings,
    given_sale,
    run_due,
)
from vouchers.applications.models import Decision, EvidenceClaim
from vouchers.issuance.selectors import voucher_money
from vouchers.ledger.selectors import get_money_states, list_entries
from vouchers.programmes.models import CapUsage
from vouchers.redemptions import services as redemptions
from vouchers.redemptions.models import Redemption
from vouchers.settlement import services as settlement

pytestmark = pytest.mark.django_db

HELD_FEN = PRICE_FEN * 3 // 10


def money(sale: Sale) -> tuple[int, int, int, int]:
    """What is available, held, payable and paid of the voucher."""
    found = voucher_money(sale.voucher)
    return found["available"], found["held"], found["payable"], found["paid"]


def reverse(sale: Sale, redemption: Redemption, who: str, key: str) -> Redemption:
    return redemptions.reverse_redemption(
        actor=sale.actor(who), redemption_id=redemption.pk, reason="重复核销",
        at=sale.scheme.later(), request_key=key,
    )  # fmt: skip


def test_a_drawn_claim_waits_for_a_reviewer_who_accepts_it_whole() -> None:
    sale = given_sale()
    redemption = sale.countersigned()
    assert redemption.status == "UNDER_CHECK"
    redemption = sale.accept(sale.verify(redemption))
    assert (redemption.status, redemption.accepted_fen, redemption.held_fen) == (
        "ACCEPTED", HELD_FEN, 0,
    )  # fmt: skip
    assert money(sale) == (FACE_FEN - HELD_FEN, 0, HELD_FEN, 0)
    signed = Decision.objects.get(subject_ref=redemption.ref)
    assert (signed.act, signed.amount_fen) == ("ACCEPT", HELD_FEN)
    assert Deadline.objects.filter(
        subject_ref=redemption.ref, kind="settlement.pay_within", done_at=None
    ).exists()
    assert findings(sale.scheme) == {}


def test_an_undrawn_claim_is_accepted_by_the_system_once_its_invoice_is_good() -> None:
    sale = given_sale()
    redemption = sale.countersigned(drawn=False)
    assert redemption.status == "COUNTERSIGNED"
    redemption = sale.verify(redemption)
    assert (redemption.status, redemption.accepted_fen) == ("ACCEPTED", HELD_FEN)
    assert not Decision.objects.filter(subject_ref=redemption.ref).exists()
    assert findings(sale.scheme) == {}


@pytest.mark.parametrize("status", ["RED_LETTERED", "VOIDED", "NOT_FOUND"])
def test_a_bad_invoice_brings_an_undrawn_claim_before_a_reviewer(status: str) -> None:
    sale = given_sale()
    redemption = sale.verify(sale.countersigned(drawn=False), status)
    assert redemption.status == "UNDER_CHECK"
    with pytest.raises(Conflict, match="invoice_not_verified"):
        sale.accept(redemption)


def test_less_is_accepted_with_a_reason_and_the_rest_is_the_vouchers_again() -> None:
    sale = given_sale(funds_fen=(1_000_000, 5_000_000))
    redemption = sale.verify(sale.countersigned())
    with pytest.raises(InvalidInput, match="reason_missing"):
        sale.accept(redemption, HELD_FEN - 1)
    with pytest.raises(InvalidInput, match="amount_too_high"):
        sale.accept(redemption, HELD_FEN + 1, reason="多给")
    redemption = sale.accept(redemption, 450_000, reason="部分时段不在范围内")
    assert redemption.accepted_fen == 450_000
    assert money(sale) == (FACE_FEN - 450_000, 0, 450_000, 0)
    assert sorted(redemption.fundings.values_list("accepted_fen", flat=True)) == [150_000, 300_000]
    assert findings(sale.scheme) == {}


def test_before_the_tax_office_answered_nothing_is_accepted() -> None:
    sale = given_sale()
    with pytest.raises(Conflict, match="invoice_not_verified"):
        sale.accept(sale.countersigned())


def test_who_reviewed_the_application_does_not_accept_its_claims() -> None:
    sale = given_sale()
    redemption = sale.verify(sale.countersigned())
    with pytest.raises(NotAllowed, match="seat_taken"):
        sale.accept(redemption, who="reviewer")
    with pytest.raises(NotAllowed, match="duty_missing"):
        sale.accept(redemption, who="clerk")


def test_the_same_acceptance_twice_is_one() -> None:
    sale = given_sale()
    redemption = sale.verify(sale.countersigned())
    one, two = (sale.accept(redemption, key="once") for _again in range(2))
    assert one.pk == two.pk
    with pytest.raises(Conflict, match="request_key_reused"):
        sale.accept(redemption, 1, reason="不同", key="once")
    assert [entry.kind for entry in list_entries(redemption.ref)] == ["HOLD", "ACCEPT"]


def test_a_returned_claim_is_filed_anew_and_accepted() -> None:
    sale = given_sale()
    redemption = redemptions.return_redemption(
        actor=sale.actor("checker"), redemption_id=sale.countersigned().pk, reason="发票不清晰",
        at=sale.scheme.later(),
    )  # fmt: skip
    assert (redemption.status, redemption.held_fen) == ("RETURNED", HELD_FEN)
    redemption = sale.prove(redemption)
    redemption = redemptions.countersign(
        actor=sale.actor("agent"), redemption_id=redemption.pk, at=sale.scheme.later()
    )
    assert sale.accept(sale.verify(redemption)).status == "ACCEPTED"
    assert EvidenceClaim.objects.filter(subject_ref=redemption.ref, released_at=None).count() == 2
    assert findings(sale.scheme) == {}


def test_a_returned_claim_nobody_files_anew_loses_its_hold() -> None:
    sale = given_sale()
    redemption = redemptions.return_redemption(
        actor=sale.actor("checker"), redemption_id=sale.countersigned().pk, reason="缺材料",
        at=sale.scheme.later(),
    )  # fmt: skip
    run_due(sale.scheme, redemption.ref, "redemptions.hold_end")
    redemption.refresh_from_db()
    assert redemption.status == "HOLD_EXPIRED"
    assert money(sale) == (FACE_FEN, 0, 0, 0)
    assert not EvidenceClaim.objects.filter(subject_ref=redemption.ref, released_at=None).exists()
    assert findings(sale.scheme) == {}


def test_two_reject_and_all_that_was_claimed_is_free() -> None:
    sale = given_sale()
    redemption = sale.countersigned()
    words = {"redemption_id": redemption.pk, "reason": "服务未发生"}
    reject = {**words, "request_key": "reject"}
    with pytest.raises(Conflict, match="rejection_unproposed"):
        redemptions.reject_redemption(
            actor=sale.actor("reviewer2"), at=sale.scheme.later(), **reject
        )
    redemptions.propose_rejection(actor=sale.actor("checker"), at=sale.scheme.later(), **words)
    with pytest.raises(NotAllowed):
        redemptions.reject_redemption(actor=sale.actor("checker"), at=sale.scheme.later(), **reject)
    done = redemptions.reject_redemption(
        actor=sale.actor("reviewer2"), at=sale.scheme.later(), **reject
    )
    assert done.status == "REJECTED"
    assert money(sale) == (FACE_FEN, 0, 0, 0)
    assert not done.usage.filter(released_at=None).exists()
    assert not EvidenceClaim.objects.filter(subject_ref=done.ref, released_at=None).exists()
    assert findings(sale.scheme) == {}


def test_two_reverse_an_acceptance_before_it_is_settled() -> None:
    sale = given_sale()
    redemption = sale.accepted()
    assert reverse(sale, redemption, "checker", "r1").status == "ACCEPTED"
    done = reverse(sale, redemption, "clerk", "r2")
    assert (done.status, done.accepted_fen) == ("REVERSED", 0)
    assert money(sale) == (FACE_FEN, 0, 0, 0)
    assert reverse(sale, redemption, "clerk", "r2").status == "REVERSED"
    with pytest.raises(Conflict, match="nothing_to_pay"):
        drawn_up(sale.scheme)
    assert findings(sale.scheme) == {}


def test_one_person_does_not_reverse_alone() -> None:
    sale = given_sale()
    redemption = sale.accepted()
    with pytest.raises(NotAllowed, match="duty_missing"):
        reverse(sale, redemption, "clerk", "r1")
    reverse(sale, redemption, "checker", "r1")
    with pytest.raises(NotAllowed, match="duty_missing"):
        reverse(sale, redemption, "checker", "r2")


def test_what_stands_in_an_open_batch_is_not_reversed_under_it() -> None:
    sale = given_sale()
    redemption = sale.accepted()
    batch = drawn_up(sale.scheme)
    with pytest.raises(Conflict, match="in_a_batch"):
        reverse(sale, redemption, "checker", "r1")
    settlement.take_out_line(
        actor=sale.actor("clerk"),
        line_id=batch.lines.get().pk,
        reason="冲销",
        at=sale.scheme.later(),
    )
    reverse(sale, redemption, "checker", "r2")
    assert reverse(sale, redemption, "clerk", "r3").status == "REVERSED"
    assert findings(sale.scheme) == {}


def test_a_debt_of_an_expired_voucher_reversed_goes_on_to_the_pool() -> None:
    sale = given_sale()
    redemption = sale.accepted()
    sale.scheme.at = sale.voucher.grace_until
    carry_out(sale.scheme, sale.voucher.ref, "issuance.grace_end")
    reverse(sale, redemption, "checker", "r1")
    reverse(sale, redemption, "clerk", "r2")
    sale.voucher.refresh_from_db()
    assert sale.voucher.status == "CLOSED"
    states = get_money_states([line.pool_account_id for line in sale.scheme.lines])
    assert states.available_fen == states.received_fen
    assert not CapUsage.objects.exclude(used_fen=0).exists()
    assert findings(sale.scheme) == {}


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ("requested_fen = price_fen + 1", "redemption_frozen"),
        ("held_fen = 0", "redemption_held_while_live"),
        ("accepted_fen = eligible_fen", "redemption_frozen"),
        ("status = 'PAID', held_fen = 0", "status_follows_steps"),
    ],
)
def test_the_table_itself_refuses_what_no_verb_would_write(change: str, name: str) -> None:
    redemption = given_sale().evidenced()
    with (
        pytest.raises(IntegrityError, match=name),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE redemptions_redemption SET {change} WHERE id = %s", [redemption.pk])


def test_the_promise_to_pay_is_told_when_it_is_broken() -> None:
    from companies.alerts.models import Alert

    sale = given_sale()
    redemption = sale.accepted()
    run_due(sale.scheme, redemption.ref, "settlement.pay_within")
    alert = Alert.objects.get(subject_ref=redemption.ref)
    assert (alert.code, alert.severity) == ("payment_late", "WARNING")
    sale.scheme.later(HOUR)
    assert findings(sale.scheme) == {}
