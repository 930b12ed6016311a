"""Budget: the finance home, the lines, and one programme's money from document to payment."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from companies.local_time import local_date
from companies.registry.industries import section_name, section_of
from companies.users.models import Role
from vouchers.ledger.selectors import MoneyStates, get_money_states, list_statement
from vouchers.money import format_yuan
from vouchers.programmes import services
from vouchers.programmes.models import Programme
from vouchers.programmes.selectors import (
    get_appropriation_for,
    get_line_for,
    get_own_programme_for,
    list_appropriations,
    list_budget_lines,
    list_ceilings,
    list_funding_lines,
    list_own_programmes,
)
from vouchers.reports.selectors import Total, burn_down, provider_totals, sector_totals
from vouchers.settlement.models import BatchStatus
from vouchers.settlement.selectors import list_batches
from vouchers.web import charts
from vouchers.web.desk import ALL_DESKS, FINANCE, Act, ActsDesk, Desk, count_some
from vouchers.web.finance.forms import (
    AppropriationForm,
    CeilingForm,
    LineChoiceForm,
    LineForm,
    LineReasonForm,
    SuballocateForm,
)
from vouchers.web.forms import PageForm
from vouchers.web.ledger_table import ledger_table
from vouchers.web.tables import Column, Table
from vouchers.web.words import named

_ID = "programme_id"
_ANY = ("DRAFT", "ACTIVE", "PAUSED")
# Which lines an act is about, where not about any.
_WANTED = {
    "approve-line": ("DRAFT",),
    "book": ("APPROVED",),
    "freeze-line": ("OPEN",),
    "unfreeze-line": ("FROZEN",),
}
_SHOWN = ("available", "reserved", "issued", "payable", "paid", "recovered")
# The states in which a batch waits, and for whom.
TURNS = {
    BatchStatus.OPEN: Role.FINANCE_CLERK,
    BatchStatus.LOCKED: Role.FINANCE_CLERK,
    BatchStatus.IN_APPROVAL: Role.APPROVER,
    BatchStatus.IN_AUTHORISATION: Role.FINANCE_AUTHORISER,
    BatchStatus.IN_RELEASE: Role.FINANCE_RELEASER,
    BatchStatus.SENT: Role.FINANCE_CLERK,
}
WAITING = tuple(TURNS)
UNDER_WAY = (
    Column("number", _("Batch"), kind="number", link="url", sub="programme"),
    Column("total_fen", _("Total (yuan)"), kind="money"),
    Column("turn", _("Whose turn")),
    Column("status", _("Status"), kind="status"),
)


def states_of(programme: Programme) -> MoneyStates:
    """The programme's shown states, over its funding lines."""
    groups = [line.pool_account_id for line in list_funding_lines(programme.pk)]
    return get_money_states([group for group in groups if group])


def amounts_of(states: MoneyStates) -> dict[str, int]:
    """For the state bar."""
    return {name: getattr(states, f"{name}_fen") for name in _SHOWN}


class Home(Desk):
    """Money by programme, and the batches that wait."""

    area = "finance"
    roles = FINANCE
    template = "web/finance/home.html"
    title = _("Finance desk")

    def context(self, **kwargs: Any) -> dict[str, Any]:
        """Each figure is a link to its rows."""
        batches = list_batches(self.scope)
        address = reverse("finance:settlement-list")
        return {
            "stats": [
                {
                    "label": status.label,
                    "value": count_some(batches.filter(status=status)),
                    "url": f"{address}?status={status}",
                }
                for status in WAITING
            ],
            "table": Table(
                columns=UNDER_WAY, rows=[under_way(b) for b in batches.filter(status__in=WAITING)],
                caption=_("Batches under way"), request=self.request,
                empty_title=_("No batch is under way"),
                empty_text=_("The finance clerk draws up the next one of all that can be paid."),
            ),
            "programmes": [programme_row(p) for p in list_own_programmes(self.scope)[:50]],
        }  # fmt: skip


def under_way(batch: Any) -> dict[str, Any]:
    """A batch and whose turn it is."""
    return {
        "number": batch.number,
        "url": reverse("finance:settlement-batch", args=[batch.number]),
        "programme": named(batch.programme),
        "total_fen": batch.total_fen,
        "turn": Role(TURNS[batch.status]).label,
        "status": batch.status,
        "get_status_display": batch.get_status_display(),
    }


def programme_row(programme: Programme) -> dict[str, Any]:
    """A programme and its money."""
    states = states_of(programme)
    return {
        "programme": programme,
        "name": named(programme),
        "url": reverse("finance:programme-budget", args=[programme.code]),
        "states": states,
        "amounts": amounts_of(states),
        "rate": charts.percent(states.paid_fen, states.received_fen),
    }


class BudgetList(Desk):
    """预算指标: every line of one's programmes with its money."""

    area = "finance"
    roles = FINANCE
    template = "web/finance/budget_list.html"
    title = _("Budget lines")

    def context(self, **kwargs: Any) -> dict[str, Any]:
        """One table per programme."""
        return {
            "programmes": [
                {**programme_row(p), "table": line_table(p, self.request)}
                for p in list_own_programmes(self.scope)[:50]
            ]
        }


def line_table(programme: Programme, request: Any) -> Table:
    """The programme's lines: received, then where it stands."""
    rows = []
    for line in list_budget_lines(programme.pk):
        states = get_money_states([line.pool_account_id] if line.pool_account_id else [])
        rows.append(
            {
                "number": line.number,
                "name": named(line),
                "document": line.appropriation.document_number,
                "status": line.status,
                "get_status_display": line.get_status_display(),
                **states._asdict(),
            }
        )
    columns = (
        Column("number", _("Budget line"), kind="number", sub="name"),
        Column("document", _("Document")),
        Column("status", _("Status"), kind="status", noun="budget_line"),
        Column("received_fen", _("Received"), kind="money"),
        Column("available_fen", _("Available"), kind="money"),
        Column("reserved_fen", _("Reserved"), kind="money"),
        Column("issued_fen", _("Issued, not redeemed"), kind="money"),
        Column("payable_fen", _("Payable"), kind="money"),
        Column("paid_fen", _("Paid"), kind="money"),
    )
    return Table(columns=columns, rows=rows, caption=_("Budget lines"), request=request, dense=True)


class ProgrammeBudget(ActsDesk):
    """The programme's money: totals, states, burn-down, who and where, every entry."""

    area = "finance"
    roles = ALL_DESKS
    template = "web/finance/programme_budget.html"
    acts = (
        Act(
            name="approve-line", label=_("Approve a budget line"),
            verb=services.approve_budget_line, argument="", statuses=_ANY,
            roles=(Role.FINANCE_AUTHORISER,), form=LineChoiceForm,
            hint=_("By another person than who drafted it."), done=_("The line is approved."),
        ),
        Act(
            name="book", label=_("Book the appropriation"), verb=services.book_appropriation,
            argument="", statuses=_ANY, roles=(Role.FINANCE_AUTHORISER,), form=LineChoiceForm,
            posts=True, hint=_("The document's whole sum enters its root line, once."),
            done=_("The money has come in."),
        ),
        Act(
            name="suballocate", label=_("Allocate to a lower line"), verb=services.suballocate,
            argument="", statuses=_ANY, roles=(Role.FINANCE_AUTHORISER,), form=SuballocateForm,
            posts=True, done=_("The money has moved."),
        ),
        Act(
            name="record", label=_("Record a document"), verb=services.record_appropriation,
            argument=_ID, statuses=_ANY, roles=(Role.PROGRAMME_MANAGER,),
            form=AppropriationForm, hint=_("No money moves yet."),
            done=_("The document is recorded."),
        ),
        Act(
            name="draft-line", label=_("Draft a budget line"), verb=services.draft_budget_line,
            argument=_ID, statuses=_ANY, roles=(Role.PROGRAMME_MANAGER,), form=LineForm,
            done=_("The line is drafted; the finance authoriser approves it."),
        ),
        Act(
            name="ceiling", label=_("Set the policy ceiling"), verb=services.set_ceiling,
            argument=_ID, statuses=_ANY, roles=(Role.FINANCE_AUTHORISER,), form=CeilingForm,
            hint=_("A ceiling is a promise, never money."), done=_("The ceiling is set."),
        ),
        Act(
            name="freeze-line", label=_("Freeze a budget line"), verb=services.freeze_line,
            argument="", statuses=_ANY, roles=(Role.FINANCE_AUTHORISER,), form=LineReasonForm,
            tone="danger", hint=_("Nothing is reserved or issued from it; live vouchers go on."),
            done=_("The line is frozen."),
        ),
        Act(
            name="unfreeze-line", label=_("Unfreeze a budget line"), verb=services.unfreeze_line,
            argument="", statuses=_ANY, roles=(Role.FINANCE_AUTHORISER,), form=LineReasonForm,
            done=_("The line is open again."),
        ),
    )  # fmt: skip

    def find(self) -> Programme:
        """The programme, through its door; its money only to its own bodies' people."""
        return get_own_programme_for(self.scope, self.kwargs["code"])

    def offices(self) -> set[int]:
        """The lead body and its finance body."""
        return {self.noun.agency_id, self.noun.finance_agency_id}

    def make_form(self, act: Act, *given: Any, **kwargs: Any) -> PageForm | None:
        """Lines and documents to choose from."""
        form = super().make_form(act, *given, **kwargs)
        if form is None:
            return None
        lines = list(list_budget_lines(self.noun.pk))
        wanted = _WANTED.get(act.name, ())
        chosen = [line for line in lines if not wanted or line.status in wanted]
        choices = [(line.number, f"{line.number} {named(line)}") for line in chosen]
        for name in ("line", "parent_line", "child_line"):
            if name in form.fields:
                form.fields[name].choices = choices if name == "line" else [("", "—"), *choices]
        if "parent" in form.fields:
            form.fields["parent"].choices = [("", _("None: a root line")), *choices]
            form.fields["document"].choices = [
                (a.document_number, f"{a.document_number} {a.title}")
                for a in list_appropriations(self.noun.pk)
            ]
        return form

    def call(self, act: Act, data: dict[str, Any]) -> Any:
        """Numbers to ids."""
        if act.name == "draft-line":
            return super().call(act, self._line_arguments(data))
        for name in ("line", "parent_line", "child_line"):
            if name in data:
                data[f"{name}_id"] = get_line_for(self.scope, data.pop(name)).pk
        return super().call(act, data)

    def _line_arguments(self, data: dict[str, Any]) -> dict[str, Any]:
        """The programme's own bodies hold and pay the line."""
        programme = self.noun
        document = get_appropriation_for(self.scope, programme.code, data.pop("document"))
        number = data.pop("parent")
        parent = get_line_for(self.scope, number) if number else None
        return {
            **data,
            "appropriation_id": document.pk,
            "parent_id": parent.pk if parent else None,
            "agency_id": programme.agency_id if parent else programme.finance_agency_id,
            "payer_id": programme.finance_agency_id,
        }

    def context(self, **kwargs: Any) -> dict[str, Any]:
        """Figures from the ledger; the ceiling stands beside them as a number of its own."""
        programme = self.noun
        states = states_of(programme)
        groups = [line.pool_account_id for line in list_funding_lines(programme.pk)]
        documents = ", ".join(d.document_number for d in list_appropriations(programme.pk))
        return {
            **super().context(**kwargs),
            "title": named(programme),
            "lead": documents,
            "stats": self._stats(states),
            "ceilings": list_ceilings(programme.pk),
            "states": states,
            "amounts": amounts_of(states),
            "points": self._points(programme, states),
            "sectors": _bars(_by_section(sector_totals(programme.pk))),
            "providers": _bars(provider_totals(programme.pk)),
            "lines": line_table(programme, self.request),
            **ledger_table(list_statement([g for g in groups if g]), self.request),
            "crumbs": [
                (_("Budget lines"), reverse("finance:budget-list")),
                (programme.code, ""),
            ],
        }

    def _points(self, programme: Programme, states: MoneyStates) -> list[charts.BurnPoint]:
        """Each day money moved, and today."""
        points = [charts.BurnPoint(**vars(p)) for p in burn_down(programme.pk, "day")]
        today = local_date(self.at)
        if points and points[-1].day < today:
            now_fen = {k: v for k, v in vars(points[-1]).items() if k != "day"}
            points.append(charts.BurnPoint(day=today, **now_fen))
        return points

    def _stats(self, states: MoneyStates) -> list[dict[str, Any]]:
        used = states.received_fen - states.available_fen - states.reserved_fen
        accepted = states.payable_fen + states.paid_fen
        return [
            {
                "label": label,
                "value": format_yuan(fen),
                "note": _("%(share)s of what came in")
                % {"share": charts.percent(fen, states.received_fen)},
            }
            for label, fen in (
                (_("Received (yuan)"), states.received_fen),
                (_("Issued in all (yuan)"), used),
                (_("Redeemed in all (yuan)"), accepted),
                (_("Paid in all (yuan)"), states.paid_fen),
            )
        ]


def _by_section(totals: list[Total]) -> list[Total]:
    """Industries gathered into the standard's sections (门类), largest first."""
    sums: dict[str, Total] = {}
    for total in totals:
        code = section_of(total.code) if total.code else ""
        before = sums.get(code)
        sums[code] = Total(
            code,
            section_name(code, "zh-hans") or gettext("Not known"),
            section_name(code, "en") or gettext("Not known"),
            total.count + (before.count if before else 0),
            total.amount_fen + (before.amount_fen if before else 0),
        )
    return sorted(sums.values(), key=lambda total: (-total.amount_fen, total.code))


def _bars(totals: list[Any]) -> list[dict[str, Any]]:
    most = max((total.amount_fen for total in totals), default=0)
    return [{"total": total, "most": most} for total in totals]
