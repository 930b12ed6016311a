"""The overseer's page: every programme of the agencies below, by where its money stands."""

from __future__ import annotations

from typing import Any

from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from companies.alerts.selectors import list_alerts
from companies.users.models import Role
from vouchers.money import format_yuan
from vouchers.programmes.selectors import list_own_programmes
from vouchers.web.desk import Desk, count_some
from vouchers.web.finance.budget import programme_row
from vouchers.web.tables import Column, Table
from vouchers.web.words import named

app_name = "oversight"
_STATES = (
    ("received", _("Received")),
    ("available", _("Available")),
    ("reserved", _("Reserved")),
    ("issued", _("Issued, not redeemed")),
    ("payable", _("Payable")),
    ("paid", _("Paid")),
    ("recovered", _("Recovered")),
)


class Home(Desk):
    """Programmes × money states, with the sum of each."""

    area = "oversight"
    roles = (Role.OVERSEER,)
    template = "web/oversight/home.html"
    title = _("Overview")

    def context(self, **kwargs: Any) -> dict[str, Any]:
        """One row per programme; every figure is the ledger's."""
        programmes = [programme_row(p) for p in list_own_programmes(self.scope)[:200]]
        rows = [
            {
                "name": item["name"],
                "url": item["url"],
                "agency": named(item["programme"].agency),
                **item["states"]._asdict(),
            }
            for item in programmes
        ]
        totals = {name: sum(row[f"{name}_fen"] for row in rows) for name, _label in _STATES}
        alerts = list_alerts(self.scope.agency_ids).filter(status="OPEN")
        return {
            "stats": [
                {"label": _("Programmes"), "value": str(len(rows))},
                {"label": _("Received (yuan)"), "value": format_yuan(totals["received"])},
                {"label": _("Paid (yuan)"), "value": format_yuan(totals["paid"])},
                {
                    "label": _("Open alerts"),
                    "value": count_some(alerts),
                    "url": f"{reverse('officer:alert-list')}?status=OPEN",
                },
            ],
            "amounts": {name: fen for name, fen in totals.items() if name != "received"},
            "table": self._table(rows),
        }

    def _table(self, rows: list[dict[str, Any]]) -> Table:
        columns = [Column("name", _("Programme"), link="url", sub="agency")]
        columns += [
            Column(f"{name}_fen", label, kind="money", total=True) for name, label in _STATES
        ]
        return Table(
            columns=columns, rows=rows, caption=_("Programmes by where their money stands"),
            request=self.request, dense=True, empty_title=_("No programme below this agency"),
        )  # fmt: skip


urlpatterns = [path("", Home.as_view(), name="home")]
