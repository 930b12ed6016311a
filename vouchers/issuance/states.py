"""Which status of a voucher may follow which. Pure."""

from __future__ import annotations

from companies.foundation.states import Steps
from vouchers.issuance.models import VoucherStatus as S

STEPS: Steps = {
    S.PENDING: frozenset({S.ACTIVE, S.DECLINED, S.LAPSED}),
    S.ACTIVE: frozenset({S.SUSPENDED, S.EXPIRED, S.REVOKED, S.CLOSED}),
    S.SUSPENDED: frozenset({S.ACTIVE, S.EXPIRED, S.REVOKED}),
    S.DECLINED: frozenset(),
    S.LAPSED: frozenset(),
    S.EXPIRED: frozenset({S.CLOSED}),
    S.REVOKED: frozenset({S.CLOSED}),
    S.CLOSED: frozenset(),
}
