"""What workers do for files."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from companies.foundation.clock import now
from vouchers.applications.services import carry_out_deadline


@shared_task(name="applications.due")
def due(*, deadline_id: int, **_: Any) -> None:
    """Carry out one deadline."""
    carry_out_deadline(deadline_id=deadline_id, at=now())
