"""Reply periods that end."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from companies.foundation.clock import now
from companies.letters.services import carry_out_deadline


@shared_task(name="letters.due")
def due(*, deadline_id: int, **_: Any) -> None:
    """Put the marker away."""
    carry_out_deadline(deadline_id=deadline_id, at=now())
