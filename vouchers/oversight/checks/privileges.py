"""Check of what each role may do: the catalogue against the declaration."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

HELD = """
SELECT c.relname, r.rolname, a.privilege_type
FROM pg_class AS c, aclexplode(c.relacl) AS a JOIN pg_roles AS r ON r.oid = a.grantee
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.grantee <> c.relowner
UNION ALL
SELECT c.relname, r.rolname, a.privilege_type || '(' || k.attname || ')'
FROM pg_class AS c JOIN pg_attribute AS k ON k.attrelid = c.oid, aclexplode(k.attacl) AS a
JOIN pg_roles AS r ON r.oid = a.grantee
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.grantee <> c.relowner
UNION ALL
SELECT c.relname, 'everybody', a.privilege_type
FROM pg_class AS c, aclexplode(c.relacl) AS a
WHERE c.relnamespace = 'public'::regnamespace AND a.grantee = 0
"""


def strange_privileges(cursor: Any) -> Iterator[str]:
    """What a role may do beyond its declaration, or may not do of it."""
    cursor.execute(HELD)
    held: dict[tuple[str, str], set[str]] = defaultdict(set)
    for table, role, privilege in cursor.fetchall():
        held[table, role].add(privilege)
    declared = import_string(settings.PRIVILEGES)()
    wanted = {
        (table, role): privileges
        for table, by_role in declared.items()
        for role, privileges in by_role.items()
    }
    for table, role in sorted(held.keys() | wanted.keys()):
        has, should = held.get((table, role), set()), wanted.get((table, role), frozenset())
        if has != should:
            yield f"{role} on {table}: {', '.join(sorted(has ^ should))}"
