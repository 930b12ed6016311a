"""For every invariant a fault that breaks it: rows with only the columns that matter.

`plant_NN` breaks INV-NN; further ones are named by what they break it with.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import psycopg2.extras

AT = datetime(2025, 3, 3, 1, tzinfo=UTC)
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
            "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass "
            "AND contype NOT IN ('p', 't')",
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


def event(
    bare: Bare, number: int, subject: str, at: object, action: str = "x.y", **content: Any
) -> None:
    """A line of the record, with its payload."""
    bare.add(
        "audit_auditevent", id=number, action=action, subject_ref=subject, at=at, recorded_at=at
    )
    bare.add("audit_auditpayload", event_id=number, content=content)


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
    event(bare, 901, "agency:1", AT, action="month.closed", facts={"month": "2025-03-01"})
    bare.add(
        "ledger_journalentry", id=901, agency_id=2, number="JV-X", effective_at=AT,
        recorded_at=datetime(2025, 4, 1, tzinfo=UTC),
    )  # fmt: skip
    bare.add("ledger_account", id=901, agency_id=1, credits_fen=0, debits_fen=0)
    bare.add("ledger_transfer", id=901, entry_id=901, debit_account_id=901)


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


def plant_12_by_its_own_rows(bare: Bare) -> None:
    bare.add("redemptions_redemption", id=901, number="RD-X", held_fen=5, accepted_fen=0)
    bare.add("redemptions_redemptionfunding", id=901, redemption_id=901, held_fen=4, accepted_fen=0)


def plant_13_by_a_single_fen(bare: Bare) -> None:
    voucher(bare, terms={"rounding_unit_fen": 1, "rate_bp": 3000})
    bare.add(
        "redemptions_redemption", id=901, number="RD-X", accepted_fen=30_001, eligible_fen=100_000,
        rate_bp=3000, voucher_id=901,
    )  # fmt: skip


def plant_14_by_a_promise_not_counted(bare: Bare) -> None:
    bare.add("programmes_capusage", id=901, scope="CEILING", used_fen=5, limit_fen=10)
    bare.add(
        "programmes_capentry", id=901, cap_usage_id=901, delta_fen=5, subject_ref="application:AP-X"
    )


def plant_17_by_an_instruction(bare: Bare) -> None:
    bare.add(
        "settlement_settlementbatch", id=901, number="SB-X", status="ABORTED", total_fen=0,
        sha256="", cycle=0,
    )  # fmt: skip
    bare.cursor.execute("UPDATE settlement_settlementbatch SET status = 'SENT', sha256 = 'x'")
    bare.add("settlement_paymentorder", id=901, batch_id=901, cycle=0)
    bare.add("settlement_paymentinstruction", id=901, order_id=901, amount_fen=5)
    bare.add(
        "settlement_settlementline", id=901, batch_id=901, instruction_id=901, amount_fen=5,
        status="VOID",
    )  # fmt: skip


def plant_21_by_a_seat_of_another_act(bare: Bare) -> None:
    bare.add("programmes_seatmap", id=901, seats={"APPROVE": "approver"})
    bare.add("applications_application", id=901, seat_map_id=901)
    bare.add("applications_fileseat", id=901, application_id=901, user_id=1, seat="reviewer")
    bare.add(
        "applications_decision", id=901, application_id=901, user_id=1, act="APPROVE",
        seat="reviewer",
    )  # fmt: skip


def plant_22_by_an_interest(bare: Bare) -> None:
    bare.add("applications_application", id=901, company_id=1, agency_id=1, form={})
    bare.add("applications_fileseat", id=901, application_id=901, user_id=1, taken_at=AT)
    bare.add("registry_membership", id=901, user_id=1, company_id=1, valid_from="2025-01-01")


def plant_23_by_a_step_that_is_none(bare: Bare) -> None:
    voucher(bare, status="REVOKED", status_at=AT)
    event(bare, 901, "voucher:VC-X", AT, after={"status": "PENDING"})
    event(bare, 902, "voucher:VC-X", AT, after={"status": "REVOKED"})


def plant_24_along_the_record(bare: Bare) -> None:
    event(bare, 901, "voucher:VC-X", AT)
    event(bare, 902, "voucher:VC-X", "2025-03-02T00:00Z")


def plant_33_by_other_steps(bare: Bare) -> None:
    bare.cursor.execute(
        "DROP TRIGGER issuance_voucher_steps ON issuance_voucher; CREATE TRIGGER "
        "issuance_voucher_steps BEFORE UPDATE ON issuance_voucher FOR EACH ROW "
        "EXECUTE FUNCTION status_follows_steps('{\"CLOSED\": [\"ACTIVE\"]}', 'PENDING'); "
        "ALTER TABLE issuance_voucher ENABLE ALWAYS TRIGGER issuance_voucher_steps"
    )


def plant_33_by_a_privilege(bare: Bare) -> None:
    bare.cursor.execute("GRANT UPDATE (debits_fen) ON ledger_account TO sq_app")


def plant_33_by_a_privilege_for_everybody(bare: Bare) -> None:
    bare.cursor.execute("GRANT SELECT ON users_user TO public")


def plant_33_by_a_constraint_gone(bare: Bare) -> None:
    bare.cursor.execute("ALTER TABLE issuance_voucher DROP CONSTRAINT voucher_face_positive")


def plant_35_by_money_no_document_gave(bare: Bare) -> None:
    bare.account(901, "APPROPRIATION", debits=6)
    bare.add("programmes_appropriation", id=901, amount_fen=5)
    bare.add(
        "programmes_budgetline", id=901, status="OPEN", appropriation_id=901, source_account_id=901
    )


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


PLANTS: list[tuple[int, Plant]] = [
    (int(name[6:8]), function)
    for name, function in list(globals().items())
    if name.startswith("plant_")
] + [(4, plant_35)]
