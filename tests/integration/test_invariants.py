"""Every invariant finds nothing in an empty house, and finds the fault that is planted.

Faults are planted as owner on tables laid bare (no triggers, no constraints) inside a transaction
that is rolled back: nothing else could bring them in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from tests.integration.invariant_plants import AT, PLANTS, Bare, Plant
from vouchers.oversight.checks import CHECKS, run_check

BY_NUMBER = {check.number: check for check in CHECKS}


@pytest.fixture
def bare(db: None, owner: Callable[[], Any]) -> Iterator[Bare]:
    """The owner's hand on the tables; everything is rolled back."""
    connection = owner()
    connection.autocommit = False
    try:
        yield Bare(connection.cursor())
    finally:
        connection.rollback()
        connection.close()


def test_every_invariant_whose_nouns_exist_has_its_fault() -> None:
    assert {number for number, _plant in PLANTS} == {c.number for c in CHECKS if not c.step}


@pytest.mark.parametrize(("number", "plant"), PLANTS)
def test_a_planted_fault_is_found(bare: Bare, number: int, plant: Plant) -> None:
    check = BY_NUMBER[number]
    assert run_check(check, cursor=bare.cursor, at=AT, is_fast=False).findings == 0
    plant(bare)
    assert run_check(check, cursor=bare.cursor, at=AT, is_fast=False).findings > 0


def test_a_changed_leaf_is_found_though_every_count_is_right(bare: Bare) -> None:
    bare.add(
        "audit_auditevent", id=901, action="check.ran", actor_ref="system:test", agency_id=None,
        at=AT, recorded_at=AT, duty_ref="", request_ref="", subject_ref="line:1",
        payload_sha256=b"p" * 32,
    )  # fmt: skip
    bare.add("audit_auditleaf", index=0, event_id=901, leaf_sha256=b"x" * 32)
    bare.add("audit_treehead", size=1, root_sha256=b"y" * 32)
    check = BY_NUMBER[29]
    assert run_check(check, cursor=bare.cursor, at=AT, is_fast=True).findings == 0
    assert run_check(check, cursor=bare.cursor, at=AT, is_fast=False).findings == 2


def test_a_locked_batch_that_was_changed_is_found(bare: Bare) -> None:
    bare.add(
        "settlement_settlementbatch", id=901, number="SB-X", status="LOCKED", total_fen=0,
        sha256="0" * 64,
    )  # fmt: skip
    check = BY_NUMBER[17]
    assert run_check(check, cursor=bare.cursor, at=AT, is_fast=True).findings == 0
    assert run_check(check, cursor=bare.cursor, at=AT, is_fast=False).findings == 1


def test_a_trigger_switched_off_is_found(bare: Bare) -> None:
    bare.cursor.execute("ALTER TABLE ledger_account DISABLE TRIGGER account_born_empty")
    outcome = run_check(BY_NUMBER[33], cursor=bare.cursor, at=AT, is_fast=False)
    assert "account_born_empty" in outcome.sample[0]


def test_every_invariant_has_its_line(committed_db: str) -> None:
    out = StringIO()
    call_command("check_invariants", stdout=out)
    told = [line for line in out.getvalue().splitlines() if line.startswith("INV-")]
    assert [line[:6] for line in told] == [f"INV-{number:02d}" for number in range(1, 40)]
    assert all("… 0 rows" in line or "not yet (step" in line for line in told)
