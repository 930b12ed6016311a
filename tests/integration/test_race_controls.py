"""The races themselves, tried: two ways of taking money that are known to be wrong must overspend
here, and the right one must not. Where a wrong way passes, the race is no race."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, connections, transaction

BUDGET = 500
HANDS = 32
TRIES = 40
TABLES = """
CREATE TABLE control_balance (id int PRIMARY KEY, rest int NOT NULL);
CREATE TABLE control_taken (amount int NOT NULL);
INSERT INTO control_balance VALUES (1, %s);
GRANT SELECT, UPDATE ON control_balance TO sq_app;
GRANT SELECT, INSERT ON control_taken TO sq_app;
"""


def take(cursor: Any) -> None:
    """One goes out."""
    cursor.execute("INSERT INTO control_taken VALUES (1)")


def read_then_write(cursor: Any) -> None:
    """Wrong: what was read may be old by the time it is written."""
    cursor.execute("SELECT rest FROM control_balance WHERE id = 1")
    rest = cursor.fetchone()[0]
    if rest > 0:
        cursor.execute("UPDATE control_balance SET rest = %s WHERE id = 1", [rest - 1])
        take(cursor)


def unlocked_sum(cursor: Any) -> None:
    """Wrong: a sum does not see what others are about to commit."""
    cursor.execute("SELECT coalesce(sum(amount), 0) FROM control_taken")
    if cursor.fetchone()[0] < BUDGET:
        take(cursor)


def locked_row(cursor: Any) -> None:
    """Right, and the way of the house: whoever decides holds the row."""
    cursor.execute("SELECT rest FROM control_balance WHERE id = 1 FOR NO KEY UPDATE")
    rest = cursor.fetchone()[0]
    if rest > 0:
        cursor.execute("UPDATE control_balance SET rest = %s WHERE id = 1", [rest - 1])
        take(cursor)


def race(way: Callable[[Any], None]) -> int:
    """So many hands, so many tries each; how much more went out than was there."""
    gate = Barrier(HANDS)

    def hand(_number: int) -> None:
        try:
            gate.wait()
            for _try in range(TRIES):
                with transaction.atomic(), connection.cursor() as cursor:
                    way(cursor)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(HANDS) as pool:
        list(pool.map(hand, range(HANDS)))
    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(amount) FROM control_taken")
        return int(cursor.fetchone()[0]) - BUDGET


@pytest.mark.parametrize(
    ("way", "overspends"), [(read_then_write, True), (unlocked_sum, True), (locked_row, False)]
)
def test_a_wrong_way_overspends_and_the_right_one_does_not(
    committed_db: str, owner: Callable[[], Any], way: Callable[[Any], None], overspends: bool
) -> None:
    with owner().cursor() as cursor:
        cursor.execute(TABLES, [BUDGET])
    over = race(way)
    assert over > 0 if overspends else over == 0
