"""Acts that come too late, out of order, twice, or from somebody with an interest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from companies.agencies.models import Deadline
from companies.agencies.selectors import list_open_deadlines
from companies.alerts.models import Alert
from companies.errors import Conflict, NotAllowed, TryAgain
from companies.letters.models import Letter
from companies.letters.services import waive_letter
from companies.registry.models import RelatedPair
from companies.registry.services import grant_membership
from tests.cast import SETUP, add_officer
from tests.given import (
    DAY,
    HOUR,
    Scheme,
    given_approved_application,
    given_draft,
    given_live_voucher,
    given_notice,
    given_programme,
    given_recommended_application,
    given_submitted_application,
)
from tests.given_money import Sale, drawn_up, findings, given_sale, run_due
from vouchers.applications import services as files
from vouchers.applications.models import Application
from vouchers.issuance import services as vouchers
from vouchers.issuance.tasks import prepare
from vouchers.ledger.models import JournalEntry
from vouchers.programmes import services as programmes
from vouchers.redemptions import services as redemptions
from vouchers.settlement import services as settlement

pytestmark = pytest.mark.django_db


def past(scheme: Scheme, subject_ref: str, kind: str) -> None:
    """A promise's day is over; no sweeper has come by."""
    scheme.at = Deadline.objects.get(subject_ref=subject_ref, kind=kind, done_at=None).due_at


def test_a_late_sweeper_lets_no_late_supplement_through() -> None:
    scheme = given_programme()
    file = given_submitted_application(scheme)
    intake = scheme.actor("intake")
    files.take_screening(actor=intake, application_id=file.pk, at=scheme.later())
    files.return_application(actor=intake, application_id=file.pk, note="补合同", at=scheme.later())
    past(scheme, file.ref, "applications.return_reply")
    with pytest.raises(Conflict, match="deadline_passed"):
        files.submit_application(
            actor=scheme.actor("buyer_signatory"), application_id=file.pk, at=scheme.at
        )


def test_an_objection_after_the_period_is_too_late_though_no_sweeper_came() -> None:
    scheme = given_programme()
    file = given_recommended_application(scheme)
    given_notice(scheme, file)
    past(scheme, file.ref, "applications.notice_end")
    with pytest.raises(Conflict, match="notice_over"):
        files.lodge_objection(
            actor=SETUP, notice_row_id=file.notice_rows.get().pk, text="异议", contact="",
            at=scheme.at,
        )  # fmt: skip


def test_one_objection_upheld_of_two_sends_the_file_back_once_both_are_answered() -> None:
    scheme = given_programme()
    file = given_recommended_application(scheme)
    given_notice(scheme, file)
    lodged = [
        files.lodge_objection(
            actor=SETUP, notice_row_id=file.notice_rows.get().pk, text=text, contact="",
            at=scheme.later(),
        )
        for text in ("虚报", "关联")
    ]  # fmt: skip
    for objection, upheld, status in zip(
        lodged, (True, False), ("OBJECTED", "IN_REVIEW"), strict=True
    ):
        files.answer_objection(
            actor=scheme.actor("approver3"), objection_id=objection.pk, answer="已查",
            upheld=upheld, at=scheme.later(),
        )  # fmt: skip
        file.refresh_from_db()
        assert file.status == status
    assert {row.kind for row in list_open_deadlines(file.ref)} == {"applications.review"}


def test_an_intake_officer_signs_no_second_check() -> None:
    sale = given_sale()
    add_officer(sale.scheme.cast, "intake2", "intake", "lead", sale.scheme.at)
    claim = sale.verify(sale.countersigned(7_000_000))
    assert sale.accept(claim).status == "UNDER_CHECK"
    with pytest.raises(NotAllowed, match="duty_missing"):
        sale.accept(claim, who="intake2")
    assert sale.accept(claim, who="reviewer2").status == "ACCEPTED"
    assert findings(sale.scheme) == {}


def test_nothing_is_confirmed_or_proved_on_a_hold_that_is_over() -> None:
    sale = given_sale()
    asked, confirmed = sale.order(500_000), sale.confirmed(500_000)
    past(sale.scheme, confirmed.ref, "redemptions.hold_end")
    with pytest.raises(Conflict, match="deadline_passed"):
        redemptions.confirm_order(
            actor=sale.actor("seller_sales"), redemption_id=asked.pk, at=sale.scheme.at
        )
    with pytest.raises(Conflict, match="deadline_passed"):
        sale.prove(confirmed)


def test_silence_that_has_agreed_is_not_taken_back() -> None:
    sale = given_sale()
    claim = sale.evidenced()
    past(sale.scheme, claim.ref, "redemptions.silence")
    with pytest.raises(Conflict, match="deadline_passed"):
        redemptions.dispute_redemption(
            actor=sale.actor("agent"), redemption_id=claim.pk, reason="未用", at=sale.scheme.at
        )


def test_an_undecided_dispute_is_told() -> None:
    sale = given_sale()
    claim = sale.evidenced()
    redemptions.dispute_redemption(
        actor=sale.actor("agent"), redemption_id=claim.pk, reason="未用", at=sale.scheme.later()
    )
    run_due(sale.scheme, claim.ref, "redemptions.dispute")
    assert Alert.objects.get(subject_ref=claim.ref).code == "deadline_missed"
    claim.refresh_from_db()
    assert claim.status == "DISPUTED"


def given_withdrawal(scheme: Scheme) -> tuple[Application, Callable[[], Any]]:
    file = given_draft(scheme)
    return file, lambda: files.withdraw_application(
        actor=scheme.actor("buyer_agent"), application_id=file.pk, at=scheme.later(),
        request_key="once",
    )  # fmt: skip


def given_rejection(scheme: Scheme) -> tuple[Application, Callable[[], Any]]:
    file = given_recommended_application(scheme)
    return file, lambda: files.reject_application(
        actor=scheme.actor("approver"), application_id=file.pk, reason="不足", at=scheme.later(),
        request_key="once",
    )  # fmt: skip


@pytest.mark.parametrize("given", [given_withdrawal, given_rejection])
def test_a_request_that_moved_no_money_is_answered_again_too(given: Any) -> None:
    scheme = given_programme()
    file, act = given(scheme)
    first, entries = act(), JournalEntry.objects.count()
    assert act().pk == first.pk
    assert JournalEntry.objects.count() == entries
    assert not list_open_deadlines(file.ref).exists()
    assert findings(scheme) == {}


def test_a_revocation_with_nothing_left_is_answered_again_too() -> None:
    scheme = given_programme()
    voucher = given_live_voucher(scheme, face_fen=60_000)
    Sale(scheme, voucher).order(200_000)
    held = voucher.redemptions.get()
    vouchers.propose_revocation(
        actor=scheme.actor("approver2"), voucher_id=voucher.pk, reason="骗补", at=scheme.later()
    )
    letter = Letter.objects.get(subject_ref=voucher.ref, burden="REVOKED")
    waive_letter(actor=scheme.actor("buyer_signatory"), letter_id=letter.pk, at=scheme.later())

    def revoke() -> Any:
        return vouchers.revoke_voucher(
            actor=scheme.actor("authoriser"), voucher_id=voucher.pk, at=scheme.later(),
            request_key="once",
        )  # fmt: skip

    with pytest.raises(Conflict, match="redemptions_open"):
        revoke()
    redemptions.cancel_redemption(
        actor=scheme.actor("buyer_agent"), redemption_id=held.pk, at=scheme.later(),
        request_key="off",
    )  # fmt: skip
    assert revoke().status == "REVOKED"
    assert revoke().status == "REVOKED"
    assert findings(scheme) == {}


def test_time_that_steps_back_on_a_file_is_a_refusal_not_an_error() -> None:
    scheme = given_programme()
    file = given_submitted_application(scheme)
    with pytest.raises(Conflict, match="moved_meanwhile"):
        files.take_screening(
            actor=scheme.actor("intake"), application_id=file.pk, at=scheme.at - 2 * HOUR
        )


def test_time_that_lies_ahead_is_our_own_clock_s_fault_and_tried_again() -> None:
    cast = given_programme().cast
    with pytest.raises(TryAgain, match="clock_ahead"):
        grant_membership(
            actor=SETUP, user_id=cast.people["intake"].pk, company_id=cast.companies["rival"].pk,
            role="company_agent", at=timezone.now() + HOUR,
        )  # fmt: skip


@pytest.mark.parametrize("company", ["buyer", "seller", "related"])
def test_the_parties_people_get_no_seat(company: str) -> None:
    scheme = given_programme()
    file = given_submitted_application(scheme)
    companies = scheme.cast.companies
    if company == "related":
        low, high = sorted((companies["rival"], companies["seller"]), key=lambda c: c.pk)
        RelatedPair.objects.create(low=low, high=high, relation="shareholder", evidence="x")
        company = "rival"
    grant_membership(
        actor=SETUP, user_id=scheme.cast.people["intake"].pk, company_id=companies[company].pk,
        role="provider_agent", at=scheme.later(),
    )  # fmt: skip
    with pytest.raises(NotAllowed, match="interest_in_file"):
        files.take_screening(
            actor=scheme.actor("intake"), application_id=file.pk, at=scheme.later()
        )


def test_a_payees_person_neither_accepts_nor_pays() -> None:
    sale = given_sale()
    claim = sale.verify(sale.countersigned())
    seller = sale.scheme.cast.companies["seller"]
    for who in ("checker", "clerk"):
        grant_membership(
            actor=SETUP, user_id=sale.scheme.cast.people[who].pk, company_id=seller.pk,
            role="provider_agent", at=sale.scheme.later(),
        )  # fmt: skip
    with pytest.raises(NotAllowed, match="interest_in_file"):
        sale.accept(claim)
    sale.accept(claim, who="reviewer2")
    batch = drawn_up(sale.scheme)
    with pytest.raises(NotAllowed, match="interest_in_file"):
        settlement.lock_batch(actor=sale.actor("clerk"), batch_id=batch.pk, at=sale.scheme.later())


def test_an_invoice_that_turns_bad_after_acceptance_raises_an_alert() -> None:
    sale = given_sale()
    claim = sale.accepted()
    sale.verify(claim, "RED_LETTERED")
    alert = Alert.objects.get(subject_ref=claim.ref)
    assert (alert.code, alert.severity) == ("invoice_turned_bad", "CRITICAL")
    with pytest.raises(Conflict, match="nothing_to_pay"):
        drawn_up(sale.scheme)
    assert findings(sale.scheme) == {}


def test_one_file_that_cannot_be_prepared_stands_in_nobodys_way() -> None:
    scheme = given_programme(consent=False)
    given_approved_application(scheme)
    programmes.pause_programme(
        actor=scheme.actor("manager"), programme_id=scheme.programme.pk, at=scheme.later(DAY)
    )
    prepare()
