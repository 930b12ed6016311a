"""For every named check: the few columns of a row that breaks it, and nothing else.

The tables are stripped of NOT NULL and triggers first, so that what is not given is NULL and a
NULL passes every other check.
"""

from __future__ import annotations

from typing import Any

EARLY, LATE = "2025-03-03T00:00Z", "2025-04-03T00:00Z"
BACKWARD = {"valid_from": LATE, "valid_until": EARLY}

BROKEN: dict[str, dict[str, Any]] = {
    "account_not_overdrawn": {"is_source": False, "debits_fen": 2, "credits_fen": 1},
    "account_source_by_kind": {"is_source": True, "kind": "POOL"},
    "admission_period_forward": BACKWARD,
    "alert_answer_has_reason": {"status": "DISMISSED", "answer": ""},
    "api_key_period_forward": {"created_at": LATE, "expires_at": EARLY},
    "application_amounts_not_negative": {"requested_fen": -1},
    "application_frozen_once_submitted": {"submitted_at": EARLY},
    "application_reserved_within_approved": {"reserved_fen": 2, "approved_fen": 1},
    "appropriation_amount_positive": {"amount_fen": 0},
    "auditor_duty_has_basis": {"role": "auditor", "basis": ""},
    "bank_account_verified_by_second": {
        "status": "VERIFIED", "verified_by_id": 1, "added_by_id": 1,
    },
    "batch_locked_has_digest": {"status": "LOCKED", "sha256": ""},
    "batch_total_not_negative": {"total_fen": -1},
    "budget_line_approved_by_second": {
        "status": "OPEN", "pool_account_id": 1, "approved_by_id": 1, "drafted_by_id": 1,
    },
    "budget_line_approved_has_pool": {"status": "OPEN", "approved_by_id": 1, "drafted_by_id": 2},
    "budget_line_source_at_root": {"source_account_id": 1, "parent_id": 1},
    "budget_line_status_known": {
        "status": "NOPE", "pool_account_id": 1, "approved_by_id": 1, "drafted_by_id": 2,
    },
    "file_verdict_known": {"verdict": "NOPE", "scanned_at": EARLY},
    "rule_version_status_known": {"status": "NOPE", "published_by_id": 1, "author_id": 2},
    "seat_map_status_known": {"status": "NOPE", "approved_by_id": 1, "proposed_by_id": 2},
    "voucher_status_known": {"status": "NOPE", "issued_at": EARLY},
    "cap_entry_moves": {"delta_fen": 0},
    "cap_not_exceeded": {"used_fen": 2, "limit_fen": 1},
    "centre_capacity_positive": {"capacity_pflops": 0},
    "closed_month_is_a_first_day": {"month_date": "2025-03-02"},
    "company_credit_code_formed": {"credit_code": "I" * 18},
    "duty_period_forward": BACKWARD,
    "event_action_is_noun_dot_past": {"action": "Nonsense"},
    "evidence_claim_not_negative": {"amount_fen": -1},
    "evidence_not_overclaimed": {"claimed_fen": 2, "limit_fen": 1},
    "evidence_verified_has_time": {"status": "VERIFIED"},
    "file_size_positive": {"size": 0},
    "file_verdict_has_time": {"verdict": "CLEAN"},
    "instruction_amount_positive": {"amount_fen": 0},
    "instruction_failed_has_reason": {"status": "FAILED", "failure_reason": ""},
    "instruction_paid_has_proof": {"status": "PAID", "treasury_number": ""},
    "leaf_index_not_negative": {"index": -1},
    "membership_period_forward": BACKWARD,
    "notice_period_forward": {"posted_at": LATE, "ends_at": EARLY},
    "notice_row_amount_positive": {"amount_fen": 0},
    "objection_answer_has_text": {"status": "ANSWERED", "answer": ""},
    "offer_price_positive": {"unit_price": 0},
    "payment_order_amount_positive": {"amount_fen": 0},
    "prior_notice_names_burden": {"kind": "PRIOR_NOTICE", "burden": ""},
    "provider_decided_by_second": {"decided_by_id": 1, "checked_by_id": 1},
    "redemption_amounts_in_order": {"price_fen": 1, "requested_fen": 2},
    "redemption_funding_not_negative": {"held_fen": -1},
    "redemption_held_while_live": {"status": "REQUESTED", "held_fen": 0},
    "redemption_within_rate": {"accepted_fen": 500, "eligible_fen": 100, "rate_bp": 3000},
    "region_code_six_digits": {"code": "12345x"},
    "region_period_forward": BACKWARD,
    "related_pair_ordered": {"low_id": 2, "high_id": 1},
    "round_window_forward": {"opens_at": LATE, "closes_at": EARLY},
    "rule_version_published_by_second": {
        "status": "PUBLISHED", "published_by_id": 1, "author_id": 1,
    },
    "seat_map_approved_by_second": {
        "status": "APPROVED", "approved_by_id": 1, "proposed_by_id": 1,
    },
    "served_letter_has_time": {"status": "SERVED"},
    "settlement_line_amount_positive": {"amount_fen": 0},
    "transfer_accounts_differ": {"debit_account_id": 1, "credit_account_id": 1},
    "transfer_amount_positive": {"amount_fen": 0},
    "usage_period_forward": {"period_start": LATE, "period_end": EARLY},
    "voucher_face_positive": {"face_fen": 0},
    "voucher_funding_face_positive": {"face_fen": 0},
    "voucher_grace_after_validity": {"valid_until": LATE, "grace_until": EARLY},
    "voucher_issued_has_time": {"status": "ACTIVE"},
}  # fmt: skip

# What a partial or excluding index needs besides its own columns.
TWICE: dict[str, dict[str, Any]] = {
    "admissions_do_not_overlap": {"provider_id": 1, "programme_id": 1, "valid_from": EARLY},
    "evidence_claimed_once": {"is_exclusive": True},
    "offer_prices_do_not_overlap": {"provider_id": 1, "code": "a", "valid_from": EARLY},
    "one_live_application_per_object": {"status": "DRAFT"},
    "one_live_line_per_redemption_and_line": {"status": "DRAFT"},
    "one_cap_usage": {"scope": "CEILING"},
    "one_closing_per_month": {"month_date": "2025-03-01"},
    "one_evidence_document_per_identity": {"kind": "CONTRACT"},
    "one_open_membership_per_role": {"role": "company_agent"},
    "one_region_per_code_and_day": {"code": "990000"},
    "one_related_pair_per_relation": {"low_id": 1, "high_id": 2},
    "one_voucher_per_application_kind_and_side": {"side": "BUYER"},
    "registry_company_credit_code_key": {"credit_code": "0" * 18},
    "signatures_differ": {"act": "SCREEN"},
    "one_open_alert_per_subject": {"status": "OPEN"},
    "one_root_line_per_document": {"status": "DRAFT"},
    "one_published_rule_version": {"status": "PUBLISHED", "published_by_id": 1, "author_id": 2},
    "one_verified_bank_account": {"status": "VERIFIED", "verified_by_id": 1, "added_by_id": 2},
}
