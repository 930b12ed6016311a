"""Doubts that come from work that failed."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from companies.alerts.services import report_failed_deadlines
from companies.foundation.clock import now


@shared_task(name="alerts.report_failed_deadlines")
def report(**_: Any) -> int:
    """Hand over what the sweeper gave up."""
    return report_failed_deadlines(at=now())
