"""How a status looks: its tone and its icon. The word is always the noun's own."""

from __future__ import annotations

ICONS = {
    "neutral": "circle-dashed",
    "brand": "clock",
    "warn": "circle-alert",
    "ok": "check",
    "danger": "x",
    "notice": "megaphone",
    "issued": "ticket",
}

_CODES = {
    "neutral": "DRAFT WITHDRAWN CLOSED ENDED CANCELLED RETIRED TAKEN_OUT VOID VOIDED DISMISSED"
    " OPEN APPLIED INFO DECLINED EXPIRED HOLD_EXPIRED LAPSED LOCKED BUILT",
    "brand": "SUBMITTED IN_SCREENING IN_REVIEW UNDER_REVIEW UNDER_CHECK REQUESTED CONFIRMED"
    " EVIDENCED COUNTERSIGNED IN_APPROVAL IN_AUTHORISATION IN_RELEASE IN_SETTLEMENT SENT PENDING"
    " QUEUED PROPOSED RECOMMENDED SIGNED UNVERIFIED PUBLISHED RUNNING",
    "warn": "RETURNED OBJECTED SUSPENDED PAUSED DISPUTED PARTLY_PAID WARNING"
    " NOT_RECOMMENDED FROZEN",
    "ok": "APPROVED ACCEPTED SETTLED PAID ACTIVE VERIFIED CLEAN SERVED ANSWERED RECONCILED"
    " COMPLETED READY",
    "danger": "INELIGIBLE REJECTED REFUSED REVOKED REVERSED FAILED ABORTED RED_LETTERED NOT_FOUND"
    " CRITICAL",
    "notice": "IN_PUBLIC_NOTICE POSTED",
    "issued": "ISSUED",
}
TONES = {code: tone for tone, codes in _CODES.items() for code in codes.split()}

# One code, another meaning: by noun.
BY_NOUN = {
    "payment.RETURNED": "danger",
    "line.RETURNED": "danger",
    "voucher.PENDING": "warn",
    "alert.OPEN": "warn",
    "budget_line.OPEN": "ok",
    "alert.CONFIRMED": "danger",
    "objection.OPEN": "warn",
}
BY_CODE_ICON = {
    "DRAFT": "pen-line",
    "IN_PUBLIC_NOTICE": "megaphone",
    "LOCKED": "lock",
    "SUSPENDED": "circle-pause",
    "PAUSED": "circle-pause",
    "FROZEN": "snowflake",
    "EXPIRED": "calendar-x",
    "LAPSED": "calendar-x",
    "HOLD_EXPIRED": "calendar-x",
    "WITHDRAWN": "undo-2",
    "RETURNED": "undo-2",
    "SENT": "send",
    "ACTIVE": "circle-check",
}


def look_of(status: str, noun: str = "") -> tuple[str, str]:
    """Tone and icon name of a status code; an unknown one is neutral."""
    tone = BY_NOUN.get(f"{noun}.{status}") or TONES.get(status, "neutral")
    return tone, BY_CODE_ICON.get(status, ICONS[tone])
