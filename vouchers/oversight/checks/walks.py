"""Checks that recompute: the tree, frozen papers, files on disk, the catalogue against its files.

Each takes a cursor and yields one line per offending fact.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import rfc8785
from django.apps import apps

from companies.audit.merkle import Frontier, leaf_hash
from companies.audit.selectors import canonical_line
from companies.errors import InvalidInput
from companies.files.disk import path_of
from companies.foundation.sql import ROOT
from companies.local_time import SHANGHAI
from vouchers.oversight.checks.privileges import strange_privileges
from vouchers.oversight.checks.steps import strange_steps
from vouchers.programmes.rules import reading

PAGE = 2000
EVENT = (
    "action, actor_ref, agency_id, at, duty_ref, id, payload_sha256, recorded_at, request_ref, "
    "subject_ref"
)


def broken_log(cursor: Any) -> Iterator[str]:
    """Leaves that are not their event's hash, and heads that are not the leaves' root."""
    cursor.execute("SELECT size, root_sha256 FROM audit_treehead")
    heads = {size: bytes(root) for size, root in cursor.fetchall()}
    tree = Frontier()
    while True:
        cursor.execute(
            f"SELECT leaf.index, leaf.leaf_sha256, e.* FROM audit_auditleaf AS leaf "  # noqa: S608
            f"JOIN (SELECT {EVENT} FROM audit_auditevent) AS e ON e.id = leaf.event_id "
            "WHERE leaf.index >= %s ORDER BY leaf.index LIMIT %s",
            [tree.size, PAGE],
        )
        rows = cursor.fetchall()
        if not rows:
            return
        for index, stored, *event in rows:
            if index != tree.size:
                yield f"leaf {tree.size} is missing"
                return
            if bytes(stored) != leaf_hash(canonical_line(_event(event))):
                yield f"leaf {index} is not its event's"
            tree.append(bytes(stored))
            if tree.size in heads and heads[tree.size] != tree.root():
                yield f"the root at {tree.size} is not its leaves'"


def _event(row: list[Any]) -> Any:
    """A row as `canonical_line` reads an event."""
    names = EVENT.split(", ")
    values = dict(zip(names, row, strict=True))
    for name in ("at", "recorded_at"):
        values[name] = values[name].astimezone(UTC)
    return SimpleNamespace(pk=values["id"], **values)


def changed_papers(cursor: Any) -> Iterator[str]:
    """Published rules, submitted versions and posted notices whose digest no longer fits."""
    cursor.execute(
        "SELECT id, document::text, sha256 FROM programmes_ruleversion WHERE status <> 'DRAFT'"
    )
    for version_id, document, sha256 in cursor.fetchall():
        if _rules_digest(json.loads(document)) != sha256:
            yield f"rule version {version_id}"
    cursor.execute(
        "SELECT v.id, v.sha256, jsonb_build_object('form', v.form, 'attachments', v.attachments, "
        "'assessment', v.assessment, 'version', v.version, 'number', file.number)::text "
        "FROM applications_applicationversion AS v "
        "JOIN applications_application AS file ON file.id = v.application_id"
    )
    for version_id, sha256, content in cursor.fetchall():
        if hashlib.sha256(rfc8785.dumps(json.loads(content))).hexdigest() != sha256:
            yield f"application version {version_id}"
    yield from _changed_notices(cursor)


def _changed_notices(cursor: Any) -> Iterator[str]:
    """What the public was told, row by row."""
    cursor.execute(
        "SELECT n.number, n.sha256, n.title_zh, n.title_en, n.ends_at, jsonb_agg("
        "jsonb_build_object('number', file.number, 'company_name', row.company_name, "
        "'credit_code', row.credit_code, 'industry_code', row.industry_code, "
        "'amount_fen', row.amount_fen) ORDER BY row.id)::text FROM applications_publicnotice AS n "
        "LEFT JOIN applications_noticerow AS row ON row.notice_id = n.id "
        "LEFT JOIN applications_application AS file ON file.id = row.application_id GROUP BY n.id"
    )
    for number, sha256, title_zh, title_en, ends_at, rows in cursor.fetchall():
        ends = ends_at.astimezone(SHANGHAI).isoformat()
        told = {"title_zh": title_zh, "title_en": title_en, "ends": ends, "rows": json.loads(rows)}
        if hashlib.sha256(rfc8785.dumps(told)).hexdigest() != sha256:
            yield f"notice {number}"


def changed_batches(cursor: Any) -> Iterator[str]:
    """Locked batches whose lines, accounts or amounts no longer make their digest."""
    cursor.execute(
        "SELECT b.number, b.sha256, coalesce(jsonb_agg(jsonb_build_object('redemption', r.number, "
        "'line', budget.number, 'amount_fen', line.amount_fen, 'row', i.row_number, "
        "'account', o.bank_account_id) ORDER BY line.id) FILTER (WHERE line.id IS NOT NULL), "
        "'[]')::text FROM settlement_settlementbatch AS b "
        "LEFT JOIN settlement_settlementline AS line ON line.batch_id = b.id "
        "AND line.status NOT IN ('DRAFT', 'TAKEN_OUT', 'VOID') "
        "LEFT JOIN redemptions_redemption AS r ON r.id = line.redemption_id "
        "LEFT JOIN issuance_voucherfunding AS f ON f.id = line.voucher_funding_id "
        "LEFT JOIN programmes_budgetline AS budget ON budget.id = f.line_id "
        "LEFT JOIN settlement_paymentinstruction AS i ON i.id = line.instruction_id "
        "LEFT JOIN settlement_paymentorder AS o ON o.id = i.order_id "
        "WHERE b.status NOT IN ('OPEN', 'ABORTED') GROUP BY b.id"
    )
    for number, sha256, lines in cursor.fetchall():
        content = rfc8785.dumps({"number": number, "lines": json.loads(lines)})
        if hashlib.sha256(content).hexdigest() != sha256:
            yield f"batch {number} is not what was locked"


def _rules_digest(document: dict[str, Any]) -> str:
    """The digest of a stored document; '' where it can no longer be read."""
    try:
        return reading.digest(reading.parse_rules(document))
    except InvalidInput:
        return ""


def missing_files(cursor: Any) -> Iterator[str]:
    """Files whose bytes are gone, of another size or of another digest."""
    cursor.execute("SELECT public_id, sha256, size FROM files_storedfile WHERE verdict = 'CLEAN'")
    for public_id, sha256, size in cursor.fetchall():
        path = path_of(sha256)
        if not path.is_file():
            yield f"file {public_id} is gone"
        elif path.stat().st_size != size or _file_digest(path) != sha256:
            yield f"file {public_id} was changed"


def _file_digest(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def strange_catalogue(cursor: Any) -> Iterator[str]:
    """Functions and triggers that differ from the SQL files, refusing ones that may be skipped;
    steps, privileges and constraints that differ from the code's."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(ROOT.glob("*/*/sql/*.sql"))]
    yield from _strange_functions(cursor, texts)
    yield from _strange_triggers(cursor, texts)
    yield from strange_steps(cursor)
    yield from strange_privileges(cursor)
    yield from _missing_constraints(cursor)


def _missing_constraints(cursor: Any) -> Iterator[str]:
    """A model's named constraint that the database does not know."""
    cursor.execute(
        "SELECT conname FROM pg_constraint UNION ALL SELECT relname FROM pg_class "
        "WHERE relkind = 'i'"
    )
    there = {name for (name,) in cursor.fetchall()}
    for model in apps.get_models():
        for constraint in model._meta.constraints:
            if constraint.name not in there:
                yield f"constraint {constraint.name} is missing"


FUNCTION = re.compile(r"CREATE (?:OR REPLACE )?FUNCTION (?:public\.)?(\w+)\(.*?\$\$(.*?)\$\$", re.S)
TRIGGER = re.compile(r"CREATE (?:CONSTRAINT )?TRIGGER (\w+)\s")
MADE = {"refuse_change", "status_follows_steps", "time_goes_forward"}
ALWAYS = re.compile(r"ENABLE ALWAYS TRIGGER (\w+)")


def _strange_functions(cursor: Any, texts: list[str]) -> Iterator[str]:
    """A later file may replace a function: any of its bodies is a known one."""
    written: dict[str, set[str]] = {}
    for text in texts:
        for name, body in FUNCTION.findall(text):
            written.setdefault(name, set()).add(body)
    cursor.execute(
        "SELECT proname, prosrc FROM pg_proc AS p WHERE pronamespace = 'public'::regnamespace "
        "AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE objid = p.oid AND deptype = 'e')"
    )
    there = dict(cursor.fetchall())
    for name in sorted(written.keys() - there.keys()):
        yield f"function {name} is missing"
    for name, body in sorted(there.items()):
        if body not in written.get(name, set()):
            yield f"function {name} is not as its file"


def _strange_triggers(cursor: Any, texts: list[str]) -> Iterator[str]:
    """Triggers of shared functions are made by the migrations' helpers, named after their table."""
    written = {name for text in texts for name in TRIGGER.findall(text)}
    always = {name for text in texts for name in ALWAYS.findall(text)}
    cursor.execute(
        "SELECT tgname, tgrelid::regclass::text, tgenabled::text, tgfoid::regproc::text "
        "FROM pg_trigger WHERE NOT tgisinternal"
    )
    rows = cursor.fetchall()
    for name in sorted(written - {row[0] for row in rows}):
        yield f"trigger {name} is missing"
    for name, table, enabled, function in sorted(rows):
        is_made = function in MADE
        if not is_made and name not in written:
            yield f"trigger {name} on {table} has no file"
        if enabled != ("A" if is_made or name in always else "O"):
            yield f"trigger {name} on {table} is switched to {enabled}"
