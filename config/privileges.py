"""Which role may do what to which table; applied by `grant_privileges`, compared by the checks.

`sq_app` (web, worker, tests) may only add to the ledger, the record and the acts; totals and
counters move through SECURITY DEFINER triggers. A row lock needs UPDATE on one column.
"""

from __future__ import annotations

from django.apps import apps
from django.db import connections

OWNER, APP, READER, BACKUP = "sq_owner", "sq_app", "sq_reader", "sq_backup"

APPEND_ONLY = frozenset(
    {
        "audit_auditevent",
        "audit_auditpayload",
        "audit_auditleaf",
        "audit_treehead",
        "ledger_journalentry",
        "ledger_transfer",
        "ledger_closedmonth",
        "programmes_appropriation",
        "programmes_capentry",
        "applications_fileseat",
        "applications_decision",
        "applications_applicationfunding",
        "applications_applicationversion",
        "issuance_voucherfunding",
    }
)
READ_ONLY = frozenset({"ledger_chartmove", "audit_logepoch", "django_migrations"})
SOME_COLUMNS = {
    "ledger_account": ("lock_marker",),
    "programmes_capusage": ("limit_fen",),
    "applications_evidencedocument": ("status", "verified_at", "base_fen", "limit_fen"),
}
# Tables of libraries whose rows come and go with sign-ins.
DELETED_FROM = ("django_session", "cache_entry", "mfa_", "axes_", "account_")
# What a reader of business tables never sees: secrets of sign-in.
UNREAD = ("django_session", "cache_entry", "mfa_", "axes_", "account_", "users_user")


def declared() -> dict[str, dict[str, frozenset[str]]]:
    """table → role → privileges; columns as "UPDATE(column)"."""
    return {table: _of(table) for table in tables()}


def tables() -> list[str]:
    """Every table of the installed apps, Django's own and the cache's."""
    known = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    return sorted(known | {"django_migrations", "cache_entry"})


def _of(table: str) -> dict[str, frozenset[str]]:
    app = {"SELECT"}
    if table in READ_ONLY:
        pass
    elif table in APPEND_ONLY:
        app |= {"INSERT"}
    elif table in SOME_COLUMNS:
        app |= {"INSERT", *(f"UPDATE({column})" for column in SOME_COLUMNS[table])}
    else:
        app |= {"INSERT", "UPDATE"}
        if table.startswith(DELETED_FROM):
            app |= {"DELETE"}
    reader = frozenset() if table.startswith(UNREAD) else frozenset({"SELECT"})
    return {APP: frozenset(app), READER: reader, BACKUP: frozenset({"SELECT"})}


def grants() -> list[str]:
    """The statements, first taking everything away. Tables that are not there yet are left out."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT current_database()")
        database = cursor.fetchone()[0]
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        present = {row[0] for row in cursor.fetchall()}
    roles = ", ".join((APP, READER, BACKUP))
    statements = [
        f'GRANT CONNECT ON DATABASE "{database}" TO {roles}',
        f"GRANT USAGE ON SCHEMA public TO {roles}",
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {roles}",
        f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {roles}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {APP}",
        f"GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO {BACKUP}",
    ]
    for table, by_role in declared().items():
        if table in present:
            for role, privileges in by_role.items():
                if privileges:
                    words = ", ".join(sorted(privileges))
                    statements.append(f'GRANT {words} ON "{table}" TO {role}')
    return statements
