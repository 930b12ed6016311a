"""Whoever locks several rows locks wide before narrow, so that nobody waits in a circle.

A hook on the cursor reads every row lock of every transaction of a whole life and back.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

from companies.foundation.locks import LOCK_ORDER, lock_rows
from tests.given import (
    given_notice,
    given_pending_voucher,
    given_programme,
    given_recommended_application,
    given_submitted_application,
)
from tests.given_money import answered, closed, drawn_up, given_sale, run_due, sent
from vouchers.applications import services as files
from vouchers.issuance import services as vouchers
from vouchers.issuance.models import Voucher
from vouchers.ledger.models import Account
from vouchers.redemptions import services as redemptions
from vouchers.settlement import services as settlement

LOCKED = re.compile(r'^SELECT .*? FROM "(\w+)".* FOR (?:NO KEY )?UPDATE', re.DOTALL)
# Our own functions that lock, each rows of one table in the order of their ids.
FUNCTIONS = {
    "order_locked": "issuance_voucher",
    "claim_locked": "redemptions_redemption",
    "ledger_post": "ledger_account",
}
IDLE = 0


class Watch:
    """What the present transaction has locked, and where one went back up the order."""

    def __init__(self) -> None:
        self.held: list[str] = []
        self.faults: list[str] = []
        self.locks = 0

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if connection.connection.info.transaction_status == IDLE:
            self.held = []
        found = LOCKED.match(sql)
        table = next((table for name, table in FUNCTIONS.items() if f"{name}(" in sql), "")
        table = found.group(1) if found else table
        if table in LOCK_ORDER:
            self.locks += 1
            if table not in self.held and any(
                LOCK_ORDER.index(table) < LOCK_ORDER.index(other) for other in self.held
            ):
                self.faults.append(f"{table} after {', '.join(self.held)}")
            self.held.append(table)
        return execute(sql, params, many, context)


@contextmanager
def watched() -> Iterator[Watch]:
    """Every statement of this thread's connection."""
    connection.ensure_connection()
    watch = Watch()
    with connection.execute_wrapper(watch):
        yield watch


def to_payment_and_back() -> None:
    sale = given_sale()
    scheme = sale.scheme
    _first, second, third = (sale.accepted(500_000) for _each in range(3))
    for who in ("checker", "clerk"):
        redemptions.reverse_redemption(
            actor=sale.actor(who), redemption_id=third.pk, reason="误核", at=scheme.later(),
            request_key=f"back-{who}",
        )  # fmt: skip
    batch = drawn_up(scheme)
    settlement.take_out_line(
        actor=sale.actor("clerk"), line_id=batch.lines.get(redemption=second).pk, reason="缓",
        at=scheme.later(),
    )  # fmt: skip
    batch = answered(scheme, sent(scheme, batch), failed=[1])
    again = settlement.draw_up_follow_up(
        actor=sale.actor("clerk"), batch_id=batch.pk, at=scheme.later()
    )
    again = answered(scheme, sent(scheme, again))
    settlement.bounce_line(
        actor=sale.actor("clerk"), line_id=again.lines.get().pk, reason="退", at=scheme.later(),
        request_key="bounce",
    )  # fmt: skip
    closed(scheme, again)
    given_up = drawn_up(scheme)
    settlement.lock_batch(actor=sale.actor("clerk"), batch_id=given_up.pk, at=scheme.later())
    settlement.reject_batch(
        actor=sale.actor("approver2"), batch_id=given_up.pk, reason="缓", at=scheme.later()
    )
    for who in ("authoriser", "manager"):
        settlement.abort_batch(
            actor=sale.actor(who), batch_id=given_up.pk, reason="缓", at=scheme.later()
        )


def to_the_end_of_a_voucher() -> None:
    sale = given_sale()
    scheme = sale.scheme
    for name, verb in (("a", redemptions.cancel_redemption), ("b", redemptions.decline_order)):
        order = sale.order(100_000)
        more = {} if name == "a" else {"reason": "无货"}
        verb(
            actor=sale.actor("agent" if name == "a" else "seller_sales"), redemption_id=order.pk,
            at=scheme.later(), request_key=f"end-{name}", **more,
        )  # fmt: skip
    returned = sale.verify(sale.countersigned(200_000))
    redemptions.return_redemption(
        actor=sale.actor("checker"), redemption_id=returned.pk, reason="缺页", at=scheme.later()
    )
    run_due(scheme, returned.ref, "redemptions.hold_end")
    claim = sale.verify(sale.countersigned())
    sale.order(100_000)
    run_due(scheme, sale.voucher.ref, "issuance.grace_end")
    sale.accept(claim, claim.requested_fen - 1, reason="少给")
    run_due(scheme, f"redemption:{sale.voucher.redemptions.latest('id').number}",
            "redemptions.hold_end")  # fmt: skip


def back_from_a_file() -> None:
    scheme = given_programme()
    voucher = given_pending_voucher(scheme)
    vouchers.decline_voucher(
        actor=scheme.actor("buyer_signatory"), voucher_id=voucher.pk, at=scheme.later(),
        request_key="no",
    )  # fmt: skip
    file = given_recommended_application(scheme, "rival")
    given_notice(scheme, file)
    files.withdraw_application(
        actor=scheme.actor("rival_signatory"), application_id=file.pk, at=scheme.later(),
        request_key="off",
    )  # fmt: skip
    again = given_submitted_application(scheme, "rival")
    files.take_screening(actor=scheme.actor("intake"), application_id=again.pk, at=scheme.later())
    files.return_application(
        actor=scheme.actor("intake"), application_id=again.pk, note="补", at=scheme.later()
    )
    run_due(scheme, again.ref, "applications.return_reply")


@pytest.mark.parametrize("story", [to_payment_and_back, to_the_end_of_a_voucher, back_from_a_file])
def test_a_life_and_its_ways_back_lock_in_the_order_of_the_house(
    committed_db: str, story: Callable[[], None]
) -> None:
    with watched() as watch:
        story()
    assert watch.locks > 50
    assert sorted(set(watch.faults)) == []


def test_the_hook_sees_a_lock_out_of_order(committed_db: str) -> None:
    from django.db import transaction

    with watched() as watch, transaction.atomic():
        lock_rows(Account.objects.all())
        lock_rows(Voucher.objects.all())
    assert watch.faults == ["issuance_voucher after ledger_account"]
