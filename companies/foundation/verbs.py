"""`@verb`: one function, one transaction, one audit line.

A verb is what interfaces, tasks, commands and tests call. It never calls another verb
(`atomic(durable=True)` refuses that); shared parts are steps, which begin with
`assert_in_transaction()`.
"""

from __future__ import annotations

import functools
import logging
import random
import time
from collections.abc import Callable, Mapping
from typing import Any, ParamSpec, TypeVar

from django.db import DatabaseError, connection, transaction
from django.utils.translation import gettext_lazy as _

from companies.errors import Conflict, InvariantBroken, NotAllowed, TryAgain
from companies.foundation.failpoints import failpoint, failpoint_after_commit

log = logging.getLogger(__name__)
P = ParamSpec("P")
T = TypeVar("T")

# serialization_failure, deadlock_detected, lock_not_available: PostgreSQL says "once more".
RETRIED = {"40001", "40P01", "55P03"}
# datetime_field_overflow: our triggers say so of an instant ahead of the database's clock.
AHEAD = "22008"
# They speak only when somebody else was faster between our look and our write. A noun's
# `<table>_time_forward` does, too: the other's instant was the later one.
RACES = {
    "one_live_application_per_object",
    "one_instruction_per_treasury_number",
    "one_live_line_per_redemption_and_line",
    "one_seat_per_person_and_file",
    "one_voucher_per_application_kind_and_side",
    "signatures_differ",
    "evidence_claimed_once",
    "decision_in_order",
}
# Told of each refused person once all is rolled back: (verb, refusal, its arguments). The app of
# users, above this floor, sets it as it starts.
on_refusal: Callable[[str, NotAllowed, Mapping[str, Any]], None] | None = None
ATTEMPTS = 5
SECONDS_IN_ALL = 8.0


def sqlstate(error: DatabaseError) -> str:
    """The five characters PostgreSQL gave for this error, or ''."""
    return str(getattr(error.__cause__, "pgcode", None) or "")


def constraint_name(error: DatabaseError) -> str:
    """The named constraint or trigger that refused, or ''."""
    diagnosis = getattr(error.__cause__, "diag", None)
    return str(getattr(diagnosis, "constraint_name", None) or "")


def verb(function: Callable[P, T]) -> Callable[P, T]:
    """Run `function` in its own durable transaction, retrying what PostgreSQL asks to retry.

    Raises TryAgain `lock_timeout` after five attempts or eight seconds, TryAgain `clock_ahead`
    where this process's clock is wrong, Conflict `moved_meanwhile` where somebody else was faster.
    """

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        begun = time.monotonic()
        attempt = 0
        while True:
            attempt += 1
            try:
                with transaction.atomic(durable=True):
                    failpoint_after_commit(f"{function.__name__}.committed")
                    result = function(*args, **kwargs)
                    failpoint(f"{function.__name__}.written")
                    return result
            except NotAllowed as refusal:
                if on_refusal is not None:
                    on_refusal(function.__name__, refusal, kwargs)
                raise
            except DatabaseError as error:
                late = time.monotonic() - begun > SECONDS_IN_ALL
                name = constraint_name(error)
                if name and sqlstate(error) == AHEAD:
                    log.error("this machine's clock is ahead of the database's: %s", name)
                    raise TryAgain(
                        "clock_ahead",
                        _("A clock of this service is wrong. Please try again later."),
                    ) from error
                if name in RACES or name.endswith("_time_forward"):
                    raise Conflict(
                        "moved_meanwhile", _("Someone else has just moved this record.")
                    ) from error
                if sqlstate(error) not in RETRIED:
                    raise
                if attempt >= ATTEMPTS or late or connection.in_atomic_block:
                    raise TryAgain(
                        "lock_timeout",
                        _("Others are working on the same record. Please try again shortly."),
                    ) from error
            time.sleep(random.uniform(0.01, 0.05) * 2**attempt)  # noqa: S311 jitter, no secret

    run.is_verb = True  # type: ignore[attr-defined]
    return run


def assert_in_transaction() -> None:
    """Steps begin with this: rows they are given must still be locked."""
    if not connection.in_atomic_block:
        raise InvariantBroken("a step ran outside a transaction")
