"""Statements against a living scheme: by the name that must refuse them."""

from __future__ import annotations

LATER = "clock_timestamp() + interval '1 hour'"
FILE = "(SELECT id FROM applications_application WHERE status = 'ISSUED')"
USER = "(SELECT id FROM users_user WHERE username = '{}')"


def seat(user: str, seat_name: str, at: str = "now()") -> str:
    """Somebody sits down on the issued file."""
    return (
        "INSERT INTO applications_fileseat (agency_id, application_id, user_id, seat, taken_at) "
        f"SELECT agency_id, id, {USER.format(user)}, '{seat_name}', {at} "
        f"FROM applications_application WHERE id = {FILE}"
    )


def decide(user: str, act: str, *, seat_name: str, at: str = "now()", on: str = "now()") -> str:
    """A forged signature on the issued file."""
    return (
        "INSERT INTO applications_decision (agency_id, application_id, act, seat, user_id, "
        "duty_id, subject_ref, cycle, outcome, reason, basis_sha256, decided_on, at) SELECT "
        f"f.agency_id, f.id, '{act}', '{seat_name}', d.user_id, d.id, 'x:1', 9, 'X', '', 'x', "
        f"({on})::date, {at} FROM applications_application AS f, users_duty AS d "
        f"WHERE f.id = {FILE} AND d.user_id = {USER.format(user)}"
    )


def journal(kind: str, *, at: str = "now()", agency: str = "a.agency_id", legs: str = "") -> str:
    """An entry from the finance body's pool to the lead body's."""
    return (
        f"SELECT ledger_post('{kind}', {agency}, 'k9', 'x', {at}, 'a', 's:1', NULL, "
        f"{legs or 'ARRAY[a.id], ARRAY[b.id], ARRAY[5::bigint]'}) FROM ledger_account AS a, "
        "ledger_account AS b WHERE a.kind = 'POOL' AND b.kind = 'POOL' AND b.parent_group = a.id"
    )


def redeem(**changed: str) -> str:
    """A copy of the open order, with some columns changed."""
    row = {
        "agency_id": "r.agency_id", "number": "'RD-X'", "voucher_id": "voucher_id",
        "application_id": "application_id", "company_id": "company_id",
        "provider_id": "provider_id", "offer_id": "offer_id", "payee_id": "payee_id",
        "order_number": "'x'", "status": "'REQUESTED'", "status_at": "now()", "price_fen": "9",
        "rate_bp": "rate_bp", "requested_fen": "1", "held_fen": "1", "eligible_fen": "0",
        "accepted_fen": "0", "requested_at": "requested_at", "reason": "''",
        "is_silent": "false", "cycle": "0", "is_demo": "true",
    } | changed  # fmt: skip
    return (
        f"INSERT INTO redemptions_redemption ({', '.join(row)}) SELECT {', '.join(row.values())} "
        "FROM redemptions_redemption AS r WHERE r.status = 'REQUESTED'"
    )


def update(table: str, change: str, where: str = "true") -> str:
    """The whole statement, for the lists below."""
    return f"UPDATE {table} SET {change} WHERE {where}"


ATTACKS: dict[str, list[str]] = {
    # the ledger
    "transfer_follows_chart": [
        journal("PAY"),
        journal("RECALL"),
        journal("SUBALLOCATE", legs="ARRAY[b.id], ARRAY[a.id], ARRAY[5::bigint]"),
    ],
    "transfer_in_own_agency": [
        "SELECT ledger_post('RESERVE', (SELECT id FROM agencies_agency WHERE code = 'T-FINANCE'), "
        "'k9', 'x', now(), 'a', 's:1', NULL, ARRAY[p.id], ARRAY[r.id], ARRAY[5::bigint]) "
        "FROM ledger_account AS p JOIN ledger_account AS r ON r.line_group = p.id "
        "WHERE p.kind = 'POOL' AND r.kind = 'RESERVED' LIMIT 1"
    ],
    "entry_not_ahead": [journal("SUBALLOCATE", at=LATER)],
    "entry_month_open": [
        journal("SUBALLOCATE", at="'2025-03-04'"),
        journal("SUBALLOCATE", at="'2025-03-04'", agency="b.agency_id"),
    ],
    "month_is_over": [
        "INSERT INTO ledger_closedmonth (agency_id, month_date, closed_at, closed_by_ref) "
        f"SELECT id, '{day}', {at}, 'x' FROM agencies_agency"
        for day, at in (("2025-05-01", "'2025-05-31T23:00+08:00'"), ("2099-01-01", "'2099-02-02'"))
    ],
    # the record and what the house keeps of people, papers and accounts
    "event_not_ahead": [
        "INSERT INTO audit_auditevent (epoch, tx, action, actor_ref, duty_ref, subject_ref, "
        "request_ref, request_id, at, recorded_at, payload_sha256) VALUES "
        f"(1, 1, 'check.ran', 'a', '', 'x:1', '', '', {LATER}, now(), 'x')"
    ],
    "file_judged_once": [update("files_storedfile", "sha256 = 'x'")],
    "letter_text_frozen": [
        update("letters_letter", "body = 'x'"),
        update("letters_letter", "served_at = served_at - interval '1 day'"),
    ],
    "bank_account_frozen": [
        update("registry_bankaccount", "account_number = '1'"),
        update("registry_bankaccount", "status = 'PENDING'", "status = 'VERIFIED'"),
    ],
    "duty_frozen": [update("users_duty", "role = 'approver'"), update("users_duty", "basis = 'x'")],
    "membership_frozen": [update("registry_membership", "role = 'company_signatory'")],
    "duty_combination_refused": [
        "INSERT INTO users_duty (user_id, agency_id, role, programme_ref, valid_from, "
        "granted_by_ref, basis) SELECT user_id, agency_id, 'finance_releaser', '', now(), 'x', 'x' "
        "FROM users_duty WHERE role = 'finance_clerk'"
    ],
    # schemes
    "published_rules_frozen": [update("programmes_ruleversion", "document = '{}'")],
    "published_round_frozen": [
        update("programmes_round", "closes_at = closes_at - interval '1 day'"),
        update("programmes_round", "receipts_issued = 0"),
        update("programmes_round", "status = 'DRAFT'"),
    ],
    "budget_line_frozen": [
        update("programmes_budgetline", "payer_id = agency_id + 1"),
        update("programmes_budgetline", "source_account_id = NULL"),
    ],
    "approved_seat_map_frozen": [update("programmes_seatmap", "name_zh = 'x'")],
    "seat_map_keeps_floor": [
        "INSERT INTO programmes_seatmap (agency_id, code, version, name_zh, name_en, seats, "
        "status, proposed_by_id) SELECT agency_id, code, 2, 'x', 'x', "
        "seats || '{\"RELEASE\": \"clerk\"}', 'PROPOSED', proposed_by_id FROM programmes_seatmap"
    ],
    # files
    "application_frozen": [
        update("applications_application", "company_id = company_id + 1"),
        update("applications_application", "approved_fen = approved_fen + 1"),
    ],
    "attachment_frozen": [
        update("applications_attachment", "kind = 'x'"),
        "INSERT INTO applications_attachment (agency_id, application_id, kind, file_id, added_at) "
        "SELECT agency_id, application_id, 'x', file_id, now() FROM applications_attachment",
    ],
    "objection_frozen": [update("applications_objection", "text = 'x'")],
    "notice_frozen": [update("applications_publicnotice", "ends_at = ends_at + interval '1 day'")],
    "notice_row_frozen": [
        update("applications_noticerow", "amount_fen = amount_fen + 1"),
        "INSERT INTO applications_noticerow (agency_id, notice_id, application_id, company_name, "
        "credit_code, industry_code, amount_fen) SELECT r.agency_id, r.notice_id, f.id, 'x', 'x', "
        "'x', 1 FROM applications_noticerow AS r, applications_application AS f "
        "WHERE f.agency_id = r.agency_id AND f.id <> r.application_id",
    ],
    "burden_rests_on_letter": [
        update(
            "applications_application", "status = 'REJECTED', status_at = now()",
            "status = 'OBJECTED'",
        ),
        update("issuance_voucher", "status = 'REVOKED', status_at = now()", "status = 'ACTIVE'"),
    ],
    "evidence_claim_frozen": [
        update("applications_evidenceclaim", "amount_fen = 0"),
        update("applications_evidenceclaim", "released_at = NULL"),
    ],
    "evidence_base_stands": [
        update("applications_evidencedocument", "base_fen = base_fen + 1", "live_claims > 0"),
        update("applications_evidencedocument", "limit_fen = 9 * limit_fen", "status = 'VERIFIED'"),
    ],
    "evidence_final": [
        update("applications_evidencedocument", "status = 'VOIDED'")
        + "; " + update("applications_evidencedocument", "status = 'VERIFIED', verified_at = now()")
    ],
    # acts: no seat without a duty, none for the parties, no act outside duty, seat and time
    "seat_by_duty": [
        seat("auditor", "approver"),
        seat("reviewer2", "approver"),
        seat("reviewer2", "reviewer", "'2020-01-01'"),
        seat("reviewer2", "reviewer", LATER),
    ],
    "seat_without_interest": [seat("seller_sales", "reviewer"), seat("buyer_agent", "approver")],
    "one_seat_per_person_and_file": [seat("reviewer", "reviewer")],
    "decision_by_duty": [
        decide("reviewer", "APPROVE", seat_name="approver"),
        decide("reviewer", "REVIEW", seat_name="approver"),
        decide("reviewer", "REVIEW", seat_name="reviewer", at="'2020-01-01'", on="'2020-01-01'"),
    ],
    "cosigned_by_another": [
        "INSERT INTO users_duty (user_id, agency_id, role, programme_ref, valid_from, "
        "granted_by_ref, basis) SELECT user_id, agency_id, 'programme_manager', '', now(), 'x', "
        "'x' FROM users_duty WHERE role = 'approver'; "
        "INSERT INTO applications_decision (agency_id, application_id, act, user_id, duty_id, "
        "subject_ref, cycle, outcome, reason, basis_sha256, decided_on, at) SELECT d.agency_id, "
        "d.application_id, 'COSIGN', d.user_id, manages.id, d.subject_ref, d.cycle, 'X', '', 'x', "
        "now(), now() FROM applications_decision AS d JOIN users_duty AS manages USING (user_id) "
        "WHERE d.act = 'APPROVE' AND manages.role = 'programme_manager'"
    ],
    "decision_in_order": [
        decide("reviewer", "REVIEW", seat_name="reviewer", at=LATER),
        decide("reviewer", "REVIEW", seat_name="reviewer", at="'2025-03-04'", on="'2025-03-04'"),
        decide("reviewer", "REVIEW", seat_name="reviewer", on="'2099-01-01'"),
        decide("reviewer", "REVIEW", seat_name="reviewer", on="'2025-03-01'"),
    ],
    "applications_application_steps": [
        update("applications_application", "status = 'APPROVED'", "status = 'ISSUED'"),
        update("applications_application", "status = 'ISSUED'", "status = 'OBJECTED'"),
    ],
    "applications_application_time_forward": [
        update("applications_application", "status_at = status_at - interval '1 second'"),
        update("applications_application", f"status_at = {LATER}"),
    ],
    # vouchers
    "voucher_frozen": [
        update("issuance_voucher", "face_fen = face_fen + 1"),
        update("issuance_voucher", "valid_until = valid_until + interval '1 year'"),
        update("issuance_voucher", "terms = '{}'"),
    ],
    "voucher_funding_born_pending": [
        "INSERT INTO issuance_voucherfunding (agency_id, voucher_id, line_id, face_fen, "
        "voucher_account_id, held_account_id, payable_account_id, paid_account_id) SELECT "
        "agency_id, voucher_id, line_id + 1, 1, 1, 2, 3, 4 FROM issuance_voucherfunding"
    ],
    "voucher_money_stands": [
        update("issuance_voucher", "status = 'CLOSED', status_at = now()", "status = 'ACTIVE'")
        + "; SET CONSTRAINTS ALL IMMEDIATE"
    ],
    "issuance_voucher_steps": [
        update("issuance_voucher", "status = 'PENDING', issued_at = NULL", "status = 'ACTIVE'"),
    ],
    "issuance_voucher_time_forward": [
        update("issuance_voucher", "status_at = '2020-01-01'"),
        update("issuance_voucher", f"status_at = {LATER}"),
    ],
    # redemptions
    "redemption_on_live_voucher": [
        redeem(requested_at="'2020-01-01'"),
        redeem(requested_at="'2099-01-01'"),
        redeem(company_id="company_id + 1"),
    ],
    "redemptions_redemption_steps": [
        redeem(status="'ACCEPTED'", held_fen="0", accepted_fen="1", eligible_fen="9"),
        update("redemptions_redemption", "status = 'SETTLED', held_fen = 0", "held_fen > 0"),
        update("redemptions_redemption", "status = 'ACCEPTED'", "status = 'SETTLED'"),
    ],
    "redemptions_redemption_time_forward": [
        update("redemptions_redemption", "status_at = '2020-01-01'"),
        redeem(status_at=LATER),
    ],
    "redemption_frozen": [
        update("redemptions_redemption", "payee_id = company_id"),
        update("redemptions_redemption", "accepted_fen = accepted_fen + 1"),
    ],
    "accepted_needs_verified_invoice": [
        update("applications_evidencedocument", "status = 'VOIDED'") + "; "
        + update(
            "redemptions_redemption", "status = 'IN_SETTLEMENT', status_at = now()",
            "status = 'ACCEPTED'",
        )
    ],
    "redemption_share_frozen": [
        update("redemptions_redemptionfunding", "held_fen = held_fen + 1"),
        update("redemptions_redemptionfunding", "accepted_fen = accepted_fen + 1"),
    ],
    "usage_record_frozen": [update("redemptions_usagerecord", "billed_cost = 1")],
    # settlement
    "batch_frozen_after_lock": [
        update("settlement_settlementbatch", "total_fen = total_fen + 1", "status = 'SENT'"),
        update("settlement_settlementline", "amount_fen = amount_fen + 1"),
        update("settlement_paymentorder", "bank_account_id = bank_account_id + 1"),
        update("settlement_paymentinstruction", "amount_fen = amount_fen + 1"),
        update("settlement_paymentinstruction", "treasury_number = 'x'", "status = 'PAID'"),
        update("settlement_paymentinstruction", "status = 'PENDING'", "status = 'PAID'"),
        "INSERT INTO settlement_paymentinstruction (agency_id, order_id, row_number, line_id, "
        "economic_code, amount_fen, status, treasury_number, account_as_paid, receipt_sha256, "
        "failure_reason) SELECT agency_id, order_id, 99, line_id, economic_code, 1, 'PENDING', "
        "'', '', '', '' FROM settlement_paymentinstruction",
        "INSERT INTO settlement_settlementline (agency_id, batch_id, redemption_id, "
        "voucher_funding_id, amount_fen, status) SELECT l.agency_id, b.id, l.redemption_id, "
        "l.voucher_funding_id, l.amount_fen + 1, 'DRAFT' FROM settlement_settlementline AS l, "
        "settlement_settlementbatch AS b WHERE b.status = 'OPEN'",
    ],
    "settlement_settlementbatch_steps": [
        update("settlement_settlementbatch", "status = 'OPEN'", "status IN ('SENT', 'PAID')"),
        update("settlement_settlementbatch", "status = 'SENT', sha256 = 'x'", "status = 'OPEN'"),
    ],
    "settlement_settlementbatch_time_forward": [
        update("settlement_settlementbatch", "status_at = '2020-01-01'"),
    ],
    "settlement_settlementline_steps": [
        update("settlement_settlementline", "status = 'PENDING'", "status = 'PAID'"),
        update("settlement_settlementline", "status = 'PAID'", "status = 'DRAFT'"),
    ],
}  # fmt: skip


FROZEN: dict[tuple[str, str], set[str]] = {
    ("applications_application", "status = 'ISSUED'"): {
        "reserved_fen", "cycle", "returned_rounds", "return_note", "returned_from",
    },
    ("applications_applicationversion", "true"): set(),
    ("applications_applicationfunding", "true"): set(),
    ("applications_publicnotice", "status = 'POSTED'"): {"ended_at"},
    ("applications_noticerow", "taken_out_at IS NULL"): {"taken_out_at"},
    ("applications_objection", "status = 'OPEN'"): {"answer", "answered_by_id", "answered_at"},
    ("applications_decision", "true"): set(),
    ("applications_fileseat", "true"): set(),
    ("issuance_voucher", "status = 'ACTIVE'"): {"suspended_reason", "suspended_by_id"},
    ("issuance_voucherfunding", "true"): set(),
    ("redemptions_redemption", "status = 'SETTLED'"): {"reason", "is_silent", "cycle"},
    ("redemptions_redemption", "status = 'REQUESTED'"): {
        "reason", "is_silent", "cycle", "settled_at",
    },
    ("redemptions_redemptionfunding", "accepted_fen > 0"): set(),
    ("redemptions_usagerecord", "released_at IS NULL"): {"released_at"},
    ("settlement_settlementbatch", "status = 'SENT'"): {"is_demo"},
    ("settlement_settlementline", "status = 'PAID'"): set(),
    ("settlement_paymentorder", "true"): set(),
    ("settlement_paymentinstruction", "status = 'PAID'"): {"failure_reason"},
    ("programmes_ruleversion", "status = 'PUBLISHED'"): set(),
    ("programmes_seatmap", "status = 'APPROVED'"): set(),
    ("programmes_budgetline", "status = 'OPEN'"): set(),
    ("programmes_appropriation", "true"): set(),
    ("registry_bankaccount", "status = 'VERIFIED'"): set(),
    ("ledger_journalentry", "true"): set(),
    ("ledger_transfer", "true"): set(),
    ("ledger_account", "true"): {"lock_marker"},
    ("audit_auditevent", "true"): set(),
}  # fmt: skip

NOT_ALLOWED = (
    "ALTER TABLE ledger_transfer DISABLE TRIGGER transfer_follows_chart",
    "ALTER TABLE ledger_account DROP CONSTRAINT account_not_overdrawn",
    "DROP TRIGGER ledger_transfer_unchanged ON ledger_transfer",
    "SET session_replication_role = replica",
    "SET ROLE sq_owner",
    "CREATE TABLE public.mine (id int)",
    "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RETURN NEW; END $$",
    "ALTER FUNCTION transfer_raises_totals() SET search_path = pg_temp",
    "CREATE TRIGGER mine BEFORE INSERT ON ledger_transfer FOR EACH ROW "
    "EXECUTE FUNCTION refuse_change()",
    "CREATE RULE mine AS ON INSERT TO ledger_transfer DO INSTEAD NOTHING",
    "UPDATE ledger_account SET credits_fen = credits_fen + 1",
    "UPDATE programmes_capusage SET used_fen = 0",
    "UPDATE applications_evidencedocument SET claimed_fen = 0",
    "INSERT INTO ledger_chartmove (entry_kind, debit_kind, credit_kind, lines) "
    "VALUES ('PAY', 'POOL', 'PAID', 'same')",
    "DELETE FROM audit_auditpayload",
    "DELETE FROM agencies_deadline",
    "DELETE FROM settlement_settlementline",
    "TRUNCATE issuance_voucher CASCADE",
    "COPY ledger_account TO PROGRAM 'true'",
)
