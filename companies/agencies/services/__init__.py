"""The public face for writing: bodies, places, calendar; and the queue of duties with a date."""

from companies.agencies.services.bodies import load_calendar, load_regions, register_agency
from companies.agencies.services.deadlines import (
    close_deadline,
    lock_deadlines,
    lock_due_deadline,
    open_deadline,
    pause_deadlines,
    promising,
    require_in_time,
    resume_deadlines,
    sweep_deadlines,
)

__all__ = [
    "close_deadline",
    "load_calendar",
    "load_regions",
    "lock_deadlines",
    "lock_due_deadline",
    "open_deadline",
    "pause_deadlines",
    "promising",
    "register_agency",
    "require_in_time",
    "resume_deadlines",
    "sweep_deadlines",
]
