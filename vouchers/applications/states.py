"""Which status of a file may follow which. Pure."""

from __future__ import annotations

from companies.foundation.states import Steps
from vouchers.applications.models import ApplicationStatus as S

STEPS: Steps = {
    S.DRAFT: frozenset({S.SUBMITTED, S.WITHDRAWN, S.LAPSED}),
    S.SUBMITTED: frozenset({S.IN_SCREENING, S.WITHDRAWN}),
    S.IN_SCREENING: frozenset({S.RETURNED, S.IN_REVIEW, S.INELIGIBLE, S.WITHDRAWN}),
    S.RETURNED: frozenset({S.SUBMITTED, S.LAPSED, S.WITHDRAWN}),
    S.IN_REVIEW: frozenset({S.RETURNED, S.RECOMMENDED, S.NOT_RECOMMENDED, S.WITHDRAWN}),
    S.RECOMMENDED: frozenset({S.IN_PUBLIC_NOTICE, S.APPROVED, S.RETURNED, S.REJECTED, S.WITHDRAWN}),
    S.NOT_RECOMMENDED: frozenset({S.IN_REVIEW, S.REJECTED, S.WITHDRAWN}),
    S.IN_PUBLIC_NOTICE: frozenset({S.OBJECTED, S.APPROVED, S.WITHDRAWN}),
    S.OBJECTED: frozenset({S.IN_PUBLIC_NOTICE, S.IN_REVIEW, S.REJECTED, S.WITHDRAWN}),
    S.APPROVED: frozenset({S.ISSUED, S.CANCELLED}),
    S.ISSUED: frozenset(),
    S.INELIGIBLE: frozenset(),
    S.REJECTED: frozenset(),
    S.WITHDRAWN: frozenset(),
    S.LAPSED: frozenset(),
    S.CANCELLED: frozenset(),
}

# Before acceptance the company is asked for papers; afterwards only the merits are weighed.
EDITABLE = frozenset({S.DRAFT, S.RETURNED})
HOLDS_MONEY = frozenset({S.IN_PUBLIC_NOTICE, S.OBJECTED, S.APPROVED, S.ISSUED})
