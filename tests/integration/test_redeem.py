"""From an order to filed evidence, and every way an order ends without money."""

from __future__ import annotations

from typing import Any

import pytest

from companies.agencies.models import Deadline
from companies.audit.models import AuditEvent, AuditPayload
from companies.errors import Conflict, InvalidInput, NotAllowed
from tests.given import DAY, carry_out
from tests.given_money import (
    FACE_FEN,
    PRICE_FEN,
    Sale,
    answered,
    closed,
    drawn_up,
    findings,
    given_sale,
    run_due,
    sent,
    turn_fate,
    usage_bill,
)
from vouchers.applications.models import EvidenceClaim
from vouchers.issuance.selectors import voucher_money
from vouchers.ledger.selectors import get_money_states, list_entries
from vouchers.money import format_yuan
from vouchers.programmes.models import CapUsage
from vouchers.redemptions import services as redemptions
from vouchers.redemptions.models import Redemption, UsageRecord

pytestmark = pytest.mark.django_db

HELD_FEN = PRICE_FEN * 3 // 10


def money(sale: Sale) -> tuple[int, int, int, int]:
    """What is available, held, payable and paid of the voucher."""
    found = voucher_money(sale.voucher)
    return found["available"], found["held"], found["payable"], found["paid"]


def kinds(redemption: Redemption) -> list[str]:
    """The entries of one redemption."""
    return [entry.kind for entry in list_entries(redemption.ref)]


def test_one_purchase_from_order_to_closed_batch() -> None:
    sale = given_sale()
    redemption = sale.accepted()
    batch = closed(sale.scheme, answered(sale.scheme, sent(sale.scheme, drawn_up(sale.scheme))))
    redemption.refresh_from_db()
    assert (batch.status, redemption.status) == ("CLOSED", "SETTLED")
    assert money(sale) == (FACE_FEN - HELD_FEN, 0, 0, HELD_FEN)
    assert kinds(redemption) == ["HOLD", "ACCEPT"]
    assert [entry.kind for entry in list_entries(batch.ref)] == ["PAY"]
    states = get_money_states([line.pool_account_id for line in sale.scheme.lines])
    assert states.received_fen == states.sum_fen
    assert not Deadline.objects.filter(subject_ref=redemption.ref, done_at=None).exists()
    assert findings(sale.scheme) == {}


def test_an_order_holds_its_share_line_by_line() -> None:
    sale = given_sale(funds_fen=(1_000_000, 5_000_000))
    redemption = sale.order()
    assert (redemption.status, redemption.held_fen) == ("REQUESTED", HELD_FEN)
    assert money(sale) == (FACE_FEN - HELD_FEN, HELD_FEN, 0, 0)
    assert sorted(redemption.fundings.values_list("held_fen", flat=True)) == [200_000, 400_000]
    assert findings(sale.scheme) == {}


def test_a_smaller_part_may_be_asked_and_a_greater_one_not() -> None:
    sale = given_sale()
    assert sale.order(requested_fen=100).held_fen == 100
    with pytest.raises(InvalidInput, match="amount_above_rate"):
        sale.order(requested_fen=HELD_FEN + 1)
    with pytest.raises(InvalidInput, match="amount_not_positive"):
        sale.order(0)


def test_the_last_order_gets_what_is_left_and_the_next_nothing() -> None:
    sale = given_sale(face_fen=1_000_000)
    sale.order()
    assert sale.order().held_fen == 400_000
    with pytest.raises(Conflict, match="insufficient_funds"):
        sale.order()
    assert findings(sale.scheme) == {}


@pytest.mark.parametrize("who", ["buyer_signatory", "rival_agent", "seller_sales", "checker"])
def test_only_the_companys_agent_orders(who: str) -> None:
    sale = given_sale()
    with pytest.raises(NotAllowed, match="membership_missing"):
        redemptions.request_redemption(
            actor=sale.actor(who), voucher_id=sale.voucher.pk, offer_id=sale.scheme.offer.pk,
            order_number="SO", price_fen=100, at=sale.scheme.later(), request_key="k",
        )  # fmt: skip


@pytest.mark.parametrize("way", ["decline", "cancel", "cancel_by_seller", "hold_expiry"])
def test_an_order_that_ends_gives_everything_back(way: str) -> None:
    sale = given_sale()
    order = sale.order()
    words: dict[str, Any] = {"redemption_id": order.pk, "at": sale.scheme.later()}
    if way == "decline":
        redemptions.decline_order(
            actor=sale.actor("seller_sales"), reason="无货", request_key="d", **words
        )
    elif way == "hold_expiry":
        run_due(sale.scheme, order.ref, "redemptions.hold_end")
    else:
        who = "agent" if way == "cancel" else "seller_sales"
        redemptions.cancel_redemption(actor=sale.actor(who), request_key="c", **words)
    order.refresh_from_db()
    assert order.status == {"decline": "DECLINED", "hold_expiry": "HOLD_EXPIRED"}.get(
        way, "CANCELLED"
    )
    assert money(sale) == (FACE_FEN, 0, 0, 0)
    assert kinds(order) == ["HOLD", "RELEASE"]
    assert findings(sale.scheme) == {}
    with pytest.raises(Conflict, match="wrong_state"):
        redemptions.confirm_order(
            actor=sale.actor("seller_sales"), redemption_id=order.pk, at=sale.scheme.later()
        )


def test_an_expired_hold_is_expired_once() -> None:
    sale = given_sale()
    order = sale.confirmed()
    row = Deadline.objects.get(subject_ref=order.ref, kind="redemptions.hold_end")
    for _again in range(2):
        redemptions.carry_out_deadline(deadline_id=row.pk, at=row.due_at + DAY)
    assert kinds(order) == ["HOLD", "RELEASE"]


def test_what_was_held_on_an_expired_voucher_goes_on_to_the_pool_and_the_voucher_closes() -> None:
    sale = given_sale()
    sale.scheme.at = sale.voucher.valid_until + DAY
    order = sale.order()
    sale.scheme.at = sale.voucher.grace_until
    carry_out(sale.scheme, sale.voucher.ref, "issuance.grace_end")
    sale.voucher.refresh_from_db()
    assert sale.voucher.status == "EXPIRED"
    assert money(sale) == (0, HELD_FEN, 0, 0)
    assert findings(sale.scheme) == {}
    run_due(sale.scheme, order.ref, "redemptions.hold_end")
    sale.voucher.refresh_from_db()
    assert sale.voucher.status == "CLOSED"
    assert kinds(order) == ["HOLD", "RELEASE", "EXPIRE"]
    states = get_money_states([line.pool_account_id for line in sale.scheme.lines])
    assert states.available_fen == states.received_fen
    assert not CapUsage.objects.exclude(used_fen=0).exists()
    assert findings(sale.scheme) == {}


def test_past_grace_nothing_is_ordered() -> None:
    sale = given_sale()
    sale.scheme.at = sale.voucher.grace_until
    with pytest.raises(Conflict, match="voucher_not_usable"):
        sale.order()


def test_evidence_is_worked_out_once_and_its_rows_are_claimed() -> None:
    sale = given_sale()
    redemption = sale.evidenced()
    assert redemption.status == "EVIDENCED"
    assert redemption.calculation["subsidy_fen"] == HELD_FEN
    assert redemption.calculation["own_fen"] == PRICE_FEN - HELD_FEN
    assert redemption.eligible_fen == PRICE_FEN
    assert redemption.usage.filter(is_eligible=True, released_at=None).count() == 1
    assert EvidenceClaim.objects.filter(subject_ref=redemption.ref).count() == 2
    assert findings(sale.scheme) == {}


@pytest.mark.parametrize(
    ("paper", "change", "place"),
    [
        ("invoice", {"seller_code": "91520100MA6000000X"}, ("invoice.seller_code", "other_party")),
        ("payment", {"payer_code": "91520100MA6000000X"}, ("payment.payer_code", "other_party")),
        ("invoice", {"date": "2099-01-01"}, ("invoice.date", "not_a_past_day")),
        ("invoice", {"date": "1990-01-01"}, ("invoice.date", "before_contract")),
        ("payment", {"date": "2025-02-28"}, ("payment.date", "before_contract")),
        ("invoice", {"tax_fen": PRICE_FEN}, ("invoice.tax_fen", "not_within_amount")),
        ("payment", {"receipt_number": " "}, ("payment.receipt_number", "required")),
        ("payment", {"amount_fen": 1.5}, ("payment.amount_fen", "not_positive")),
    ],
)
def test_papers_that_do_not_fit_are_refused_with_their_place(
    paper: str, change: dict[str, Any], place: tuple[str, str]
) -> None:
    sale = given_sale()
    order = sale.confirmed()
    papers = sale.papers(order)
    with pytest.raises(InvalidInput, match="evidence_refused") as refusal:
        sale.prove(order, **{**papers, paper: {**papers[paper], **change}})
    assert (refusal.value.errors[0]["field"], refusal.value.errors[0]["code"]) == place
    assert not UsageRecord.objects.exists()


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("no_usage", "usage_required"), ("other_account", "usage_refused"),
        ("too_early", "nothing_eligible"), ("other_sum", "bill_differs"),
        ("other_invoice", "bill_differs"), ("own_share", "own_share_unpaid"),
        ("above_order", "bill_above_order"),
    ],
)  # fmt: skip
def test_usage_and_payment_must_bear_the_invoice_out(fault: str, code: str) -> None:
    sale = given_sale()
    order = sale.confirmed()
    papers = sale.papers(order)
    invoice, first = papers["invoice"]["number"], sale.scheme.at
    bills = {
        "no_usage": None,
        "other_account": usage_bill([PRICE_FEN], invoice=invoice, account="x", first=first),
        "too_early": usage_bill(
            [PRICE_FEN], invoice=invoice, account="acct-buyer", first=first - 400 * DAY
        ),
        "other_sum": usage_bill(
            [PRICE_FEN - 2], invoice=invoice, account="acct-buyer", first=first
        ),
        "other_invoice": usage_bill([PRICE_FEN], invoice="1", account="acct-buyer", first=first),
    }
    if fault in bills:
        papers["usage_file"] = bills[fault]
    elif fault == "own_share":
        papers["payment"]["amount_fen"] -= 1
    else:
        papers["invoice"]["amount_fen"] += 1
    with pytest.raises(InvalidInput, match=code) as refusal:
        sale.prove(order, **papers)
    if code == "bill_differs":
        added_up = {"other_sum": format_yuan(PRICE_FEN - 2), "other_invoice": "0.00"}[fault]
        assert refusal.value.facts["total"] == added_up


def test_a_sum_typed_too_small_is_corrected_with_the_next_filing() -> None:
    sale = given_sale()
    order = sale.confirmed()
    papers = sale.papers(order)
    receipt_fen = papers["payment"]["amount_fen"]
    sale.prove(order, **papers)
    redemptions.dispute_redemption(
        actor=sale.actor("agent"), redemption_id=order.pk, reason="金额少一分",
        at=sale.scheme.later(),
    )  # fmt: skip
    papers["payment"]["amount_fen"] = receipt_fen + 1
    order = sale.prove(order, **papers)
    assert order.status == "EVIDENCED"
    receipt = order.payment_document
    assert (receipt.base_fen, receipt.limit_fen) == (receipt_fen + 1, receipt_fen + 1)
    corrected = AuditEvent.objects.get(action="evidence.rebased")
    facts = AuditPayload.objects.get(event=corrected).content["facts"]
    assert (facts["before_fen"], facts["base_fen"]) == (receipt_fen, receipt_fen + 1)
    assert findings(sale.scheme) == {}


def test_a_verified_invoice_keeps_its_sum() -> None:
    sale = given_sale()
    order = sale.confirmed(200_000)
    papers = sale.papers(order)
    sale.prove(order, **papers)
    sale.verify(order)
    redemptions.dispute_redemption(
        actor=sale.actor("agent"), redemption_id=order.pk, reason="不符", at=sale.scheme.later()
    )
    papers["invoice"]["amount_fen"] -= 1
    papers["usage_file"] = usage_bill(
        [199_999], invoice=papers["invoice"]["number"], account="acct-buyer",
        first=sale.scheme.at - 5 * DAY,
    )  # fmt: skip
    order = sale.prove(order, **papers)
    assert order.invoice_document.base_fen == 200_000


def test_an_order_too_small_for_a_fen_of_support_is_told_so() -> None:
    sale = given_sale()
    with pytest.raises(InvalidInput, match="order_too_small"):
        sale.order(1)
    with pytest.raises(InvalidInput, match="order_too_small"):
        sale.order(1, requested_fen=1)
    assert not Redemption.objects.exists()


def test_an_invoice_counts_once_over_all_claims() -> None:
    sale = given_sale()
    one = sale.confirmed(200_000)
    papers = sale.papers(one)
    sale.prove(one, **papers)
    two = sale.confirmed(200_000)
    with pytest.raises(InvalidInput, match="usage_claimed"):
        sale.prove(two, **papers)
    fresh = usage_bill(
        [200_000], invoice=papers["invoice"]["number"], account="acct-buyer", first=sale.scheme.at
    )
    with pytest.raises(InvalidInput, match="duplicate_invoice"):
        sale.prove(two, **{**papers, "usage_file": fresh})


def test_silence_counts_as_consent_and_is_marked() -> None:
    sale = given_sale()
    turn_fate(sale.scheme, drawn=False)
    redemption = sale.evidenced()
    run_due(sale.scheme, redemption.ref, "redemptions.silence")
    redemption.refresh_from_db()
    assert (redemption.status, redemption.is_silent) == ("COUNTERSIGNED", True)
    sale.verify(redemption)
    redemption.refresh_from_db()
    assert (redemption.status, redemption.accepted_fen) == ("ACCEPTED", HELD_FEN)
    assert findings(sale.scheme) == {}


def test_who_filed_does_not_countersign() -> None:
    sale = given_sale()
    redemption = sale.evidenced()
    with pytest.raises(NotAllowed, match="membership_missing"):
        redemptions.countersign(
            actor=sale.actor("seller_sales"), redemption_id=redemption.pk, at=sale.scheme.later()
        )


@pytest.mark.parametrize("way", ["corrected", "goes_on", "called_off"])
def test_a_dispute_is_corrected_or_decided(way: str) -> None:
    sale = given_sale()
    redemption = sale.evidenced()
    redemption = redemptions.dispute_redemption(
        actor=sale.actor("agent"), redemption_id=redemption.pk, reason="数量不对",
        at=sale.scheme.later(),
    )  # fmt: skip
    assert redemption.status == "DISPUTED"
    if way == "corrected":
        assert sale.prove(redemption).status == "EVIDENCED"
        assert (
            EvidenceClaim.objects.filter(subject_ref=redemption.ref, released_at=None).count() == 2
        )
    else:
        redemption = redemptions.decide_dispute(
            actor=sale.actor("checker"), redemption_id=redemption.pk, goes_on=way == "goes_on",
            reason="核对过", at=sale.scheme.later(), request_key="decide",
        )  # fmt: skip
        assert redemption.status == ("UNDER_CHECK" if way == "goes_on" else "CANCELLED")
        held = HELD_FEN if way == "goes_on" else 0
        assert money(sale) == (FACE_FEN - held, held, 0, 0)
    assert findings(sale.scheme) == {}
