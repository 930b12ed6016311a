"""F-9: two transactions that want the same rows in opposite orders."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, BrokenBarrierError

from django.db import OperationalError, connection, connections, transaction

from companies.foundation.locks import lock_rows
from companies.foundation.verbs import sqlstate
from tests.fault.judge import Verdict
from tests.fault.stage import Stage
from vouchers.ledger.models import Account

UNSORTED_ROUNDS = 3
SORTED_ROUNDS = 100
DEADLOCK = "40P01"


def deadlock(stage: Stage) -> Iterator[Verdict]:
    """F-9 opposite orders: sorted by the house's hand, and unsorted as a control."""
    pair = list(Account.objects.order_by("pk").values_list("pk", flat=True)[:2])
    unsorted = _deadlocks(_as_given, pair, UNSORTED_ROUNDS)
    yield Verdict(
        f"F-9  control: unsorted, {unsorted} deadlocks in {UNSORTED_ROUNDS} rounds",
        [] if unsorted else ["the control shows none: this test has no teeth"],
    )
    sorted_ = _deadlocks(_by_the_house, pair, SORTED_ROUNDS)
    yield Verdict(
        f"F-9  sorted, {SORTED_ROUNDS} rounds",
        [f"{sorted_} deadlocks"] if sorted_ else [],
    )


def _as_given(pair: list[int], gate: Barrier) -> None:
    """One, then the other; both sides hold their first before either asks for its second."""
    with connection.cursor() as cursor:
        for pk in pair:
            cursor.execute("SELECT 1 FROM ledger_account WHERE id = %s FOR NO KEY UPDATE", [pk])
            with contextlib.suppress(BrokenBarrierError):
                gate.wait(0.2)


def _by_the_house(pair: list[int], gate: Barrier) -> None:
    """Asked for in any order, locked in one."""
    gate.wait(10)
    lock_rows(Account.objects.filter(pk__in=pair))


def _deadlocks(take: Callable[[list[int], Barrier], None], pair: list[int], rounds: int) -> int:
    def side(order: list[int], gate: Barrier) -> bool:
        try:
            with transaction.atomic():
                take(order, gate)
        except OperationalError as error:
            return sqlstate(error) == DEADLOCK
        finally:
            connections.close_all()
        return False

    met = 0
    with ThreadPoolExecutor(2) as pool:
        for _ in range(rounds):
            gate = Barrier(2)
            sides = [pool.submit(side, order, gate) for order in (pair, pair[::-1])]
            met += any([one.result() for one in sides])
    return met
