"""Batches: drawn up, locked, signed by different people, sent, answered, bounced, paid anew."""

from __future__ import annotations

import csv
import hashlib
import io
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from companies.errors import Conflict, NotAllowed
from companies.local_time import local_date
from tests.given import given_live_voucher
from tests.given_money import (
    FACE_FEN,
    PRICE_FEN,
    Sale,
    answered,
    closed,
    drawn_up,
    findings,
    given_account,
    given_sale,
    sent,
    signed,
)
from vouchers.applications.models import Decision
from vouchers.issuance.selectors import voucher_money
from vouchers.ledger.selectors import get_money_states, list_entries
from vouchers.redemptions.models import Redemption
from vouchers.settlement import services as settlement
from vouchers.settlement.gateways import FileDropChannel, SandboxTreasury
from vouchers.settlement.models import SettlementBatch, SettlementLine

pytestmark = pytest.mark.django_db

HELD_FEN = PRICE_FEN * 3 // 10


@pytest.fixture(autouse=True)
def drop_folder(tmp_path: Path, settings: Any) -> Path:
    """Payment sheets of each test in a folder of their own."""
    settings.STATE_DIR = tmp_path
    return tmp_path / "payments"


def given_two_debts() -> tuple[Sale, Redemption, Redemption]:
    """Two funding lines, so two rows of the sheet: one debt on both, one on the second alone."""
    sale = given_sale(funds_fen=(1_000_000, 8_000_000))
    rival = Sale(sale.scheme, given_live_voucher(sale.scheme, "rival", face_fen=FACE_FEN), "rival")
    return sale, sale.accepted(), rival.accepted()


def statuses(batch: SettlementBatch) -> list[str]:
    """Of its lines."""
    return list(batch.lines.order_by("id").values_list("status", flat=True))


def bounce(sale: Sale, line: SettlementLine, key: str = "bounce") -> SettlementBatch:
    return settlement.bounce_line(
        actor=sale.actor("clerk"), line_id=line.pk, reason="户名不符", at=sale.scheme.later(),
        request_key=key,
    )  # fmt: skip


def test_a_batch_is_paid_reconciled_and_closed_by_six_people() -> None:
    sale, one, two = given_two_debts()
    batch = drawn_up(sale.scheme)
    assert (batch.status, batch.total_fen, batch.lines.count()) == ("OPEN", 2 * HELD_FEN, 3)
    batch = closed(sale.scheme, answered(sale.scheme, sent(sale.scheme, batch)))
    assert batch.status == "CLOSED"
    assert {r.status for r in Redemption.objects.filter(pk__in=[one.pk, two.pk])} == {"SETTLED"}
    assert [entry.kind for entry in list_entries(batch.ref)] == ["PAY"] * 3
    signers = Decision.objects.filter(subject_ref=batch.ref, application_id=one.application_id)
    assert list(signers.order_by("id").values_list("act", flat=True)) == [
        "BUILD", "BATCH_APPROVE", "AUTHORISE", "RELEASE",
    ]  # fmt: skip
    assert signers.values("user_id").distinct().count() == 4
    states = get_money_states([line.pool_account_id for line in sale.scheme.lines])
    assert (states.paid_fen, states.payable_fen) == (2 * HELD_FEN, 0)
    assert findings(sale.scheme) == {}


def test_a_used_up_voucher_closes_with_its_last_payment() -> None:
    sale = given_sale(face_fen=HELD_FEN)
    sale.accepted()
    batch = answered(sale.scheme, sent(sale.scheme, drawn_up(sale.scheme)))
    sale.voucher.refresh_from_db()
    assert (batch.status, sale.voucher.status) == ("PAID", "CLOSED")
    assert findings(sale.scheme) == {}


def test_what_cannot_be_paid_is_left_out_by_name() -> None:
    sale = given_sale()
    with pytest.raises(Conflict, match="nothing_to_pay"):
        drawn_up(sale.scheme)
    sale.accepted()
    drawn_up(sale.scheme)
    with pytest.raises(Conflict, match="nothing_to_pay"):
        drawn_up(sale.scheme)
    with pytest.raises(NotAllowed, match="duty_missing"):
        settlement.draw_up_batch(
            actor=sale.actor("reviewer"), programme_id=sale.scheme.programme.pk,
            at=sale.scheme.later(),
        )  # fmt: skip


def test_a_failed_row_goes_to_a_follow_up_batch_and_is_paid_there() -> None:
    sale, one, two = given_two_debts()
    batch = answered(sale.scheme, sent(sale.scheme, drawn_up(sale.scheme)), failed=[2])
    assert batch.status == "PARTLY_PAID"
    assert sorted(statuses(batch)) == ["FAILED", "FAILED", "PAID"]
    assert {r.status for r in Redemption.objects.all()} == {"IN_SETTLEMENT"}
    assert findings(sale.scheme) == {}
    closed(sale.scheme, batch)
    follow_up = settlement.draw_up_follow_up(
        actor=sale.actor("clerk"), batch_id=batch.pk, at=sale.scheme.later()
    )
    assert follow_up.follows_id == batch.pk
    with pytest.raises(Conflict, match="nothing_to_pay"):
        settlement.draw_up_follow_up(
            actor=sale.actor("clerk"), batch_id=batch.pk, at=sale.scheme.later()
        )
    closed(sale.scheme, answered(sale.scheme, sent(sale.scheme, follow_up)))
    assert {r.status for r in Redemption.objects.filter(pk__in=[one.pk, two.pk])} == {"SETTLED"}
    assert voucher_money(sale.voucher)["paid"] == HELD_FEN
    assert findings(sale.scheme) == {}


def test_a_batch_nobody_was_paid_from_failed() -> None:
    sale = given_sale()
    sale.accepted()
    batch = answered(sale.scheme, sent(sale.scheme, drawn_up(sale.scheme)), failed=[1])
    assert (batch.status, statuses(batch)) == ("FAILED", ["FAILED"])
    assert voucher_money(sale.voucher)["payable"] == HELD_FEN
    assert findings(sale.scheme) == {}


def test_a_bounce_after_closing_is_the_exact_mirror_and_is_paid_anew() -> None:
    sale = given_sale()
    redemption = sale.accepted()
    batch = closed(sale.scheme, answered(sale.scheme, sent(sale.scheme, drawn_up(sale.scheme))))
    line = batch.lines.get()
    for _again in range(2):
        assert bounce(sale, line).status == "CLOSED"
    redemption.refresh_from_db()
    line.refresh_from_db()
    assert (redemption.status, line.status) == ("SETTLED", "RETURNED")
    money = voucher_money(sale.voucher)
    assert (money["payable"], money["paid"]) == (HELD_FEN, 0)
    assert findings(sale.scheme) == {}
    with pytest.raises(Conflict, match="wrong_state") as refusal:
        bounce(sale, line, "again")
    assert refusal.value.facts["noun"] == redemption.number
    given_account(sale.scheme, "6222000033334444")
    anew = settlement.draw_up_follow_up(
        actor=sale.actor("clerk"), batch_id=batch.pk, at=sale.scheme.later()
    )
    anew = closed(sale.scheme, answered(sale.scheme, sent(sale.scheme, anew)))
    assert anew.lines.get().replaces_id == line.pk
    assert voucher_money(sale.voucher)["paid"] == HELD_FEN
    assert findings(sale.scheme) == {}


def test_one_line_of_a_row_bounced_alone_still_reconciles() -> None:
    sale = given_sale()
    sale.accepted()
    sale.accepted(1_000_000)
    batch = answered(sale.scheme, sent(sale.scheme, drawn_up(sale.scheme)))
    bounce(sale, batch.lines.order_by("id").first())
    assert findings(sale.scheme) == {}
    assert closed(sale.scheme, batch).status == "CLOSED"


def test_an_invoice_that_turns_bad_after_the_signatures_stops_the_sheet() -> None:
    sale = given_sale()
    claim = sale.accepted()
    batch = signed(sale.scheme, drawn_up(sale.scheme))
    sale.verify(claim, "VOIDED")
    with pytest.raises(Conflict, match="not_payable"):
        settlement.send_batch(
            actor=sale.actor("releaser"), batch_id=batch.pk, at=sale.scheme.later()
        )
    batch.refresh_from_db()
    assert batch.status == "IN_RELEASE"


def test_who_drew_the_batch_up_signs_nothing_more() -> None:
    sale = given_sale()
    sale.accepted()
    batch = settlement.lock_batch(
        actor=sale.actor("clerk"), batch_id=drawn_up(sale.scheme).pk, at=sale.scheme.later()
    )
    for who, act, code in (
        ("clerk", "BATCH_APPROVE", "duty_missing"),
        ("approver", "BATCH_APPROVE", "seat_taken"),
        ("reviewer", "BATCH_APPROVE", "seat_taken"),
        ("authoriser", "RELEASE", "duty_missing"),
    ):
        with pytest.raises(NotAllowed, match=code):
            settlement.sign_batch(
                actor=sale.actor(who), batch_id=batch.pk, act=act, at=sale.scheme.later()
            )
    for who, act in (("authoriser", "AUTHORISE"), ("releaser", "RELEASE")):
        with pytest.raises(Conflict, match="wrong_state"):
            settlement.sign_batch(
                actor=sale.actor(who), batch_id=batch.pk, act=act, at=sale.scheme.later()
            )
    with pytest.raises(Conflict, match="wrong_state"):
        settlement.send_batch(
            actor=sale.actor("releaser"), batch_id=batch.pk, at=sale.scheme.later()
        )


def test_a_rejected_batch_is_signed_anew_from_the_beginning() -> None:
    sale = given_sale()
    redemption = sale.accepted()
    batch = signed(sale.scheme, drawn_up(sale.scheme))
    batch = settlement.reject_batch(
        actor=sale.actor("releaser"), batch_id=batch.pk, reason="收款人有误",
        at=sale.scheme.later(),
    )  # fmt: skip
    redemption.refresh_from_db()
    assert (batch.status, statuses(batch), redemption.status) == ("OPEN", ["DRAFT"], "ACCEPTED")
    refusal = redemption.application.decisions.get(subject_ref=f"{batch.ref}#rejection")
    assert (refusal.act, refusal.outcome, refusal.reason) == ("RELEASE", "RETURNED", "收款人有误")
    assert findings(sale.scheme) == {}
    batch = answered(sale.scheme, sent(sale.scheme, batch))
    assert batch.status == "PAID"
    assert findings(sale.scheme) == {}


@pytest.mark.parametrize(
    ("status", "who", "may"),
    [
        ("LOCKED", "clerk", True), ("LOCKED", "approver2", True), ("LOCKED", "releaser", False),
        ("IN_AUTHORISATION", "authoriser", True), ("IN_AUTHORISATION", "approver2", False),
        ("IN_AUTHORISATION", "clerk", False),
    ],
)  # fmt: skip
def test_whose_turn_it_is_sends_a_batch_back(status: str, who: str, may: bool) -> None:
    sale = given_sale()
    sale.accepted()
    batch = drawn_up(sale.scheme)
    settlement.lock_batch(actor=sale.actor("clerk"), batch_id=batch.pk, at=sale.scheme.later())
    if status != "LOCKED":
        settlement.sign_batch(
            actor=sale.actor("approver2"), batch_id=batch.pk, act="BATCH_APPROVE",
            at=sale.scheme.later(),
        )  # fmt: skip
    with nullcontext() if may else pytest.raises(NotAllowed):
        settlement.reject_batch(
            actor=sale.actor(who), batch_id=batch.pk, reason="有误", at=sale.scheme.later()
        )
    batch.refresh_from_db()
    assert batch.status == ("OPEN" if may else status)
    assert findings(sale.scheme) == {}


def test_two_abort_a_batch_and_its_debts_are_free_for_another() -> None:
    sale = given_sale()
    sale.accepted()
    scheme, batch = sale.scheme, signed(sale.scheme, drawn_up(sale.scheme))
    give_up = {"batch_id": batch.pk, "reason": "年终关账"}
    with pytest.raises(NotAllowed, match="duty_missing"):
        settlement.abort_batch(actor=sale.actor("manager"), at=scheme.later(), **give_up)
    batch = settlement.abort_batch(actor=sale.actor("authoriser"), at=scheme.later(), **give_up)
    assert (batch.status, statuses(batch)) == ("IN_RELEASE", ["PENDING"])
    with pytest.raises(NotAllowed, match="duty_missing"):
        settlement.abort_batch(actor=sale.actor("authoriser"), at=scheme.later(), **give_up)
    batch = settlement.abort_batch(actor=sale.actor("manager"), at=scheme.later(), **give_up)
    assert (batch.status, statuses(batch)) == ("ABORTED", ["VOID"])
    signed_by = Decision.objects.filter(subject_ref=f"{batch.ref}#abort").order_by("id")
    assert list(signed_by.values_list("act", "seat", "outcome")) == [
        ("AUTHORISE", "authoriser", "ABORT_PROPOSED"), ("COSIGN", None, "ABORTED"),
    ]  # fmt: skip
    assert findings(sale.scheme) == {}
    assert answered(sale.scheme, sent(sale.scheme, drawn_up(sale.scheme))).status == "PAID"
    assert findings(sale.scheme) == {}


def test_a_changed_account_stops_the_sheet() -> None:
    sale = given_sale()
    sale.accepted()
    batch = signed(sale.scheme, drawn_up(sale.scheme))
    given_account(sale.scheme, "6222000033334444")
    with pytest.raises(Conflict, match="bank_account_changed"):
        settlement.send_batch(
            actor=sale.actor("releaser"), batch_id=batch.pk, at=sale.scheme.later()
        )


def test_the_sheet_names_budget_and_account_and_its_digest_is_on_the_batch(
    drop_folder: Path,
) -> None:
    sale = given_sale()
    sale.accepted()
    batch = sent(sale.scheme, drawn_up(sale.scheme))
    raw = (drop_folder / "out" / f"{batch.number}.csv").read_bytes()
    assert hashlib.sha256(raw).hexdigest() == batch.sheet_sha256
    row = next(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))
    assert (row["account"], row["amount_fen"]) == ("6222000011112222", str(HELD_FEN))
    assert (row["budget_document"], row["economic_code"]) == ("测指〔2025〕1号", "50701")


def test_a_sheet_lost_on_the_way_is_written_again_on_the_next_call(drop_folder: Path) -> None:
    sale = given_sale()
    sale.accepted()
    batch = sent(sale.scheme, drawn_up(sale.scheme))
    sheet = drop_folder / "out" / f"{batch.number}.csv"
    raw = sheet.read_bytes()
    sheet.unlink()
    settlement.send_batch(actor=sale.actor("releaser"), batch_id=batch.pk, at=sale.scheme.later())
    assert sheet.read_bytes() == raw


@pytest.mark.parametrize(
    ("account", "status"), [("6222000011112222", "PAID"), ("6222000011110000", "FAILED")]
)
def test_the_practice_treasury_answers_by_file(
    drop_folder: Path, account: str, status: str
) -> None:
    sale = given_sale()
    given_account(sale.scheme, account)
    sale.accepted()
    batch = sent(sale.scheme, drawn_up(sale.scheme))
    (answer,) = SandboxTreasury(drop_folder).answer(today=local_date(sale.scheme.at))
    results = [
        {**found._asdict(), "paid": found.is_paid}
        for found in FileDropChannel(drop_folder).read_results(answer)
    ]
    done = settlement.record_results(
        actor=sale.actor("clerk"), batch_id=batch.pk, results=results, at=sale.scheme.later(),
        request_key="file",
    )  # fmt: skip
    assert done.status == status
    assert findings(sale.scheme) == {}


def test_a_locked_batch_is_frozen_in_the_database() -> None:
    sale = given_sale()
    sale.accepted()
    batch = signed(sale.scheme, drawn_up(sale.scheme))
    for rows, change in (
        (SettlementLine.objects.filter(batch=batch), {"amount_fen": 1}),
        (SettlementBatch.objects.filter(pk=batch.pk), {"total_fen": 1}),
    ):
        with pytest.raises(DatabaseError, match="batch_frozen"), transaction.atomic():
            rows.update(**change)
