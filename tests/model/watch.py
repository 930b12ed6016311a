"""All that the service shows, read in one statement, in the names of the model."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection

from companies.local_time import SHANGHAI
from tests.model.bank import CEILING
from tests.model.world import World
from vouchers.programmes.seats import STRICT

ACT_OF = {seat: act for act, seat in STRICT.items()}
SHOWN = """
SELECT json_build_object(
 'money', (SELECT json_agg(json_build_array(kind, label, line_group, credits_fen - debits_fen))
   FROM ledger_account WHERE credits_fen <> debits_fen),
 'lines', (SELECT json_agg(json_build_array(number, status)) FROM programmes_budgetline),
 'files', (SELECT json_agg(json_build_array(number, status, coalesce(approved_fen, 0),
   reserved_fen)) FROM applications_application),
 'vouchers', (SELECT json_agg(json_build_array(number, status, face_fen)) FROM issuance_voucher),
 'claims', (SELECT json_agg(json_build_array(number, status, requested_fen, held_fen,
   accepted_fen, cycle)) FROM redemptions_redemption),
 'batches', (SELECT json_agg(json_build_array(number, status, total_fen, cycle))
   FROM settlement_settlementbatch),
 'rows', (SELECT json_agg(json_build_array(b.number, r.number, l.number, s.status, s.amount_fen))
   FROM settlement_settlementline s JOIN settlement_settlementbatch b ON b.id = s.batch_id
   JOIN redemptions_redemption r ON r.id = s.redemption_id
   JOIN issuance_voucherfunding f ON f.id = s.voucher_funding_id
   JOIN programmes_budgetline l ON l.id = f.line_id),
 'notices', (SELECT json_agg(json_build_array(number, status)) FROM applications_publicnotice),
 'used', (SELECT json_agg(json_build_array(scope, coalesce(c.name_en, ''), used_fen))
   FROM programmes_capusage u LEFT JOIN registry_company c ON c.group_key = u.subject
   WHERE used_fen <> 0),
 'due', (SELECT json_agg(json_build_array(subject_ref, kind, extract(epoch FROM due_at)))
   FROM agencies_deadline WHERE done_at IS NULL),
 'seats', (SELECT json_agg(json_build_array(a.number, u.username, s.seat))
   FROM applications_fileseat s JOIN applications_application a ON a.id = s.application_id
   JOIN users_user u ON u.id = s.user_id),
 'signatures', (SELECT count(*) FROM applications_decision))
"""


def shown(world: World) -> dict[str, Any]:
    """The same form as `Core.shown`."""
    with connection.cursor() as cursor:
        cursor.execute(SHOWN)
        said = {key: found or [] for key, found in cursor.fetchone()[0].items()}
    names = world.names
    by_number = {
        key: {names[number]: facts[0] if len(facts) == 1 else tuple(facts)
              for number, *facts in said[key]}
        for key in ("lines", "files", "vouchers", "claims", "batches", "notices")
    }  # fmt: skip
    return {
        **by_number,
        "money": {
            (kind, names[label.removeprefix("line:")], world.pools[pool]): fen
            for kind, label, pool, fen in said["money"]
        },
        "rows": {(names[b], names[r], names[n]): (s, f) for b, r, n, s, f in said["rows"]},
        "used": {
            CEILING if scope == CEILING else company.split()[1]: fen
            for scope, company, fen in said["used"]
        },
        "due": {
            (names[ref.partition(":")[2]], kind): datetime.fromtimestamp(float(due), SHANGHAI)
            for ref, kind, due in said["due"]
        },
        "seats": {(names[file], who): ACT_OF[seat] for file, who, seat in said["seats"]},
        "signatures": said["signatures"] or 0,
    }
