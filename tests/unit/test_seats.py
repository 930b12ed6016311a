"""The proposed seat maps keep the floor, and no map may lift it."""

from itertools import combinations

import pytest

from vouchers.programmes.seats import (
    ACTS,
    COMPACT,
    FLOOR,
    SEAT_LABELS,
    STRICT,
    broken_floor,
    people_needed,
    seat_of,
)


@pytest.mark.parametrize("seats", [STRICT, COMPACT])
def test_a_proposed_map_seats_every_act_and_keeps_the_floor(seats):
    assert set(seats) == set(ACTS)
    assert broken_floor(seats) == []
    assert set(seats.values()) <= set(SEAT_LABELS)


def test_strict_gives_every_act_a_seat_of_its_own():
    assert len(set(STRICT.values())) == len(ACTS)
    assert people_needed(STRICT) == 7


def test_compact_needs_five_people():
    assert people_needed(COMPACT) == 5
    assert seat_of(COMPACT, "SCREEN") == seat_of(COMPACT, "ACCEPT") == "handler"
    assert {seat_of(COMPACT, act) for act in ("REVIEW", "CONFIRM", "BATCH_APPROVE")} == {"checker"}
    assert seat_of(COMPACT, "APPROVE") == seat_of(COMPACT, "AUTHORISE") == "approver"


@pytest.mark.parametrize("pair", sorted(tuple(sorted(pair)) for pair in FLOOR))
def test_every_pair_of_the_floor_is_told(pair):
    one, other = pair
    shared = {**STRICT, other: STRICT[one]}
    assert [set(broken) for broken in broken_floor(shared)] == [set(pair)]


def test_the_floor_is_what_the_house_wrote_down():
    alone = {"BUILD", "RELEASE", "OBJECTION"}
    apart = [
        {one, other}
        for one, other in combinations(ACTS, 2)
        if {one, other} & alone
        or {one, other} <= {"SCREEN", "REVIEW", "APPROVE"}
        or ("ACCEPT" in (one, other)
            and {one, other} & {"APPROVE", "CONFIRM", "BATCH_APPROVE", "AUTHORISE"})
    ]  # fmt: skip
    assert {frozenset(pair) for pair in apart} == FLOOR


def test_an_unknown_act_has_no_seat():
    with pytest.raises(KeyError):
        seat_of(STRICT, "CLAWBACK")
