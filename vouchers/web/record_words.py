"""What the record holds, in words: names of columns and facts, and their values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from companies.agencies.models import AgencyKind
from companies.files.models import Verdict
from companies.letters.models import LetterKind, LetterStatus
from companies.registry.models import BankAccountStatus, CompanyRole, SizeClass
from companies.users.models import Role
from vouchers.applications.models import Act as SeatAct
from vouchers.applications.models import (
    ApplicationStatus,
    EvidenceKind,
    EvidenceStatus,
    NoticeStatus,
    ObjectionStatus,
)
from vouchers.issuance.models import VoucherStatus
from vouchers.programmes.models import (
    LineStatus,
    ProgrammeStatus,
    RoundStatus,
    RuleStatus,
    SeatMapStatus,
)
from vouchers.programmes.seats import SEAT_LABELS
from vouchers.providers.models import ProviderStatus
from vouchers.redemptions.models import RedemptionStatus
from vouchers.settlement.models import BatchStatus
from vouchers.web.due import WORDS as DUE_WORDS
from vouchers.web.officer.file_view import FORM_LABELS
from vouchers.web.paper_words import REASONS, paper_label
from vouchers.web.templatetags.suanquan import percent, stamp, yuan

FIELDS: dict[str, Promise | str] = {
    **FORM_LABELS,
    "about": _("About"),
    "accepted_fen": _("Accepted (yuan)"),
    "account_number": _("Account number"),
    "added": _("Entries added"),
    "agency_id": _("Public body (internal number)"),
    "amount_fen": _("Amount (yuan)"),
    "answers": _("Answers given"),
    "approved_fen": _("Approved (yuan)"),
    "assets_fen": _("Assets (yuan)"),
    "back_fen": _("Returned to the budget (yuan)"),
    "bank_name": _("Bank"),
    "basis": _("Basis"),
    "batch": _("Batch"),
    "body": _("Text"),
    "burden": _("Burden decided"),
    "closes_at": _("Closes"),
    "code": _("Code"),
    "credit_code": _("Credit code"),
    "cycle": _("Round of acceptance"),
    "deadline": _("Deadline"),
    "deadline_id": _("Deadline (internal number)"),
    "due_at": _("Due"),
    "document": _("Evidence (short digest)"),
    "document_number": _("Document number"),
    "eligible_fen": _("Eligible base (yuan)"),
    "face_fen": _("Face value (yuan)"),
    "file": _("Stored file"),
    "follows": _("Follows batch"),
    "grace_until": _("Earlier use may be claimed until"),
    "held_fen": _("Held (yuan)"),
    "industry_code": _("Industry"),
    "invoice_is_bad": _("Invoice is in doubt"),
    "is_demo": _("Demonstration"),
    "is_machine": _("Machine"),
    "is_silent": _("By silence"),
    "issued_at": _("Issued"),
    "kind": _("Kind"),
    "left_out": _("Left out"),
    "limit_fen": _("Limit (yuan)"),
    "name": _("Name"),
    "name_zh": _("Name (Chinese)"),
    "note": _("What is missing"),
    "notice": _("Public notice"),
    "number": _("Number"),
    "offer": _("Service"),
    "opens_at": _("Opens"),
    "order_number": _("Order number"),
    "paid_fen": _("Paid per budget line (yuan)"),
    "parent": _("Line above"),
    "period": _("Period"),
    "price_fen": _("Order amount (yuan)"),
    "programme_id": _("Programme (internal number)"),
    "programme_ref": _("Programme"),
    "reason": _("Reason"),
    "receipt_number": _("Receipt number"),
    "redemptions": _("Redemptions"),
    "region": _("Region"),
    "reply_until": _("Reply until"),
    "requested_fen": _("Amount asked (yuan)"),
    "reserved_fen": _("Reserved (yuan)"),
    "revenue_fen": _("Revenue (yuan)"),
    "role": _("Role"),
    "round": _("Round"),
    "rows": _("Rows"),
    "seats": _("Seats"),
    "seed": _("Seed of the draw"),
    "sha256": _("Digest"),
    "share_bp": _("Share drawn"),
    "sheet_sha256": _("Digest of the payment sheet"),
    "size": _("Size (bytes)"),
    "size_class": _("Size class"),
    "staff": _("Staff"),
    "status": _("Status"),
    "subsidy_fen": _("Voucher pays (yuan)"),
    "title": _("Title"),
    "total_fen": _("Total (yuan)"),
    "unit_price": _("Price per unit (yuan)"),
    "usage_name": _("Usage file"),
    "usage_sha256": _("Digest of the usage file"),
    "user_id": _("Person (internal number)"),
    "username": _("Sign-in name"),
    "valid_from": _("Valid from"),
    "valid_until": _("Valid until"),
    "verb": _("Act"),
    "verdict": _("Scanner's word"),
    "version": _("Version"),
    "voucher": _("Voucher"),
}
# A noun's own statuses; elsewhere the first of all that knows the code.
_STATUSES = {
    "application": ApplicationStatus,
    "voucher": VoucherStatus,
    "redemption": RedemptionStatus,
    "settlement": BatchStatus,
    "letter": LetterStatus,
    "notice": NoticeStatus,
    "objection": ObjectionStatus,
    "provider": ProviderStatus,
    "programme": ProgrammeStatus,
    "line": LineStatus,
    "company": BankAccountStatus,
    "round": RoundStatus,
    "rules": RuleStatus,
    "seat_map": SeatMapStatus,
    "evidence": EvidenceStatus,
}
_CODES: dict[str, Mapping[str, Any]] = {
    "role": {**dict(Role.choices), **dict(CompanyRole.choices)},
    "size_class": dict(SizeClass.choices),
    "verdict": dict(Verdict.choices),
    "kind": {
        **dict(AgencyKind.choices),
        **dict(LetterKind.choices),
        **dict(EvidenceKind.choices),
        **DUE_WORDS,
    },
    "deadline": DUE_WORDS,
    "seats": SEAT_LABELS,
    "answers": FIELDS,
    "reason": {**REASONS, "superseded": _("The file goes on another way")},
    "burden": dict(ApplicationStatus.choices) | dict(VoucherStatus.choices),
}
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
_REFERENCE = re.compile(r"[a-z_]+:([A-Z]{2}-\d{4}-\d{6}\S*)")


def field_label(name: str) -> str:
    """A column or fact; one that is not listed as it is."""
    return str(FIELDS.get(name, name))


def value_label(noun: str, name: str, value: Any) -> str:
    """A recorded value as people read it: money in yuan, times in Shanghai, codes in words."""
    if value is None or value in ("", {}, []):
        return "—"
    if isinstance(value, Mapping):
        pairs = ((_act(key), value_label(noun, name, one)) for key, one in value.items())
        return "; ".join(f"{key}: {text}" for key, text in pairs)
    if isinstance(value, list):
        return ", ".join(value_label(noun, name, one) for one in value)
    return _number(name, value) if isinstance(value, int) else _text(noun, name, str(value))


def _number(name: str, value: int) -> str:
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if name.endswith("_fen"):
        return yuan(value)
    return percent(value) if name.endswith("_bp") else str(value)


def _text(noun: str, name: str, value: str) -> str:
    if name == "status":
        return _status(noun, value)
    if value in _CODES.get(name, {}):
        return str(_CODES[name][value])
    if name == "kind":
        return paper_label(value)
    if _INSTANT.match(value):
        return stamp(datetime.fromisoformat(value))
    found = _REFERENCE.fullmatch(value)
    return found[1] if found else value


def _status(noun: str, code: str) -> str:
    own = _STATUSES.get(noun)
    for known in (own, *_STATUSES.values()):
        if known is not None and code in known.values:
            return str(known(code).label)
    return code


def _act(code: str) -> str:
    return str(SeatAct(code).label) if code in SeatAct.values else code
