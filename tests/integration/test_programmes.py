"""A scheme's life: by the right people, from the right status, each step on the record."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import psycopg2
import pytest

from companies.audit.models import AuditEvent
from companies.errors import Conflict, InvalidInput, NotAllowed, NotFound
from companies.registry.selectors import get_scope
from companies.users.services import grant_duty
from tests.cast import SETUP, START, Cast, given_cast
from vouchers.programmes import selectors
from vouchers.programmes import services as programmes
from vouchers.programmes.models import (
    Programme,
    ProgrammeStatus,
    Round,
    RoundStatus,
    RuleStatus,
    RuleVersion,
    SeatMap,
    SeatMapStatus,
)
from vouchers.programmes.scheme_templates import load_template
from vouchers.programmes.seats import COMPACT, STRICT

DAY = timedelta(days=1)


@pytest.fixture
def cast(committed_db: str) -> Cast:
    return given_cast()


@pytest.fixture
def programme(cast: Cast) -> Programme:
    return create(cast)


def create(cast: Cast, code: str = "P-2025") -> Programme:
    return programmes.create_programme(
        actor=cast.actor("manager"), agency_id=cast.bodies["lead"].pk,
        finance_agency_id=cast.bodies["finance"].pk, code=code, name_zh="测试", name_en="Test",
        summary_zh="", summary_en="", at=START,
    )  # fmt: skip


def activate(cast: Cast, programme: Programme) -> Programme:
    return programmes.activate_programme(
        actor=cast.actor("approver"), programme_id=programme.pk, at=START
    )


def draft_rules(cast: Cast, programme: Programme, **change: Any) -> RuleVersion:
    document = copy.deepcopy(load_template("guizhou_2026"))
    document["procedure"]["fast"] = None
    document |= change
    return programmes.draft_rule_version(
        actor=cast.actor("manager"), programme_id=programme.pk, document=document, at=START
    )


def publish_rules(cast: Cast, version: RuleVersion, by: str = "approver") -> RuleVersion:
    return programmes.publish_rule_version(
        actor=cast.actor(by), rule_version_id=version.pk, at=START
    )


def create_round(cast: Cast, programme: Programme, code: str = "R1", days: int = 30) -> Round:
    return programmes.create_round(
        actor=cast.actor("manager"), programme_id=programme.pk, code=code, name_zh="第一批",
        name_en="First", opens_at=START, closes_at=START + days * DAY, at=START,
    )  # fmt: skip


def propose(cast: Cast, seats: dict[str, str], code: str = "strict") -> SeatMap:
    return programmes.propose_seat_map(
        actor=cast.actor("manager"), agency_id=cast.bodies["lead"].pk, code=code,
        name_zh="严格", name_en="Strict", seats=seats, at=START,
    )  # fmt: skip


def actions(subject_ref: str) -> list[str]:
    rows = AuditEvent.objects.filter(subject_ref=subject_ref).order_by("id")
    return list(rows.values_list("action", flat=True))


def test_a_scheme_starts_rests_and_goes_on(cast: Cast, programme: Programme) -> None:
    manager = cast.actor("manager")
    assert programme.status == ProgrammeStatus.DRAFT
    assert activate(cast, programme).status == ProgrammeStatus.ACTIVE
    at_rest = programmes.pause_programme(actor=manager, programme_id=programme.pk, at=START)
    assert at_rest.status == ProgrammeStatus.PAUSED
    again = programmes.resume_programme(actor=manager, programme_id=programme.pk, at=START)
    assert again.status == ProgrammeStatus.ACTIVE
    assert actions(programme.ref) == [
        "programme.created", "programme.activated", "programme.paused", "programme.resumed",
    ]  # fmt: skip


def test_resuming_is_no_way_round_the_approver(cast: Cast, programme: Programme) -> None:
    manager = cast.actor("manager")
    with pytest.raises(Conflict) as refused:
        programmes.resume_programme(actor=manager, programme_id=programme.pk, at=START)
    assert refused.value.code == "wrong_state"
    with pytest.raises(NotAllowed):
        programmes.activate_programme(actor=manager, programme_id=programme.pk, at=START)
    activate(cast, programme)
    programmes.pause_programme(actor=manager, programme_id=programme.pk, at=START)
    with pytest.raises(Conflict):
        activate(cast, programme)


def test_a_code_is_used_once(cast: Cast, programme: Programme) -> None:
    with pytest.raises(Conflict) as refused:
        create(cast)
    assert refused.value.code == "code_taken"
    create_round(cast, programme)
    with pytest.raises(Conflict) as refused:
        create_round(cast, programme)
    assert refused.value.code == "code_taken"


def test_a_duty_for_one_scheme_opens_no_other(cast: Cast, programme: Programme) -> None:
    other = create(cast, "Q-2025")
    person = cast.people["clerk"]
    grant_duty(
        actor=SETUP, user_id=person.pk, agency_id=cast.bodies["lead"].pk, role="programme_manager",
        programme_ref=other.ref, valid_from=START, valid_until=None, basis="测试", at=START,
    )  # fmt: skip
    for wanted in (programme, other):
        activate(cast, wanted)
    paused = programmes.pause_programme(actor=cast.actor("clerk"), programme_id=other.pk, at=START)
    assert paused.status == ProgrammeStatus.PAUSED
    with pytest.raises(NotAllowed):
        programmes.pause_programme(actor=cast.actor("clerk"), programme_id=programme.pk, at=START)


def test_published_rules_retire_their_predecessor(cast: Cast, programme: Programme) -> None:
    first = draft_rules(cast, programme)
    with pytest.raises(Conflict, match="seat_map_missing"):
        publish_rules(cast, first)
    approve(cast, propose(cast, STRICT), "authoriser")
    publish_rules(cast, first)
    first.refresh_from_db()
    second = draft_rules(cast, programme)
    assert (first.version, second.version) == (1, 2)
    assert second.sha256 == first.sha256
    found = selectors.get_published_rules(programme.pk, START)
    assert found is not None and found.pk == first.pk
    publish_rules(cast, second)
    first.refresh_from_db()
    assert first.status == RuleStatus.RETIRED
    found = selectors.get_published_rules(programme.pk, START)
    assert found is not None and found.pk == second.pk
    assert actions(programme.ref)[-2:] == ["rule_version.retired", "rule_version.published"]
    with pytest.raises(Conflict):
        publish_rules(cast, first)


def test_rules_are_published_by_another_and_of_known_form(cast: Cast, programme: Programme) -> None:
    version = draft_rules(cast, programme)
    grant_duty(
        actor=SETUP, user_id=cast.people["manager"].pk, agency_id=cast.bodies["lead"].pk,
        role="approver", programme_ref="", valid_from=START, valid_until=None, basis="测试",
        at=START,
    )  # fmt: skip
    with pytest.raises(NotAllowed) as refused:
        publish_rules(cast, version, by="manager")
    assert refused.value.code == "own_draft"
    with pytest.raises(InvalidInput):
        draft_rules(cast, programme, nonsense=1)


def test_rules_with_a_gap_are_not_published(cast: Cast, programme: Programme) -> None:
    gap = draft_rules(cast, programme, rounding=[])
    with pytest.raises(InvalidInput) as wrong:
        publish_rules(cast, gap)
    assert wrong.value.code == "rules_incomplete"
    assert "rounding" in wrong.value.facts["missing"]
    gap.refresh_from_db()
    assert gap.status == RuleStatus.DRAFT


def test_a_promise_nobody_keeps_is_not_published(cast: Cast, programme: Programme) -> None:
    kinds = copy.deepcopy(load_template("guizhou_2026")["kinds"])
    kinds[0]["mode"] = "ASSIGNED"
    with pytest.raises(InvalidInput, match="rules_not_supported") as refused:
        publish_rules(cast, draft_rules(cast, programme, kinds=kinds))
    assert refused.value.facts["places"] == "kinds.0.mode"


def test_published_rules_stay_as_they_are(
    cast: Cast, programme: Programme, owner: Callable[[], Any]
) -> None:
    approve(cast, propose(cast, STRICT), "authoriser")
    version = publish_rules(cast, draft_rules(cast, programme))
    refused_by(
        owner, "published_rules_frozen",
        "UPDATE programmes_ruleversion SET document = '{}' WHERE id = %s", version.pk,
    )  # fmt: skip


def test_a_window_is_open_between_its_two_moments(cast: Cast, programme: Programme) -> None:
    activate(cast, programme)
    window = create_round(cast, programme, days=30)
    assert not selectors.list_open_rounds(START).exists()
    with pytest.raises(NotAllowed):
        programmes.publish_round(actor=cast.actor("manager"), round_id=window.pk, at=START)
    window = programmes.publish_round(actor=cast.actor("approver"), round_id=window.pk, at=START)
    assert window.status == RoundStatus.PUBLISHED
    for moment, there in (
        (START - timedelta(seconds=1), False), (START, True),
        (window.closes_at - timedelta(seconds=1), True), (window.closes_at, False),
    ):  # fmt: skip
        assert selectors.list_open_rounds(moment).exists() is there
    programmes.pause_programme(actor=cast.actor("manager"), programme_id=programme.pk, at=START)
    assert not selectors.list_open_rounds(START).exists()
    with pytest.raises(InvalidInput) as wrong:
        create_round(cast, programme, code="R2", days=0)
    assert wrong.value.code == "period_backwards"


@pytest.mark.parametrize(
    "change",
    [
        "opens_at = opens_at - interval '1 day'", "closes_at = closes_at - interval '1 second'",
        "status = 'DRAFT'", "programme_id = programme_id + 1", "receipts_issued = 0",
    ],
)  # fmt: skip
def test_a_published_window_only_closes_later(
    cast: Cast, programme: Programme, owner: Callable[[], Any], change: str
) -> None:
    window = create_round(cast, programme)
    programmes.publish_round(actor=cast.actor("approver"), round_id=window.pk, at=START)
    Round.objects.filter(pk=window.pk).update(closes_at=window.closes_at + DAY, receipts_issued=1)
    refused_by(
        owner, "published_round_frozen",
        f"UPDATE programmes_round SET {change} WHERE id = %s", window.pk,
    )  # fmt: skip


def refused_by(owner: Callable[[], Any], trigger: str, statement: str, key: int) -> None:
    """Even the owner of the tables is refused."""
    connection = owner()
    with pytest.raises(psycopg2.Error) as refused:
        connection.cursor().execute(statement, [key])
    connection.close()
    assert refused.value.diag.constraint_name == trigger


def test_a_seat_map_is_approved_by_another_body(cast: Cast) -> None:
    seat_map = propose(cast, STRICT)
    for name in ("manager", "approver"):
        with pytest.raises(NotAllowed):
            approve(cast, seat_map, name)
    approved = approve(cast, seat_map, "authoriser")
    assert approved.status == SeatMapStatus.APPROVED
    assert propose(cast, COMPACT).version == 2
    with pytest.raises(Conflict):
        approve(cast, seat_map, "authoriser")
    ref = f"agency:{cast.bodies['lead'].code}"
    assert actions(ref)[-3:] == ["seat_map.proposed", "seat_map.approved", "seat_map.proposed"]


def approve(cast: Cast, seat_map: SeatMap, name: str) -> SeatMap:
    return programmes.approve_seat_map(actor=cast.actor(name), seat_map_id=seat_map.pk, at=START)


def test_an_own_authoriser_does_not_approve_the_own_map(cast: Cast) -> None:
    grant_duty(
        actor=SETUP, user_id=cast.people["clerk"].pk, agency_id=cast.bodies["lead"].pk,
        role="finance_authoriser", programme_ref="", valid_from=START, valid_until=None,
        basis="测试", at=START,
    )  # fmt: skip
    with pytest.raises(NotAllowed) as refused:
        approve(cast, propose(cast, STRICT), "clerk")
    assert refused.value.code == "own_seat_map"


def test_the_parents_approver_may_approve(cast: Cast) -> None:
    lead, finance = cast.bodies["lead"], cast.bodies["finance"]
    lead.parent = finance
    lead.save(update_fields=["parent"])
    grant_duty(
        actor=SETUP, user_id=cast.people["releaser"].pk, agency_id=finance.pk, role="approver",
        programme_ref="", valid_from=START, valid_until=None, basis="测试", at=START,
    )  # fmt: skip
    assert approve(cast, propose(cast, STRICT), "releaser").status == SeatMapStatus.APPROVED


@pytest.mark.parametrize(
    ("seats", "code"),
    [
        ({**STRICT, "RELEASE": STRICT["BUILD"]}, "seat_map_below_floor"),
        ({**STRICT, "REVIEW": STRICT["SCREEN"]}, "seat_map_below_floor"),
        ({**STRICT, "SCREEN": ""}, "seat_map_incomplete"),
        ({"SCREEN": "handler"}, "seat_map_incomplete"),
    ],
)
def test_no_map_lifts_the_floor(cast: Cast, seats: dict[str, str], code: str) -> None:
    with pytest.raises(InvalidInput) as wrong:
        propose(cast, seats)
    assert wrong.value.code == code


def test_drafts_are_for_their_officers(cast: Cast, programme: Programme) -> None:
    window = create_round(cast, programme)
    officer = get_scope(cast.people["intake"].pk, START)
    public = get_scope(None, START)
    assert selectors.get_programme_for(officer, programme.code).pk == programme.pk
    assert selectors.get_round_for(officer, programme.code, window.code).pk == window.pk
    with pytest.raises(NotFound) as refused:
        selectors.get_programme_for(public, programme.code)
    assert refused.value.code == "programme_not_found"
    activate(cast, programme)
    assert selectors.get_programme_for(public, programme.code).pk == programme.pk
    with pytest.raises(NotFound) as refused:
        selectors.get_round_for(public, programme.code, window.code)
    assert refused.value.code == "round_not_found"
