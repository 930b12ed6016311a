"""Sealing as the worker does it: again and again, until nothing waits."""

from __future__ import annotations

import time
from datetime import datetime

from companies.audit.models import AuditEvent, AuditLeaf
from companies.audit.services import seal_events

SECONDS_AT_MOST = 30


def seal_all(at: datetime) -> None:
    """Seal every event. One pass may leave some: a transaction open anywhere on the server, in a
    neighbour's database too, holds the sealer's horizon back until it ends."""
    until = time.monotonic() + SECONDS_AT_MOST
    while AuditEvent.objects.count() > AuditLeaf.objects.count():
        assert time.monotonic() < until, "a transaction stays open and nothing can be sealed"
        if not seal_events(at=at):
            time.sleep(0.02)
