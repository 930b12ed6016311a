"""What workers do for vouchers."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from companies.foundation.actors import Actor
from companies.foundation.clock import now
from companies.notifications.services import wake
from vouchers.issuance.selectors import list_awaiting_voucher
from vouchers.issuance.services import carry_out_deadline, prepare_voucher


@shared_task(name="issuance.due")
def due(*, deadline_id: int, **_: Any) -> None:
    """Carry out one deadline."""
    carry_out_deadline(deadline_id=deadline_id, at=now())


@shared_task(name="issuance.prepare")
def prepare(*, application_id: int | None = None, **_: Any) -> None:
    """Prepare the voucher of a file just approved; on the timer, each file left waiting gets a
    task of its own, lest one that is no longer eligible stand in the way of all behind it."""
    if application_id is None:
        for waiting in list_awaiting_voucher():
            wake("issuance.prepare", application_id=waiting)
    else:
        actor = Actor.system("issuance.prepare")
        prepare_voucher(actor=actor, application_id=application_id, at=now())
