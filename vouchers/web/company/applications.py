"""A company's files: the list, a new one, what became of it, withdrawing."""

from __future__ import annotations

from typing import Any

from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext_lazy as _

from companies.letters.selectors import list_letters
from companies.registry.selectors import get_company_for, list_companies
from vouchers.applications import services
from vouchers.applications.models import ApplicationStatus
from vouchers.applications.selectors import (
    get_application_for,
    list_application_history,
    list_applications,
)
from vouchers.applications.states import EDITABLE, STEPS
from vouchers.programmes.selectors import get_round_for, list_open_rounds
from vouchers.web.due import list_due
from vouchers.web.forms.company import NewForm
from vouchers.web.tables import Column
from vouchers.web.templatetags.suanquan import day, stamp
from vouchers.web.views import ActView, FormPage, ListPage, PageView
from vouchers.web.words import action_label, named

S = ApplicationStatus
HERE = (_("My applications"), reverse_lazy("company:application-list"))
# Where each status stands on the shown way, and which event ends a step; 补正 and 异议 are marks on
# a step, never steps.
WAY = (
    (_("Hand in"), ("DRAFT",), "application.submitted"),
    (_("Acceptance"), ("SUBMITTED", "IN_SCREENING"), "application.accepted"),
    (_("Review"), ("IN_REVIEW",), "application.recommended"),
    (_("Approval"), ("RECOMMENDED", "NOT_RECOMMENDED"), "application.approved"),
    (_("Public notice"), ("IN_PUBLIC_NOTICE", "OBJECTED"), "application.notice_ended"),
    (_("Issue"), ("APPROVED",), "application.issued"),
    (_("Use"), ("ISSUED",), ""),
)
# Files that go no further, by the event that ended them.
OVER = {
    "WITHDRAWN": "application.withdrawn",
    "LAPSED": "application.lapsed",
    "CANCELLED": "application.cancelled",
    "INELIGIBLE": "application.ineligible",
    "REJECTED": "application.rejected",
}
VOUCHER_OVER = frozenset({"DECLINED", "LAPSED", "EXPIRED", "REVOKED", "CLOSED"})


def tracker(application: Any) -> list[dict[str, Any]]:
    """The way of a file as steps; one that has ended shows how far it came, and its end."""
    ended = {event.action: event.at for event in list_application_history(application)}
    status = str(application.status)
    if status in OVER:
        done = [_step(label, "done", ended[end]) for label, _codes, end in WAY if end in ended]
        last = _step(application.get_status_display(), "over", ended.get(OVER[status]))
        return [*done, last]
    if status == "RETURNED":
        status = application.returned_from or "SUBMITTED"
    place = next(n for n, (_label, codes, _end) in enumerate(WAY) if status in codes)
    steps = [
        _step(label, "done", ended.get(end))
        if n < place
        else _step(label, "now" if n == place else "todo", None)
        for n, (label, _codes, end) in enumerate(WAY)
    ]
    if application.status in ("RETURNED", "OBJECTED"):
        steps[place]["mark"] = application.get_status_display()
    vouchers = list(application.vouchers.order_by("id")) if status == "ISSUED" else []
    if vouchers and all(voucher.status in VOUCHER_OVER for voucher in vouchers):
        steps[place] = _step(vouchers[-1].get_status_display(), "over", None)
    return steps


def _step(label: Any, state: str, at: Any) -> dict[str, Any]:
    return {"label": label, "state": state, "note": day(at) if at else ""}


def application_row(application: Any) -> dict[str, Any]:
    """A file in a table; a draft opens at its task list."""
    page = "application-tasks" if application.status in EDITABLE else "application-detail"
    return {
        "number": application.number,
        "url": reverse(f"company:{page}", args=[application.number]),
        "detail_url": reverse("company:application-detail", args=[application.number]),
        "programme": named(application.programme),
        "round": named(application.round),
        "requested_fen": application.requested_fen,
        "approved_fen": application.approved_fen or None,
        "submitted_at": application.submitted_at,
        "status": application.status,
        "status_label": application.get_status_display(),
    }


class ApplicationList(ListPage):
    """我的申请."""

    area = "company"
    title = _("My applications")
    statuses = ApplicationStatus
    empty_text = _("Choose an open programme and begin a file.")
    columns = (
        Column("number", _("File"), kind="number", link="url"),
        Column("programme", _("Programme"), sub="round"),
        Column("requested_fen", _("Requested (yuan)"), kind="money"),
        Column("approved_fen", _("Approved (yuan)"), kind="money"),
        Column("submitted_at", _("Handed in"), kind="stamp"),
        Column("status", _("Status"), kind="status"),
    )

    def rows(self) -> Any:
        """The companies' own."""
        return list_applications(self.scope).filter(company_id__in=self.scope.company_ids)

    def row(self, noun: Any) -> Any:
        """Shown."""
        return application_row(noun)

    def context(self, **kwargs: Any) -> dict[str, Any]:
        """With the way to a new file."""
        new = {"url": reverse("company:programmes"), "label": _("New application"),
               "icon": "plus", "primary": True}  # fmt: skip
        return {**super().context(**kwargs), "actions": [new]}


class ApplicationNew(FormPage):
    """Begin a file in an open round."""

    area = "company"
    form_class = NewForm
    title = _("New application")
    submit = _("Begin")

    def make_form(self, data: Any = None, uploads: Any = None, **kwargs: Any) -> Any:
        """Open rounds and one's own companies."""
        asked = f"{self.request.GET.get('programme', '')}@{self.request.GET.get('round', '')}"
        form = NewForm(data, initial={"round": asked})
        form.fields["round"].choices = [
            (f"{w.programme.code}@{w.code}", f"{named(w.programme)} · {named(w)}")
            for w in list_open_rounds(self.at)
        ]
        form.fields["company"].choices = [
            (c.credit_code, f"{named(c)} · {c.credit_code}")
            for c in list_companies(self.scope).filter(pk__in=self.scope.company_ids)
        ]
        return form

    def perform(self, data: dict[str, Any], **kwargs: Any) -> str:
        """Draft it."""
        window = get_round_for(self.scope, *data["round"].rpartition("@")[::2])
        company = get_company_for(self.scope, data["company"])
        drafted = services.draft_application(
            actor=self.actor, round_id=window.pk, company_id=company.pk, at=self.at
        )
        return reverse("company:application-tasks", args=[drafted.number])


class ApplicationDetail(PageView):
    """Tracker, facts, history, letters, and the way out."""

    area = "company"
    template = "web/company/application_detail.html"

    def context(self, **kwargs: Any) -> dict[str, Any]:
        """The file as the company sees it."""
        file = get_application_for(self.scope, kwargs["number"])
        return {
            "title": file.number,
            "lead": f"{named(file.programme)} · {named(file.round)}",
            "crumbs": [HERE, (file.number, "")],
            "status": file.status,
            "status_label": file.get_status_display(),
            "application": file,
            "editable": file.status in EDITABLE,
            "steps": tracker(file),
            "summary": facts_of(file),
            "deadlines": list_due(file.ref),
            "letters": list_letters(self.scope).filter(subject_ref=file.ref),
            "vouchers": list(file.vouchers.order_by("id")),
            "events": [
                {"at": event.at, "title": action_label(event.action)}
                for event in list_application_history(file)
            ],
            "acts": self.acts(file),
        }

    def acts(self, file: Any) -> list[dict[str, Any]]:
        """Withdrawing, where it is still possible."""
        if S.WITHDRAWN not in STEPS[file.status]:
            return []
        return [
            {"url": reverse("company:application-withdraw", args=[file.number]),
             "label": _("Withdraw the application"), "tone": "danger",
             "text": _("The file ends. What was reserved for it goes back; it cannot be reopened.")}
        ]  # fmt: skip


def facts_of(file: Any) -> list[dict[str, Any]]:
    """The few facts that matter."""
    return [
        {"label": _("Applicant"), "value": named(file.company), "note": file.company.credit_code},
        {"label": _("Receipt number"), "value": file.receipt_number},
        {"label": _("Handed in"), "value": stamped(file.submitted_at)},
        {"label": _("Accepted for review"), "value": stamped(file.accepted_at)},
        {"label": _("Requested (yuan)"), "value": file.requested_fen, "money": True},
        {"label": _("Approved (yuan)"), "value": file.approved_fen, "money": True},
    ]


def stamped(at: Any) -> str | None:
    """An instant in Shanghai, or nothing."""
    return stamp(at) if at else None


class ApplicationSubmitted(PageView):
    """Number, time, and what happens next."""

    area = "company"
    template = "web/company/application_submitted.html"
    title = _("Handed in")

    def context(self, **kwargs: Any) -> dict[str, Any]:
        """The receipt."""
        file = get_application_for(self.scope, kwargs["number"])
        return {"application": file, "summary": facts_of(file)[:3], "steps": tracker(file),
                "deadlines": list_due(file.ref)}  # fmt: skip


class Withdraw(ActView):
    """撤回."""

    area = "company"
    verb = staticmethod(services.withdraw_application)
    door = staticmethod(get_application_for)
    id_argument = "application_id"
    posts = True
    success = _("The application has been withdrawn.")

    def next_url(self, noun: Any) -> str:
        """Back to the file."""
        return reverse("company:application-detail", args=[noun.number])
