"""Several people, or a person and a worker, on one thing at the same instant: one effect, and the
other is told so in words. Each runs in a thread of its own on a committed database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from itertools import count
from threading import Barrier
from typing import Any

import pytest
from django.db import connections, transaction

from companies.agencies.models import Deadline
from companies.audit.services import record_event
from companies.errors import Conflict, DomainError
from companies.foundation.actors import Actor
from companies.letters.models import Letter
from companies.letters.services import waive_letter
from companies.registry.models import Company
from tests.cast import add_company, add_officer
from tests.given import (
    Scheme,
    given_approved_application,
    given_draft,
    given_pending_voucher,
    given_programme,
    given_recommended_application,
    given_submitted_application,
)
from tests.given_money import Sale, drawn_up, findings, given_sale, sent
from vouchers.applications import services as files
from vouchers.issuance import services as vouchers
from vouchers.issuance.models import Voucher
from vouchers.issuance.selectors import voucher_money
from vouchers.ledger.chart import EntryKind
from vouchers.ledger.models import JournalEntry
from vouchers.ledger.selectors import get_money_states
from vouchers.ledger.services import Leg, Request, close_month, post_entry
from vouchers.programmes.models import CapUsage
from vouchers.redemptions import services as redemptions
from vouchers.settlement import services as settlement
from vouchers.settlement.models import SettlementLine

OVERTAKEN = {"wrong_state", "moved_meanwhile", "already_signed", "nothing_to_pay",
             "application_exists", "voucher_not_usable"}  # fmt: skip


def at_once(*acts: Callable[[], Any]) -> Counter[str]:
    """Each in its own thread and connection, all let go at one moment; "done" or its refusal."""
    gate = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> str:
        try:
            gate.wait()
            act()
        except DomainError as refused:
            return refused.code
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return Counter(pool.map(run, acts))


def assert_one(said: Counter[str]) -> None:
    """One was first; the others were told that they were not."""
    assert said.pop("done") == 1
    assert set(said) <= OVERTAKEN, said


def test_two_officers_take_and_advise_on_one_file(committed_db: str) -> None:
    scheme = given_programme()
    file = given_submitted_application(scheme)
    at = scheme.later()
    assert_one(at_once(*(
        lambda who=who: files.take_screening(
            actor=scheme.actor(who), application_id=file.pk, at=at)
        for who in ("intake", "checker")
    )))  # fmt: skip
    assert file.seats.count() == 1
    taker = file.seats.get().user.username
    files.accept_application(actor=scheme.actor(taker), application_id=file.pk, at=scheme.later())
    at = scheme.later()
    assert_one(at_once(*(
        lambda who=who: files.recommend_application(
            actor=scheme.actor(who), application_id=file.pk, amount_fen=1_000, reason="属实", at=at)
        for who in ("reviewer", "reviewer2")
    )))  # fmt: skip
    assert findings(scheme) == {}


def test_one_company_begins_one_file(committed_db: str) -> None:
    scheme = given_programme()
    at = scheme.later()
    company = scheme.cast.companies["buyer"]
    assert_one(at_once(*(
        lambda who=who: files.draft_application(
            actor=scheme.actor(who), round_id=scheme.round.pk, company_id=company.pk, at=at)
        for who in ("buyer_agent", "buyer_signatory")
    )))  # fmt: skip


def test_receipts_of_one_moment_have_no_gap(committed_db: str) -> None:
    scheme = given_programme()
    names = given_companies(scheme, 6)
    drafts = {name: given_draft(scheme, name) for name in names}
    at = scheme.later()
    said = at_once(*(
        lambda name=name: files.submit_application(
            actor=scheme.actor(f"{name}_signatory"), application_id=drafts[name].pk, at=at)
        for name in names
    ))  # fmt: skip
    assert said == {"done": 6}
    numbers = scheme.round.applications.values_list("receipt_number", flat=True)
    assert sorted(numbers) == [1, 2, 3, 4, 5, 6]


def test_a_voucher_is_prepared_and_issued_once(committed_db: str) -> None:
    scheme = given_programme()
    file = given_approved_application(scheme)
    at = scheme.later()
    worker = Actor.system("issuance.prepare")
    said = at_once(*[
        lambda: vouchers.prepare_voucher(actor=worker, application_id=file.pk, at=at)
    ] * 4)  # fmt: skip
    assert said == {"done": 4}
    voucher = Voucher.objects.get()
    at = scheme.later()
    assert_one(at_once(*(
        lambda n=n: vouchers.accept_voucher(
            actor=scheme.actor("buyer_signatory"), voucher_id=voucher.pk, at=at,
            request_key=f"yes-{n}")
        for n in range(4)
    )))  # fmt: skip
    assert JournalEntry.objects.filter(kind="ISSUE").count() == 1
    assert findings(scheme) == {}


def test_consent_and_lapse_meet_and_one_of_them_holds(committed_db: str) -> None:
    scheme = given_programme()
    voucher = given_pending_voucher(scheme)
    due = Deadline.objects.get(subject_ref=voucher.ref, kind="issuance.consent")
    before = due.due_at - (due.due_at - scheme.at) / 1000
    at_once(
        lambda: vouchers.accept_voucher(
            actor=scheme.actor("buyer_signatory"), voucher_id=voucher.pk, at=before,
            request_key="yes"),
        lambda: vouchers.carry_out_deadline(deadline_id=due.pk, at=due.due_at),
    )  # fmt: skip
    scheme.at = due.due_at
    voucher.refresh_from_db()
    assert voucher.status in ("ACTIVE", "LAPSED")
    assert findings(scheme) == {}


def test_an_order_and_the_end_of_grace_meet(committed_db: str) -> None:
    sale = given_sale()
    due = Deadline.objects.get(subject_ref=sale.voucher.ref, kind="issuance.grace_end")
    sale.scheme.at = due.due_at
    before = due.due_at - (due.due_at - sale.voucher.issued_at) / 1_000_000
    said = at_once(
        *(lambda n=n: order(sale, n, before) for n in range(6)),
        lambda: vouchers.carry_out_deadline(deadline_id=due.pk, at=due.due_at),
    )
    assert set(said) <= {"done", "voucher_not_usable", "moved_meanwhile"}
    assert voucher_money(sale.voucher)["available"] == 0
    assert findings(sale.scheme) == {}


def order(sale: Sale, number: int, at: Any) -> None:
    """A hundredth of the voucher."""
    redemptions.request_redemption(
        actor=sale.actor("agent"), voucher_id=sale.voucher.pk, offer_id=sale.scheme.offer.pk,
        order_number=f"SO-R{number}", price_fen=100_000, at=at, request_key=f"race-{number}",
    )  # fmt: skip


def test_revocation_and_acceptance_meet(committed_db: str) -> None:
    sale = given_sale()
    scheme = sale.scheme
    claim = sale.verify(sale.countersigned())
    vouchers.propose_revocation(
        actor=scheme.actor("approver2"), voucher_id=sale.voucher.pk, reason="骗补",
        at=scheme.later(),
    )  # fmt: skip
    letter = Letter.objects.get(subject_ref=sale.voucher.ref, burden="REVOKED")
    waive_letter(actor=scheme.actor("buyer_signatory"), letter_id=letter.pk, at=scheme.later())
    at = scheme.later()
    said = at_once(
        lambda: vouchers.revoke_voucher(
            actor=scheme.actor("authoriser"), voucher_id=sale.voucher.pk, at=at, request_key="r"),
        lambda: redemptions.accept_redemption(
            actor=scheme.actor("checker"), redemption_id=claim.pk, reason="", at=at,
            accepted_fen=claim.requested_fen, request_key="a"),
    )  # fmt: skip
    assert said["done"] >= 1
    assert set(said) <= {"done", "redemptions_open"}
    assert findings(scheme) == {}


def test_a_debt_is_drawn_into_one_batch(committed_db: str) -> None:
    sale = given_sale()
    sale.accepted()
    add_officer(sale.scheme.cast, "clerk2", "finance_clerk", "lead", sale.scheme.at)
    at = sale.scheme.later()
    assert_one(at_once(*(
        lambda who=who: settlement.draw_up_batch(
            actor=sale.actor(who), programme_id=sale.scheme.programme.pk, at=at)
        for who in ("clerk", "clerk2")
    )))  # fmt: skip
    assert SettlementLine.objects.count() == 1


def test_an_answer_of_the_channel_is_booked_once(committed_db: str) -> None:
    sale = given_sale()
    sale.accepted()
    batch = sent(sale.scheme, drawn_up(sale.scheme))
    at = sale.scheme.later()
    results = [{
        "row_number": 1, "paid": True, "paid_on": at.date(), "treasury_number": "Z1",
        "receipt_sha256": "a" * 64, "account": "6222000011112222",
    }]  # fmt: skip
    for keys, expected in ((["same"] * 8, {"done": 8}), (["other", "another"], None)):
        said = at_once(*(
            lambda key=key: settlement.record_results(
                actor=sale.actor("clerk"), batch_id=batch.pk, results=results, at=at,
                request_key=key)
            for key in keys
        ))  # fmt: skip
        assert expected is None or said == expected
    assert JournalEntry.objects.filter(kind="PAY").count() == 1
    assert findings(sale.scheme) == {}


def test_a_month_is_closed_after_what_is_being_booked_in_it(committed_db: str) -> None:
    """Who closes waits for the booking under way; who books afterwards finds it closed."""
    scheme = given_programme()
    in_march, april = scheme.later(), scheme.at.replace(month=4)

    def close() -> None:
        with transaction.atomic():
            close_month(
                actor=scheme.actor("releaser"), agency_id=scheme.programme.agency_id,
                month_date=date(2025, 3, 1), at=april,
            )  # fmt: skip

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            recall_one_fen(scheme, "under-way", in_march)
            closing = pool.submit(at_once, close)
            with pytest.raises(TimeoutError):
                closing.result(timeout=1)
        assert closing.result(timeout=10) == {"done": 1}
    with pytest.raises(Conflict, match="period_closed"), transaction.atomic():
        recall_one_fen(scheme, "too-late", in_march)
    scheme.at = april
    assert findings(scheme) == {}


def recall_one_fen(scheme: Scheme, key: str, at: Any) -> None:
    """From the lead body's line up to the finance body's."""
    line = scheme.lines[0]
    actor = scheme.actor("authoriser")
    request = Request.of(actor, key, {})
    post_entry(
        EntryKind.RECALL, request=request, agency_id=line.agency_id, at=at, actor=actor,
        legs=[Leg(line.pool_account_id, line.parent.pool_account_id, 1)],
        subject_ref=f"line:{line.number}",
    )  # fmt: skip
    record_event(
        "check.ran", actor=actor, subject_ref=f"line:{line.number}", agency_id=line.agency_id,
        at=at, request_ref=request.ref,
    )  # fmt: skip


def given_companies(scheme: Scheme, count: int) -> list[str]:
    """More applicants, each with its people."""
    names = [f"firm{number}" for number in range(count)]
    for number, name in enumerate(names, start=10):
        add_company(scheme.cast, name, number, scheme.at)
    return names


@pytest.mark.parametrize(("short", "code"), [
    ("money", "insufficient_funds"), ("ceiling", "ceiling_short"), ("cap", "amount_exceeds_cap"),
])  # fmt: skip
def test_no_more_is_promised_than_there_is(committed_db: str, short: str, code: str) -> None:
    """Six notices at once, each of its own file; there is enough for four."""
    grant = 49_000_000
    plenty, enough_for_four = 100 * grant, 4 * grant + 1
    scheme = given_programme(
        funds_fen=(enough_for_four if short == "money" else plenty,),
        ceiling_fen=enough_for_four if short == "ceiling" else plenty,
    )
    names = given_companies(scheme, 6)
    if short == "cap":  # one group: two million a year
        Company.objects.filter(pk__in=[scheme.cast.companies[name].pk for name in names]).update(
            group_key="G" * 18
        )
    made = [
        given_recommended_application(scheme, name, planned_fen=200_000_000, amount_fen=grant)
        for name in names
    ]
    at = scheme.later()
    said = at_once(*(
        lambda file=file: files.post_notice(
            actor=scheme.actor("approver"), application_ids=[file.pk], title_zh="公示",
            title_en="", at=at, request_key=file.number)
        for file in made
    ))  # fmt: skip
    assert said == {"done": 4, code: 2}
    states = get_money_states([line.pool_account_id for line in scheme.lines])
    assert states.reserved_fen == 4 * grant
    assert max(CapUsage.objects.values_list("used_fen", flat=True)) == 4 * grant
    assert findings(scheme) == {}


def test_a_crowd_on_one_scheme_neither_hangs_nor_loses_a_fen(committed_db: str) -> None:
    """Orders, answers, suspensions and batches at once, each thread with its own small life."""
    sale = given_sale()
    scheme = sale.scheme
    for _each in range(3):
        sale.accepted(300_000)
    start = scheme.later()
    ticks = count(1)

    def now() -> Any:
        return start + timedelta(seconds=next(ticks))

    def buys(number: int) -> None:
        for turn in range(6):
            made = redemptions.request_redemption(
                actor=sale.actor("agent"), voucher_id=sale.voucher.pk,
                offer_id=scheme.offer.pk, order_number=f"SO-{number}-{turn}", price_fen=10_000,
                at=now(), request_key=f"{number}-{turn}",
            )  # fmt: skip
            redemptions.cancel_redemption(
                actor=sale.actor("agent"), redemption_id=made.pk, at=now(),
                request_key=f"off-{number}-{turn}",
            )  # fmt: skip

    def suspends() -> None:
        for _turn in range(4):
            vouchers.suspend_voucher(
                actor=scheme.actor("approver"), voucher_id=sale.voucher.pk, reason="核查", at=now()
            )
            vouchers.resume_voucher(
                actor=scheme.actor("approver2"), voucher_id=sale.voucher.pk, at=now()
            )

    def settles() -> None:
        for _turn in range(4):
            batch = settlement.draw_up_batch(
                actor=sale.actor("clerk"), programme_id=scheme.programme.pk, at=now()
            )
            settlement.lock_batch(actor=sale.actor("clerk"), batch_id=batch.pk, at=now())
            for who in ("authoriser", "manager"):
                settlement.abort_batch(
                    actor=sale.actor(who), batch_id=batch.pk, reason="缓", at=now()
                )

    said = at_once(*(lambda n=n: buys(n) for n in range(4)), suspends, settles, settles, suspends)
    assert "lock_timeout" not in said
    assert set(said) <= OVERTAKEN | {"done", "not_payable"}, said
    scheme.at = now()
    assert findings(scheme) == {}
