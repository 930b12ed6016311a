"""时限: opened and closed by the verbs whose promise they are, claimed by one sweeper.

A paused deadline keeps the time it has left; a failing one is tried again, later each time, and
after twelve attempts handed to a person by an alert.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from companies.agencies.models import Deadline
from companies.agencies.selectors import is_overdue
from companies.errors import Conflict
from companies.foundation.calls import Call, run_calls
from companies.foundation.locks import lock_rows
from companies.foundation.verbs import assert_in_transaction, verb
from companies.notifications.services import wake

ATTEMPTS = 12
SWEPT_AT_ONCE = 100
# Short: a first try is mostly lost with a broker or a server that is back within seconds.
FIRST_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(hours=6)


def open_deadline(
    *, agency_id: int, kind: str, subject_ref: str, due_at: datetime, at: datetime
) -> None:
    """A step: promise something by `due_at`. `kind` is "<app>.<what>"; its app carries it out."""
    assert_in_transaction()
    run_calls(
        promising(agency_id=agency_id, kind=kind, subject_ref=subject_ref, due_at=due_at, at=at)
    )


def promising(
    *, agency_id: int, kind: str, subject_ref: str, due_at: datetime, at: datetime
) -> Call:
    """The call that does it."""
    return Call("deadline_open(%s,%s,%s,%s,%s)", (agency_id, kind, subject_ref, due_at, at))


def require_in_time(*, subject_ref: str, kind: str, at: datetime) -> None:
    """A step: a late sweeper lets no late act through. Raises Conflict `deadline_passed`."""
    assert_in_transaction()
    if is_overdue(subject_ref=subject_ref, kind=kind, at=at):
        raise Conflict("deadline_passed", _("The time given for this is over."))


def close_deadline(*, subject_ref: str, at: datetime, outcome: str, kind: str = "") -> None:
    """A step: the promise is kept or moot, without `kind` all of this noun's. Nothing happens
    where none is open."""
    for deadline in _lock_open(subject_ref, **({"kind": kind} if kind else {})):
        deadline.done_at = at
        deadline.outcome = outcome
        deadline.save(update_fields=["done_at", "outcome"])


def pause_deadlines(*, subject_ref: str, at: datetime) -> None:
    """A step: stop the clocks that run for this noun; others must move first."""
    for deadline in _lock_open(subject_ref, paused_at__isnull=True):
        deadline.paused_at = at
        deadline.save(update_fields=["paused_at"])


def resume_deadlines(*, subject_ref: str, at: datetime) -> None:
    """A step: let the stopped clocks run on, later by the time they stood still."""
    for deadline in _lock_open(subject_ref, paused_at__isnull=False):
        deadline.due_at += at - (deadline.paused_at or at)
        deadline.paused_at = None
        deadline.save(update_fields=["due_at", "paused_at"])


def lock_deadlines(subject_refs: Iterable[str]) -> None:
    """A step: what is promised of these nouns, locked before their money moves."""
    lock_rows(
        Deadline.objects.filter(
            subject_ref__in=set(subject_refs), done_at__isnull=True, failed_at__isnull=True
        )
    )


def lock_due_deadline(*, deadline_id: int, at: datetime) -> Deadline | None:
    """A step: the deadline, locked; None where it is done, paused, given up or not yet due.

    By the order of locks the noun comes first: callers that need both lock the noun before.
    """
    due = Deadline.objects.filter(_waiting(), pk=deadline_id, due_at__lte=at)
    return next(iter(lock_rows(due)), None)


@verb
def sweep_deadlines(*, at: datetime) -> int:
    """Claim what is due and wake its app; returns how many were claimed.

    A claim only moves the next try: whoever carries the duty out closes the row, in its own
    transaction. Rows another sweeper holds are passed over.
    """
    due = (
        Deadline.objects.filter(_waiting(), due_at__lte=at)
        .filter(due_at__lte=Now())  # a worker whose clock is wrong must not try before the time
        .filter(Q(next_try_at__isnull=True) | Q(next_try_at__lte=at))
        .order_by("due_at", "id")
        .select_for_update(skip_locked=True, no_key=True)[:SWEPT_AT_ONCE]
    )
    claimed = list(due)
    for deadline in claimed:
        if deadline.attempts >= ATTEMPTS:
            deadline.failed_at = at
            deadline.last_error = f"not carried out in {ATTEMPTS} attempts"
            wake("alerts.report_failed_deadlines")
        else:
            deadline.attempts += 1
            deadline.next_try_at = at + _wait(deadline.attempts)
            wake(f"{deadline.kind.split('.')[0]}.due", deadline_id=deadline.pk)
        deadline.save(update_fields=["attempts", "next_try_at", "failed_at", "last_error"])
    return len(claimed)


def _waiting() -> Q:
    return Q(done_at__isnull=True, failed_at__isnull=True, paused_at__isnull=True)


def _lock_open(subject_ref: str, **filters: object) -> list[Deadline]:
    rows = Deadline.objects.filter(
        subject_ref=subject_ref, done_at__isnull=True, failed_at__isnull=True, **filters
    )
    return lock_rows(rows)


def _wait(attempt: int) -> timedelta:
    """Twice as long each time, with a tenth of chance, lest a crowd come back at once."""
    doubled: timedelta = min(FIRST_WAIT * 2 ** (attempt - 1), LONGEST_WAIT)
    return doubled * random.uniform(1.0, 1.1)  # noqa: S311 jitter, no secret
