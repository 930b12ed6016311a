"""Every named constraint refuses, by its name, the narrowest row sq_app may write.

The list comes from the catalogue: a constraint nobody can show to refuse makes this red. Where the
privilege refuses first (42501), that is asserted and the constraint is shown as owner.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import psycopg2
import pytest
from django.db import connections

from tests.integration.constraint_rows import BROKEN, EARLY, TWICE
from tests.integration.ledger_world import given_programme_with_money

INSUFFICIENT_PRIVILEGE = "42501"
OURS = "split_part(c.relname, '_', 1) NOT IN ('django', 'auth', 'account', 'axes', 'mfa', 'cache')"
CONSTRAINTS = f"""
SELECT c.relname, k.conname, k.contype::text, ARRAY(
  SELECT a.attname::text FROM unnest(k.conkey) AS n JOIN pg_attribute AS a
  ON a.attrelid = k.conrelid AND a.attnum = n)
FROM pg_constraint AS k JOIN pg_class AS c ON c.oid = k.conrelid
WHERE k.connamespace = 'public'::regnamespace AND c.relkind = 'r' AND {OURS}
UNION ALL
SELECT c.relname, i.relname, 'u', ARRAY(
  SELECT a.attname::text FROM unnest(x.indkey) AS n JOIN pg_attribute AS a
  ON a.attrelid = x.indrelid AND a.attnum = n)
FROM pg_index AS x JOIN pg_class AS c ON c.oid = x.indrelid
JOIN pg_class AS i ON i.oid = x.indexrelid
WHERE x.indisunique AND x.indpred IS NOT NULL AND {OURS}
  AND c.relnamespace = 'public'::regnamespace
ORDER BY 1, 2
"""
VALUES = {
    "bigint": 1, "integer": 1, "smallint": 1, "boolean": True, "date": "2025-03-03",
    "timestamp with time zone": EARLY, "jsonb": "{}", "bytea": b"x", "numeric": 1,
}  # fmt: skip
Attempt = Callable[[Any], None]


@pytest.fixture
def house(committed_db: str, owner: Callable[[], Any]) -> Iterator[tuple[Any, Any]]:
    """Cursors of sq_app and sq_owner on a clone without NOT NULL and without triggers."""
    mine = owner()
    cursor = mine.cursor()
    cursor.execute(f"SELECT c.oid::regclass::text FROM pg_class AS c WHERE relkind = 'r' "
                   f"AND relnamespace = 'public'::regnamespace AND {OURS}")  # fmt: skip
    for (table,) in cursor.fetchall():
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 "
            "AND attnotnull AND NOT attnum = ANY (SELECT unnest(conkey) FROM pg_constraint "
            "WHERE conrelid = %s::regclass AND contype = 'p')",
            [table, table],
        )
        for (column,) in cursor.fetchall():
            cursor.execute(f'ALTER TABLE {table} ALTER COLUMN "{column}" DROP NOT NULL')
    connections["default"].ensure_connection()
    theirs = connections["default"].connection
    theirs.autocommit = True
    yield theirs.cursor(), cursor
    mine.close()


def insert(cursor: Any, table: str, row: dict[str, Any]) -> None:
    """One row of only these columns."""
    names = ", ".join(f'"{name}"' for name in row)
    marks = ", ".join(["%s"] * len(row))
    cursor.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(row.values()))


def attempt_of(cursor: Any, table: str, name: str, kind: str, columns: list[str]) -> Attempt:
    """The narrowest statements that this constraint must refuse."""
    cursor.execute(
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s",
        [table],
    )
    types = dict(cursor.fetchall())
    key_column = next((c for c in ("id", "index", "size", "number", "day", "event_id")
                       if c in types), "")  # fmt: skip

    def whole(row: dict[str, Any]) -> dict[str, Any]:
        return {key_column: 1, **row}

    if kind == "c":
        if name in BROKEN:
            row = BROKEN[name]
        elif name.endswith("_check") and len(columns) == 1:
            row = {columns[0]: -1}
        elif name.endswith("_known") and len(columns) == 1:
            row = {columns[0]: "NOPE"}
        else:
            raise LookupError(f"{table}.{name} is shown by no row")
        return lambda cursor: insert(cursor, table, whole(row))
    if kind == "f":
        row = dict.fromkeys(columns, 987654 if types[columns[0]] != "date" else EARLY)
        row = {column: "x" if types[column] == "character varying" else fen
               for column, fen in row.items()}  # fmt: skip

        def break_key(cursor: Any) -> None:
            insert(cursor, table, whole(row))
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

        return break_key
    row = {column: VALUES.get(types[column], "x") for column in columns if kind != "x"}
    row |= TWICE.get(name, {})

    def write_twice(cursor: Any) -> None:
        for number in (1, 2):
            insert(cursor, table, {key_column: number, **row})

    return write_twice


def refusal(cursor: Any, attempt: Attempt) -> tuple[str, str]:
    """(SQLSTATE, name of the constraint), with nothing left behind."""
    cursor.execute("BEGIN")
    try:
        attempt(cursor)
    except psycopg2.Error as error:
        return error.pgcode or "", error.diag.constraint_name or ""
    finally:
        cursor.execute("ROLLBACK")
    return "", "nothing"


def without(table: str, constraint: str, attempt: Attempt) -> Attempt:
    """The same attempt with one other constraint out of the way."""

    def run(cursor: Any) -> None:
        cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT IF EXISTS "{constraint}" CASCADE')
        attempt(cursor)

    return run


def test_every_named_constraint_refuses_by_its_name(house: tuple[Any, Any]) -> None:
    app, owner = house
    owner.execute(CONSTRAINTS)
    constraints = owner.fetchall()
    faults, shown = [], set()
    for table, name, kind, columns in constraints:
        if kind == "p" or kind == "t":
            continue
        try:
            attempt = attempt_of(owner, table, name, kind, columns)
        except LookupError as error:
            faults.append(str(error))
            continue
        state, refused_by = refusal(app, attempt)
        if state == INSUFFICIENT_PRIVILEGE:
            state, refused_by = refusal(owner, attempt)
        if kind == "u" and refused_by != name:  # a narrower key stands before this one
            state, refused_by = refusal(owner, without(table, refused_by, attempt))
        shown.add(name)
        if refused_by != name:
            faults.append(f"{table}.{name}: {state} {refused_by}")
    assert not faults, "\n".join(faults)
    assert len(shown) > 300
    assert set(BROKEN) | set(TWICE) <= shown, "a row for a constraint that is gone"


APPEND_ONLY = (
    "ledger_journalentry", "ledger_transfer", "ledger_chartmove", "audit_auditevent",
    "audit_logepoch", "programmes_appropriation",
)  # fmt: skip


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_what_is_written_stays(committed_db: str, owner: Callable[[], Any], table: str) -> None:
    given_programme_with_money()
    mine = owner()
    cursor = mine.cursor()
    cursor.execute(f"SELECT count(*) FROM {table}")
    assert cursor.fetchone()[0]
    for statement in (f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"):
        _state, name = refusal(cursor, lambda c, s=statement: c.execute(s))
        assert name.endswith("_kept" if "TRUNCATE" in statement else "_unchanged")
    mine.close()


@pytest.mark.parametrize(
    ("trigger", "statement"),
    [
        ("entry_not_ahead", "SELECT ledger_post('PAY', 1, 'k9', 'x', now() + interval '1 hour', "
         "'a', 's:1', NULL, '{}', '{}', '{}')"),
        ("transfer_follows_chart", "INSERT INTO ledger_transfer (entry_id, debit_account_id, "
         "credit_account_id, amount_fen) SELECT min(e.id), min(a.id), max(a.id), 5 "
         "FROM ledger_journalentry AS e, ledger_account AS a"),
        ("account_not_overdrawn", "SELECT ledger_post('RESERVE', min(agency_id), 'k8', 'x', now(), "
         "'a', 's:1', NULL, ARRAY[min(id) FILTER (WHERE kind = 'POOL')], "
         "ARRAY[min(id) FILTER (WHERE kind = 'RESERVED')], ARRAY[999999999999]) "
         "FROM ledger_account"),
        ("seat_map_keeps_floor", "INSERT INTO programmes_seatmap (agency_id, code, version, "
         "name_zh, name_en, seats, status, proposed_by_id) SELECT min(agency_id), 'x', 1, 'x', "
         "'x', '{}', 'PROPOSED', 1 FROM ledger_account"),
    ],
)  # fmt: skip
def test_a_trigger_refuses_by_its_name(committed_db: str, trigger: str, statement: str) -> None:
    given_programme_with_money()
    theirs = connections["default"].connection
    state, name = refusal(theirs.cursor(), lambda cursor: cursor.execute(statement))
    assert name == trigger, state
