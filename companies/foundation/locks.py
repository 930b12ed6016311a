"""Row locks in one order, and one consistent snapshot for long reading.

The order (wide before narrow, within a kind by ascending id) is LOCK_ORDER; a test hooks the
cursor and asserts it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from django.db import connection, transaction
from django.db.models import Model, QuerySet

from companies.foundation.verbs import assert_in_transaction

M = TypeVar("M", bound=Model)

LOCK_ORDER = (
    "programmes_round",
    "programmes_budgetline",
    "programmes_capusage",
    "applications_application",
    "settlement_settlementbatch",
    "issuance_voucher",
    "redemptions_redemption",
    "applications_evidencedocument",
    "alerts_alert",
    "agencies_deadline",
    "ledger_account",
)


def lock_rows(rows: QuerySet[M]) -> list[M]:
    """Lock these rows, ascending by id, until commit.

    FOR NO KEY UPDATE: plain FOR UPDATE would stall foreign-key checks on the same rows.
    """
    assert_in_transaction()
    return list(rows.order_by("pk").select_for_update(no_key=True, of=("self",)))


@contextmanager
def long_read() -> Iterator[None]:
    """One REPEATABLE READ READ ONLY snapshot with long time limits: exports, checks."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SET LOCAL statement_timeout = '30min'")
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = '10min'")
        yield
