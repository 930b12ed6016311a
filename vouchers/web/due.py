"""What is still due about one noun, said so that each party knows who must act by when."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from companies.agencies.selectors import list_open_deadlines

WORDS = {
    "applications.round_end": _("Hand in by"),
    "applications.return_reply": _("Supply what is asked for by"),
    "applications.intake": _("Acceptance is decided by"),
    "applications.review": _("Review is finished by"),
    "applications.objection": _("The objection is answered by"),
    "applications.notice_end": _("The public notice runs until"),
    "issuance.consent": _("Consent is awaited until"),
    "issuance.grace_end": _("Earlier use may be claimed until"),
    "redemptions.hold_end": _("The sum is held until"),
    "redemptions.silence": _("Without an answer the usage counts as confirmed after"),
    "redemptions.dispute": _("The dispute is to be settled by"),
    "settlement.pay_within": _("Payment is promised by"),
    "letters.reply": _("Reply until"),
}


def list_due(subject_ref: str) -> list[dict[str, Any]]:
    """Words and end of each open deadline, the nearest first; a paused one has no day."""
    return [
        {"label": WORDS[due.kind], "due_at": due.due_at, "paused": due.paused_at is not None}
        for due in list_open_deadlines(subject_ref)
        if due.kind in WORDS
    ]
