"""A file from the first draft to its receipt, and back again."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from companies.audit.selectors import list_history
from companies.errors import Conflict, InvalidInput, NotAllowed, NotFound
from companies.notifications.models import Notification
from companies.registry.models import RelatedPair
from companies.registry.selectors import get_scope
from tests.given import (
    DAY,
    carry_out,
    given_draft,
    given_programme,
    given_submitted_application,
)
from vouchers.applications import services as files
from vouchers.applications.models import Application, ApplicationVersion, EvidenceClaim
from vouchers.applications.selectors import get_application_for
from vouchers.applications.services.facts import take_snapshot
from vouchers.programmes.rules import facts_needed, parse_rules
from vouchers.programmes.scheme_templates import list_templates, load_template

pytestmark = pytest.mark.django_db


def submit(scheme, draft, at=None):
    return files.submit_application(
        actor=scheme.actor("buyer_signatory"), application_id=draft.pk, at=at or scheme.later()
    )


@pytest.mark.parametrize("seats", ["STRICT", "COMPACT"])
def test_submission_freezes_all_the_file_is_judged_by(seats: str) -> None:
    scheme = given_programme(seats)
    file = given_submitted_application(scheme)
    assert (file.status, file.receipt_number, file.version) == ("SUBMITTED", 1, 1)
    assert file.rule_version is not None and file.seat_map is not None
    assert file.assessment["outcome"] == "eligible"
    assert file.assessment["grant_fen"] == file.requested_fen == 3_000_000
    assert file.assessment["facts"]["facts"]["credit.serious_dishonesty"]["source"] == "applicant"
    version = ApplicationVersion.objects.get(application=file)
    assert len(version.sha256) == 64 and version.attachments[0]["kind"] == "contract"
    assert [event.action for event in list_history(file.ref)][-1] == "application.submitted"
    told = Notification.objects.filter(subject_ref=file.ref, code="application.submitted")
    assert set(told.values_list("user__username", flat=True)) == {
        "buyer_agent", "buyer_signatory",
    }  # fmt: skip


@pytest.mark.parametrize("name", list_templates())
def test_every_fact_a_published_scheme_asks_for_has_a_source(name: str) -> None:
    scheme = given_programme()
    draft = given_draft(scheme, chip_class="GPU", prior_support_fen=0)
    rules = parse_rules(load_template(name))
    known = take_snapshot(application=draft, provider=scheme.provider, rules=rules, at=scheme.at)
    asked = {fact for fact in facts_needed(rules) if known.find(fact, scheme.at) is None}
    assert asked == set()
    assert known.other_support == ()


def test_other_support_nobody_was_asked_about_is_unknown() -> None:
    scheme = given_programme()
    draft = given_draft(scheme)
    rules = parse_rules(load_template("beijing_2023"))
    known = take_snapshot(application=draft, provider=scheme.provider, rules=rules, at=scheme.at)
    assert known.other_support is None


def test_receipts_have_no_gap_though_a_submission_failed() -> None:
    scheme = given_programme()
    draft = given_draft(scheme, "rival", contract_number="")
    with pytest.raises(InvalidInput, match="form_invalid"):
        files.submit_application(
            actor=scheme.actor("rival_signatory"), application_id=draft.pk, at=scheme.later()
        )
    assert given_submitted_application(scheme).receipt_number == 1


def test_the_round_is_open_by_the_servers_instant() -> None:
    scheme = given_programme()
    draft = given_draft(scheme)
    with pytest.raises(Conflict, match="round_closed"):
        submit(scheme, draft, at=scheme.round.closes_at)
    assert submit(scheme, draft).status == "SUBMITTED"


def test_only_the_signatory_hands_in_and_rivals_see_nothing() -> None:
    scheme = given_programme()
    draft = given_draft(scheme)
    for name in ("buyer_agent", "rival_signatory", "intake"):
        with pytest.raises(NotAllowed, match="membership_missing"):
            files.submit_application(
                actor=scheme.actor(name), application_id=draft.pk, at=scheme.later()
            )
    people = scheme.cast.people
    for name in ("rival_agent", "intake", "seller_sales"):
        with pytest.raises(NotFound):
            get_application_for(get_scope(people[name].pk, scheme.at), draft.number)
    submit(scheme, draft)
    scope = get_scope(people["intake"].pk, scheme.at)
    assert get_application_for(scope, draft.number).pk == draft.pk


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"declares_true": False}, "declares_true"),
        ({"period_first": "2026-01-01"}, "period_last"),
        ({"planned_amount_fen": None}, "planned_amount_fen"),
    ],
)
def test_an_incomplete_form_names_its_places(answers, field: str) -> None:
    scheme = given_programme()
    draft = given_draft(scheme, **answers)
    with pytest.raises(InvalidInput, match="form_invalid") as refusal:
        submit(scheme, draft)
    assert field in {place["field"] for place in refusal.value.errors}


def test_an_unknown_answer_is_refused_at_once() -> None:
    scheme = given_programme()
    with pytest.raises(InvalidInput, match="form_invalid"):
        given_draft(scheme, colour="red")


def test_a_related_provider_is_refused() -> None:
    scheme = given_programme()
    draft = given_draft(scheme)
    pair = sorted((draft.company_id, scheme.cast.companies["seller"].pk))
    RelatedPair.objects.create(
        low_id=pair[0], high_id=pair[1], relation="shareholder", evidence="register"
    )
    with pytest.raises(InvalidInput, match="related_party"):
        submit(scheme, draft)


def test_a_contract_is_claimed_once_and_free_again_when_the_file_dies() -> None:
    scheme = given_programme()
    first = given_submitted_application(scheme, contract_number="HT 2025—1")
    claim = EvidenceClaim.objects.get(subject_ref=first.ref)
    assert claim.released_at is None
    files.withdraw_application(
        actor=scheme.actor("buyer_signatory"), application_id=first.pk, at=scheme.later(),
        request_key="back",
    )  # fmt: skip
    claim.refresh_from_db()
    assert claim.released_at is not None
    again = given_submitted_application(scheme, contract_number="ht２０２５-1")
    live = EvidenceClaim.objects.get(subject_ref=again.ref)
    assert live.document_id == claim.document_id


def test_one_live_file_per_company_and_round() -> None:
    scheme = given_programme()
    given_submitted_application(scheme)
    with pytest.raises(Conflict, match="application_exists"):
        given_draft(scheme)


def test_a_draft_lapses_with_its_round() -> None:
    scheme = given_programme()
    draft = given_draft(scheme)
    scheme.at = scheme.round.closes_at
    carry_out(scheme, draft.ref, "applications.round_end")
    draft.refresh_from_db()
    assert draft.status == "LAPSED"


@pytest.mark.parametrize(
    "column", ["receipt_number", "submitted_at", "form", "company_id", "requested_fen"]
)
def test_the_database_keeps_what_was_handed_in(column: str) -> None:
    scheme = given_programme()
    file = given_submitted_application(scheme)
    value = {
        "receipt_number": 9, "submitted_at": scheme.at + DAY, "form": {}, "requested_fen": 1,
        "company_id": scheme.cast.companies["rival"].pk,
    }[column]  # fmt: skip
    with pytest.raises(IntegrityError, match="application_frozen"), transaction.atomic():
        Application.objects.filter(pk=file.pk).update(**{column: value})
