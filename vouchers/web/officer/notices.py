"""Public notices: build, preview, post; objections and their answers."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from companies.errors import DomainError
from companies.users.models import Role
from vouchers.applications import services
from vouchers.applications.models import ApplicationStatus, Objection, ObjectionStatus
from vouchers.applications.selectors import (
    get_application_for,
    get_notice_for,
    get_objection_for,
    list_applications,
    list_notice_rows,
    list_notices,
    list_objections,
)
from vouchers.web.desk import ALL_DESKS, Act, ActsDesk, Desk
from vouchers.web.officer.file_view import seat_reason
from vouchers.web.officer.forms import AnswerForm, NoticeForm
from vouchers.web.tables import Column
from vouchers.web.views import ListPage, blame, status_of
from vouchers.web.words import named


class NoticeList(Desk, ListPage):
    """The agency's notices, newest first."""

    template = "web/officer/list.html"
    title = _("Public notices")
    columns = (
        Column("number", _("Notice"), kind="number", link="url"),
        Column("title", _("Title")),
        Column("status", _("Status"), kind="status"),
        Column("posted_at", _("Posted"), kind="stamp"),
        Column("ends_at", _("Ends"), kind="stamp"),
    )
    empty_title = _("No public notice now")
    empty_text = _("Recommended files are put on a new notice.")

    def rows(self) -> Any:
        """Those of one's agencies."""
        return list_notices(self.scope)

    def row(self, noun: Any) -> Any:
        """Title in the reader's language."""
        return {
            "number": noun.number,
            "url": reverse("officer:notice-detail", args=[noun.number]),
            "title": title_of(noun, self.language),
            "status": noun.status,
            "get_status_display": noun.get_status_display(),
            "posted_at": noun.posted_at,
            "ends_at": noun.ends_at,
        }

    def context(self, **kwargs: Any) -> dict[str, Any]:
        """The table and the way to a new notice."""
        build = {"url": reverse("officer:notice-build"), "label": _("New notice"), "primary": True}
        return {**super().context(**kwargs), "actions": [build]}


class NoticeBuild(Desk):
    """Pick recommended files, see the list as the public will, post it."""

    template = "web/officer/notice_build.html"
    title = _("New public notice")

    def context(self, **kwargs: Any) -> dict[str, Any]:
        """The files that may be listed."""
        return self._pick(NoticeForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        """First press: the preview. Second press: the notice."""
        form = NoticeForm(request.POST)
        numbers = request.POST.getlist("number")
        files = [get_application_for(self.scope, number) for number in numbers]
        if not form.is_valid() or not files:
            return self.page(code=422, **self._pick(form, nothing=not files))
        if "post" not in request.POST:
            return self.page(**self._pick(form), preview=files, total_fen=_total(files))
        try:
            notice = services.post_notice(
                actor=self.actor,
                application_ids=[file.pk for file in files],
                **form.cleaned_data,
                at=self.at,
                request_key=self.request_key(),
            )
        except DomainError as refusal:
            blame(form, refusal)
            return self.page(code=status_of(refusal), **self._pick(form))
        messages.success(request, _("The notice is posted; every sum on it is reserved."))
        return HttpResponseRedirect(reverse("officer:notice-detail", args=[notice.number]))

    def _pick(self, form: NoticeForm, *, nothing: bool = False) -> dict[str, Any]:
        files = list_applications(self.scope, status=ApplicationStatus.RECOMMENDED)[:200]
        chosen = set(self.request.POST.getlist("number"))
        rows = [
            {
                "file": file,
                "chosen": file.number in chosen,
                "amount_fen": advised_fen(file),
                "reason": seat_reason(file, "APPROVE", self.actor.user_id),
            }
            for file in files
        ]
        return {"rows": rows, "form": form, "nothing": nothing}


def advised_fen(application: Any) -> int:
    """What the last recommendation on the file names."""
    advice = application.decisions.filter(act="REVIEW", amount_fen__isnull=False)
    last = advice.order_by("-id").first()
    return int(last.amount_fen) if last else int(application.approved_fen)


def _total(files: list[Any]) -> int:
    return sum(advised_fen(file) for file in files)


def title_of(notice: Any, language: str) -> str:
    """The notice's title; Chinese where there is no English one."""
    return str((language == "en" and notice.title_en) or notice.title_zh)


class NoticeDetail(Desk):
    """The list as posted, and the objections to it."""

    template = "web/officer/notice_detail.html"
    roles = ALL_DESKS

    def context(self, **kwargs: Any) -> dict[str, Any]:
        """Rows with their objections."""
        notice = get_notice_for(self.scope, kwargs["number"])
        rows = list(list_notice_rows(notice))
        return {
            "notice": notice,
            "title": title_of(notice, self.language),
            "rows": rows,
            "total_fen": sum(row.amount_fen for row in rows),
            "objections": list_objections(self.scope).filter(notice_row__notice=notice),
            "crumbs": [(_("Public notices"), reverse("officer:notice-list")), (notice.number, "")],
        }


class ObjectionList(Desk, ListPage):
    """Objections, newest first."""

    template = "web/officer/list.html"
    title = _("Objections")
    statuses = ObjectionStatus
    columns = (
        Column("company", _("Company"), link="url", sub="number"),
        Column("received_at", _("Raised"), kind="stamp"),
        Column("status", _("Status"), kind="status"),
        Column("answered_at", _("Answered"), kind="stamp"),
    )
    empty_title = _("No objection has been raised")
    empty_text = _("Anybody may object to a row while its notice runs.")

    def rows(self) -> Any:
        """Those of one's agencies."""
        return list_objections(self.scope)

    def row(self, noun: Any) -> Any:
        """The file objected to."""
        return {
            "company": named(noun.application.company),
            "number": noun.application.number,
            "url": reverse("officer:objection-detail", args=[noun.tracking_code]),
            "received_at": noun.received_at,
            "status": noun.status,
            "get_status_display": noun.get_status_display(),
            "answered_at": noun.answered_at,
        }


class ObjectionDetail(ActsDesk):
    """One objection and its answer."""

    template = "web/officer/objection.html"
    acts = (
        Act(
            name="answer", label=_("Sign the answer"), verb=services.answer_objection,
            argument="objection_id", statuses=("OPEN",), roles=(Role.APPROVER,),
            seat="OBJECTION", form=AnswerForm,
            hint=_("By an approver who has no other seat on the file."),
            done=_("The answer is signed."),
        ),
    )  # fmt: skip

    def find(self) -> Objection:
        """The objection, through its door."""
        return get_objection_for(self.scope, self.kwargs["code"])

    def seat_reason(self, act: Act) -> str:
        """One person, one seat on a file."""
        return seat_reason(self.noun.application, act.seat, self.actor.user_id)

    def context(self, **kwargs: Any) -> dict[str, Any]:
        """The file it is about."""
        application = self.noun.application
        return {
            **super().context(**kwargs),
            "title": _("Objection"),
            "file_url": reverse("officer:application-review", args=[application.number]),
            "crumbs": [
                (_("Objections"), reverse("officer:objection-list")),
                (application.number, ""),
            ],
        }
