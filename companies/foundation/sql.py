"""Triggers are our own SQL, one file each, brought in by migrations.

A file `<app>/sql/<name>.sql` creates a function and its triggers; `<name>.drop.sql` is not kept:
before 1.0 migrations run forward only. The catalogue check compares the database with the files.
"""

from __future__ import annotations

import json
from pathlib import Path

from django.db import migrations

from companies.foundation.states import Steps

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


def follows_steps(table: str, steps: Steps, *, born: str, timed: bool = True) -> migrations.RunSQL:
    """Refuse a status that `steps` do not lead to; `timed`: and a `status_at` that goes back.

    A migration that changes the steps makes the triggers anew.
    """
    triggers = [f"{table}_steps"] + [f"{table}_time_forward"] * timed
    made = {
        f"{table}_steps": f"status_follows_steps('{steps_argument(steps)}', '{born}')",
        f"{table}_time_forward": "time_goes_forward()",
    }
    return migrations.RunSQL(
        "\n".join(
            f"DROP TRIGGER IF EXISTS {name} ON {table}; "
            f"CREATE TRIGGER {name} BEFORE INSERT OR UPDATE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {made[name]}; "
            f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name};"
            for name in triggers
        ),
        reverse_sql=migrations.RunSQL.noop,
    )


def steps_argument(steps: Steps) -> str:
    """The steps as the trigger is given them."""
    return json.dumps({str(old): sorted(map(str, new)) for old, new in sorted(steps.items())})
