"""The sealer's alarm clock."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from companies.audit.services import seal_events
from companies.foundation.clock import now


@shared_task(name="audit.seal")
def seal(**_: Any) -> int:
    """Seal what finished transactions have left."""
    return seal_events(at=now())
