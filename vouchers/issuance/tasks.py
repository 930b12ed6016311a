"""What workers do for vouchers."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from companies.foundation.actors import Actor
from companies.foundation.clock import now
from vouchers.issuance.selectors import list_awaiting_voucher
from vouchers.issuance.services import carry_out_deadline, prepare_voucher


@shared_task(name="issuance.due")
def due(*, deadline_id: int, **_: Any) -> None:
    """Carry out one deadline."""
    carry_out_deadline(deadline_id=deadline_id, at=now())


@shared_task(name="issuance.prepare")
def prepare(*, application_id: int | None = None, **_: Any) -> None:
    """Prepare the voucher of a file just approved; on the timer, of every file left waiting."""
    for waiting in [application_id] if application_id else list_awaiting_voucher():
        prepare_voucher(actor=Actor.system("issuance.prepare"), application_id=waiting, at=now())
