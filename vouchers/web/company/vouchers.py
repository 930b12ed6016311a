"""我的算力券: the card, its money, consent, the certificate."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from companies.local_time import local_date
from vouchers.issuance import services
from vouchers.issuance.models import VoucherStatus
from vouchers.issuance.selectors import (
    get_voucher_for,
    list_voucher_history,
    list_vouchers,
    voucher_money,
)
from vouchers.issuance.writers import certificate_pdf
from vouchers.redemptions.selectors import list_redemptions
from vouchers.web.company.people import is_signatory
from vouchers.web.company.redemptions import COLUMNS, redemption_row
from vouchers.web.due import list_due
from vouchers.web.tables import Column, Table
from vouchers.web.templatetags.suanquan import percent
from vouchers.web.views import ActView, ListPage, PageView
from vouchers.web.words import action_label, named


def card_of(voucher: Any, at: datetime) -> dict[str, Any]:
    """What the voucher card shows. Before consent the whole face stands."""
    money = voucher_money(voucher)
    last = local_date(voucher.valid_until - timedelta(seconds=1))
    pending = voucher.status == VoucherStatus.PENDING
    return {
        "number": voucher.number,
        "programme": named(voucher.programme),
        "status_label": voucher.get_status_display(),
        "usable": voucher.status == VoucherStatus.ACTIVE and at < voucher.valid_until,
        "balance_fen": voucher.face_fen if pending else money["available"],
        "face_fen": voucher.face_fen,
        "held_fen": money["held"],
        "rate_bp": voucher.terms["rate_bp"],
        "valid_to": last,
        "days_left": max((last - local_date(at)).days, 0),
        "url": reverse("company:voucher-detail", args=[voucher.number]),
    }


class VoucherList(ListPage):
    """Newest first."""

    area = "company"
    title = _("My vouchers")
    statuses = VoucherStatus
    empty_text = _("A voucher is prepared once an application has been approved.")
    columns = (
        Column("number", _("Voucher"), kind="number", link="url"),
        Column("programme", _("Programme")),
        Column("face_fen", _("Face value (yuan)"), kind="money"),
        Column("balance_fen", _("Balance (yuan)"), kind="money"),
        Column("valid_to", _("Valid to"), kind="day"),
        Column("status", _("Status"), kind="status"),
    )

    def rows(self) -> Any:
        """The companies' own."""
        return list_vouchers(self.scope).filter(company_id__in=self.scope.company_ids)

    def row(self, noun: Any) -> Any:
        """As on its card."""
        return {**card_of(noun, self.at), "status": noun.status}


class VoucherDetail(PageView):
    """Card, terms, money, redemptions, and consent where it is awaited."""

    area = "company"
    template = "web/company/voucher_detail.html"

    def context(self, **kwargs: Any) -> dict[str, Any]:
        """The voucher."""
        voucher = get_voucher_for(self.scope, kwargs["number"])
        money = voucher_money(voucher)
        used = list_redemptions(self.scope, voucher=voucher.number)
        card = card_of(voucher, self.at)
        return {
            "title": _("Voucher %(n)s") % {"n": voucher.number},
            "crumbs": [(_("My vouchers"), reverse("company:voucher-list")), (voucher.number, "")],
            "status": voucher.status,
            "status_label": voucher.get_status_display(),
            "voucher": voucher,
            "card": {**card, "url": ""},
            "money": [
                {"label": _("Face value"), "value": money["face"], "money": True},
                {"label": _("Held"), "value": money["held"], "money": True},
                {"label": _("Redeemed, to be paid"), "value": money["payable"], "money": True},
                {"label": _("Paid"), "value": money["paid"], "money": True},
                {"label": _("Balance"), "value": money["available"], "money": True},
            ],
            "terms": self.terms(voucher),
            "table": Table(
                columns=COLUMNS, rows=[redemption_row(r, "company") for r in used[:50]],
                caption=_("Redemptions of this voucher"), request=self.request,
                empty_title=_("No redemption yet"),
            ),
            "events": [
                {"at": event.at, "title": action_label(event.action)}
                for event in list_voucher_history(voucher)
            ],
            "acts": self.acts(voucher),
            "has_paper": voucher.issued_at is not None,
            "deadlines": list_due(voucher.ref),
            "notice": self.notice(voucher),
        }  # fmt: skip

    def terms(self, voucher: Any) -> list[dict[str, Any]]:
        """The frozen rules in a few lines."""
        terms = voucher.terms
        payee = _("the provider") if terms["payee"] == "provider" else _("the company")
        return [
            {"label": _("Part of a bill it pays"), "value": percent(terms["rate_bp"])},
            {"label": _("How it works"), "value": voucher.get_mode_display()},
            {"label": _("Paid to"), "value": payee},
            {"label": _("Draws at most"), "value": terms["max_draws"] or _("no limit")},
            {"label": _("Transferable"), "value": _("Yes") if terms["transferable"] else _("No")},
        ]

    def may_consent(self, voucher: Any) -> bool:
        """Nobody else binds the company."""
        return is_signatory(self.scope, voucher.company_id)

    def notice(self, voucher: Any) -> dict[str, Any] | None:
        """An agent is told whose turn it is."""
        if voucher.status != VoucherStatus.PENDING or self.may_consent(voucher):
            return None
        return {
            "title": _("The company's signatory decides"),
            "text": _("Ask the signatory to sign in and to accept or decline the voucher."),
        }

    def acts(self, voucher: Any) -> list[dict[str, Any]]:
        """Consent belongs to the signatory."""
        if voucher.status != VoucherStatus.PENDING or not self.may_consent(voucher):
            return []
        return [
            {"url": reverse("company:voucher-accept", args=[voucher.number]),
             "label": _("Accept the voucher"),
             "text": _(
"The signatory consents to the terms above; the voucher can be used "
"at once."
)},
            {"url": reverse("company:voucher-decline", args=[voucher.number]),
             "label": _("Decline the voucher"), "tone": "danger",
             "text": _("The money goes back to the budget. This cannot be undone.")},
        ]  # fmt: skip


class VoucherAct(ActView):
    """An act on one voucher."""

    area = "company"
    door = staticmethod(get_voucher_for)
    id_argument = "voucher_id"
    posts = True

    def next_url(self, noun: Any) -> str:
        """Back to the voucher."""
        return reverse("company:voucher-detail", args=[noun.number])


class Accept(VoucherAct):
    """The signatory consents."""

    verb = staticmethod(services.accept_voucher)
    success = _("The voucher is yours and can be used.")


class Decline(VoucherAct):
    """The signatory declines."""

    verb = staticmethod(services.decline_voucher)
    success = _("The voucher has been declined.")


class Certificate(PageView):
    """The certificate as PDF."""

    area = "company"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Made from the voucher each time; its code says whether it stands."""
        voucher = get_voucher_for(self.scope, kwargs["number"])
        response = HttpResponse(certificate_pdf(voucher), content_type="application/pdf")
        response["Content-Disposition"] = f'attachment; filename="{voucher.number}.pdf"'
        return response
