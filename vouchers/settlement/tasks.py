"""Background work of settlement: each task calls one verb."""

from __future__ import annotations

from celery import shared_task

from companies.foundation.clock import now
from vouchers.settlement.services import carry_out_deadline


@shared_task(name="settlement.due")
def due(*, deadline_id: int, **_: object) -> None:
    """A promised day of payment has passed."""
    carry_out_deadline(deadline_id=deadline_id, at=now())
