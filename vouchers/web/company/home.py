"""The company's front page: what is due, the file under way, the vouchers."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from companies.letters.selectors import list_letters
from companies.registry.selectors import list_companies
from vouchers.applications.selectors import list_applications
from vouchers.issuance.selectors import list_vouchers
from vouchers.programmes.selectors import list_open_rounds
from vouchers.redemptions.selectors import list_redemptions
from vouchers.web.company.applications import application_row, tracker
from vouchers.web.company.redemptions import COLUMNS, redemption_row
from vouchers.web.company.vouchers import card_of
from vouchers.web.due import list_due
from vouchers.web.tables import Table
from vouchers.web.views import PageView
from vouchers.web.words import named

LATEST = 5


class CompanyPage(PageView):
    """For people who act for an applicant."""

    area = "company"


class Home(CompanyPage):
    """Due things first, then the file under way, then money in hand."""

    template = "web/company/home.html"
    title = _("Company services")

    def context(self, **kwargs: Any) -> dict[str, Any]:
        """Short lists, each with its full one."""
        mine = list_applications(self.scope).filter(company_id__in=self.scope.company_ids)
        live = mine.exclude(
            status__in=["WITHDRAWN", "LAPSED", "CANCELLED", "REJECTED", "INELIGIBLE"]
        ).first()
        vouchers = list_vouchers(self.scope).filter(company_id__in=self.scope.company_ids)
        usable = vouchers.filter(status__in=["PENDING", "ACTIVE", "SUSPENDED"])[:3]
        redemptions = list_redemptions(self.scope).filter(company_id__in=self.scope.company_ids)
        own = list_companies(self.scope).filter(pk__in=self.scope.company_ids)
        draft = mine.filter(status="DRAFT").first()
        return {
            "lead": " / ".join(f"{named(one)} {one.credit_code}" for one in own[:LATEST]),
            "actions": self.actions(draft),
            "due": self.due(mine, vouchers, redemptions),
            "live": application_row(live) if live else None,
            "steps": tracker(live) if live else [],
            "cards": [card_of(voucher, self.at) for voucher in usable],
            "table": Table(
                columns=[column for column in COLUMNS if column.key != "requested_at"],
                rows=[redemption_row(r, "company") for r in redemptions[:LATEST]],
                caption=_("Latest redemptions"), request=self.request,
                empty_title=_("No redemption yet"),
                empty_text=_("An order at an admitted provider begins one."),
            ),
            "windows": [
                {"name": f"{named(w.programme)} · {named(w)}", "closes_at": w.closes_at,
                 "url": new_url(w)}
                for w in list_open_rounds(self.at)[:LATEST]
            ],
        }  # fmt: skip

    def actions(self, draft: Any) -> list[dict[str, Any]]:
        """Go on with the draft, or begin a file."""
        found = [{"url": reverse("company:programmes"), "label": _("New application"),
                  "icon": "plus", "primary": draft is None}]  # fmt: skip
        if draft is not None:
            found.append({"url": reverse("company:application-tasks", args=[draft.number]),
                          "label": _("Go on with the draft"), "icon": "pen-line",
                          "primary": True})  # fmt: skip
        return found

    def due(self, files: Any, vouchers: Any, redemptions: Any) -> list[dict[str, Any]]:
        """What waits for the company, each with its page and its day."""
        letters = list_letters(self.scope).filter(
            company_id__in=self.scope.company_ids, reply_until__gt=self.at,
            replied_at__isnull=True, waived_at__isnull=True, status="SERVED",
        )  # fmt: skip
        heaps = (
            (_("More information is asked for: %(n)s"), "company:supplement", "application",
             files.filter(status="RETURNED")),
            (_("Voucher awaits your consent: %(n)s"), "company:voucher-detail", "voucher",
             vouchers.filter(status="PENDING")),
            (_("Usage to confirm: %(n)s"), "company:redemption-detail", "redemption",
             redemptions.filter(status="EVIDENCED")),
            (_("Letter to answer: %(n)s"), "company:letter-detail", "letter", letters),
        )  # fmt: skip
        return [
            {"text": words % {"n": noun.number}, "url": reverse(page, args=[noun.number]),
             "deadlines": list_due(f"{kind}:{noun.number}")[:1]}
            for words, page, kind, nouns in heaps
            for noun in nouns[:LATEST]
        ]  # fmt: skip


def new_url(window: Any) -> str:
    """Where a file in this window begins."""
    return (
        f"{reverse('company:application-new')}?programme={window.programme.code}"
        f"&round={window.code}"
    )


class OpenProgrammes(CompanyPage):
    """可申领项目."""

    template = "web/company/programmes.html"
    title = _("Open programmes")

    def context(self, **kwargs: Any) -> dict[str, Any]:
        """Open windows."""
        return {
            "windows": [
                {"programme": named(w.programme), "name": named(w), "closes_at": w.closes_at,
                 "url": new_url(w),
                 "guide": reverse("public:programme-detail", args=[w.programme.code])}
                for w in list_open_rounds(self.at)
            ]
        }  # fmt: skip
