"""The sentences for what happened: actions of the record and codes of messages."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from companies.users.selectors import get_user
from vouchers.web.navigation import safe_reverse
from vouchers.web.noun_links import PAGES

ACTIONS: dict[str, Promise] = {
    "user.signed_in": _("Signed in"),
    "user.sign_in_failed": _("Sign-in failed"),
    "user.created": _("Account opened"),
    "application.drafted": _("Draft begun"),
    "application.updated": _("Draft saved"),
    "application.attached": _("Paper attached"),
    "application.submitted": _("Handed in"),
    "application.resubmitted": _("Handed in again"),
    "application.withdrawn": _("Withdrawn"),
    "application.screening_taken": _("Screening begun"),
    "application.returned": _("More information asked for"),
    "application.accepted": _("Accepted for review"),
    "application.ineligible_noticed": _("Prior notice of non-acceptance served"),
    "application.ineligible": _("Not accepted"),
    "application.recommended": _("Recommended"),
    "application.not_recommended": _("Not recommended"),
    "application.sent_back": _("Sent back to review"),
    "application.approved": _("Approved"),
    "application.rejection_noticed": _("Prior notice of refusal served"),
    "application.rejected": _("Not supported"),
    "application.objected": _("Objection raised"),
    "application.objection_answered": _("Objection answered"),
    "application.notice_ended": _("Public notice ended"),
    "application.lapsed": _("Lapsed"),
    "application.cancelled": _("Cancelled"),
    "application.issued": _("Voucher prepared"),
    "notice.posted": _("Public notice posted"),
    "voucher.prepared": _("Voucher awaits consent"),
    "voucher.issued": _("Voucher issued"),
    "voucher.declined": _("Voucher declined"),
    "voucher.lapsed": _("Voucher lapsed"),
    "voucher.suspended": _("Voucher suspended"),
    "voucher.resumed": _("Voucher usable again"),
    "voucher.expired": _("Voucher expired"),
    "voucher.revocation_noticed": _("Prior notice of revocation served"),
    "voucher.revoked": _("Voucher revoked"),
    "voucher.closed": _("Voucher closed"),
    "redemption.requested": _("Order placed, sum held"),
    "redemption.confirmed": _("Order confirmed"),
    "redemption.declined": _("Order declined"),
    "redemption.cancelled": _("Order cancelled"),
    "redemption.hold_expired": _("Hold expired"),
    "redemption.evidenced": _("Evidence filed"),
    "redemption.countersigned": _("Countersigned"),
    "redemption.disputed": _("Disputed"),
    "redemption.drawn_for_check": _("Drawn for a check"),
    "redemption.acceptance_signed": _("First signature of acceptance"),
    "redemption.accepted": _("Redeemed"),
    "redemption.returned": _("Returned"),
    "redemption.rejection_proposed": _("Rejection proposed"),
    "redemption.rejected": _("Rejected"),
    "redemption.reversal_proposed": _("Reversal proposed"),
    "redemption.reversed": _("Reversed"),
    "redemption.settling": _("In settlement"),
    "redemption.settled": _("Settled"),
    "redemption.split": _("Split"),
    "letter.served": _("Letter served"),
    "letter.signed": _("Letter signed"),
    "letter.answered": _("Letter answered"),
    "letter.waived": _("Reply period waived"),
    "alert.raised": _("Alert raised"),
    "bank_account.verified": _("Bank account verified"),
}


def action_label(code: str) -> str:
    """The words for an action; an unlisted one as it is."""
    return str(ACTIONS.get(code, code))


def actor_label(actor_ref: str) -> str:
    """Who acted: a person's name, a machine key, or the service by rule."""
    kind, _colon, name = actor_ref.partition(":")
    if kind == "user" and name.isdecimal():
        return str(get_user(int(name)))
    if kind == "key":
        return gettext("Machine key %(name)s") % {"name": name}
    return gettext("The service, by rule")


def address_of(subject_ref: str) -> str:
    """The officers' page of a noun, or nothing."""
    noun, _colon, number = subject_ref.partition(":")
    name = PAGES.get(noun, {}).get("officer", "")
    return safe_reverse(name, number=number) if name else ""
