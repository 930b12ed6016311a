"""The sentences for what happened: actions of the record and codes of messages."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from companies.users.selectors import get_user
from vouchers.web.navigation import safe_reverse
from vouchers.web.noun_links import PAGES

ACTIONS: dict[str, Promise] = {
    "user.signed_in": _("Signed in"),
    "user.sign_in_failed": _("Sign-in failed"),
    "user.created": _("Account opened"),
    "duty.granted": _("Duty granted"),
    "duty.ended": _("Duty ended"),
    "api_key.registered": _("Machine key registered"),
    "api_key.revoked": _("Machine key revoked"),
    "agency.registered": _("Public body entered"),
    "region.loaded": _("Places loaded"),
    "calendar.loaded": _("Working days loaded"),
    "company.registered": _("Company entered"),
    "company.updated": _("Company's data changed"),
    "membership.granted": _("Role in the company granted"),
    "membership.ended": _("Role in the company ended"),
    "bank_account.added": _("Bank account entered"),
    "bank_account.verified": _("Bank account verified"),
    "bank_account.retired": _("Bank account retired"),
    "file.stored": _("Paper stored"),
    "file.scanned": _("Paper checked for harm"),
    "month.closed": _("Month's books closed"),
    "programme.created": _("Programme drafted"),
    "programme.activated": _("Programme opened"),
    "programme.paused": _("Programme paused"),
    "programme.resumed": _("Programme goes on"),
    "programme.ended": _("Programme ended"),
    "rule_version.drafted": _("Rules drafted"),
    "rule_version.published": _("Rules published"),
    "rule_version.retired": _("Rules retired"),
    "round.created": _("Round drafted"),
    "round.published": _("Round published"),
    "round.completed": _("Round completed"),
    "round.cancelled": _("Round cancelled"),
    "seat_map.proposed": _("Seat map proposed"),
    "seat_map.approved": _("Seat map approved"),
    "appropriation.recorded": _("Budget document recorded"),
    "appropriation.booked": _("Budget document booked"),
    "budget_line.drafted": _("Budget line drafted"),
    "budget_line.approved": _("Budget line approved"),
    "budget_line.opened": _("Budget line opened"),
    "budget_line.frozen": _("Budget line frozen"),
    "budget_line.unfrozen": _("Budget line usable again"),
    "budget.suballocated": _("Money passed down"),
    "ceiling.set": _("Policy ceiling set"),
    "provider.applied": _("Provider applied"),
    "provider.reviewed": _("Provider checked"),
    "provider.approved": _("Provider approved"),
    "provider.refused": _("Provider refused"),
    "provider.suspended": _("Provider suspended"),
    "provider.resumed": _("Provider active again"),
    "provider.withdrawn": _("Provider withdrew"),
    "provider.admitted": _("Provider admitted to the programme"),
    "provider.admission_ended": _("Admission ended"),
    "offer.published": _("Price published"),
    "compute_centre.registered": _("Computing centre entered"),
    "usage_account.registered": _("Usage account registered"),
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
    "application.cancellation_proposed": _("Cancellation proposed"),
    "application.cancelled": _("Cancelled"),
    "application.issued": _("Voucher prepared"),
    "notice.drafted": _("Public notice drafted"),
    "notice.posted": _("Public notice posted"),
    "notice.ended": _("Public notice over"),
    "notice.withdrawn": _("Public notice withdrawn"),
    "evidence.registered": _("Evidence registered"),
    "evidence.verified": _("Invoice looked up"),
    "evidence.rebased": _("Sum of the evidence corrected"),
    "evidence.claimed": _("Evidence claimed"),
    "evidence.released": _("Evidence free again"),
    "voucher.prepared": _("Voucher awaits consent"),
    "voucher.issued": _("Voucher issued"),
    "voucher.declined": _("Voucher declined"),
    "voucher.lapsed": _("Voucher lapsed"),
    "voucher.suspended": _("Voucher suspended"),
    "voucher.resumed": _("Voucher usable again"),
    "voucher.expired": _("Voucher expired"),
    "voucher.revocation_noticed": _("Prior notice of revocation served"),
    "voucher.revocation_dropped": _("Proposed revocation dropped"),
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
    "letter.withdrawn": _("Letter withdrawn"),
    "alert.raised": _("Alert raised"),
    "alert.dismissed": _("Alert dismissed"),
    "alert.confirmed": _("Alert confirmed"),
    "batch.drawn_up": _("Batch drawn up"),
    "batch.locked": _("Batch locked"),
    "batch.sent_to_approval": _("Batch sent to approval"),
    "batch.approved": _("Batch approved"),
    "batch.authorised": _("Payment authorised"),
    "batch.released": _("Payment released"),
    "batch.sent": _("Payment sheet sent"),
    "batch.result_recorded": _("Treasury's answer recorded"),
    "batch.reconciled": _("Batch reconciled"),
    "batch.closed": _("Batch closed"),
    "batch.rejected": _("Batch sent back"),
    "batch.abort_proposed": _("Giving up the batch proposed"),
    "batch.aborted": _("Batch given up"),
    "batch.line_taken_out": _("Line taken out"),
    "batch.line_bounced": _("Payment bounced"),
    "export.requested": _("Export asked for"),
    "export.built": _("Export ready"),
    "export.failed": _("Export failed"),
    "check.ran": _("Invariants checked"),
    "access.refused": _("Access refused"),
}
# What a signed act says (Decision.outcome).
OUTCOMES: dict[str, Promise] = {
    "ACCEPTED": _("accepted"),
    "APPROVED": _("approved"),
    "INELIGIBLE": _("not accepted"),
    "INELIGIBILITY_PROPOSED": _("non-acceptance proposed"),
    "LOCKED": _("locked"),
    "NOT_RECOMMENDED": _("not recommended"),
    "RECOMMENDED": _("recommended"),
    "REJECTED": _("not supported"),
    "REJECTION_PROPOSED": _("rejection proposed"),
    "RETURNED": _("returned"),
    "REVERSED": _("reversed"),
    "REVERSAL_PROPOSED": _("reversal proposed"),
    "REVOKED": _("revoked"),
    "REVOCATION_PROPOSED": _("revocation proposed"),
    "REVOCATION_DROPPED": _("proposed revocation dropped"),
    "SENT_BACK": _("sent back"),
    "SIGNED": _("signed"),
    "UPHELD": _("objection upheld"),
    "UNFOUNDED": _("objection unfounded"),
    "CANCELLATION_PROPOSED": _("cancellation proposed"),
    "CANCELLED": _("called off"),
    "ABORT_PROPOSED": _("giving up proposed"),
    "ABORTED": _("given up"),
}


# What a rule found odd (Alert.code).
ALERTS: dict[str, Promise] = {
    "deadline_failed": _("A duty that fell due could not be done"),
    "deadline_missed": _("A day was missed"),
    "invoice_turned_bad": _("An invoice turned bad after it was accepted"),
    "paid_to_other_account": _("Paid to another account than ordered"),
    "payment_late": _("A payment is late"),
}


def alert_label(code: str) -> str:
    """The words for what a rule found; an unlisted one as it is."""
    return str(ALERTS.get(code, code))


DATASETS: dict[str, Promise] = {
    "ledger": _("Ledger: every transfer"),
    "vouchers": _("Vouchers"),
    "redemptions": _("Redemptions"),
    "payments": _("Payments"),
}


def dataset_label(name: str) -> str:
    """The words for a table of the exports; an unlisted one as it is."""
    return str(DATASETS.get(name, name))


def named(noun: Any) -> str:
    """A noun's name in the page's language; Chinese where no English one was given."""
    english = get_language() == "en" and getattr(noun, "name_en", "")
    return str(english or noun.name_zh)


def outcome_label(code: str) -> str:
    """The words for what an act decided; an unlisted one as it is."""
    return str(OUTCOMES.get(code, code))


def action_label(code: str) -> str:
    """The words for an action; an unlisted one as it is."""
    return str(ACTIONS.get(code, code))


def actor_label(actor_ref: str) -> str:
    """Who acted: a person's name, a machine key, or the service by rule."""
    kind, _colon, name = actor_ref.partition(":")
    if kind == "user" and name.isdecimal():
        return named(get_user(int(name)))
    if kind == "key":
        return gettext("Machine key %(name)s") % {"name": name}
    return gettext("The service, by rule")


def address_of(subject_ref: str) -> str:
    """The officers' page of a noun, or nothing."""
    noun, _colon, number = subject_ref.partition(":")
    name = PAGES.get(noun, {}).get("officer", "")
    return safe_reverse(name, number=number) if name else ""
