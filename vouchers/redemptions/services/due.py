"""What a redemption's deadline does when it is over: a hold ends, silence counts as consent,
an undecided dispute is told."""

from __future__ import annotations

from datetime import datetime

from companies.agencies.models import Deadline
from companies.agencies.services import lock_due_deadline
from companies.alerts.services import raise_alert
from companies.foundation.verbs import verb
from vouchers.applications.services.evidence import lock_claimed
from vouchers.ledger.services import Request
from vouchers.redemptions.models import Redemption, RedemptionStatus
from vouchers.redemptions.selectors import find_by_ref
from vouchers.redemptions.services.answer import put_countersigned
from vouchers.redemptions.services.check import end_unpaid
from vouchers.redemptions.services.steps import SYSTEM, close_term, lock_redemption
from vouchers.redemptions.states import STEPS


@verb
def carry_out_deadline(*, deadline_id: int, at: datetime) -> Redemption | None:
    """Called by the task as often as need be; does nothing twice."""
    deadline = Deadline.objects.filter(pk=deadline_id).first()
    found = find_by_ref(deadline.subject_ref) if deadline else None
    if deadline is None or found is None:
        return None
    redemption = lock_redemption(found.pk)
    lock_claimed(redemption.ref)
    if lock_due_deadline(deadline_id=deadline_id, at=at) is None:
        return None
    if deadline.kind == "redemptions.silence" and redemption.status == RedemptionStatus.EVIDENCED:
        put_countersigned(redemption, actor=SYSTEM, right=None, is_silent=True, at=at)
    elif deadline.kind == "redemptions.dispute":
        raise_alert(
            agency_id=redemption.agency_id, code="deadline_missed", severity="WARNING",
            subject_ref=redemption.ref, at=at,
            facts={"kind": deadline.kind, "due_at": deadline.due_at.isoformat()},
        )  # fmt: skip
    elif RedemptionStatus.HOLD_EXPIRED in STEPS.get(redemption.status, frozenset()):
        key = f"hold-end-{redemption.number}-{deadline_id}"
        request = Request.of(SYSTEM, key, {"verb": "carry_out_deadline", "id": deadline_id})
        end_unpaid(
            redemption, RedemptionStatus.HOLD_EXPIRED, "redemption.hold_expired",
            request, SYSTEM, None, at,
        )  # fmt: skip
    close_term(redemption, deadline.kind, at)
    return redemption
