"""Which status of an alert may follow which."""

from companies.alerts.models import AlertStatus
from companies.foundation.states import Steps

STEPS: Steps = {
    AlertStatus.OPEN: frozenset({AlertStatus.DISMISSED, AlertStatus.CONFIRMED}),
}
