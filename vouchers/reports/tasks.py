"""Workers build what people asked for; the beat sweeps what a lost broker forgot."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from companies.foundation.clock import now
from vouchers.reports.selectors import list_waiting_exports
from vouchers.reports.services import build_export


@shared_task(name="reports.build_exports")
def build_exports(*, export_id: int | None = None, **_: Any) -> int:
    """Build one job, or all that wait."""
    ids = [export_id] if export_id else list(list_waiting_exports().values_list("pk", flat=True))
    for pk in ids:
        build_export(export_id=pk, at=now())
    return len(ids)
