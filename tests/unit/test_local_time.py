"""Shanghai days: working days by the published calendar, periods half-open."""

from datetime import UTC, date, datetime

import pytest

from companies.local_time import (
    SHANGHAI,
    add_months,
    add_working_days,
    deadline_at,
    end_of_day,
    is_workday_default,
    local_date,
    month_bounds,
    start_of_day,
    workday_source,
)
from tests.unit.shared import shared_json


def test_working_days_match_the_vectors():
    vectors = shared_json("cn/workday_vectors.json")
    for case in vectors["is_workday"]:
        assert is_workday_default(date.fromisoformat(case["date"])) == case["is_workday"]
    for case in vectors["add_working_days"]:
        start = date.fromisoformat(case["from"])
        due = add_working_days(start, case["working_days"], is_workday_default)
        assert due.isoformat() == case["due"]


def test_an_evening_in_utc_is_the_next_day_in_shanghai():
    assert local_date(datetime(2025, 3, 2, 16, 0, tzinfo=UTC)) == date(2025, 3, 3)
    with pytest.raises(ValueError, match="zone"):
        local_date(datetime(2025, 3, 2, 16, 0))


def test_a_day_is_half_open():
    day = date(2025, 12, 31)
    assert start_of_day(day) == datetime(2025, 12, 31, tzinfo=SHANGHAI)
    assert end_of_day(day) == datetime(2026, 1, 1, tzinfo=SHANGHAI)
    assert month_bounds(day) == (
        datetime(2025, 12, 1, tzinfo=SHANGHAI),
        datetime(2026, 1, 1, tzinfo=SHANGHAI),
    )


def test_a_month_later_stays_in_the_month():
    assert add_months(date(2025, 1, 31), 1) == date(2025, 2, 28)
    assert add_months(date(2023, 11, 30), 15) == date(2025, 2, 28)


def test_a_deadline_ends_at_the_midnight_after_its_last_day():
    start = date(2025, 1, 24)
    working = deadline_at(start, 5, "working", is_workday_default)
    assert working == datetime(2025, 2, 8, tzinfo=SHANGHAI)
    calendar = deadline_at(start, 5, "calendar", is_workday_default)
    assert calendar == datetime(2025, 1, 30, tzinfo=SHANGHAI)


def test_an_unpublished_year_falls_back_to_weekdays_and_says_so():
    assert workday_source(date(2025, 1, 26)) == "published"
    assert workday_source(date(2031, 1, 6)) == "provisional"
    assert is_workday_default(date(2031, 1, 6))
    assert not is_workday_default(date(2031, 1, 5))
