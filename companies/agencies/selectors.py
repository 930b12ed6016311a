"""Places, public bodies, the calendar and deadlines, read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.db.models import Min, Q, QuerySet

from companies.agencies.models import Agency, CalendarDay, Deadline, Region
from companies.errors import not_found
from companies.local_time import IsWorkday, is_workday_default


def is_workday(day: date) -> bool:
    """As the loaded calendar says; else as the published notices do, else by the weekday."""
    loaded = CalendarDay.objects.filter(pk=day).values_list("is_workday", flat=True).first()
    return is_workday_default(day) if loaded is None else loaded


def workdays_of(loaded: Mapping[str, bool]) -> IsWorkday:
    """The same question, answered from days that are read already (`calendar_after`)."""

    def is_loaded_workday(day: date) -> bool:
        found = loaded.get(day.isoformat())
        return is_workday_default(day) if found is None else found

    return is_loaded_workday


def get_region(code: str, day: date) -> Region:
    """The place that bore this code on a day. Raises NotFound."""
    region = (
        Region.objects.filter(code=code, valid_from__lte=day)
        .filter(Q(valid_until__isnull=True) | Q(valid_until__gt=day))
        .order_by("-valid_from", "-id")
        .first()
    )
    if region is None:
        raise not_found("region")
    return region


def get_agency(code: str) -> Agency:
    """A public body by its code; which bodies exist is public. Raises NotFound."""
    agency = Agency.objects.filter(code=code).select_related("region").first()
    if agency is None:
        raise not_found("agency")
    return agency


def list_agencies() -> QuerySet[Agency]:
    """Every public body, newest first."""
    return Agency.objects.select_related("region").order_by("-id")


def list_ids_below(agency_ids: Iterable[int]) -> frozenset[int]:
    """These agencies and all below them, by the path each carries."""
    below = Q()
    for agency_id in agency_ids:
        below |= Q(path__contains=f"/{agency_id}/")
    return frozenset(Agency.objects.filter(below).values_list("pk", flat=True) if below else ())


def list_open_deadlines(subject_ref: str) -> QuerySet[Deadline]:
    """What is still due about one noun, the nearest first."""
    return Deadline.objects.filter(
        subject_ref=subject_ref, done_at__isnull=True, failed_at__isnull=True
    ).order_by("due_at", "id")


def is_overdue(*, subject_ref: str, kind: str, at: datetime) -> bool:
    """Whether this promise's day is over, though no worker has come by yet."""
    return Deadline.objects.filter(
        subject_ref=subject_ref, kind=kind, due_at__lte=at, done_at__isnull=True,
        paused_at__isnull=True,
    ).exists()  # fmt: skip


def seconds_overdue(at: datetime) -> int:
    """How long the oldest duty that is due and undone has waited; 0 where none does."""
    waiting = Deadline.objects.filter(
        due_at__lte=at, done_at__isnull=True, failed_at__isnull=True, paused_at__isnull=True
    )
    oldest = waiting.aggregate(due_at=Min("due_at"))["due_at"]
    return int((at - oldest).total_seconds()) if oldest else 0
