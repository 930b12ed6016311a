"""Alerts, for the people of the agencies they are about."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from companies.alerts.models import Alert
from companies.errors import not_found


def list_alerts(agency_ids: Iterable[int]) -> QuerySet[Alert]:
    """The alerts about these agencies' nouns, newest first."""
    return Alert.objects.filter(agency_id__in=list(agency_ids)).order_by("-id")


def get_alert_for(agency_ids: Iterable[int], number: str) -> Alert:
    """One alert by its number. Raises NotFound for an absent and for a foreign one."""
    alert = list_alerts(agency_ids).filter(number=number).first()
    if alert is None:
        raise not_found("alert")
    return alert


def has_open_alert(subject_ref: str, code: str) -> bool:
    """Whether an alert of this code on this record waits for its answer."""
    return Alert.objects.filter(subject_ref=subject_ref, code=code, status="OPEN").exists()
