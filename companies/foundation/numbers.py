"""Public numbers: `RD-2025-000123`. One PostgreSQL sequence per noun; gaps are allowed."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, migrations

PREFIXES = frozenset(
    {"AP", "VC", "RD", "SB", "PO", "LT", "PN", "BL", "EX", "AL", "JV", "CR", "PV", "UA"}
)


def next_number(prefix: str, at: datetime) -> str:
    """The next number of this noun; the year is the Shanghai year of `at`."""
    if prefix not in PREFIXES:
        raise ValueError(f"unregistered prefix {prefix}")
    with connection.cursor() as cursor:
        cursor.execute("SELECT public_number(%s,%s)", [prefix, at])
        return str(cursor.fetchone()[0])


def sequence_name(prefix: str) -> str:
    """The sequence's name in the database."""
    return f"number_{prefix.lower()}_seq"


def sequence_operation(*prefixes: str) -> migrations.RunSQL:
    """A migration operation that makes the sequences of these nouns."""
    return migrations.RunSQL(
        [f"CREATE SEQUENCE {sequence_name(prefix)}" for prefix in prefixes],
        [f"DROP SEQUENCE {sequence_name(prefix)}" for prefix in prefixes],
    )
