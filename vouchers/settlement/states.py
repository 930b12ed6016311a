"""Which status of a batch and of a line may follow which."""

from __future__ import annotations

from vouchers.settlement.models import BatchStatus as B
from vouchers.settlement.models import LineStatus as L

RESULTS = frozenset({B.PAID, B.PARTLY_PAID, B.FAILED})

STEPS: dict[str, frozenset[str]] = {
    B.OPEN: frozenset({B.LOCKED, B.ABORTED}),
    B.LOCKED: frozenset({B.IN_APPROVAL, B.IN_AUTHORISATION, B.IN_RELEASE, B.OPEN, B.ABORTED}),
    B.IN_APPROVAL: frozenset({B.IN_AUTHORISATION, B.OPEN, B.ABORTED}),
    B.IN_AUTHORISATION: frozenset({B.IN_RELEASE, B.OPEN, B.ABORTED}),
    B.IN_RELEASE: frozenset({B.SENT, B.OPEN, B.ABORTED}),
    B.SENT: RESULTS,
    B.PAID: frozenset({B.RECONCILED}),
    B.PARTLY_PAID: frozenset({B.RECONCILED}),
    B.FAILED: frozenset({B.RECONCILED}),
    B.RECONCILED: frozenset({B.CLOSED}),
}

LINE_STEPS: dict[str, frozenset[str]] = {
    L.DRAFT: frozenset({L.PENDING, L.VOID}),
    L.PENDING: frozenset({L.DRAFT, L.VOID, L.PAID, L.FAILED}),
    L.PAID: frozenset({L.RETURNED}),
}
