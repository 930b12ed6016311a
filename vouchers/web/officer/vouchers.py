"""Vouchers: prepare them from approved files, look at them, suspend, resume, revoke."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from companies.audit.selectors import list_history
from companies.errors import DomainError
from companies.letters.selectors import list_letters
from companies.users.models import Role
from vouchers.applications.models import ApplicationStatus
from vouchers.applications.selectors import get_application_for, list_applications
from vouchers.issuance import services
from vouchers.issuance.models import Voucher, VoucherStatus
from vouchers.issuance.selectors import get_voucher_for, list_vouchers, voucher_money
from vouchers.redemptions.selectors import list_redemptions
from vouchers.web.desk import ALL_DESKS, FINANCE, OFFICERS, Act, ActsDesk, Desk
from vouchers.web.officer.file_view import seat_reason
from vouchers.web.officer.forms import ReasonForm
from vouchers.web.officer.terms import term_rows
from vouchers.web.paging import page_of
from vouchers.web.tables import Column, Table
from vouchers.web.templatetags.suanquan import last_day
from vouchers.web.views import ListPage, status_of
from vouchers.web.words import action_label, actor_label, named

_MONEY_WORDS = {
    "face": _("Face value"),
    "available": _("Available"),
    "held": _("Held"),
    "payable": _("Payable"),
    "paid": _("Paid"),
    "returned": _("Returned to the budget"),
}


def with_returned(voucher: Voucher) -> dict[str, int]:
    """The voucher's money in fen, and what of its face went back where it has ended."""
    money = voucher_money(voucher)
    issued = voucher.issued_at is not None
    rest = money["face"] - sum(fen for state, fen in money.items() if state != "face")
    return {**money, "returned": rest} if issued and rest else money


class IssueBatch(Desk):
    """Approved files without a voucher; one press prepares one voucher."""

    template = "web/officer/issue_batch.html"
    title = _("Issue vouchers")

    def context(self, **kwargs: Any) -> dict[str, Any]:
        """The approved files."""
        rows = list_applications(self.scope, status=ApplicationStatus.APPROVED)
        page = page_of(rows, self.request)
        table = Table(
            columns=(
                Column("company", _("Company"), link="url", sub="number"),
                Column("programme", _("Programme")),
                Column("approved_fen", _("Approved (yuan)"), kind="money", total=True),
                Column("status_at", _("Approved on"), kind="stamp"),
            ),
            rows=[_file_row(row) for row in page.rows],
            caption=self.title, request=self.request, cursor_param="page",
            next_cursor=page.next, previous_cursor=page.previous,
            select="number", amount="approved_fen",
            empty_title=_("No approved file waits for its voucher"),
            empty_text=_("Files come here once their public notice has ended without objection."),
        )  # fmt: skip
        may = bool(self.scope.agency_ids_with(Role.PROGRAMME_MANAGER))
        return {"table": table, "may": may}

    def post(self, request: HttpRequest) -> HttpResponse:
        """Each ticked file is a call of its own: one refusal does not stop the rest."""
        prepared, status = 0, 302
        for number in request.POST.getlist("number"):
            file = get_application_for(self.scope, number)
            try:
                services.prepare_voucher(actor=self.actor, application_id=file.pk, at=self.at)
                prepared += 1
            except DomainError as refusal:
                messages.error(request, f"{number}: {refusal.text()}")
                status = status_of(refusal)
        if prepared:
            said = _("%(count)s vouchers prepared; they wait for the companies' consent.")
            messages.success(request, said % {"count": prepared})
        if status != 302:
            return self.page(code=status, **self.context())
        return HttpResponseRedirect(request.path)


def _file_row(file: Any) -> dict[str, Any]:
    return {
        "number": file.number,
        "company": named(file.company),
        "programme": named(file.programme),
        "approved_fen": file.approved_fen,
        "status_at": file.status_at,
        "url": reverse("officer:application-review", args=[file.number]),
    }


class VoucherList(Desk, ListPage):
    """Vouchers of one's agencies."""

    template = "web/officer/list.html"
    title = _("Vouchers")
    roles = (*OFFICERS, *FINANCE)
    statuses = VoucherStatus
    columns = (
        Column("number", _("Voucher"), kind="number", link="url", sub="company"),
        Column("programme", _("Programme")),
        Column("face_fen", _("Face value (yuan)"), kind="money", total=True),
        Column("status", _("Status"), kind="status"),
        Column("issued_at", _("Issued"), kind="stamp"),
        Column("valid_until", _("Valid until"), kind="day"),
    )

    def rows(self) -> Any:
        """All of one's agencies."""
        return list_vouchers(self.scope)

    def row(self, noun: Any) -> Any:
        """One voucher."""
        return {
            "number": noun.number,
            "url": reverse("officer:voucher-detail", args=[noun.number]),
            "company": named(noun.company),
            "programme": named(noun.programme),
            "face_fen": noun.face_fen,
            "status": noun.status,
            "get_status_display": noun.get_status_display(),
            "issued_at": noun.issued_at,
            "valid_until": noun.valid_until,
        }


class VoucherDetail(ActsDesk):
    """One voucher, its money, its redemptions, and what may be done with it."""

    template = "web/officer/voucher_detail.html"
    roles = ALL_DESKS
    acts = (
        Act(
            name="suspend", label=_("Suspend"), verb=services.suspend_voucher,
            argument="voucher_id", statuses=("ACTIVE",), roles=(Role.APPROVER,),
            form=ReasonForm, hint=_("No new holds; the company is told at once."),
            done=_("The voucher is suspended."),
        ),
        Act(
            name="resume", label=_("Resume"), verb=services.resume_voucher,
            argument="voucher_id", statuses=("SUSPENDED",), roles=(Role.APPROVER,),
            hint=_("By another approver than who suspended it."),
            done=_("The voucher is active again."),
        ),
        Act(
            name="propose-revocation", label=_("Propose revocation"),
            verb=services.propose_revocation, argument="voucher_id",
            statuses=("ACTIVE", "SUSPENDED"), roles=(Role.APPROVER,), seat="APPROVE",
            form=ReasonForm, tone="danger",
            hint=_("The company is told first and may answer."),
            done=_("The prior notice has been served."),
        ),
        Act(
            name="drop-revocation", label=_("Drop the revocation"),
            verb=services.drop_revocation, argument="voucher_id",
            statuses=("ACTIVE", "SUSPENDED"), roles=(Role.APPROVER,), seat="APPROVE",
            form=ReasonForm, hint=_("The prior notice is withdrawn; the company is told why."),
            done=_("The proposal is dropped, its prior notice withdrawn."),
        ),
        Act(
            name="revoke", label=_("Revoke"), verb=services.revoke_voucher,
            argument="voucher_id", statuses=("ACTIVE", "SUSPENDED"),
            roles=(Role.FINANCE_AUTHORISER,), posts=True, tone="danger",
            hint=_("After the reply period. What is left returns to its budget lines."),
            done=_("The voucher is revoked; what was left has returned."),
        ),
    )  # fmt: skip

    def find(self) -> Voucher:
        """The voucher, through its door."""
        return get_voucher_for(self.scope, self.kwargs["number"])

    def seat_reason(self, act: Act) -> str:
        """One person, one seat on a file."""
        return seat_reason(self.noun.application, act.seat, self.actor.user_id)

    def why_not(self, act: Act) -> str:
        """What was not proposed cannot be dropped."""
        notices = list_letters(self.scope).filter(subject_ref=self.noun.ref, burden="REVOKED")
        if act.name == "drop-revocation" and not notices.filter(status="SERVED").exists():
            return str(_("No revocation is proposed."))
        return super().why_not(act)

    def context(self, **kwargs: Any) -> dict[str, Any]:
        """Money, terms, redemptions, letters, history."""
        voucher = self.noun
        money = with_returned(voucher)
        return {
            **super().context(**kwargs),
            "title": voucher.number,
            "voucher": voucher,
            "money": [
                {"label": _MONEY_WORDS[key], "value": fen, "money": True}
                for key, fen in money.items()
            ],
            "terms": term_rows(voucher),
            "facts": [
                {
                    "label": _("File"),
                    "value": voucher.application.number,
                    "url": reverse("officer:application-review", args=[voucher.application.number]),
                },
                {"label": _("Last day of validity"), "value": last_day(voucher.valid_until)},
            ],
            "redemptions": list_redemptions(self.scope, voucher=voucher.number)[:50],
            "letters": list_letters(self.scope).filter(subject_ref=voucher.ref),
            "history": [
                {"at": e.at, "title": action_label(e.action), "text": actor_label(e.actor_ref)}
                for e in list_history(voucher.ref)
            ],
            "crumbs": [(_("Vouchers"), reverse("officer:voucher-list")), (voucher.number, "")],
        }
