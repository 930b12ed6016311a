"""疑点: what looked wrong to a rule, what it saw, and a person's answer."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from companies.alerts import services
from companies.alerts.models import Alert, AlertStatus
from companies.alerts.selectors import get_alert_for, list_alerts
from vouchers.web.desk import OFFICERS, WATCHERS, Act, ActsDesk, Desk
from vouchers.web.officer.forms import ReasonForm
from vouchers.web.record_words import field_label, value_label
from vouchers.web.tables import Column
from vouchers.web.views import ListPage
from vouchers.web.words import actor_label, address_of, alert_label

_ID = "alert_id"
_ROLES = (*OFFICERS, *WATCHERS)


class AlertList(Desk, ListPage):
    """Doubts about one's agencies' nouns, newest first."""

    template = "web/officer/list.html"
    roles = _ROLES
    title = _("Alerts")
    statuses = AlertStatus
    columns = (
        Column("what", _("What looks wrong"), link="url", sub="number"),
        Column("about", _("About"), kind="number"),
        Column("severity", _("How bad"), kind="status"),
        Column("status", _("Status"), kind="status", noun="alert"),
        Column("raised_at", _("Raised"), kind="stamp"),
    )
    empty_title = _("Nothing looks wrong")
    empty_text = _("A rule that sees something odd raises an alert here.")

    def rows(self) -> Any:
        """Of one's agencies."""
        return list_alerts(self.scope.agency_ids)

    def row(self, noun: Any) -> Any:
        """One doubt."""
        return {
            "what": alert_label(noun.code),
            "number": noun.number,
            "url": reverse("officer:alert-detail", args=[noun.number]),
            "about": noun.subject_ref.partition(":")[2],
            "severity": noun.severity,
            "severity_label": noun.get_severity_display(),
            "status": noun.status,
            "status_label": noun.get_status_display(),
            "raised_at": noun.raised_at,
        }


class AlertDetail(ActsDesk):
    """One doubt and its answer."""

    template = "web/officer/alert.html"
    roles = _ROLES
    acts = (
        Act(
            name="dismiss", label=_("Dismiss: nothing is wrong"), verb=services.dismiss_alert,
            argument=_ID, statuses=("OPEN",), roles=services.ANSWERING, form=ReasonForm,
            done=_("The alert is dismissed."),
        ),
        Act(
            name="confirm", label=_("Confirm: it is so"), verb=services.confirm_alert,
            argument=_ID, statuses=("OPEN",), roles=services.ANSWERING, form=ReasonForm,
            tone="danger", done=_("The alert is confirmed."),
        ),
    )  # fmt: skip

    def find(self) -> Alert:
        """The alert, through its door."""
        return get_alert_for(self.scope.agency_ids, self.kwargs["number"])

    def context(self, **kwargs: Any) -> dict[str, Any]:
        """What the rule saw, and the answer."""
        alert = self.noun
        noun, _colon, number = alert.subject_ref.partition(":")
        about = {"label": _("About"), "value": number, "url": address_of(alert.subject_ref)}
        saw = [
            {"label": field_label(name), "value": value_label(noun, name, value)}
            for name, value in sorted(alert.facts.items())
        ]
        answer = [
            {"label": _("Answer"), "value": alert.answer},
            {"label": _("By"), "value": actor_label(alert.answered_by_ref)},
        ]
        return {
            **super().context(**kwargs),
            "title": alert_label(alert.code),
            "lead": alert.number,
            "severity": alert.get_severity_display(),
            "rows": [about, *saw, *(answer if alert.answer else [])],
            "crumbs": [(_("Alerts"), reverse("officer:alert-list")), (alert.number, "")],
        }
