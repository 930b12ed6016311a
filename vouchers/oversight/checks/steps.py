"""Checks of what lives by steps: every status on record, and the triggers that hold them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from companies.foundation.sql import steps_argument
from companies.foundation.states import Steps
from vouchers.applications.states import STEPS as APPLICATION_STEPS
from vouchers.issuance.states import STEPS as VOUCHER_STEPS
from vouchers.redemptions.states import STEPS as REDEMPTION_STEPS
from vouchers.settlement.states import LINE_STEPS
from vouchers.settlement.states import STEPS as BATCH_STEPS

# As events name a noun: its first status, and which may follow which.
LIVES: dict[str, tuple[str, Steps]] = {
    "application": ("DRAFT", APPLICATION_STEPS),
    "voucher": ("PENDING", VOUCHER_STEPS),
    "redemption": ("REQUESTED", REDEMPTION_STEPS),
    "settlement": ("OPEN", BATCH_STEPS),
}
TRIGGERS = {
    "applications_application_steps": LIVES["application"],
    "issuance_voucher_steps": LIVES["voucher"],
    "redemptions_redemption_steps": LIVES["redemption"],
    "settlement_settlementbatch_steps": LIVES["settlement"],
    "settlement_settlementline_steps": ("DRAFT", LINE_STEPS),
}


def illegal_steps(cursor: Any) -> Iterator[str]:
    """Statuses on record that no step leads to from the one recorded before."""
    cursor.execute(
        "SELECT e.subject_ref, p.content->'before'->>'status', p.content->'after'->>'status' "
        "FROM audit_auditevent AS e JOIN audit_auditpayload AS p ON p.event_id = e.id "
        "WHERE p.content->'after' ? 'status' AND split_part(e.subject_ref, ':', 1) = ANY (%s) "
        "ORDER BY e.subject_ref, e.id",
        [list(LIVES)],
    )
    subject, stands = "", ""
    for ref, before, after in cursor.fetchall():
        born, steps = LIVES[ref.partition(":")[0]]
        is_first = ref != subject
        if is_first:
            subject, stands = ref, born
        if before is not None and before != stands:
            yield f"{ref}: the record went on from {before}, it stood at {stands}"
        if after != stands and after not in steps.get(stands, frozenset()):
            yield f"{ref}: from {stands} to {after}"
        stands = after


def strange_steps(cursor: Any) -> Iterator[str]:
    """Triggers that hold other steps than their noun's `states.py`."""
    cursor.execute(
        "SELECT tgname, tgargs FROM pg_trigger WHERE tgname = ANY (%s)", [list(TRIGGERS)]
    )
    held = {
        name: bytes(arguments).decode().split("\0")[:2] for name, arguments in cursor.fetchall()
    }
    for name, (born, steps) in TRIGGERS.items():
        if held.get(name) != [steps_argument(steps), born]:
            yield f"trigger {name} holds other steps than the code"
