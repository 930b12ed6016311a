"""Background work of redemptions: each task calls one verb."""

from __future__ import annotations

from celery import shared_task

from companies.foundation.clock import now
from vouchers.redemptions.services import carry_out_deadline


@shared_task(name="redemptions.due")
def due(*, deadline_id: int, **_: object) -> None:
    """A hold has ended, or the other side has kept silent long enough."""
    carry_out_deadline(deadline_id=deadline_id, at=now())
