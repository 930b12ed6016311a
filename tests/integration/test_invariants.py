"""Every invariant finds nothing in an empty house, and finds the fault that is planted.

Faults are planted as owner on tables laid bare (no triggers, no constraints) inside a transaction
that is rolled back: nothing else could bring them in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import psycopg2.extras
import pytest
from django.core.management import call_command

from vouchers.oversight.checks import CHECKS, Check, run_check

AT = datetime(2025, 3, 3, 1, tzinfo=UTC)
BY_NUMBER = {check.number: check for check in CHECKS}
Plant = Callable[["Bare"], None]


class Bare:
    """Inserts rows with only the columns that matter into tables stripped of their guards."""

    def __init__(self, cursor: Any) -> None:
        self.cursor = cursor
        self.stripped: set[str] = set()

    def strip(self, table: str) -> None:
        """Drop constraints, NOT NULL and triggers of a table, for this transaction."""
        if table in self.stripped:
            return
        self.stripped.add(table)
        self.cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        self.cursor.execute(
            "SELECT indexrelid::regclass::text, (SELECT conname FROM pg_constraint "
            "WHERE conindid = indexrelid AND conrelid = indrelid LIMIT 1) FROM pg_index "
            "WHERE indrelid = %s::regclass AND indisunique AND NOT indisprimary",
            [table],
        )
        for index, constraint in self.cursor.fetchall():
            if constraint:
                self.cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {constraint} CASCADE")
            else:
                self.cursor.execute(f"DROP INDEX {index}")
        self.cursor.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype <> 'p'",
            [table],
        )
        for (constraint,) in self.cursor.fetchall():
            self.cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{constraint}"')
        self.cursor.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 "
            "AND attnotnull AND attname NOT IN (SELECT a.attname FROM pg_index AS i "
            "JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey) "
            "WHERE i.indrelid = %s::regclass AND i.indisprimary)",
            [table, table],
        )
        for (column,) in self.cursor.fetchall():
            self.cursor.execute(f"ALTER TABLE {table} ALTER COLUMN {column} DROP NOT NULL")

    def add(self, table: str, **values: Any) -> None:
        """One row."""
        self.strip(table)
        wrapped = [
            psycopg2.extras.Json(value) if isinstance(value, dict) else value
            for value in values.values()
        ]
        marks = ", ".join(["%s"] * len(values))
        self.cursor.execute(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})", wrapped)

    def account(self, number: int, kind: str, credits: int = 0, debits: int = 0) -> None:
        """An account of line 901."""
        self.add(
            "ledger_account", id=number, kind=kind, line_group=901, is_source=False, agency_id=1,
            credits_fen=credits, debits_fen=debits, label="planted",
        )  # fmt: skip

    def move(self, kind: str, debit: int, credit: int, fen: int) -> None:
        """An entry of one transfer."""
        self.add("ledger_journalentry", id=901, kind=kind, key="k", number="JV-X", agency_id=1)
        self.add(
            "ledger_transfer", id=901, entry_id=901, debit_account_id=debit,
            credit_account_id=credit, amount_fen=fen,
        )  # fmt: skip


def voucher(bare: Bare, **values: Any) -> None:
    """A voucher of 500 fen."""
    row: dict[str, Any] = {"id": 901, "number": "VC-X", "status": "ACTIVE", "face_fen": 500}
    bare.add("issuance_voucher", **{**row, **values})


def funding(bare: Bare) -> None:
    """Its accounts: 11 voucher, 12 held, 13 payable, 14 paid."""
    bare.add(
        "issuance_voucherfunding", id=901, voucher_id=901, face_fen=500, voucher_account_id=11,
        held_account_id=12, payable_account_id=13, paid_account_id=14,
    )  # fmt: skip


def plant_01(bare: Bare) -> None:
    bare.add("ledger_transfer", id=901, debit_account_id=1, credit_account_id=1, amount_fen=5)


def plant_02(bare: Bare) -> None:
    bare.account(901, "POOL", credits=100)


def plant_03(bare: Bare) -> None:
    bare.account(901, "POOL", debits=100)


def plant_05(bare: Bare) -> None:
    bare.account(901, "POOL")
    bare.account(902, "PAID")
    bare.move("PAY", 901, 902, 5)


def plant_06(bare: Bare) -> None:
    bare.add("ledger_journalentry", id=901, key="k", number="JV-X")
    bare.add("ledger_journalentry", id=902, key="k", number="JV-Y", reverses_id=901)


def plant_07(bare: Bare) -> None:
    bare.cursor.execute("ALTER TABLE ledger_transfer DISABLE TRIGGER ledger_transfer_unchanged")


def plant_08(bare: Bare) -> None:
    bare.add("ledger_closedmonth", id=901, agency_id=1, month_date="2025-03-01", closed_at=AT)
    bare.add(
        "ledger_journalentry", id=901, agency_id=1, number="JV-X", effective_at=AT,
        recorded_at=datetime(2025, 4, 1, tzinfo=UTC),
    )  # fmt: skip


def plant_09(bare: Bare) -> None:
    voucher(bare)


def plant_10(bare: Bare) -> None:
    voucher(bare, status="CLOSED")
    funding(bare)
    bare.account(11, "VOUCHER", credits=5)


def plant_11(bare: Bare) -> None:
    bare.add("applications_application", id=901, number="AP-X", status="APPROVED", reserved_fen=5)


def plant_12(bare: Bare) -> None:
    funding(bare)
    bare.account(12, "HELD", credits=5)
    bare.account(13, "PAYABLE")


def plant_13(bare: Bare) -> None:
    bare.add(
        "redemptions_redemption", id=901, number="RD-X", accepted_fen=50_000, eligible_fen=100_000,
        rate_bp=3000,
    )  # fmt: skip


def plant_14(bare: Bare) -> None:
    bare.add("programmes_capusage", id=901, used_fen=5, limit_fen=10)


def plant_15(bare: Bare) -> None:
    bare.add("redemptions_redemption", id=901, number="RD-X", requested_at=AT)


def plant_16(bare: Bare) -> None:
    for line in (901, 902):
        bare.add(
            "settlement_settlementline", id=line, redemption_id=1, voucher_funding_id=1,
            amount_fen=5, status="DRAFT",
        )  # fmt: skip


def plant_17(bare: Bare) -> None:
    bare.add(
        "settlement_settlementbatch", id=901, number="SB-X", status="OPEN", total_fen=5, sha256=""
    )


def plant_18(bare: Bare) -> None:
    bare.add(
        "settlement_paymentinstruction", id=901, status="PAID", amount_fen=5, treasury_number="",
        receipt_sha256="",
    )  # fmt: skip


def plant_19(bare: Bare) -> None:
    bare.account(901, "PAID")
    bare.account(902, "RECOVERED")
    bare.move("RECOVER", 901, 902, 5)


def plant_20(bare: Bare) -> None:
    voucher(bare, application_id=1, kind="compute", side="BUYER")
    voucher(bare, id=902, number="VC-Y", application_id=1, kind="compute", side="BUYER")


def plant_21(bare: Bare) -> None:
    bare.add("programmes_seatmap", id=901, seats={"SCREEN": "a", "REVIEW": "a"})


def plant_22(bare: Bare) -> None:
    bare.add("applications_decision", id=901, act="APPROVE", user_id=1, duty_id=1, agency_id=1)


def plant_23(bare: Bare) -> None:
    voucher(bare)


def plant_24(bare: Bare) -> None:
    bare.add("applications_decision", id=901, application_id=1, at=AT)
    bare.add("applications_decision", id=902, application_id=1, at="2025-03-02T00:00Z")


def plant_25(bare: Bare) -> None:
    bare.add("applications_evidencedocument", id=901, claimed_fen=5, live_claims=1, limit_fen=9)


def plant_28(bare: Bare) -> None:
    bare.add("agencies_deadline", id=901, subject_ref="application:AP-NOWHERE")


def plant_29(bare: Bare) -> None:
    bare.add("audit_auditleaf", index=7, event_id=1, leaf_sha256=b"x" * 32)


def plant_30(bare: Bare) -> None:
    bare.add("programmes_ruleversion", id=901, status="PUBLISHED", document={}, sha256="0" * 64)


def plant_31(bare: Bare) -> None:
    bare.add(
        "files_storedfile", id=901, public_id="x", sha256="0" * 64, size=5, verdict="CLEAN",
        scanned_at=AT,
    )  # fmt: skip


def plant_32(bare: Bare) -> None:
    bare.add(
        "agencies_deadline", id=901, kind="issuance.consent", subject_ref="line:1",
        due_at="2025-02-01T00:00Z",
    )  # fmt: skip


def plant_33(bare: Bare) -> None:
    bare.cursor.execute("ALTER TABLE ledger_account ADD COLUMN rate double precision")


def plant_35(bare: Bare) -> None:
    bare.account(901, "POOL", credits=5)


def plant_36(bare: Bare) -> None:
    bare.add("redemptions_redemption", id=901, number="RD-X", status="ACCEPTED")


def plant_37(bare: Bare) -> None:
    voucher(bare, status="REVOKED", status_at=AT)


PLANTS: dict[int, Plant] = {
    int(name[-2:]): function
    for name, function in list(globals().items())
    if name.startswith("plant_")
}
PLANTS[4] = plant_35


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


@pytest.mark.parametrize("check", [c for c in CHECKS if not c.step], ids=lambda c: c.id)
def test_a_planted_fault_is_found(bare: Bare, check: Check) -> None:
    assert run_check(check, cursor=bare.cursor, at=AT, is_fast=False).findings == 0
    PLANTS[check.number](bare)
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
