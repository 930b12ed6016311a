"""The auditor's pages: search any number, read the record, the ledger, exports, the log's place."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import (
    FileResponse,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
)
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from companies.audit.selectors import get_position, list_events, list_history
from companies.errors import DomainError, not_found
from companies.users.models import Role
from vouchers.ledger.selectors import list_entries, list_statement
from vouchers.programmes.selectors import get_programme_for, list_funding_lines, list_own_programmes
from vouchers.reports import selectors, services
from vouchers.reports.datasets import DATASETS
from vouchers.reports.models import ExportStatus
from vouchers.web.audit_forms import ExportForm, RecordForm
from vouchers.web.desk import FINANCE, OFFICERS, WATCHERS, Desk
from vouchers.web.ledger_table import entry_rows, ledger_table
from vouchers.web.paging import page_of
from vouchers.web.record_words import field_label, value_label
from vouchers.web.tables import Column
from vouchers.web.views import ListPage, blame, status_of
from vouchers.web.words import action_label, actor_label, address_of, dataset_label, named

if TYPE_CHECKING:
    from companies.audit.models import AuditEvent

app_name = "audit"
# What a public number's letters stand for in the record.
PREFIXES = {
    "AP": "application",
    "VC": "voucher",
    "RD": "redemption",
    "SB": "settlement",
    "PN": "notice",
    "BL": "line",
    "PV": "provider",
    "LT": "letter",
    "AL": "alert",
    "EX": "export",
}


class AuditDesk(Desk):
    """Pages of auditors; an overseer reads them, too."""

    area = "audit"
    roles = WATCHERS


class Home(AuditDesk):
    """One box, and what happened last."""

    template = "web/audit/home.html"
    title = _("Audit")

    def context(self, **kwargs: Any) -> dict[str, Any]:
        """The newest events of one's agencies."""
        page = page_of(list_events(agency_ids=sorted(self.scope.agency_ids)), self.request)
        return {
            "form": RecordForm(),
            "events": [event_row(event) for event in page.rows],
            "next_url": f"?page={page.next}" if page.next else "",
            "previous_url": f"?page={page.previous}" if page.previous else "",
        }


class Search(AuditDesk):
    """Any number leads to its record."""

    template = "web/audit/search.html"
    title = _("Search")

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Straight to the record where the number is known here."""
        form = RecordForm(request.GET or None)
        words = form.cleaned_data["q"] if form.is_valid() else ""
        ref = words if ":" in words else ref_of(words.upper())
        if ref and record_of(self.scope.agency_ids, ref):
            return HttpResponseRedirect(f"{reverse('audit:record')}?q={ref}")
        return self.page(form=form, nothing=bool(words), words=words)


def ref_of(number: str) -> str:
    """The reference a public number stands for: "AP-2026-000001" → "application:AP-…"."""
    kind = PREFIXES.get(number.partition("-")[0])
    return f"{kind}:{number}" if kind else ""


def record_of(agency_ids: frozenset[int], ref: str) -> list[AuditEvent]:
    """The noun's events in one's agencies, oldest first."""
    return list(list_history(ref).filter(agency_id__in=agency_ids))


def event_row(event: AuditEvent) -> dict[str, Any]:
    """An event as a line of the history."""
    return {
        "at": event.at,
        "title": action_label(event.action),
        "text": f"{event.subject_ref.partition(':')[2]} · {actor_label(event.actor_ref)}",
        "url": f"{reverse('audit:record')}?q={event.subject_ref}",
    }


class Record(AuditDesk):
    """Every event of one noun with what it changed, and its entries in the ledger."""

    template = "web/audit/record.html"
    roles = (*WATCHERS, *OFFICERS, *FINANCE)

    def context(self, **kwargs: Any) -> dict[str, Any]:
        """Nothing of another agency is there."""
        ref = self.request.GET.get("q", "")
        events = record_of(self.scope.agency_ids, ref)
        if not events:
            raise not_found("record")
        return {
            "title": ref.partition(":")[2] or ref,
            "lead": _("Everything recorded of it, oldest first"),
            "crumbs": [
                (_("Search"), reverse("audit:search") if self.scope.has_role(*WATCHERS) else ""),
                (ref.partition(":")[2], ""),
            ],
            "events": [_full(event) for event in events],
            "entries": entry_rows(list_entries(ref)),
            "noun_url": address_of(ref),
        }


def _full(event: AuditEvent) -> dict[str, Any]:
    payload = getattr(event, "auditpayload", None)
    content = payload.content if payload else {}
    before, after = content.get("before") or {}, content.get("after") or {}
    noun = event.subject_ref.partition(":")[0]
    changed = [
        {
            "name": field_label(name),
            "before": value_label(noun, name, before.get(name)),
            "after": value_label(noun, name, after.get(name)),
        }
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name)
    ]
    facts = [
        {"label": field_label(name), "value": value_label(noun, name, value)}
        for name, value in sorted((content.get("facts") or {}).items())
        if value not in (None, "", {}, [])
    ]
    leaf = getattr(event, "leaf", None)
    return {
        "event": event,
        "title": action_label(event.action),
        "actor": actor_label(event.actor_ref),
        "digest": bytes(event.payload_sha256).hex(),
        "leaf": leaf.index if leaf else None,
        "changed": changed,
        "facts": facts,
        "recorded": json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True),
    }


class Ledger(AuditDesk):
    """Every transfer on the funding lines of one's programmes."""

    template = "web/audit/ledger.html"
    title = _("Ledger")

    def context(self, **kwargs: Any) -> dict[str, Any]:
        """All programmes, or the one asked for."""
        programmes = list(list_own_programmes(self.scope)[:50])
        wanted = self.request.GET.get("programme", "")
        chosen = [p for p in programmes if not wanted or p.code == wanted]
        groups = [line.pool_account_id for p in chosen for line in list_funding_lines(p.pk)]
        return {
            "tabs": [
                {"label": _("All"), "url": "?", "current": not wanted, "count": None},
                *(
                    {
                        "label": named(p),
                        "url": f"?programme={p.code}",
                        "current": p.code == wanted,
                        "count": None,
                    }
                    for p in programmes
                ),
            ],
            **ledger_table(list_statement([g for g in groups if g]), self.request),
        }


class ExportList(AuditDesk, ListPage):
    """Export jobs, newest first."""

    template = "web/officer/list.html"
    roles = selectors.MAY_EXPORT
    title = _("Exports")
    statuses = ExportStatus
    columns = (
        Column("number", _("Export"), kind="number", link="url", sub="dataset"),
        Column("programme", _("Programme")),
        Column("status", _("Status"), kind="status"),
        Column("rows", _("Rows"), kind="count"),
        Column("requested_at", _("Requested"), kind="stamp", sub="failure"),
        Column("expires_at", _("Expires"), kind="stamp"),
        Column("root_hex", _("Root of the log"), kind="number"),
    )
    empty_title = _("Nothing has been exported yet")
    empty_text = _("Ask for a package: it is built in the background and kept for a while.")

    def rows(self) -> Any:
        """Jobs of one's agencies."""
        return selectors.list_exports(self.scope)

    def row(self, noun: Any) -> Any:
        """A job links to its package once it is built."""
        built = noun.status == ExportStatus.BUILT
        return {
            "number": noun.number,
            "url": reverse("audit:export-download", args=[noun.number]) if built else "",
            "dataset": dataset_label(noun.dataset),
            "programme": named(noun.programme),
            "status": noun.status,
            "get_status_display": noun.get_status_display(),
            "rows": max((file.get("rows") or 0 for file in noun.files), default=None),
            "requested_at": noun.requested_at,
            "failure": noun.failure,
            "expires_at": noun.expires_at,
            "root_hex": noun.root_hex[:16] or None,
        }

    def context(self, **kwargs: Any) -> dict[str, Any]:
        """The table and the way to a new export."""
        new = {"url": reverse("audit:export-new"), "label": _("New export"), "primary": True}
        return {**super().context(**kwargs), "actions": [new]}


class ExportNew(AuditDesk):
    """Ask for a package."""

    template = "web/audit/export_new.html"
    roles = selectors.MAY_EXPORT
    title = _("New export")
    lead = _("A package with the rows, a manifest and a small program that checks both.")

    def context(self, form: ExportForm | None = None, **kwargs: Any) -> dict[str, Any]:
        """The form and the place of the log it will state."""
        position = get_position()
        return {"form": form or self._form(), "position": position}

    def _form(self, data: Any = None) -> ExportForm:
        form = ExportForm(data)
        form.fields["programme"].choices = [
            (p.code, named(p)) for p in list_own_programmes(self.scope)[:50]
        ]
        form.fields["dataset"].choices = [(name, dataset_label(name)) for name in DATASETS]
        return form

    def post(self, request: HttpRequest) -> HttpResponse:
        """A job; a worker builds it."""
        form = self._form(request.POST)
        if not form.is_valid():
            return self.page(code=422, **self.context(form))
        data = dict(form.cleaned_data)
        programme = get_programme_for(self.scope, data.pop("programme"))
        try:
            job = services.request_export(
                actor=self.actor, programme_id=programme.pk, **data, at=self.at
            )
        except DomainError as refusal:
            blame(form, refusal)
            return self.page(code=status_of(refusal), **self.context(form))
        messages.success(request, _("Export %(number)s is queued.") % {"number": job.number})
        return HttpResponseRedirect(reverse("audit:export-list"))


class ExportDownload(AuditDesk):
    """The package; the right is judged now."""

    roles = selectors.MAY_EXPORT

    def get(self, request: HttpRequest, number: str) -> HttpResponseBase:
        """The zip as an attachment."""
        job = selectors.get_export_for(self.scope, number)
        package = selectors.open_package(job)
        return FileResponse(package, as_attachment=True, filename=f"{job.number}.zip")


class Verify(AuditDesk):
    """Where the sealed log stands, to compare with what an export or a paper states."""

    template = "web/audit/verify.html"
    title = _("Verify")
    roles = (*WATCHERS, *FINANCE, *OFFICERS, Role.OPERATOR)

    def context(self, **kwargs: Any) -> dict[str, Any]:
        """Number of leaves and their root."""
        return {"position": get_position()}


urlpatterns = [
    path("", Home.as_view(), name="home"),
    path("search/", Search.as_view(), name="search"),
    path("record/", Record.as_view(), name="record"),
    path("ledger/", Ledger.as_view(), name="ledger"),
    path("exports/", ExportList.as_view(), name="export-list"),
    path("exports/new/", ExportNew.as_view(), name="export-new"),
    path("exports/<str:number>/", ExportDownload.as_view(), name="export-download"),
    path("verify/", Verify.as_view(), name="verify"),
]
