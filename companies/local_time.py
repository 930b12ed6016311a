"""Days and periods in Asia/Shanghai. Instants are UTC; what a paper dates is a Shanghai day."""

from __future__ import annotations

import calendar
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import chinese_calendar

SHANGHAI = ZoneInfo("Asia/Shanghai")

DayUnit = Literal["working", "calendar"]
IsWorkday = Callable[[date], bool]
ONE_DAY = timedelta(days=1)
# Before the first a zone is local mean time, which RFC 3339 cannot write; no act reaches the last.
YEARS = range(1950, 2200)
_MONTHS = 12
_SATURDAY = 5


def local_date(at: datetime) -> date:
    """The Shanghai day of an instant; a naive one is refused, never guessed."""
    if at.tzinfo is None:
        raise ValueError("an instant without a zone names no day")
    return at.astimezone(SHANGHAI).date()


def start_of_day(day: date) -> datetime:
    """The Shanghai midnight at which the day begins."""
    return datetime.combine(day, time.min, tzinfo=SHANGHAI)


def end_of_day(day: date) -> datetime:
    """The next midnight: "有效期至 12 月 31 日（含）" as a half-open end."""
    return start_of_day(day + ONE_DAY)


def month_bounds(day: date) -> tuple[datetime, datetime]:
    """The half-open accounting month that holds the day."""
    first = day.replace(day=1)
    return start_of_day(first), start_of_day(add_months(first, 1))


def add_months(day: date, months: int) -> date:
    """The same day some months later; the month's last day where it has no such day."""
    years, month = divmod(day.month - 1 + months, _MONTHS)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def add_calendar_days(start: date, days: int) -> date:
    """The last day of a period of plain days; the start is not counted."""
    return start + timedelta(days=days)


def add_working_days(start: date, days: int, is_workday: IsWorkday) -> date:
    """The last day of a period of working days; day one is the first working day after `start`."""
    if days < 0:
        raise ValueError("a period runs forward")
    day = start
    while days:
        day += ONE_DAY
        days -= is_workday(day)
    return day


def deadline_at(start_date: date, days: int, unit: DayUnit, is_workday: IsWorkday) -> datetime:
    """The midnight after the last day; the day of the event is not counted."""
    if unit == "working":
        return end_of_day(add_working_days(start_date, days, is_workday))
    return end_of_day(add_calendar_days(start_date, days))


def is_workday_default(day: date) -> bool:
    """As the State Council's notice says; a plain weekday in a year not yet published."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < _SATURDAY


def workday_source(day: date) -> Literal["published", "provisional"]:
    """Whether `is_workday_default` had a notice to read, or only the weekday (未公布)."""
    try:
        chinese_calendar.is_workday(day)
    except NotImplementedError:
        return "provisional"
    return "published"
