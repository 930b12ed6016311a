"""What every verb of a batch shares: locks, rights, signatures, the record."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from companies.audit.services import record_event
from companies.errors import Conflict, not_found
from companies.foundation.actors import Actor
from companies.foundation.locks import lock_rows
from companies.foundation.states import require_step
from companies.foundation.verbs import assert_in_transaction
from companies.users.models import Duty
from companies.users.policies import require_duty
from vouchers.applications.models import Application
from vouchers.applications.services.seats import sign
from vouchers.issuance.models import Voucher
from vouchers.redemptions.models import Redemption
from vouchers.redemptions.services.reverse import leave_settlement
from vouchers.settlement.models import LineStatus, SettlementBatch
from vouchers.settlement.selectors import exported, why_not_payable
from vouchers.settlement.states import STEPS

WHY_NOT_PAYABLE = {
    "not_accepted": _("the redemption has not been accepted."),
    "no_verified_account": _("the payee has no verified account."),
    "invoice_not_verified": _("the invoice has not been verified."),
}
ON_THE_WAY = ("PENDING", "PAID", "FAILED", "RETURNED")


def find_batch(batch_id: int) -> SettlementBatch:
    """Before its lock, for the policy. Raises NotFound."""
    found = SettlementBatch.objects.select_related("programme").filter(pk=batch_id).first()
    if found is None:
        raise not_found("batch")
    return found


def lock_batch_row(batch_id: int) -> SettlementBatch:
    """A step: the batch, locked till commit; its lines are locked with it."""
    return lock_rows(
        SettlementBatch.objects.select_related("programme", "agency").filter(pk=batch_id)
    )[0]


def lock_redemptions(batch: SettlementBatch) -> list[Redemption]:
    """A step: the redemptions of its live lines, locked after the batch and their vouchers."""
    ids = list(batch.lines.exclude(status=LineStatus.VOID).values_list("redemption_id", flat=True))
    lock_rows(Voucher.objects.filter(redemptions__in=ids))
    return lock_rows(
        Redemption.objects.select_related(
            "voucher__programme", "company", "provider__company", "payee", "application",
            "invoice_document",
        ).filter(pk__in=ids)
    )  # fmt: skip


def require_payable(redemption: Redemption) -> None:
    """Raises Conflict `not_payable` with the reason in words."""
    if code := why_not_payable(redemption):
        raise Conflict(
            "not_payable",
            _("%(number)s cannot be paid now: %(reason)s Take it out of the batch."),
            number=redemption.number, reason=WHY_NOT_PAYABLE[code],
        )  # fmt: skip


def require_finance(
    actor: Actor, batch: SettlementBatch, roles: Iterable[str], at: datetime
) -> Duty:
    """The duty by which somebody may act on a batch."""
    return require_duty(
        actor=actor,
        roles=roles,
        agency_id=batch.agency_id,
        at=at,
        programme_ref=batch.programme.ref,
    )


def sign_files(
    batch: SettlementBatch, *, act: str, outcome: str, actor: Actor, duty: Duty, reason: str = "",
    at: datetime, question: str = "",
) -> None:  # fmt: skip
    """A step: signing a batch is an act on every file in it; a `question` of its own (its end) is
    signed beside its payment. Raises NotAllowed `seat_taken`."""
    assert_in_transaction()
    subject_ref = f"{batch.ref}#{question}" if question else batch.ref
    lines = batch.lines.exclude(status=LineStatus.VOID)
    files = Application.objects.filter(pk__in=lines.values("redemption__application_id"))
    for application in files.order_by("pk"):
        amounts = lines.filter(redemption__application=application)
        sign(
            application=application, act=act, actor=actor, duty=duty, subject_ref=subject_ref,
            outcome=outcome, amount_fen=sum(amounts.values_list("amount_fen", flat=True)),
            reason=reason, at=at, cycle=batch.cycle,
            payees=amounts.values_list("redemption__payee_id", flat=True),
        )  # fmt: skip


def move(
    batch: SettlementBatch,
    target: str,
    *,
    action: str,
    actor: Actor,
    at: datetime,
    before: dict[str, Any] | None = None,
    duty: Duty | None = None,
    request_ref: str = "",
    **facts: Any,
) -> None:
    """A step: put the locked batch into `target`, write it and its event."""
    require_step(STEPS, batch.status, target, batch.number)
    before = before or exported(batch)
    batch.status = target
    batch.status_at = at
    batch.save()
    record(
        batch, action, actor=actor, at=at, before=before, duty=duty, request_ref=request_ref,
        **facts,
    )  # fmt: skip


def record(
    batch: SettlementBatch,
    action: str,
    *,
    actor: Actor,
    at: datetime,
    before: dict[str, Any] | None = None,
    duty: Duty | None = None,
    request_ref: str = "",
    **facts: Any,
) -> None:
    """A step: one line of the record."""
    record_event(
        action,
        actor=actor,
        subject_ref=batch.ref,
        agency_id=batch.agency_id,
        at=at,
        request_ref=request_ref,
        duty_ref=f"duty:{duty.pk}" if duty else "",
        before=before or {},
        after=exported(batch),
        **facts,
    )


def free_redemptions(
    batch: SettlementBatch, redemptions: list[Redemption], *, actor: Actor, at: datetime
) -> None:
    """A step: what is no longer on the way to payment is an open debt again."""
    for redemption in redemptions:
        if not redemption.lines.filter(status__in=ON_THE_WAY).exists():
            leave_settlement(redemption, actor=actor, batch_ref=batch.ref, at=at)
