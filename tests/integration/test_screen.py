"""Screening: taken, returned with one list, accepted by letter, refused by two."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from companies.agencies.models import Deadline
from companies.errors import Conflict, NotAllowed
from companies.letters.models import Letter
from companies.letters.services import waive_letter
from tests.given import DAY, carry_out, given_programme, given_submitted_application
from vouchers.applications import services as files
from vouchers.applications.models import Application, EvidenceClaim

pytestmark = pytest.mark.django_db


def given_in_screening(scheme):
    file = given_submitted_application(scheme)
    return files.take_screening(
        actor=scheme.actor("intake"), application_id=file.pk, at=scheme.later()
    )


def send_back(scheme, file, note="缺合同附件"):
    return files.return_application(
        actor=scheme.actor("intake"), application_id=file.pk, note=note, at=scheme.later()
    )


def test_acceptance_is_a_letter_and_starts_the_review_clock() -> None:
    scheme = given_programme()
    file = given_in_screening(scheme)
    files.accept_application(
        actor=scheme.actor("intake"), application_id=file.pk, at=scheme.later()
    )
    file.refresh_from_db()
    assert file.status == "IN_REVIEW" and file.accepted_at == scheme.at
    assert Letter.objects.get(subject_ref=file.ref).kind == "ACCEPTANCE"
    open_kinds = Deadline.objects.filter(subject_ref=file.ref, done_at__isnull=True)
    assert set(open_kinds.values_list("kind", flat=True)) == {"applications.review"}


def test_a_returned_file_stops_the_offices_clock_and_keeps_its_receipt() -> None:
    scheme = given_programme()
    file = given_in_screening(scheme)
    intake = Deadline.objects.get(subject_ref=file.ref, kind="applications.intake")
    send_back(scheme, file)
    intake.refresh_from_db()
    assert intake.paused_at == scheme.at
    scheme.later(2 * DAY)
    again = files.submit_application(
        actor=scheme.actor("buyer_signatory"), application_id=file.pk, at=scheme.later()
    )
    before = intake.due_at
    intake.refresh_from_db()
    assert intake.paused_at is None and intake.due_at > before
    assert (again.version, again.receipt_number, again.status) == (2, 1, "SUBMITTED")
    assert again.versions.count() == 2
    claims = EvidenceClaim.objects.filter(subject_ref=file.ref, released_at__isnull=True)
    assert claims.count() == 1


def test_the_rules_limit_how_often_a_file_is_returned() -> None:
    scheme = given_programme()
    file = given_in_screening(scheme)
    for _round in range(file.rule_version.document["procedure"]["return_rounds_max"]):
        send_back(scheme, file)
        files.submit_application(
            actor=scheme.actor("buyer_signatory"), application_id=file.pk, at=scheme.later()
        )
        files.take_screening(
            actor=scheme.actor("intake"), application_id=file.pk, at=scheme.later()
        )
    with pytest.raises(Conflict, match="return_rounds_exhausted"):
        send_back(scheme, file)


def test_an_unanswered_return_lapses_and_frees_the_contract() -> None:
    scheme = given_programme()
    file = given_in_screening(scheme)
    send_back(scheme, file)
    scheme.later(40 * DAY)
    carry_out(scheme, file.ref, "applications.return_reply")
    file.refresh_from_db()
    assert file.status == "LAPSED"
    assert not EvidenceClaim.objects.filter(released_at__isnull=True).exists()


def test_a_missed_promise_alerts_and_changes_no_file() -> None:
    scheme = given_programme()
    file = given_in_screening(scheme)
    scheme.later(30 * DAY)
    carry_out(scheme, file.ref, "applications.intake")
    file.refresh_from_db()
    assert file.status == "IN_SCREENING"
    accepted = files.accept_application(
        actor=scheme.actor("intake"), application_id=file.pk, at=scheme.later()
    )
    assert accepted.status == "IN_REVIEW"


def test_ineligible_takes_two_people_and_the_companys_say() -> None:
    scheme = given_programme()
    file = given_in_screening(scheme)
    files.propose_ineligible(
        actor=scheme.actor("intake"), application_id=file.pk, reason="不属于支持范围",
        at=scheme.later(),
    )  # fmt: skip
    refuse = {"actor": scheme.actor("approver"), "application_id": file.pk}
    with pytest.raises(Conflict, match="prior_notice_missing"):
        files.declare_ineligible(at=scheme.later(), **refuse)
    letter = Letter.objects.get(subject_ref=file.ref, kind="PRIOR_NOTICE")
    waive_letter(actor=scheme.actor("buyer_signatory"), letter_id=letter.pk, at=scheme.later())
    with pytest.raises(NotAllowed):
        files.declare_ineligible(
            actor=scheme.actor("intake"), application_id=file.pk, at=scheme.later()
        )
    done = files.declare_ineligible(at=scheme.later(), **refuse)
    assert done.status == "INELIGIBLE"
    assert Letter.objects.filter(subject_ref=file.ref, kind="DECISION").count() == 1


def test_the_database_refuses_a_burden_without_a_letter() -> None:
    scheme = given_programme()
    file = given_in_screening(scheme)
    with pytest.raises(IntegrityError, match="burden_rests_on_letter"), transaction.atomic():
        Application.objects.filter(pk=file.pk).update(status="INELIGIBLE")
