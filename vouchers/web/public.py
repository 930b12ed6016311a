"""Pages anybody may read: schemes, providers, notices, awards, figures, the check of a paper."""

from __future__ import annotations

from typing import Any

from django.urls import path, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from vouchers.applications import selectors as files
from vouchers.issuance.selectors import find_by_verify_code
from vouchers.ledger.selectors import get_money_states
from vouchers.programmes import selectors as programmes
from vouchers.programmes.models import ProgrammeStatus
from vouchers.providers import selectors as providers
from vouchers.web.figures import FIGURES
from vouchers.web.forms.public import VerifyForm
from vouchers.web.objections import ObjectionNew, ObjectionStatus
from vouchers.web.tables import Column, Table
from vouchers.web.templatetags.suanquan import day, last_day
from vouchers.web.texts import ACCESSIBILITY, HELP, PRIVACY
from vouchers.web.views import ListPage, PageView
from vouchers.web.words import named

app_name = "public"
LATEST = 5


def programme_row(programme: Any) -> dict[str, Any]:
    """A scheme in a table."""
    return {
        "name": named(programme),
        "url": reverse("public:programme-detail", args=[programme.code]),
        "code": programme.code,
        "agency": named(programme.agency),
        "status": programme.status,
        "status_label": programme.get_status_display(),
    }


def notice_row(notice: Any) -> dict[str, Any]:
    """A notice in a table."""
    return {
        "number": notice.number,
        "url": reverse("public:notice-detail", args=[notice.number]),
        "title": title_of(notice),
        "programme": named(notice.programme),
        "posted_at": notice.posted_at,
        "ends": last_day(notice.ends_at),
        "status": notice.status,
        "status_label": notice.get_status_display(),
    }


def title_of(notice: Any) -> str:
    """A notice's title in the page's language."""
    return str((get_language() == "en" and notice.title_en) or notice.title_zh)


def money_of(programme: Any) -> dict[str, int]:
    """The shown states of a scheme's funding lines, as the state bar takes them."""
    lines = programmes.list_funding_lines(programme.pk)
    groups = [line.pool_account_id for line in lines if line.pool_account_id]
    states = get_money_states(groups)._asdict()
    return {
        name.removesuffix("_fen"): fen for name, fen in states.items() if name != "received_fen"
    }


class Home(PageView):
    """The front door: three ways in, open windows, latest notices, the money."""

    template = "web/public/home.html"
    title = _("Compute vouchers")

    def context(self, **kwargs: Any) -> dict[str, Any]:
        """Open windows, notices, money."""
        schemes = [
            {"programme": scheme, "name": named(scheme), "money": money_of(scheme)}
            for scheme in programmes.list_programmes(self.scope).filter(
                status=ProgrammeStatus.ACTIVE
            )[:LATEST]
        ]
        windows = [
            {
                "name": named(window),
                "programme": named(window.programme),
                "url": reverse("public:programme-detail", args=[window.programme.code]),
                "closes_at": window.closes_at,
            }
            for window in programmes.list_open_rounds(self.at)
        ]
        notices = [notice_row(notice) for notice in files.list_public_notices()[:LATEST]]
        return {"schemes": schemes, "windows": windows, "notices": notices}


class ProgrammeList(ListPage):
    """Every scheme in force."""

    title = _("Programmes")
    columns = (
        Column("name", _("Programme"), link="url", sub="code"),
        Column("agency", _("Lead department")),
        Column("status", _("Status"), kind="status"),
    )

    def rows(self) -> Any:
        """Schemes."""
        return programmes.list_programmes(self.scope)

    def row(self, noun: Any) -> Any:
        """Shown."""
        return programme_row(noun)


class ProgrammeDetail(PageView):
    """办事指南: who, how much, what counts, the steps, the windows, the money."""

    template = "web/public/programme_detail.html"

    def context(self, **kwargs: Any) -> dict[str, Any]:
        """The scheme with its rules in force."""
        scheme = programmes.get_programme_for(self.scope, kwargs["code"])
        rules = programmes.get_published_rules(scheme.pk, self.at)
        document = rules.document if rules else {}
        english = self.request.LANGUAGE_CODE == "en"
        tag = "en" if english else "zh"
        return {
            "title": named(scheme),
            "lead": (english and scheme.summary_en) or scheme.summary_zh,
            "crumbs": [(_("Programmes"), reverse("public:programme-list")), (named(scheme), "")],
            "programme": scheme,
            "agency": named(scheme.agency),
            "rules": rules,
            "clauses": [
                {
                    "label": c["document"]
                    if c["article"] == "—"
                    else f"{c['document']} · {c['article']}",
                    "value": c[f"text_{tag}"],
                }
                for c in document.get("clauses", ())
            ],
            "kinds": [k[f"name_{tag}"] for k in document.get("kinds", ())],
            "rate_bp": next((r.get("rate_bp") for r in document.get("rates", ())), None),
            "cap_fen": next((c.get("fen") for c in document.get("caps", ())), None),
            "bases": document.get("bases", ()),
            "rounds": self.rounds(scheme),
            "may_apply": not self.request.user.is_authenticated or bool(self.scope.company_ids),
            "money": money_of(scheme),
            "ceilings": programmes.list_ceilings(scheme.pk),
            "providers": [
                {"number": p.number, "name": named(p.company)}
                for p in providers.list_admitted(scheme.pk, self.at)
            ],
        }

    def rounds(self, scheme: Any) -> list[dict[str, Any]]:
        """Windows, and whether one may apply in them now."""
        return [
            {
                "name": named(window),
                "code": window.code,
                "opens_at": window.opens_at,
                "closes_at": window.closes_at,
                "is_open": window.opens_at <= self.at < window.closes_at,
                "is_over": window.closes_at <= self.at,
            }
            for window in programmes.list_rounds(scheme.pk).filter(status="PUBLISHED")
        ]


class ProviderList(ListPage):
    """服务商名录."""

    title = _("Providers")
    columns = (
        Column("name", _("Provider"), sub="number"),
        Column("agency", _("Admitted by")),
        Column("offers", _("Offers")),
        Column("status", _("Status"), kind="status"),
    )

    def rows(self) -> Any:
        """Approved providers."""
        return providers.list_providers(self.scope).filter(status="APPROVED")

    def row(self, noun: Any) -> Any:
        """Shown with its present offers."""
        offers = providers.list_offers(noun.pk, self.at)
        return {
            "name": named(noun.company),
            "number": noun.number,
            "agency": named(noun.agency),
            "offers": " / ".join(named(offer) for offer in offers) or "—",
            "status": noun.status,
            "status_label": noun.get_status_display(),
        }


class NoticeList(ListPage):
    """公示."""

    title = _("Public notices")
    empty_title = _("No public notice now")
    columns = (
        Column("title", _("Notice"), link="url", sub="number"),
        Column("programme", _("Programme")),
        Column("posted_at", _("Posted on"), kind="stamp"),
        Column("ends", _("Ends")),
        Column("status", _("Status"), kind="status"),
    )

    def rows(self) -> Any:
        """Posted and ended notices."""
        return files.list_public_notices()

    def row(self, noun: Any) -> Any:
        """Shown."""
        return notice_row(noun)


def remark_of(row: Any) -> object:
    """A row an objection took out says so."""
    return _("Taken out") if row.taken_out_at else "—"


class NoticeDetail(PageView):
    """One list as published, its period and digest, and how to object."""

    template = "web/public/notice_detail.html"

    def context(self, **kwargs: Any) -> dict[str, Any]:
        """The notice and its rows."""
        notice = files.get_public_notice(kwargs["number"])
        rows = list(files.list_notice_rows(notice))
        table = Table(
            columns=(
                Column("company_name", _("Applicant"), sub="credit_code"),
                Column("application.number", _("File"), kind="number"),
                Column("amount_fen", _("Amount (yuan)"), kind="money", total=True),
                Column("state", _("Remark"), value=remark_of),
            ),
            rows=rows, caption=title_of(notice), request=self.request,
            totals={"amount_fen": sum(row.amount_fen for row in rows)},
        )  # fmt: skip
        summary = [
            {"label": _("Number"), "value": notice.number, "code": True},
            {"label": _("Programme"), "value": named(notice.programme)},
            {"label": _("Published by"), "value": named(notice.agency)},
            {
                "label": _("Period"),
                "value": f"{day(notice.posted_at)} – {last_day(notice.ends_at)}",
            },
            {"label": _("Digest of the list (SHA-256)"), "value": notice.sha256, "code": True},
        ]
        return {
            "crumbs": [(_("Public notices"), reverse("public:notice-list")), (notice.number, "")],
            "title": title_of(notice), "notice": notice, "table": table, "summary": summary,
            "status": notice.status, "status_label": notice.get_status_display(),
            "is_running": notice.status == "POSTED" and self.at < notice.ends_at,
        }  # fmt: skip


class AwardList(ListPage):
    """名单: what was granted to whom."""

    title = _("Awards")
    lead = _("What was granted to whom, once nobody can object to it any more.")
    columns = (
        Column("company", _("Applicant"), sub="credit_code"),
        Column("programme", _("Programme")),
        Column("number", _("File"), kind="number"),
        Column("approved_fen", _("Approved amount (yuan)"), kind="money", total=True),
        Column("status", _("Status"), kind="status"),
    )

    def rows(self) -> Any:
        """Awards."""
        return files.list_awards()

    def row(self, noun: Any) -> Any:
        """Shown."""
        return {
            "company": named(noun.company), "credit_code": noun.company.credit_code,
            "programme": named(noun.programme), "number": noun.number,
            "approved_fen": noun.approved_fen, "status": noun.status,
            "status_label": noun.get_status_display(),
        }  # fmt: skip


class Numbers(PageView):
    """Where every published figure comes from."""

    template = "web/public/numbers.html"
    title = _("Where the figures come from")
    lead = _("Each published figure, its source and its year. Different years are never added up.")

    def context(self, **kwargs: Any) -> dict[str, Any]:
        """The figures as a table."""
        columns = (
            Column("figure", _("Figure")),
            Column("meaning", _("What it is")),
            Column("year", _("Year")),
            Column("source", _("Source")),
            Column("state", _("How sure")),
        )
        return {"table": Table(columns=columns, rows=FIGURES, caption=self.title)}


class Verify(PageView):
    """查验: does this certificate stand? Minimum facts only."""

    template = "web/public/verify.html"
    title = _("Verify a certificate")
    lead = _("Scan the code on the paper, or type its number and check code.")

    def context(self, **kwargs: Any) -> dict[str, Any]:
        """The form; with both values also the answer. One answer for wrong number and code."""
        if "number" not in self.request.GET:
            return {"form": VerifyForm()}
        form = VerifyForm(self.request.GET)
        if not form.is_valid():
            return {"form": form}
        voucher = find_by_verify_code(form.cleaned_data["number"], form.cleaned_data["code"])
        if voucher is None:
            return {"form": form, "answer": "none"}
        valid = voucher.status == "ACTIVE" and self.at < voucher.valid_until
        summary = [
            {"label": _("Voucher number"), "value": voucher.number, "code": True},
            {"label": _("Status"), "value": voucher.get_status_display()},
            {"label": _("Face value (yuan)"), "value": voucher.face_fen, "money": True},
            {"label": _("Programme"), "value": named(voucher.programme)},
            {"label": _("Last day of use"), "value": last_day(voucher.valid_until)},
        ]
        return {"form": form, "answer": "valid" if valid else "over", "summary": summary}


class TextPage(PageView):
    """A page of words."""

    template = "web/public/text.html"
    sections: Any = ()

    def context(self, **kwargs: Any) -> dict[str, Any]:
        """Headed paragraphs."""
        return {"sections": self.sections}


urlpatterns = [
    path("", Home.as_view(), name="home"),
    path("programmes/", ProgrammeList.as_view(), name="programme-list"),
    path("programmes/<str:code>/", ProgrammeDetail.as_view(), name="programme-detail"),
    path("providers/", ProviderList.as_view(), name="provider-list"),
    path("notices/", NoticeList.as_view(), name="notice-list"),
    path("notices/<str:number>/", NoticeDetail.as_view(), name="notice-detail"),
    path("notices/<str:number>/objection/", ObjectionNew.as_view(), name="objection-new"),
    path("objections/", ObjectionStatus.as_view(), name="objection-status"),
    path("awards/", AwardList.as_view(), name="award-list"),
    path("numbers/", Numbers.as_view(), name="numbers"),
    path("verify/", Verify.as_view(), name="verify"),
    path("help/", TextPage.as_view(title=_("Help"), sections=HELP), name="help"),
    path(
        "accessibility/",
        TextPage.as_view(title=_("Accessibility"), sections=ACCESSIBILITY),
        name="accessibility",
    ),
    path("privacy/", TextPage.as_view(title=_("Privacy"), sections=PRIVACY), name="privacy"),
]
