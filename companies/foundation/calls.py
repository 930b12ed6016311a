"""Calls of our own SQL functions: several go to the database in one statement, one round trip.

A function inserts the rows of one app and decides nothing; `<app>/sql/` holds it, the app's
services name it. Python decides, then says all there is to write at once.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from django.db import connection

from companies.foundation.verbs import assert_in_transaction


class Call(NamedTuple):
    """`function` with a place for each argument: "audit_record(%s,%s)"."""

    function: str
    arguments: tuple[Any, ...]


def read_call(call: Call) -> tuple[Any, ...]:
    """The one row of a function that reads."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {call.function}", call.arguments)  # noqa: S608 our own
        return tuple(cursor.fetchone())


def run_calls(*calls: Call) -> list[Any]:
    """Make these calls, in this order; what each returned. None is no statement."""
    assert_in_transaction()
    return read_calls(*calls) if calls else []


def read_calls(*calls: Call) -> list[Any]:
    """What functions that read return, asked side by side in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(call.function for call in calls)}",
            [argument for call in calls for argument in call.arguments],
        )
        return list(cursor.fetchone())
