"""Which status of a redemption may follow which, and who files and who answers."""

from __future__ import annotations

from vouchers.redemptions.models import RedemptionStatus as S

STEPS: dict[str, frozenset[str]] = {
    S.REQUESTED: frozenset({S.CONFIRMED, S.DECLINED, S.CANCELLED, S.HOLD_EXPIRED, S.EVIDENCED}),
    S.CONFIRMED: frozenset({S.CANCELLED, S.HOLD_EXPIRED, S.EVIDENCED}),
    S.EVIDENCED: frozenset({S.COUNTERSIGNED, S.DISPUTED}),
    S.DISPUTED: frozenset({S.EVIDENCED, S.UNDER_CHECK, S.CANCELLED}),
    S.COUNTERSIGNED: frozenset({S.UNDER_CHECK, S.ACCEPTED}),
    S.UNDER_CHECK: frozenset({S.ACCEPTED, S.RETURNED, S.REJECTED}),
    S.RETURNED: frozenset({S.EVIDENCED, S.HOLD_EXPIRED}),
    S.ACCEPTED: frozenset({S.IN_SETTLEMENT, S.REVERSED}),
    S.IN_SETTLEMENT: frozenset({S.SETTLED, S.ACCEPTED}),
}
