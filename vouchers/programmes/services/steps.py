"""Finding, locking and telling: what every verb on schemes shares."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from companies.errors import not_found
from companies.foundation.locks import lock_rows
from companies.foundation.verbs import assert_in_transaction

M = TypeVar("M", bound=Model)


def lock_one(rows: QuerySet[M], noun: str) -> M:
    """A step: the one row, locked. Raises NotFound `<noun>_not_found`."""
    assert_in_transaction()
    found = next(iter(lock_rows(rows)), None)
    if found is None:
        raise not_found(noun)
    return found


def find_one(rows: QuerySet[M], noun: str) -> M:
    """The one row, read only. Raises NotFound `<noun>_not_found`."""
    found = rows.first()
    if found is None:
        raise not_found(noun)
    return found


def status_of(noun: Any) -> dict[str, str]:
    """What an event shows of a change of status."""
    return {"status": str(noun.status)}
