"""Which status may follow which."""

from companies.foundation.states import Steps
from vouchers.providers.models import ProviderStatus as S

PROVIDER_STEPS: Steps = {
    S.APPLIED: frozenset({S.UNDER_REVIEW, S.WITHDRAWN}),
    S.UNDER_REVIEW: frozenset({S.APPROVED, S.REFUSED, S.WITHDRAWN}),
    S.APPROVED: frozenset({S.SUSPENDED, S.WITHDRAWN}),
    S.SUSPENDED: frozenset({S.APPROVED, S.WITHDRAWN}),
}
