"""Settlement: batches from drawing up to closing, and the payments of the channel."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from companies.audit.selectors import list_history
from companies.errors import DomainError
from companies.users.models import Role
from vouchers.programmes.selectors import get_programme_for, list_own_programmes
from vouchers.settlement import services
from vouchers.settlement.models import BatchStatus, PaymentStatus, SettlementBatch
from vouchers.settlement.selectors import (
    get_batch_for,
    list_batches,
    list_instructions,
    list_lines,
    list_payments,
    list_unreplaced,
    list_unsettled,
    sum_by_line,
    why_not_payable,
)
from vouchers.web.desk import ALL_DESKS, FINANCE, OFFICERS, Act, ActsDesk, Desk
from vouchers.web.finance.forms import ProgrammeForm, ResultsForm, TakeOutForm
from vouchers.web.forms import PageForm
from vouchers.web.officer.file_view import seat_reason
from vouchers.web.officer.forms import ReasonForm
from vouchers.web.tables import Column, Table
from vouchers.web.views import ListPage, blame, status_of
from vouchers.web.words import action_label, actor_label, named

_ID = "batch_id"
_SIGNING = ("LOCKED", "IN_APPROVAL", "IN_AUTHORISATION", "IN_RELEASE")
_RESULTS = ("PAID", "PARTLY_PAID", "FAILED")
ACTS = (
    Act(
        name="lock", label=_("Lock the batch"), verb=services.lock_batch, argument=_ID,
        statuses=("OPEN",), roles=(Role.FINANCE_CLERK,), seat="BUILD",
        hint=_("Lines, accounts, total and digest are frozen."), done=_("The batch is locked."),
    ),
    Act(
        name="take-out", label=_("Take a line out"), verb=services.take_out_line, argument="",
        statuses=("OPEN",), roles=(Role.FINANCE_CLERK,), form=TakeOutForm,
        done=_("The line waits for a later batch."),
    ),
    Act(
        name="approve", label=_("Sign: approve"), verb=services.sign_batch, argument=_ID,
        statuses=("LOCKED", "IN_APPROVAL"), roles=(Role.APPROVER, Role.REVIEWER),
        seat="BATCH_APPROVE", fixed={"act": "BATCH_APPROVE"},
        hint=_("Where the amount table asks for it."), done=_("Your signature is recorded."),
    ),
    Act(
        name="authorise", label=_("Sign: authorise payment"), verb=services.sign_batch,
        argument=_ID, statuses=("LOCKED", "IN_AUTHORISATION"),
        roles=(Role.FINANCE_AUTHORISER, Role.APPROVER), seat="AUTHORISE",
        fixed={"act": "AUTHORISE"}, done=_("Your signature is recorded."),
    ),
    Act(
        name="release", label=_("Sign: release"), verb=services.sign_batch, argument=_ID,
        statuses=("IN_RELEASE",), roles=(Role.FINANCE_RELEASER,), seat="RELEASE",
        fixed={"act": "RELEASE"}, done=_("Your signature is recorded."),
    ),
    Act(
        name="send", label=_("Send the payment sheet"), verb=services.send_batch, argument=_ID,
        statuses=("IN_RELEASE", "SENT"), roles=(Role.FINANCE_RELEASER,), seat="RELEASE",
        hint=_("After the release is signed; sending twice writes the same sheet."),
        done=_("The sheet has left."),
    ),
    Act(
        name="results", label=_("Record the channel's answers"), verb=services.record_results,
        argument=_ID, statuses=("SENT",), roles=(Role.FINANCE_CLERK,), form=ResultsForm,
        posts=True, done=_("The answers are booked."),
    ),
    Act(
        name="bounce", label=_("Record a bounced payment"), verb=services.bounce_line,
        argument="", statuses=(*_RESULTS, "RECONCILED", "CLOSED"), roles=(Role.FINANCE_CLERK,),
        form=TakeOutForm, posts=True, tone="danger", done=_("The payment is undone by a mirror."),
    ),
    Act(
        name="follow-up", label=_("Draw up a follow-up"), verb=services.draw_up_follow_up,
        argument=_ID, statuses=(*_RESULTS, "RECONCILED", "CLOSED"),
        roles=(Role.FINANCE_CLERK,), done=_("The follow-up batch is open."),
    ),
    Act(
        name="reconcile", label=_("Reconcile"), verb=services.reconcile_batch, argument=_ID,
        statuses=_RESULTS, roles=(Role.FINANCE_AUTHORISER,),
        hint=_("Channel, lines and ledger must say the same per budget line."),
        done=_("The batch is reconciled."),
    ),
    Act(
        name="close", label=_("Close"), verb=services.close_batch, argument=_ID,
        statuses=("RECONCILED",), roles=(Role.FINANCE_RELEASER,), done=_("The batch is closed."),
    ),
    Act(
        name="reject", label=_("Send back to the clerk"), verb=services.reject_batch,
        argument=_ID, statuses=_SIGNING,
        roles=(Role.APPROVER, Role.REVIEWER, *FINANCE), form=ReasonForm, tone="danger",
        hint=_("All signatures are void; the batch is open again."),
        done=_("The batch is open again."),
    ),
    Act(
        name="abort", label=_("Give the batch up"), verb=services.abort_batch, argument=_ID,
        statuses=("OPEN", *_SIGNING),
        roles=(Role.FINANCE_AUTHORISER, Role.APPROVER, Role.PROGRAMME_MANAGER),
        form=ReasonForm, tone="danger", hint=_("Two sign: an authoriser, then a manager."),
        done=_("Signed. With the manager's signature the batch is given up, its debts open."),
    ),
)  # fmt: skip


DEBTS = (
    Column("number", _("Redemption"), kind="number", link="url"),
    Column("payee", _("Payee")),
    Column("why_not", _("State")),
    Column("accepted_fen", _("Amount (yuan)"), kind="money", total=True),
)


class BatchList(Desk, ListPage):
    """Batches, and drawing up a new one."""

    area = "finance"
    roles = (*FINANCE, *OFFICERS)
    template = "web/finance/settlement_list.html"
    title = _("Settlement batches")
    statuses = BatchStatus
    columns = (
        Column("number", _("Batch"), kind="number", link="url", sub="programme"),
        Column("status", _("Status"), kind="status"),
        Column("total_fen", _("Total (yuan)"), kind="money", total=True),
        Column("status_at", _("In this state since"), kind="stamp"),
    )

    def rows(self) -> Any:
        """Those of one's agencies."""
        return list_batches(self.scope)

    def row(self, noun: Any) -> Any:
        """One batch."""
        return {
            "number": noun.number,
            "url": reverse("finance:settlement-batch", args=[noun.number]),
            "programme": named(noun.programme),
            "status": noun.status,
            "get_status_display": noun.get_status_display(),
            "total_fen": noun.total_fen,
            "status_at": noun.status_at,
        }

    def context(self, form: ProgrammeForm | None = None, **kwargs: Any) -> dict[str, Any]:
        """The debts that wait, and what keeps one from being paid."""
        programmes = list(list_own_programmes(self.scope)[:50])
        return {
            **super().context(**kwargs),
            "may": bool(self.scope.agency_ids_with(Role.FINANCE_CLERK)),
            "form": form or self._form(),
            "waiting": [
                {"name": named(p), "table": self._debts(debts)}
                for p in programmes
                if (debts := [_debt(claim) for claim in list_unsettled(p.pk)[:50]])
            ],
        }

    def _debts(self, debts: list[dict[str, Any]]) -> Table:
        return Table(columns=DEBTS, rows=debts, caption=_("Accepted debts that stand in no batch"))

    def _form(self, data: Any = None) -> ProgrammeForm:
        form = ProgrammeForm(data)
        form.fields["programme"].choices = [
            (p.code, named(p)) for p in list_own_programmes(self.scope)[:50]
        ]
        return form

    def post(self, request: HttpRequest) -> HttpResponse:
        """A batch of all that can be paid."""
        form = self._form(request.POST)
        if not form.is_valid():
            return self.page(code=422, **self.context(form))
        programme = get_programme_for(self.scope, form.cleaned_data["programme"])
        try:
            batch = services.draw_up_batch(
                actor=self.actor, programme_id=programme.pk, redemption_ids=None, at=self.at
            )
        except DomainError as refusal:
            blame(form, refusal)
            return self.page(code=status_of(refusal), **self.context(form))
        messages.success(request, _("The batch is drawn up."))
        return HttpResponseRedirect(reverse("finance:settlement-batch", args=[batch.number]))


_WHY_NOT = {
    "": _("Ready to be paid"),
    "not_accepted": _("It has not been accepted."),
    "no_verified_account": _("The payee has no verified account."),
    "invoice_not_verified": _("The invoice has not been verified."),
}


def _debt(claim: Any) -> dict[str, Any]:
    return {
        "number": claim.number,
        "url": reverse("officer:redemption-detail", args=[claim.number]),
        "payee": named(claim.payee),
        "why_not": _WHY_NOT[why_not_payable(claim)],
        "accepted_fen": claim.accepted_fen,
    }


class Batch(ActsDesk):
    """One batch: lines, sheet, signatures by seat, results, reconciliation."""

    area = "finance"
    roles = ALL_DESKS
    template = "web/finance/settlement_batch.html"
    acts = ACTS

    def find(self) -> SettlementBatch:
        """The batch, through its door."""
        return get_batch_for(self.scope, self.kwargs["number"])

    def seat_reason(self, act: Act) -> str:
        """A signature is one on every file: the first file whose seat forbids it says why."""
        seen = set()
        for line in list_lines(self.noun).exclude(status="VOID"):
            file = line.redemption.application
            if file.pk in seen:
                continue
            seen.add(file.pk)
            if reason := seat_reason(file, act.seat, self.actor.user_id):
                return f"{file.number}: {reason}"
        return ""

    def make_form(self, act: Act, *given: Any, **kwargs: Any) -> PageForm | None:
        """Rows that wait for an answer; lines to choose from."""
        form = super().make_form(act, *given, **kwargs)
        if isinstance(form, ResultsForm):
            form.set_rows(list(list_instructions(self.noun).filter(status="PENDING")))
        elif isinstance(form, TakeOutForm):
            wanted = "PAID" if act.name == "bounce" else "DRAFT"
            form.fields["line"].choices = [
                (str(line.pk), f"{line.redemption.number} · {named(line.redemption.payee)}")
                for line in list_lines(self.noun).filter(status=wanted)
            ]
        return form

    def call(self, act: Act, data: dict[str, Any]) -> Any:
        """A line of this batch only; answers as the verb takes them."""
        if act.name == "results":
            form = self.make_form(act, self.request.POST)
            form.is_valid()
            return super().call(act, {"results": form.results()})
        if "line" in data:
            data["line_id"] = int(data.pop("line"))
        return super().call(act, data)

    def after(self, noun: Any, result: Any) -> str:
        """A follow-up is a batch of its own."""
        return reverse("finance:settlement-batch", args=[result.number])

    def why_not(self, act: Act) -> str:
        """A follow-up needs something unpaid."""
        if act.name == "follow-up" and not list_unreplaced(self.noun):
            return str(_("Nothing of this batch waits to be paid anew."))
        return super().why_not(act)

    def context(self, **kwargs: Any) -> dict[str, Any]:
        """Lines and the sheet, then the three sums per 指标."""
        batch = self.noun
        lines = list(list_lines(batch))
        names = {line.voucher_funding.line_id: line.voucher_funding.line.number for line in lines}
        return {
            **super().context(**kwargs),
            "title": batch.number,
            "batch": batch,
            "lines": lines,
            "instructions": list(list_instructions(batch)),
            "sums": [
                {"line": names.get(key, key), "said": said, "lines": paid, "ledger": booked}
                for key, (said, paid, booked) in sum_by_line(batch).items()
            ],
            "history": [
                {"at": e.at, "title": action_label(e.action), "text": actor_label(e.actor_ref)}
                for e in list_history(batch.ref)
            ],
            "crumbs": [
                (_("Settlement batches"), reverse("finance:settlement-list")),
                (batch.number, ""),
            ],
        }


class InstructionList(Desk, ListPage):
    """支付申请: every row of every sheet, newest first."""

    area = "finance"
    roles = FINANCE
    template = "web/officer/list.html"
    title = _("Payments to examine")
    statuses = PaymentStatus
    columns = (
        Column("order", _("Payment request"), kind="number", link="url", sub="batch"),
        Column("payee", _("Payee"), sub="account"),
        Column("line", _("Budget line"), kind="number", sub="economic_code"),
        Column("amount_fen", _("Amount (yuan)"), kind="money", total=True),
        Column("status", _("Status"), kind="status"),
        Column("treasury_number", _("Treasury voucher no."), kind="number", sub="failure"),
        Column("paid_on", _("Paid on"), kind="day"),
    )

    def rows(self) -> Any:
        """Those of one's agencies."""
        return list_payments(self.scope)

    def row(self, noun: Any) -> Any:
        """One row of a sheet."""
        return {
            "order": noun.order.number,
            "batch": noun.order.batch.number,
            "url": reverse("finance:settlement-batch", args=[noun.order.batch.number]),
            "payee": named(noun.order.payee),
            "account": noun.order.bank_account.account_number,
            "line": noun.line.number,
            "economic_code": f"{gettext('economic class')} {noun.economic_code}",
            "amount_fen": noun.amount_fen,
            "status": noun.status,
            "get_status_display": noun.get_status_display(),
            "treasury_number": noun.treasury_number or None,
            "failure": noun.failure_reason,
            "paid_on": noun.paid_on,
        }
