"""Which status may follow which."""

from companies.foundation.states import Steps
from vouchers.programmes.models import LineStatus, ProgrammeStatus, RoundStatus, RuleStatus

PROGRAMME_STEPS: Steps = {
    ProgrammeStatus.DRAFT: frozenset({ProgrammeStatus.ACTIVE}),
    ProgrammeStatus.ACTIVE: frozenset({ProgrammeStatus.PAUSED, ProgrammeStatus.ENDED}),
    ProgrammeStatus.PAUSED: frozenset({ProgrammeStatus.ACTIVE, ProgrammeStatus.ENDED}),
}

RULE_STEPS: Steps = {
    RuleStatus.DRAFT: frozenset({RuleStatus.PUBLISHED}),
    RuleStatus.PUBLISHED: frozenset({RuleStatus.RETIRED}),
}

ROUND_STEPS: Steps = {
    RoundStatus.DRAFT: frozenset({RoundStatus.PUBLISHED, RoundStatus.CANCELLED}),
    RoundStatus.PUBLISHED: frozenset({RoundStatus.COMPLETED, RoundStatus.CANCELLED}),
}

LINE_STEPS: Steps = {
    LineStatus.DRAFT: frozenset({LineStatus.APPROVED, LineStatus.VOID}),
    LineStatus.APPROVED: frozenset({LineStatus.OPEN, LineStatus.VOID}),
    LineStatus.OPEN: frozenset({LineStatus.FROZEN}),
    LineStatus.FROZEN: frozenset({LineStatus.OPEN}),
}
