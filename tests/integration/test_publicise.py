"""The yes that costs money: drawn in order, refused with figures, published, objected to."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from companies.agencies.selectors import list_open_deadlines
from companies.errors import Conflict, InvalidInput, NotAllowed
from companies.foundation.actors import Actor
from companies.letters.models import Letter
from companies.letters.services import waive_letter
from tests.given import (
    DAY,
    carry_out,
    given_approved_application,
    given_notice,
    given_programme,
    given_recommended_application,
)
from tests.given_money import findings
from vouchers.applications import services as files
from vouchers.applications.models import Application, NoticeRow, PublicNotice
from vouchers.applications.selectors import get_public_notice, list_awards, list_public_notices
from vouchers.ledger.models import JournalEntry, Transfer
from vouchers.ledger.selectors import get_balance, get_money_states
from vouchers.programmes.models import CapUsage
from vouchers.programmes.services import freeze_line, pause_programme

pytestmark = pytest.mark.django_db


def states(scheme):
    return get_money_states([line.pool_account_id for line in scheme.lines])


def given_objection(scheme, notice):
    return files.lodge_objection(
        actor=Actor.system("public"), notice_row_id=notice.rows.first().pk, text="情况不实",
        contact="", at=scheme.later(),
    )  # fmt: skip


def answer(scheme, objection, *, upheld, name="approver2"):
    return files.answer_objection(
        actor=scheme.actor(name), objection_id=objection.pk, answer="经核查", upheld=upheld,
        at=scheme.later(),
    )  # fmt: skip


def test_a_notice_reserves_for_every_row_in_draw_order() -> None:
    scheme = given_programme(funds_fen=(4_000_000, 9_000_000))
    one = given_recommended_application(scheme)
    two = given_recommended_application(scheme, "rival")
    notice = given_notice(scheme, one, two)
    money = states(scheme)
    assert (money.reserved_fen, money.available_fen) == (6_000_000, 7_000_000)
    assert get_balance(scheme.lines[0].pool_account_id) == 0
    for file, lines in ((one, 1), (two, 2)):
        file.refresh_from_db()
        assert (file.status, file.approved_fen, file.reserved_fen) == (
            "IN_PUBLIC_NOTICE", 3_000_000, 3_000_000,
        )  # fmt: skip
        assert file.fundings.count() == lines
    assert set(CapUsage.objects.values_list("scope", "used_fen")) == {
        ("CEILING", 6_000_000), ("GROUP_YEAR", 3_000_000),
    }  # fmt: skip
    assert get_public_notice(notice.number).rows.count() == 2
    assert list(list_public_notices()) == [notice]


def test_the_same_notice_twice_is_one_notice() -> None:
    scheme = given_programme()
    file = given_recommended_application(scheme)
    assert given_notice(scheme, file) == given_notice(scheme, file)
    assert JournalEntry.objects.filter(kind="RESERVE").count() == 1


@pytest.mark.parametrize(
    ("money", "code"),
    [
        ({"funds_fen": (2_999_999,)}, "insufficient_funds"),
        ({"ceiling_fen": 2_999_999}, "ceiling_short"),
    ],
)
def test_a_refusal_says_what_is_short_by_how_much(money, code: str) -> None:
    scheme = given_programme(**money)
    file = given_recommended_application(scheme)
    with pytest.raises(Conflict, match=code) as refusal:
        given_notice(scheme, file)
    assert refusal.value.facts["missing_fen"] == 1
    assert not PublicNotice.objects.exists() and not file.decisions.filter(act="APPROVE").exists()


def test_the_groups_cap_is_asked_again_when_money_is_put_aside() -> None:
    scheme = given_programme()
    file = given_recommended_application(scheme)
    CapUsage.objects.create(
        agency_id=file.agency_id, programme_id=file.programme_id, scope="GROUP_YEAR",
        subject=file.company.group_key, period="2025", limit_fen=2_000_000, used_fen=0,
    )  # fmt: skip
    with pytest.raises(Conflict, match="amount_exceeds_cap") as refusal:
        given_notice(scheme, file)
    assert refusal.value.facts["missing_fen"] == 1_000_000


def test_a_large_award_needs_two_approvers() -> None:
    scheme = given_programme()
    file = given_recommended_application(scheme, planned_fen=200_000_000)
    with pytest.raises(Conflict, match="signatures_missing"):
        given_notice(scheme, file)
    cosign = {"actor": scheme.actor("approver2"), "application_id": file.pk}
    files.cosign_award(at=scheme.later(), **cosign)
    with pytest.raises(Conflict, match="already_signed"):
        files.cosign_award(at=scheme.later(), **cosign)
    given_notice(scheme, file)
    file.refresh_from_db()
    assert file.status == "IN_PUBLIC_NOTICE"
    with pytest.raises(Conflict, match="wrong_state"):  # a signature after the decision
        files.cosign_award(
            actor=scheme.actor("approver3"), application_id=file.pk, at=scheme.later()
        )
    assert not file.seats.filter(user__username="approver3").exists()


def test_a_scheme_or_line_at_rest_reserves_nothing() -> None:
    scheme = given_programme()
    file = given_recommended_application(scheme)
    freeze_line(
        actor=scheme.actor("authoriser"), line_id=scheme.lines[0].pk, reason="核查",
        at=scheme.later(),
    )  # fmt: skip
    with pytest.raises(Conflict, match="insufficient_funds"):
        given_notice(scheme, file)
    pause_programme(
        actor=scheme.actor("manager"), programme_id=scheme.programme.pk, at=scheme.later()
    )
    with pytest.raises(Conflict, match="programme_not_active"):
        given_notice(scheme, file)


def test_without_a_notice_by_rule_approval_is_at_once() -> None:
    scheme = given_programme(notice=False)
    file = given_recommended_application(scheme)
    with pytest.raises(Conflict, match="no_notice_by_rule"):
        given_notice(scheme, file)
    done = files.approve_application(
        actor=scheme.actor("approver"), application_id=file.pk, at=scheme.later(),
        request_key="yes",
    )  # fmt: skip
    assert done.status == "APPROVED" and states(scheme).reserved_fen == 3_000_000
    assert list(list_awards()) == [done]


def test_with_a_notice_by_rule_nothing_is_approved_silently() -> None:
    scheme = given_programme()
    file = given_recommended_application(scheme)
    with pytest.raises(Conflict, match="notice_required"):
        files.approve_application(
            actor=scheme.actor("approver"), application_id=file.pk, at=scheme.later(),
            request_key="yes",
        )  # fmt: skip


def test_a_notice_without_objection_approves_when_it_is_over() -> None:
    scheme = given_programme()
    file = given_approved_application(scheme)
    assert file.status == "APPROVED"
    notice = PublicNotice.objects.get()
    carry_out(scheme, f"notice:{notice.number}", "applications.notice_end")
    notice.refresh_from_db()
    assert notice.status == "ENDED"
    with pytest.raises(Conflict, match="notice_over"):
        given_objection(scheme, notice)


def test_an_unfounded_objection_gives_the_notice_its_days_back() -> None:
    scheme = given_programme()
    file = given_recommended_application(scheme)
    notice = given_notice(scheme, file)
    objection = given_objection(scheme, notice)
    file.refresh_from_db()
    assert file.status == "OBJECTED" and len(objection.tracking_code) == 32
    scheme.later(20 * DAY)
    with pytest.raises(NotAllowed, match="seat_taken"):
        answer(scheme, objection, upheld=False, name="approver")
    answer(scheme, objection, upheld=False)
    file.refresh_from_db()
    assert file.status == "IN_PUBLIC_NOTICE" and file.reserved_fen == 3_000_000
    scheme.later(20 * DAY)
    carry_out(scheme, file.ref, "applications.notice_end")
    file.refresh_from_db()
    assert file.status == "APPROVED"


def reviewed_anew(scheme, file, amount_fen):
    """Upheld: back to review, where the reviewer names another sum."""
    notice = given_notice(scheme, file)
    answer(scheme, given_objection(scheme, notice), upheld=True)
    return files.recommend_application(
        actor=scheme.actor("reviewer"), application_id=file.pk, amount_fen=amount_fen,
        reason="复核", at=scheme.later(),
    )  # fmt: skip


def test_an_upheld_objection_sends_the_file_back_to_review_and_its_money_waits() -> None:
    scheme = given_programme()
    file = given_recommended_application(scheme)
    notice = given_notice(scheme, file)
    objection = given_objection(scheme, notice)
    answer(scheme, objection, upheld=True)
    file.refresh_from_db()
    assert (file.status, file.reserved_fen) == ("IN_REVIEW", 3_000_000)
    assert states(scheme).reserved_fen == 3_000_000
    assert notice.rows.get().taken_out_at == scheme.at
    assert {row.kind for row in list_open_deadlines(file.ref)} == {"applications.review"}
    assert not Letter.objects.filter(subject_ref=file.ref, burden="REJECTED").exists()
    with pytest.raises(Conflict, match="objection_answered"):
        answer(scheme, objection, upheld=False)
    with pytest.raises(Conflict, match="notice_over"):
        given_objection(scheme, notice)


@pytest.mark.parametrize(
    ("amount_fen", "kind"), [(1_000_000, "UNRESERVE"), (2_000_000, "UNRESERVE"), (3_000_000, "")]
)
def test_after_the_second_review_only_the_difference_moves(amount_fen: int, kind: str) -> None:
    scheme = given_programme(funds_fen=(1_500_000, 9_000_000))
    file = given_recommended_application(scheme)
    reviewed_anew(scheme, file, amount_fen)
    again = files.post_notice(
        actor=scheme.actor("approver"), application_ids=[file.pk], title_zh="公示二", title_en="",
        at=scheme.later(), request_key="again",
    )  # fmt: skip
    file.refresh_from_db()
    assert (file.status, file.approved_fen, file.reserved_fen) == (
        "IN_PUBLIC_NOTICE", amount_fen, amount_fen,
    )  # fmt: skip
    moved = Transfer.objects.filter(entry__key__contains="again")
    assert sum(moved.values_list("amount_fen", flat=True)) == 3_000_000 - amount_fen
    assert {row.entry.kind for row in moved} == ({kind} if kind else set())
    assert get_balance(scheme.lines[0].pool_account_id) == max(0, 1_500_000 - amount_fen)
    assert set(CapUsage.objects.values_list("used_fen", flat=True)) == {amount_fen}
    assert again.rows.get().amount_fen == amount_fen
    assert given_notice(scheme, file) != again, "the first request still answers with its own"
    assert findings(scheme) == {}


def test_a_file_returned_after_an_objection_gives_its_money_back() -> None:
    scheme = given_programme()
    file = given_recommended_application(scheme)
    answer(scheme, given_objection(scheme, given_notice(scheme, file)), upheld=True)
    done = files.return_application(
        actor=scheme.actor("reviewer"), application_id=file.pk, note="补合同", at=scheme.later()
    )
    assert (done.status, done.reserved_fen) == ("RETURNED", 0)
    assert states(scheme).available_fen == states(scheme).received_fen
    assert not CapUsage.objects.exclude(used_fen=0).exists()
    assert findings(scheme) == {}


def test_a_file_the_public_has_seen_is_rejected_only_once_the_company_was_heard() -> None:
    scheme = given_programme()
    file = given_recommended_application(scheme)
    say = {"actor": scheme.actor("approver"), "application_id": file.pk, "reason": "异议成立"}
    with pytest.raises(Conflict, match="never_public"):
        files.announce_rejection(at=scheme.later(), **say)
    reviewed_anew(scheme, file, 3_000_000)
    with pytest.raises(Conflict, match="prior_notice_missing"):
        files.reject_application(at=scheme.later(), request_key="reject", **say)
    file.refresh_from_db()
    with pytest.raises(IntegrityError, match="burden_rests_on_letter"), transaction.atomic():
        Application.objects.filter(pk=file.pk).update(status="REJECTED", status_at=scheme.at)
    heard(scheme, file, say)
    done = files.reject_application(at=scheme.later(), request_key="reject", **say)
    assert (done.status, done.reserved_fen) == ("REJECTED", 0)
    assert states(scheme).available_fen == states(scheme).received_fen
    assert not CapUsage.objects.exclude(used_fen=0).exists()
    assert findings(scheme) == {}


def heard(scheme, file, say) -> None:
    """The refusal is announced; the company waives its answer."""
    files.announce_rejection(at=scheme.later(), **say)
    letter = Letter.objects.get(subject_ref=file.ref, burden="REJECTED")
    waive_letter(actor=scheme.actor("buyer_signatory"), letter_id=letter.pk, at=scheme.later())


def test_a_file_refused_while_objected_answers_those_who_objected() -> None:
    scheme = given_programme()
    file = given_recommended_application(scheme)
    notice = given_notice(scheme, file)
    objection = given_objection(scheme, notice)
    say = {"actor": scheme.actor("approver2"), "application_id": file.pk, "reason": "异议成立"}
    with pytest.raises(NotAllowed, match="seat_taken"):
        files.announce_rejection(at=scheme.later(), **{**say, "actor": scheme.actor("approver")})
    heard(scheme, file, say)
    done = files.reject_application(at=scheme.later(), request_key="reject", **say)
    objection.refresh_from_db()
    assert (done.status, objection.status, objection.answer) == (
        "REJECTED", "ANSWERED", "异议成立",
    )  # fmt: skip
    assert notice.rows.get().taken_out_at == scheme.at
    assert findings(scheme) == {}


def test_an_announced_refusal_falls_when_the_file_goes_on() -> None:
    scheme = given_programme()
    file = given_recommended_application(scheme)
    notice = given_notice(scheme, file)
    objection = given_objection(scheme, notice)
    heard(scheme, file, {"actor": scheme.actor("approver2"), "application_id": file.pk,
                         "reason": "拟不予支持"})  # fmt: skip
    answer(scheme, objection, upheld=False)
    assert Letter.objects.get(subject_ref=file.ref, burden="REJECTED").status == "WITHDRAWN"
    given_objection(scheme, notice)
    with pytest.raises(Conflict, match="prior_notice_missing"):
        files.reject_application(
            actor=scheme.actor("approver2"), application_id=file.pk, reason="拟不予支持",
            at=scheme.later(), request_key="old-notice",
        )  # fmt: skip


def test_withdrawing_from_a_notice_frees_the_money() -> None:
    scheme = given_programme()
    file = given_recommended_application(scheme)
    given_notice(scheme, file)
    done = files.withdraw_application(
        actor=scheme.actor("buyer_signatory"), application_id=file.pk, at=scheme.later(),
        request_key="back",
    )  # fmt: skip
    assert (done.status, done.reserved_fen) == ("WITHDRAWN", 0)
    assert states(scheme).available_fen == states(scheme).received_fen


def test_an_empty_notice_is_refused() -> None:
    scheme = given_programme()
    with pytest.raises(InvalidInput, match="notice_empty"):
        files.post_notice(
            actor=scheme.actor("approver"), application_ids=[], title_zh="公示", title_en="",
            at=scheme.later(), request_key="none",
        )  # fmt: skip


def test_the_database_keeps_a_posted_notice() -> None:
    scheme = given_programme()
    notice = given_notice(scheme, given_recommended_application(scheme))
    with pytest.raises(IntegrityError, match="notice_frozen"), transaction.atomic():
        PublicNotice.objects.filter(pk=notice.pk).update(title_zh="另一个")
    with pytest.raises(IntegrityError, match="notice_row_frozen"), transaction.atomic():
        NoticeRow.objects.filter(notice=notice).update(amount_fen=1)
