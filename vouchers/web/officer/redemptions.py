"""Redemptions: the check of the four flows and the decisions on a claim."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from companies.audit.selectors import list_history
from companies.users.models import Role
from vouchers.money import format_yuan
from vouchers.redemptions import services
from vouchers.redemptions.models import Redemption, RedemptionStatus
from vouchers.redemptions.selectors import (
    get_redemption_for,
    is_rejection_proposed,
    list_fundings,
    list_redemptions,
    list_usage,
)
from vouchers.web.bill_words import deviation_table, term
from vouchers.web.desk import ALL_DESKS, FINANCE, OFFICERS, Act, ActsDesk, Desk
from vouchers.web.officer import file_view
from vouchers.web.officer.forms import AcceptForm, DisputeForm, InvoiceForm, ReasonForm
from vouchers.web.paging import page_of
from vouchers.web.tables import Column, Table
from vouchers.web.views import ListPage
from vouchers.web.words import action_label, actor_label, named

_ID = "redemption_id"
_CHECKERS = (Role.REVIEWER, Role.INTAKE)
ACTS = (
    Act(
        name="accept", label=_("Accept for payment"), verb=services.accept_redemption,
        argument=_ID, statuses=("UNDER_CHECK",), roles=_CHECKERS, form=AcceptForm, posts=True,
        hint=_("The hold becomes a debt. Large sums need a second signature of the same sum."),
        done=_("Your signature is recorded."),
    ),
    Act(
        name="verify", label=_("Record the invoice check"), verb=services.verify_invoice,
        argument=_ID, statuses=("EVIDENCED", "COUNTERSIGNED", "UNDER_CHECK", "ACCEPTED"),
        roles=_CHECKERS, form=InvoiceForm, done=_("The answer is recorded."),
    ),
    Act(
        name="decide", label=_("Decide the dispute"), verb=services.decide_dispute, argument=_ID,
        statuses=("DISPUTED",), roles=_CHECKERS, form=DisputeForm, posts=True,
        done=_("The dispute is decided."),
    ),
    Act(
        name="return", label=_("Return to the filer"), verb=services.return_redemption,
        argument=_ID, statuses=("UNDER_CHECK",), roles=_CHECKERS, seat="ACCEPT",
        form=ReasonForm, done=_("The claim is back with its filer; the hold stays."),
    ),
    Act(
        name="propose-rejection", label=_("Propose rejection"), verb=services.propose_rejection,
        argument=_ID, statuses=("UNDER_CHECK",), roles=_CHECKERS, seat="ACCEPT",
        form=ReasonForm, tone="danger", done=_("A second person must now confirm."),
    ),
    Act(
        name="reject", label=_("Confirm the rejection"), verb=services.reject_redemption,
        argument=_ID, statuses=("UNDER_CHECK",), roles=(Role.REVIEWER,), seat="CONFIRM",
        form=ReasonForm, posts=True, tone="danger",
        hint=_("Only after somebody else proposed it. The hold is released."),
        done=_("The claim is rejected and its hold released."),
    ),
    Act(
        name="reverse", label=_("Reverse the acceptance"), verb=services.reverse_redemption,
        argument=_ID, statuses=("ACCEPTED",),
        roles=(*_CHECKERS, Role.FINANCE_CLERK),
        form=ReasonForm, posts=True, tone="danger",
        hint=_("Before payment only: a checker proposes it, a finance clerk carries it out."),
        done=_("Your signature is recorded."),
    ),
)  # fmt: skip
_CALCULATION = (
    ("invoice_fen", _("Invoice total (yuan)")),
    ("counted_fen", _("Counted (yuan)")),
    ("left_out_fen", _("Not supported (yuan)")),
    ("eligible_fen", _("Eligible base (yuan)")),
    ("by_rate_fen", _("By the rate (yuan)")),
    ("held_fen", _("Held (yuan)")),
    ("subsidy_fen", _("Voucher pays (yuan)")),
    ("own_fen", _("Company pays (yuan)")),
)


class RedemptionList(Desk, ListPage):
    """Redemptions of one's agencies."""

    template = "web/officer/list.html"
    title = _("Redemptions")
    roles = (*OFFICERS, *FINANCE)
    statuses = RedemptionStatus
    columns = (
        Column("number", _("Redemption"), kind="number", link="url", sub="company"),
        Column("provider", _("Provider")),
        Column("price_fen", _("Order (yuan)"), kind="money"),
        Column("requested_fen", _("Voucher part (yuan)"), kind="money"),
        Column("accepted_fen", _("Accepted (yuan)"), kind="money", total=True),
        Column("status", _("Status"), kind="status"),
        Column("requested_at", _("Requested"), kind="stamp"),
    )

    def rows(self) -> Any:
        """All of one's agencies."""
        return list_redemptions(self.scope)

    def row(self, noun: Any) -> Any:
        """One redemption."""
        return {
            "number": noun.number,
            "url": reverse("officer:redemption-detail", args=[noun.number]),
            "company": named(noun.company),
            "provider": named(noun.provider.company),
            "price_fen": noun.price_fen,
            "requested_fen": noun.requested_fen,
            "accepted_fen": noun.accepted_fen,
            "status": noun.status,
            "get_status_display": noun.get_status_display(),
            "requested_at": noun.requested_at,
        }


class RedemptionDetail(ActsDesk):
    """One claim: do order, invoice, payment and usage tell the same story?"""

    template = "web/officer/redemption_detail.html"
    roles = ALL_DESKS
    acts = ACTS

    def find(self) -> Redemption:
        """The redemption, through its door."""
        return get_redemption_for(self.scope, self.kwargs["number"])

    def seat_reason(self, act: Act) -> str:
        """One person, one seat on a file."""
        return file_view.seat_reason(self.noun.application, act.seat, self.actor.user_id)

    def why_not(self, act: Act) -> str:
        """Payment waits for the invoice check, a rejection for its proposal."""
        document = self.noun.invoice_document
        if act.name == "accept" and (document is None or document.status != "VERIFIED"):
            return gettext("Record the invoice check first.")
        if act.name == "reject" and not is_rejection_proposed(self.noun):
            return gettext("Nobody has proposed to reject this claim.")
        return super().why_not(act)

    def start(self, act: Act) -> dict[str, Any]:
        """The reckoned sum is proposed."""
        found = self.noun.calculation or {}
        return {"accepted_fen": found.get("subsidy_fen")} if act.name == "accept" else {}

    def context(self, **kwargs: Any) -> dict[str, Any]:
        """The four flows, the calculation, the usage, the seats."""
        claim = self.noun
        found = claim.calculation or {}
        return {
            **super().context(**kwargs),
            "title": claim.number,
            "claim": claim,
            "checks": four_flows(claim),
            "calculation": [
                {"label": label, "value": found[key], "money": True}
                for key, label in _CALCULATION
                if key in found
            ],
            "facts": self._facts(claim),
            "usage": self._usage(claim),
            "deviations": deviation_table(found.get("deviations", [])),
            "seats": file_view.seats(claim.application, self.actor.user_id),
            "history": [
                {"at": e.at, "title": action_label(e.action), "text": actor_label(e.actor_ref)}
                for e in list_history(claim.ref)
            ],
            "crumbs": [(_("Redemptions"), reverse("officer:redemption-list")), (claim.number, "")],
        }

    def _facts(self, claim: Redemption) -> list[dict[str, Any]]:
        file, voucher = claim.application, claim.voucher
        return [
            {"label": _("Provider"), "value": named(claim.provider.company)},
            {"label": _("Order number"), "value": claim.order_number, "code": True},
            {"label": _("Voucher"), "value": voucher.number,
             "url": reverse("officer:voucher-detail", args=[voucher.number])},
            {"label": _("File"), "value": file.number,
             "url": reverse("officer:application-review", args=[file.number])},
            {"label": _("Order amount (yuan)"), "value": claim.price_fen, "money": True},
            {"label": _("Held (yuan)"), "value": claim.held_fen, "money": True},
            {"label": _("Accepted (yuan)"), "value": claim.accepted_fen, "money": True},
            *(
                {"label": _("On line %(n)s (yuan)") % {"n": part.voucher_funding.line.number},
                 "value": part.held_fen + part.accepted_fen, "money": True}
                for part in list_fundings(claim)
            ),
        ]  # fmt: skip

    def _usage(self, claim: Redemption) -> Table:
        page = page_of(list_usage(claim).order_by("-id"), self.request)
        return Table(
            columns=(
                Column("row_number", _("Row"), kind="count"),
                Column("period_start", _("Used from"), kind="stamp"),
                Column("period_end", _("Used until"), kind="stamp"),
                Column("resource_id", _("Resource")),
                Column("service_category", _("Service"), sub="charge_category", words=term),
                Column("quantity", _("Quantity"), kind="plain", sub="unit", words=term),
                Column("billed_cost", _("Billed (yuan)"), kind="plain"),
                Column(
                    "counts", _("Counts"), value=lambda r: _("Yes") if r.is_eligible else _("No")
                ),
            ),
            rows=page.rows, caption=_("Usage"), request=self.request, cursor_param="page",
            next_cursor=page.next, previous_cursor=page.previous, dense=True,
            empty_title=_("No usage rows are filed"),
        )  # fmt: skip


def four_flows(claim: Redemption) -> list[dict[str, Any]]:
    """Order, invoice, payment, usage (四流一致): problems first."""
    found = claim.calculation or {}
    payment = found.get("payment") or {}
    invoice, document = claim.invoice or {}, claim.invoice_document
    verified = document is not None and document.status == "VERIFIED"
    checks = [
        _check(_("Order"), bool(claim.order_number), claim.order_number),
        _check(
            _("Invoice"),
            verified,
            " · ".join(
                part
                for part in (
                    str(invoice.get("number", "")),
                    format_yuan(invoice["amount_fen"]) if "amount_fen" in invoice else "",
                    str(document.get_status_display()) if document else str(_("not filed")),
                )
                if part
            ),
            unknown=document is None or document.status == "UNVERIFIED",
        ),
        _check(
            _("Payment by the company"),
            bool(payment) and payment.get("amount_fen", 0) >= found.get("own_fen", 0),
            f"{payment.get('receipt_number', '')} · {format_yuan(payment['amount_fen'])}"
            if payment
            else str(_("not filed")),
            unknown=not payment,
        ),
        _check(
            _("Usage"),
            bool(found.get("usage_rows")) or found.get("counted_fen", 0) > 0,
            str(_("%(count)s rows") % {"count": len(found.get("usage_rows", ()))}),
            unknown=not found,
        ),
    ]
    order = {"fail": 0, "attention": 1, "pass": 2}
    return sorted(checks, key=lambda check: order[check["state"]])


def _check(label: Any, met: bool, text: str, *, unknown: bool = False) -> dict[str, Any]:
    state = "pass" if met else "attention" if unknown else "fail"
    return {"label": label, "state": state, "text": text}
