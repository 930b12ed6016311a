"""The desk's overview and the queue of files."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from companies.agencies.selectors import list_open_deadlines
from companies.alerts.selectors import list_alerts
from companies.local_time import local_date
from companies.users.models import Role
from vouchers.applications.models import Application
from vouchers.applications.selectors import list_applications, list_objections
from vouchers.redemptions.selectors import list_redemptions
from vouchers.web.desk import Desk, count_some
from vouchers.web.officer.forms import SearchForm
from vouchers.web.officer.review import file_context
from vouchers.web.paging import page_of

WORK = {
    Role.INTAKE: ("SUBMITTED", "IN_SCREENING"),
    Role.REVIEWER: ("IN_REVIEW",),
    Role.APPROVER: ("RECOMMENDED", "NOT_RECOMMENDED", "OBJECTED"),
    Role.PROGRAMME_MANAGER: ("APPROVED",),
}


class SavedView(NamedTuple):
    """A saved view: its word and the statuses it holds; none means all."""

    key: str
    label: Promise
    statuses: tuple[str, ...]


VIEWS = (
    SavedView("intake", _("Intake"), ("SUBMITTED", "IN_SCREENING")),
    SavedView("review", _("Review"), ("IN_REVIEW",)),
    SavedView("approval", _("Approval"), ("RECOMMENDED", "NOT_RECOMMENDED")),
    SavedView("returned", _("Waiting for the company"), ("RETURNED",)),
    SavedView("notice", _("On public notice"), ("IN_PUBLIC_NOTICE",)),
    SavedView("objected", _("Objection raised"), ("OBJECTED",)),
    SavedView("approved", _("To be issued"), ("APPROVED",)),
    SavedView("all", _("All"), ()),
)


def my_statuses(roles: frozenset[str]) -> tuple[str, ...]:
    """Where a file waits for somebody with these roles."""
    return tuple(s for role, statuses in WORK.items() if role in roles for s in statuses)


class Home(Desk):
    """My work in figures; each is a link to its rows."""

    template = "web/officer/home.html"
    title = _("Desk")

    def context(self, **kwargs: Any) -> dict[str, Any]:
        """Counts, then the files that wait for this person."""
        files = list_applications(self.scope)
        mine = files.filter(status__in=my_statuses(self.scope.roles))
        return {
            "stats": [*self._file_stats(files, mine), *self._other_stats()],
            "rows": [queue_row(row, self.at) for row in mine[:10]],
            "queue_url": reverse("officer:queue"),
        }

    def _file_stats(
        self, files: QuerySet[Application], mine: QuerySet[Application]
    ) -> list[dict[str, Any]]:
        queue = reverse("officer:queue")
        stats = [{"label": _("Waiting for me"), "value": count_some(mine), "url": queue}]
        for view in VIEWS[:7]:
            value = count_some(files.filter(status__in=view.statuses))
            stats.append({"label": view.label, "value": value, "url": f"{queue}?view={view.key}"})
        return stats

    def _other_stats(self) -> list[dict[str, Any]]:
        checks = list_redemptions(self.scope, status="UNDER_CHECK")
        objections = list_objections(self.scope, status="OPEN")
        alerts = list_alerts(self.scope.agency_ids).filter(status="OPEN")
        redemptions = reverse("officer:redemption-list")
        return [
            {
                "label": _("Redemptions to check"),
                "value": count_some(checks),
                "url": f"{redemptions}?status=UNDER_CHECK",
            },
            {
                "label": _("Open objections"),
                "value": count_some(objections),
                "url": reverse("officer:objection-list"),
            },
            {
                "label": _("Open alerts"),
                "value": count_some(alerts),
                "url": f"{reverse('officer:alert-list')}?status=OPEN",
            },
        ]


class Queue(Desk):
    """Tabs with counts, a query row, the table, and one file beside it."""

    template = "web/officer/queue.html"
    title = _("To do")

    def context(self, **kwargs: Any) -> dict[str, Any]:
        """The view asked for, newest first; `?selected=` opens the side panel."""
        files = list_applications(self.scope)
        key = self.request.GET.get("view", "mine")
        chosen = self._statuses(key)
        rows = files.filter(status__in=chosen) if chosen else files
        form = SearchForm(self.request.GET or None)
        words = form.cleaned_data["q"].strip() if form.is_bound and form.is_valid() else ""
        if words:
            rows = rows.filter(
                Q(number__icontains=words)
                | Q(company__name_zh__icontains=words)
                | Q(company__credit_code=words.upper())
            )
        page = page_of(rows, self.request)
        return {
            "tabs": self._tabs(files, key),
            "form": form,
            "keep": [("view", key)],
            "chips": self._chips(words),
            "rows": [self._row(row) for row in page.rows],
            "count": count_some(rows),
            "total_fen": sum(row.requested_fen for row in page.rows),
            "next_url": self._with(page=page.next) if page.next else "",
            "previous_url": self._with(page=page.previous) if page.previous else "",
            **self._selected(),
        }

    def _statuses(self, key: str) -> tuple[str, ...]:
        if key == "mine":
            return my_statuses(self.scope.roles)
        return next((view.statuses for view in VIEWS if view.key == key), ())

    def _tabs(self, files: QuerySet[Application], key: str) -> list[dict[str, Any]]:
        mine = SavedView("mine", _("Waiting for me"), my_statuses(self.scope.roles))
        views = (mine, *VIEWS) if mine.statuses else VIEWS
        return [
            {
                "label": view.label,
                "url": f"?view={view.key}",
                "count": count_some(
                    files.filter(status__in=view.statuses) if view.statuses else files
                ),
                "current": view.key == key,
            }
            for view in views
        ]

    def _chips(self, words: str) -> list[dict[str, Any]]:
        return [{"name": _("Words"), "value": words, "url": self._with(q="")}] if words else []

    def _row(self, application: Application) -> dict[str, Any]:
        row = queue_row(application, self.at)
        row["select_url"] = self._with(selected=application.number)
        row["selected"] = self.request.GET.get("selected") == application.number
        return row

    def _with(self, **values: str) -> str:
        query = self.request.GET.copy()
        for name, value in values.items():
            query[name] = value
        return f"?{query.urlencode()}"

    def _selected(self) -> dict[str, Any]:
        number = self.request.GET.get("selected", "")
        found = list_applications(self.scope).filter(number=number).first() if number else None
        return file_context(self, found) if found else {}


def queue_row(application: Application, at: datetime) -> dict[str, Any]:
    """A file as a line of the queue."""
    deadline = list_open_deadlines(application.ref).first()
    return {
        "file": application,
        "url": reverse("officer:application-review", args=[application.number]),
        "panel_url": reverse("officer:queue-panel", args=[application.number]),
        "days": (local_date(deadline.due_at) - local_date(at)).days if deadline else None,
        "due_at": deadline.due_at if deadline else None,
        "paused": bool(deadline and deadline.paused_at),
    }
