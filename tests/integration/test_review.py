"""Review: advice within the verdict, another reviewer's after a return, the approver's no."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction

from companies.audit.models import AuditEvent
from companies.errors import Conflict, InvalidInput, NotAllowed
from companies.foundation.actors import Actor
from companies.letters.models import Letter
from companies.users.services import grant_duty
from tests.cast import SETUP, add_officer
from tests.given import (
    given_notice,
    given_programme,
    given_recommended_application,
    given_submitted_application,
)
from vouchers.applications import services as files
from vouchers.applications.models import Decision

pytestmark = pytest.mark.django_db


def given_in_review(scheme):
    file = given_submitted_application(scheme)
    files.take_screening(actor=scheme.actor("intake"), application_id=file.pk, at=scheme.later())
    return files.accept_application(
        actor=scheme.actor("intake"), application_id=file.pk, at=scheme.later()
    )


@pytest.mark.parametrize("amount_fen", [0, -1, 3_000_001])
def test_advice_stays_within_the_verdict(amount_fen: int) -> None:
    scheme = given_programme()
    file = given_in_review(scheme)
    with pytest.raises(InvalidInput, match="amount_out_of_range"):
        files.recommend_application(
            actor=scheme.actor("reviewer"), application_id=file.pk, amount_fen=amount_fen,
            reason="", at=scheme.later(),
        )  # fmt: skip


def test_a_signature_is_append_only_and_made_in_its_seat() -> None:
    scheme = given_programme()
    file = given_recommended_application(scheme)
    decision = Decision.objects.get(application=file, act="REVIEW")
    assert (decision.seat, decision.amount_fen) == ("reviewer", 3_000_000)
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        Decision.objects.filter(pk=decision.pk).update(amount_fen=1)


def test_one_person_keeps_one_seat_on_a_file() -> None:
    scheme = given_programme()
    add_officer(scheme.cast, "busy", "intake", "lead", scheme.at)
    grant_duty(
        actor=SETUP, user_id=scheme.cast.people["busy"].pk,
        agency_id=scheme.programme.agency_id, role="reviewer", programme_ref="",
        valid_from=scheme.at, valid_until=None, basis="测试任命", at=scheme.at,
    )  # fmt: skip
    file = given_submitted_application(scheme)
    for act in (files.take_screening, files.accept_application):
        act(actor=scheme.actor("busy"), application_id=file.pk, at=scheme.later())
    with pytest.raises(NotAllowed, match="seat_taken") as refusal:
        files.recommend_application(
            actor=scheme.actor("busy"), application_id=file.pk, amount_fen=1, reason="",
            at=scheme.later(),
        )  # fmt: skip
    assert refusal.value.facts == {"seat": "screener", "wanted": "reviewer"}


def test_a_file_sent_back_needs_another_reviewer() -> None:
    scheme = given_programme()
    file = given_in_review(scheme)
    files.advise_against(
        actor=scheme.actor("reviewer"), application_id=file.pk, reason="用途不符",
        at=scheme.later(),
    )  # fmt: skip
    files.send_back(
        actor=scheme.actor("approver"), application_id=file.pk, reason="请复核", at=scheme.later()
    )
    advice = {"application_id": file.pk, "amount_fen": 1_000_000, "reason": "可支持"}
    with pytest.raises(NotAllowed, match="reviewer_not_new"):
        files.recommend_application(actor=scheme.actor("reviewer"), at=scheme.later(), **advice)
    done = files.recommend_application(actor=scheme.actor("reviewer2"), at=scheme.later(), **advice)
    assert done.status == "RECOMMENDED" and done.cycle == 1


def test_review_begins_again_by_the_verb_of_its_state_only() -> None:
    scheme = given_programme()
    screened = given_submitted_application(scheme)
    intake, approver = scheme.actor("intake"), scheme.actor("approver")
    files.take_screening(actor=intake, application_id=screened.pk, at=scheme.later())
    objected = given_recommended_application(scheme, "rival")
    files.lodge_objection(
        actor=Actor.system("public"), notice_row_id=given_notice(scheme, objected).rows.get().pk,
        text="不实", contact="", at=scheme.later(),
    )  # fmt: skip
    for file in (screened, objected):
        with pytest.raises(Conflict, match="wrong_state"):
            files.send_back(
                actor=approver, application_id=file.pk, reason="请复核", at=scheme.later()
            )
    with pytest.raises(Conflict, match="wrong_state"):
        files.accept_application(actor=intake, application_id=objected.pk, at=scheme.later())


def test_rejecting_needs_a_reason_and_tells_the_remedy() -> None:
    scheme = given_programme()
    file = given_recommended_application(scheme)
    reject = {"actor": scheme.actor("approver"), "application_id": file.pk}
    with pytest.raises(InvalidInput, match="reason_missing"):
        files.reject_application(reason="  ", at=scheme.later(), request_key="no", **reject)
    done = files.reject_application(
        reason="资金安排调整", at=scheme.later(), request_key="no", **reject
    )
    assert done.status == "REJECTED"
    assert Letter.objects.get(subject_ref=file.ref, kind="DECISION").remedy
    with pytest.raises(Conflict, match="wrong_state"):
        files.reject_application(reason="再次", at=scheme.later(), request_key="again", **reject)


def test_an_approver_may_return_a_recommended_file() -> None:
    scheme = given_programme()
    file = given_recommended_application(scheme)
    done = files.return_application(
        actor=scheme.actor("approver"), application_id=file.pk, note="补充说明", at=scheme.later()
    )
    assert (done.status, done.cycle) == ("RETURNED", 1)


def test_who_is_refused_stands_on_the_record_and_nothing_else_does() -> None:
    scheme = given_programme()
    file = given_recommended_application(scheme)
    before = AuditEvent.objects.count()
    with pytest.raises(NotAllowed):
        files.post_notice(
            actor=scheme.actor("reviewer"), application_ids=[file.pk], title_zh="公示",
            title_en="Notice", at=scheme.later(), request_key="not-mine",
        )  # fmt: skip
    event = AuditEvent.objects.latest("id")
    assert AuditEvent.objects.count() == before + 1
    assert (event.action, event.agency_id) == ("access.refused", scheme.programme.agency_id)
    told = event.auditpayload.content["facts"]
    assert (told["verb"], told["code"]) == ("post_notice", "duty_missing")
