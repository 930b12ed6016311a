"""What sq_app could try by plain SQL against the rows of a living scheme, and what refuses it.

Every name a trigger refuses by is in the SQL files or the catalogue; one that no attack here
shows to refuse makes this red.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from django.db import connections, transaction
from django.utils import timezone

from companies.audit.services import seal_events
from companies.foundation.actors import Actor
from companies.foundation.sql import ROOT
from tests.given import DAY, given_approved_application, given_recommended_application
from tests.given import given_notice as post
from tests.given_money import Sale, answered, drawn_up, given_sale, sent
from tests.integration.guard_attacks import ATTACKS, FROZEN, NOT_ALLOWED
from tests.integration.test_constraints import INSUFFICIENT_PRIVILEGE, refusal
from vouchers.applications import services as files
from vouchers.issuance import services as vouchers
from vouchers.ledger.services import close_month
from vouchers.oversight.checks import CHECKS, run_check

LITERAL = re.compile(r"CONSTRAINT = '(\w+)'")
# Functions that refuse by the name of the trigger they were called from.
BY_TRIGGER = ("refuse_change", "right_frozen", "status_follows_steps", "time_goes_forward")
OTHER = {
    "bigint": "coalesce({c}, 0) + 1", "integer": "coalesce({c}, 0) + 1",
    "smallint": "coalesce({c}, 0) + 1", "numeric": "coalesce({c}, 0) + 1",
    "boolean": "NOT {c}", "date": "coalesce({c}, '2025-01-01') + 1", "jsonb": "'{{\"x\": 1}}'",
    "timestamp with time zone": "coalesce({c}, now()) - interval '1 day'", "bytea": "'y'",
}  # fmt: skip


def given_everything() -> Sale:
    """A paid redemption, a debt in a sent batch, an order, a pending voucher, files on notice."""
    sale = given_sale()
    scheme = sale.scheme
    sale.accepted(1_000_000)
    answered(scheme, sent(scheme, drawn_up(scheme)))
    sale.accepted(2_000_000)
    sent(scheme, drawn_up(scheme))
    sale.accepted(500_000)
    drawn_up(scheme)
    sale.order(200_000)
    file = given_recommended_application(scheme, "rival")
    post(scheme, file)
    files.lodge_objection(
        actor=Actor.system("public"), notice_row_id=file.notice_rows.get().pk, text="异议",
        contact="", at=scheme.later(),
    )  # fmt: skip
    seal_events(at=scheme.at)
    scheme.later(30 * DAY)
    with transaction.atomic():
        close_month(
            actor=sale.actor("releaser"), agency_id=scheme.cast.bodies["finance"].pk,
            month_date=date(2025, 3, 1), at=scheme.later(),
        )  # fmt: skip
    return sale


def names_that_refuse(cursor: Any) -> set[str]:
    """Of the files, and of the triggers made by migrations' helpers."""
    texts = [path.read_text(encoding="utf-8") for path in ROOT.glob("*/*/sql/*.sql")]
    cursor.execute(
        "SELECT t.tgname FROM pg_trigger AS t JOIN pg_proc AS p ON p.oid = t.tgfoid "
        "WHERE NOT tgisinternal AND p.proname = ANY (%s)",
        [list(BY_TRIGGER)],
    )
    return {name for text in texts for name in LITERAL.findall(text)} | {
        name for (name,) in cursor.fetchall()
    }


def append_only_attacks(cursor: Any) -> dict[str, str]:
    """Trigger → statement, for every table that only grows."""
    cursor.execute(
        "SELECT tgname, tgrelid::regclass::text FROM pg_trigger "
        "WHERE tgfoid = 'refuse_change'::regproc"
    )
    return {
        name: f"TRUNCATE {table} CASCADE" if name.endswith("_kept") else f"DELETE FROM {table}"
        for name, table in cursor.fetchall()
    }


def test_every_refusing_trigger_refuses_by_its_name(
    committed_db: str, owner: Callable[[], Any]
) -> None:
    given_everything()
    mine = owner()
    theirs = connections["default"].connection.cursor()
    attacks = {name: [statement] for name, statement in append_only_attacks(mine.cursor()).items()}
    faults = []
    for name, statements in {**attacks, **ATTACKS}.items():
        for statement in statements:
            state, refused_by = refusal(theirs, lambda c, s=statement: c.execute(s))
            if state == INSUFFICIENT_PRIVILEGE:  # the privilege first, then the trigger
                _state, refused_by = refusal(mine.cursor(), lambda c, s=statement: c.execute(s))
            if refused_by != name:
                faults.append(f"{name}: {statement} → {state} {refused_by}")
    unshown = names_that_refuse(mine.cursor()) - set(ATTACKS) - set(attacks)
    mine.close()
    assert not faults, "\n".join(faults)
    assert not unshown, f"shown by no attack: {sorted(unshown)}"


def test_no_column_of_what_is_frozen_can_be_changed(committed_db: str) -> None:
    given_everything()
    theirs = connections["default"].connection.cursor()
    faults = []
    for (table, condition), free in FROZEN.items():
        theirs.execute(f"SELECT count(*) FROM {table} WHERE {condition}")
        if not theirs.fetchone()[0]:
            faults.append(f"{table} has no row that {condition}")
        theirs.execute(
            "SELECT column_name, data_type FROM information_schema.columns "
            "WHERE table_schema = 'public' AND table_name = %s",
            [table],
        )
        for column, kind in theirs.fetchall():
            value = OTHER.get(kind, "'x'").format(c=f'"{column}"')
            change = f'UPDATE {table} SET "{column}" = {value} WHERE {condition}'
            state, _name = refusal(theirs, lambda c, s=change: c.execute(s))
            is_refused = state[:2] == "23" or state == INSUFFICIENT_PRIVILEGE
            if column != "status" and is_refused == (column in free):
                faults.append(f"{change}: {state or 'done'}")
    assert not faults, "\n".join(faults)


def test_the_application_role_cannot_step_out_of_its_guards(committed_db: str) -> None:
    given_everything()
    theirs = connections["default"].connection.cursor()
    for statement in NOT_ALLOWED:
        state, _name = refusal(theirs, lambda c, s=statement: c.execute(s))
        assert state in (INSUFFICIENT_PRIVILEGE, "42P17"), f"{statement}: {state or 'done'}"


def test_a_name_put_in_front_of_the_schema_changes_no_guard(committed_db: str) -> None:
    """pg_temp comes first for tables: bodies name their schema, so a twin of theirs is not read."""
    given_everything()
    theirs = connections["default"].connection.cursor()

    def mint(cursor: Any) -> None:
        cursor.execute("CREATE TEMP TABLE ledger_account (LIKE public.ledger_account)")
        cursor.execute("CREATE TEMP TABLE ledger_chartmove (LIKE public.ledger_chartmove)")
        cursor.execute(
            "INSERT INTO pg_temp.ledger_chartmove VALUES (1, 'PAY', 'POOL', 'POOL', 'same')"
        )
        cursor.execute(
            "INSERT INTO public.ledger_transfer (entry_id, debit_account_id, credit_account_id, "
            "amount_fen) SELECT max(e.id), min(a.id), max(a.id), 5 "
            "FROM public.ledger_journalentry AS e, public.ledger_account AS a WHERE a.kind = 'POOL'"
        )

    assert refusal(theirs, mint)[1] == "transfer_follows_chart"


def test_voucher_money_stands_is_asked_at_the_end_of_the_transaction(committed_db: str) -> None:
    """Money and status may move in either order within a transaction, not apart from each other."""
    scheme = given_sale().scheme
    file = given_approved_application(scheme, "rival")
    voucher = vouchers.prepare_voucher(
        actor=scheme.actor("manager"), application_id=file.pk, at=scheme.later()
    )
    theirs = connections["default"].connection.cursor()
    ledger = (
        "SELECT ledger_post('ISSUE', v.agency_id, 'k', 'x', v.prepared_at, 'a', 's:1', NULL, "
        "ARRAY[af.reserved_account_id], ARRAY[vf.voucher_account_id], ARRAY[v.face_fen]) "
        "FROM issuance_voucher AS v JOIN issuance_voucherfunding AS vf ON vf.voucher_id = v.id "
        "JOIN applications_applicationfunding AS af ON af.application_id = v.application_id "
        f"WHERE v.id = {voucher.pk}"
    )
    living = (
        f"UPDATE issuance_voucher SET status = 'ACTIVE', issued_at = status_at "
        f"WHERE id = {voucher.pk}"
    )
    at_once = "SET CONSTRAINTS ALL IMMEDIATE"
    assert refusal(theirs, lambda c: (c.execute(ledger), c.execute(at_once)))[1] == (
        "voucher_money_stands"
    )
    done = refusal(theirs, lambda c: (c.execute(ledger), c.execute(living), c.execute(at_once)))
    assert done == ("", "nothing")


EXPLAINED_BY_DOCUMENTS = {"SURRENDER", "SUBALLOCATE", "RECALL"}


def test_an_entry_that_follows_the_chart_but_no_business_is_found(committed_db: str) -> None:
    """sq_app may post what the chart grants, and tell the record so; the nouns say otherwise."""
    given_everything()
    theirs = connections["default"].connection.cursor()
    theirs.execute(
        "SELECT entry_kind, debit_kind, credit_kind FROM ledger_chartmove WHERE lines = 'same'"
    )
    moves = [move for move in theirs.fetchall() if move[0] not in EXPLAINED_BY_DOCUMENTS]
    unfound, posted = [], set()
    for kind, debit, credit in moves:
        theirs.execute("BEGIN")
        theirs.execute(
            "SELECT ledger_post(%s, d.agency_id, 'a/k', sha256('x'), now(), 'a', 'x:1', NULL, "
            "ARRAY[d.id], ARRAY[c.id], ARRAY[1::bigint]) FROM ledger_account AS d "
            "JOIN ledger_account AS c ON c.line_group = d.line_group AND c.kind = %s "
            "WHERE d.kind = %s AND (d.credits_fen > d.debits_fen OR d.is_source) "
            "ORDER BY c.credits_fen DESC LIMIT 1",
            [kind, credit, debit],
        )
        if theirs.fetchone():
            posted.add(kind)
            theirs.execute(
                "INSERT INTO audit_auditevent (epoch, tx, action, actor_ref, duty_ref, "
                "subject_ref, request_ref, request_id, at, recorded_at, payload_sha256) VALUES "
                "(1, 1, 'check.ran', 'a', '', 'x:1', 'a/k', '', now(), now(), 'x')"
            )
            checks = [check for check in CHECKS if check.has_sql and not check.step]
            found = [
                check.id
                for check in checks
                if run_check(check, cursor=theirs, at=timezone.now(), is_fast=True).findings
            ]
            if not set(found) - {"INV-29"}:  # the forged event is not sealed yet
                unfound.append(f"{kind}: {debit} to {credit}")
        theirs.execute("ROLLBACK")
    assert len(posted) >= 14
    assert unfound == []
