"""Asking the scanner again."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from companies.files.services import scan_pending
from companies.foundation.clock import now


@shared_task(name="files.scan")
def scan(**_: Any) -> int:
    """Look at what has no verdict yet."""
    return scan_pending(at=now())
