"""Triggers are our own SQL, one file each, brought in by migrations.

A file `<app>/sql/<name>.sql` creates a function and its triggers; `<name>.drop.sql` is not kept:
before 1.0 migrations run forward only. The catalogue check compares the database with the files.
"""

from __future__ import annotations

from pathlib import Path

from django.db import migrations

ROOT = Path(__file__).resolve().parents[2]


def sql_text(app: str, name: str) -> str:
    """The text of `<app>/sql/<name>.sql`; app like 'vouchers/ledger'."""
    return (ROOT / app / "sql" / f"{name}.sql").read_text(encoding="utf-8")


def trigger_operations(app: str, *names: str) -> list[migrations.RunSQL]:
    """Migration operations that run these SQL files in order."""
    return [
        migrations.RunSQL(sql_text(app, name), reverse_sql=migrations.RunSQL.noop) for name in names
    ]


def append_only(table: str) -> migrations.RunSQL:
    """Refuse UPDATE, DELETE and TRUNCATE on a table, whatever the session's settings (ALWAYS)."""
    return migrations.RunSQL(
        f"""
        CREATE TRIGGER {table}_unchanged BEFORE UPDATE OR DELETE ON {table}
          FOR EACH ROW EXECUTE FUNCTION refuse_change();
        CREATE TRIGGER {table}_kept BEFORE TRUNCATE ON {table}
          FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
        ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_unchanged;
        ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_kept;
        """,
        reverse_sql=migrations.RunSQL.noop,
    )
