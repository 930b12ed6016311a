"""The sweeper's alarm clock."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from companies.agencies.services import sweep_deadlines
from companies.foundation.clock import now


@shared_task(name="agencies.sweep_deadlines")
def sweep(**_: Any) -> int:
    """Claim all that is due and wake the apps whose duty it is; at midnight many terms end."""
    total = 0
    while claimed := sweep_deadlines(at=now()):
        total += claimed
    return total
