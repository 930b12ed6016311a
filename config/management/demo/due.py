"""What falls due in the demo's year is carried out as the worker would, at its own time."""

from __future__ import annotations

from datetime import datetime, timedelta

from companies.agencies.models import Deadline
from vouchers.applications import services as files
from vouchers.issuance import services as vouchers
from vouchers.redemptions import services as redemptions


def carry_out(at: datetime, kinds: str) -> None:
    """Do what fell due before `at`, in order of its due time, each a minute after it was due."""
    verbs = {
        "applications": files.carry_out_deadline,
        "issuance": vouchers.carry_out_deadline,
        "redemptions": redemptions.carry_out_deadline,
    }
    waiting = Deadline.objects.filter(
        kind__startswith=kinds, due_at__lte=at, done_at__isnull=True, failed_at__isnull=True
    ).order_by("due_at", "id")
    for deadline in list(waiting):
        verb = verbs[deadline.kind.split(".")[0]]
        verb(deadline_id=deadline.pk, at=deadline.due_at + timedelta(minutes=1))
