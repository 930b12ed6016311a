"""What every verb on a voucher shares: lock it, move it, tell the record and the company."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from companies.audit.services import record_event
from companies.errors import not_found
from companies.foundation.actors import Actor
from companies.foundation.locks import lock_rows
from companies.foundation.states import require_step
from companies.foundation.verbs import assert_in_transaction
from companies.notifications.services import notify
from companies.users.models import Duty
from companies.users.policies import require_duty
from vouchers.applications.selectors import list_company_people
from vouchers.applications.services.award import lock_file
from vouchers.issuance.models import Voucher
from vouchers.issuance.states import STEPS
from vouchers.ledger.chart import EntryKind
from vouchers.ledger.selectors import get_balances
from vouchers.ledger.services import Leg, Request, post_entry


def find_voucher(voucher_id: int) -> Voucher:
    """The voucher before its lock, for the policy. Raises NotFound."""
    found = (
        Voucher.objects.select_related("company", "programme", "application")
        .filter(pk=voucher_id)
        .first()
    )
    if found is None:
        raise not_found("voucher")
    return found


def lock_voucher(voucher_id: int, *, with_file: bool = False) -> Voucher:
    """A step: the voucher, locked; its counters and file before it where money goes back."""
    assert_in_transaction()
    application = lock_file(find_voucher(voucher_id).application_id) if with_file else None
    rows = Voucher.objects.select_related("company", "programme", "application")
    voucher = lock_rows(rows.filter(pk=voucher_id))[0]
    if application is not None:
        voucher.application = application
    return voucher


def require_officer(actor: Actor, voucher: Voucher, roles: Iterable[str], at: datetime) -> Duty:
    """The duty by which this officer may act on this voucher. Raises NotAllowed."""
    return require_duty(
        actor=actor,
        roles=roles,
        agency_id=voucher.agency_id,
        at=at,
        programme_ref=voucher.programme.ref,
    )


def exported(voucher: Voucher) -> dict[str, Any]:
    """The columns the record keeps of a voucher."""
    return {
        "number": voucher.number,
        "status": str(voucher.status),
        "face_fen": voucher.face_fen,
        "issued_at": voucher.issued_at.isoformat() if voucher.issued_at else "",
        "valid_until": voucher.valid_until.isoformat(),
        "grace_until": voucher.grace_until.isoformat(),
    }


def move(
    voucher: Voucher,
    target: str,
    *,
    action: str,
    actor: Actor,
    at: datetime,
    duty: Duty | None = None,
    request_ref: str = "",
    **facts: Any,
) -> None:
    """A step: put the locked voucher into `target`, write it, its event, the company's message."""
    assert_in_transaction()
    require_step(STEPS, voucher.status, target, voucher.number)
    before = exported(voucher)
    voucher.status = target
    voucher.status_at = at
    if action == "voucher.issued":
        voucher.issued_at = at
    voucher.save()
    record(
        voucher, action, actor=actor, at=at, duty=duty, request_ref=request_ref,
        before=before, **facts,
    )  # fmt: skip


def record(
    voucher: Voucher,
    action: str,
    *,
    actor: Actor,
    at: datetime,
    duty: Duty | None = None,
    request_ref: str = "",
    before: dict[str, Any] | None = None,
    **facts: Any,
) -> None:
    """A step: one line of the record, and the company's people hear of it."""
    record_event(
        action,
        actor=actor,
        subject_ref=voucher.ref,
        agency_id=voucher.agency_id,
        at=at,
        request_ref=request_ref,
        duty_ref=f"duty:{duty.pk}" if duty else "",
        before=before or {},
        after=exported(voucher),
        **facts,
    )
    notify(
        user_ids=list_company_people(voucher.company_id, at),
        code=action,
        subject_ref=voucher.ref,
        facts={"number": voucher.number, **facts},
        at=at,
    )


def return_to_pool(
    voucher: Voucher, kind: EntryKind, *, request: Request, actor: Actor, at: datetime
) -> int:
    """A step: what is left on the voucher goes back to its lines; returns how much that was.

    The entry is written also where nothing is left: a repeated request finds its answer."""
    assert_in_transaction()
    fundings = list(voucher.fundings.select_related("line").order_by("line__draw_order", "id"))
    balances = get_balances([funding.voucher_account_id for funding in fundings])
    legs = [
        Leg(
            funding.voucher_account_id,
            int(funding.line.pool_account_id or 0),
            balances[funding.voucher_account_id],
        )
        for funding in fundings
        if balances[funding.voucher_account_id]
    ]
    post_entry(
        kind,
        request=request,
        agency_id=voucher.agency_id,
        legs=legs,
        at=at,
        actor=actor,
        subject_ref=voucher.ref,
    )
    return sum(leg.amount_fen for leg in legs)
