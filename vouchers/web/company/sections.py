"""Filling in a file: the task list, one topic a page, checking, handing in."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.forms import ChoiceField
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from companies.errors import Conflict, DomainError, InvalidInput, not_found
from companies.registry.industries import industry_name
from vouchers.applications import services
from vouchers.applications.form import REQUIRED
from vouchers.applications.selectors import get_application_for
from vouchers.applications.states import EDITABLE
from vouchers.money import format_yuan
from vouchers.programmes.selectors import get_published_rules
from vouchers.providers.selectors import list_admitted
from vouchers.web.company import papers
from vouchers.web.company.people import is_signatory
from vouchers.web.due import list_due
from vouchers.web.forms import company as forms
from vouchers.web.forms.base import MoneyField, PageForm
from vouchers.web.paper_words import why_refused
from vouchers.web.views import FormPage, PageView, blame, status_of
from vouchers.web.words import named

# section → (label, form); the first is told by the register, the papers are the scheme's.
SECTIONS: dict[str, tuple[Promise, type[PageForm] | None]] = {
    "company": (_("Company facts (from the register)"), None),
    "need": (_("Project and need of compute"), forms.NeedForm),
    "contract": (_("Service contract"), forms.ContractForm),
    "support": (_("Earlier support and double claims"), forms.SupportForm),
    "papers": (_("Papers"), None),
    "declaration": (_("Declaration of truth"), forms.DeclarationForm),
}


# What must be answered before the file is handed in; a draft may be kept without.
NEEDED = frozenset({*REQUIRED, "declares_true", "prior_support_fen"})


def missing_of(
    application: Any, section: str, form_class: type[PageForm] | None, at: datetime
) -> bool:
    """Whether something a section must hold is not there yet."""
    if section == "papers":
        return papers.is_missing(application, at)
    if form_class is None:
        return False
    wanted = [name for name in form_class.base_fields if name in NEEDED]
    return any(application.form.get(name) in (None, "", False) for name in wanted)


def tasks_of(application: Any, at: datetime) -> list[dict[str, Any]]:
    """The sections with their state."""
    tasks = []
    for section, (label, form_class) in SECTIONS.items():
        done = not missing_of(application, section, form_class, at)
        begun = form_class is not None and any(
            name in application.form for name in form_class.base_fields
        )
        tasks.append(
            {"label": label, "done": done, "begun": begun,
             "url": reverse("company:application-section", args=[application.number, section])}
        )  # fmt: skip
    return tasks


def industry_of(company: Any) -> str:
    """The industry's code and name."""
    return f"{company.industry_code} {industry_name(company.industry_code)}"


def company_facts(company: Any) -> list[dict[str, Any]]:
    """What the register says of the applicant."""
    return [
        {"label": _("Name"), "value": named(company)},
        {"label": _("Credit code"), "value": company.credit_code, "code": True},
        {"label": _("Kind"), "value": company.get_entity_type_display()},
        {"label": _("Industry"), "value": industry_of(company)},
        {"label": _("Size"), "value": company.get_size_class_display() or "—"},
        {"label": _("Established"), "value": company.established_date.isoformat()},
    ]


def section_form(
    application: Any, section: str, at: datetime, data: Any = None, uploads: Any = None
) -> PageForm:
    """The section's form with what was said before, its choices, and a mark at what is needed."""
    if section == "papers":
        return papers.make_papers_form(papers.list_wanted(application, at), data, uploads)
    form_class = SECTIONS[section][1] or PageForm
    form = form_class(data, initial=_initial_of(application, form_class))
    if section == "need":
        _offer_choices(application, form, at)
    for name in NEEDED.intersection(form.fields):
        form.fields[name].is_needed = True
    return form


def _initial_of(application: Any, form_class: type[PageForm]) -> dict[str, Any]:
    """Saved answers; days as days."""
    known = {k: v for k, v in application.form.items() if k in form_class.base_fields}
    for name in ("contract_date", "period_first", "period_last"):
        if name in known:
            known[name] = date.fromisoformat(known[name])
    return known


def _offer_choices(application: Any, form: Any, at: datetime) -> None:
    """Kinds of the rules in force, providers admitted now."""
    rules = application.rule_version or get_published_rules(application.programme_id, at)
    tag = "name_en" if get_language() == "en" else "name_zh"
    kinds = rules.document.get("kinds", []) if rules else []
    form.fields["service_class"].choices = [("", "—")] + [(k["code"], k[tag]) for k in kinds]
    form.fields["provider_number"].choices = [("", "—")] + [
        (p.number, f"{named(p.company)} · {p.number}")
        for p in list_admitted(application.programme_id, at)
    ]


def answer_rows(application: Any, section: str, at: datetime) -> list[dict[str, Any]]:
    """A section's answers as people read them: choices by their words, money in yuan."""
    if section == "company":
        return company_facts(application.company)
    if section == "papers":
        return papers.paper_rows(application)
    form = section_form(application, section, at)
    return [
        {"label": bound.label, "value": _shown(bound, application.form.get(bound.name))}
        for bound in form
    ]


def _shown(bound: Any, value: Any) -> Any:
    if value is None or value == "":
        return "—"
    if isinstance(bound.field, ChoiceField):
        return dict(bound.field.choices).get(value, value)
    if isinstance(bound.field, MoneyField):
        return format_yuan(value)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return value


class ApplicationTasks(PageView):
    """已完成 n/6."""

    area = "company"
    template = "web/company/application_tasks.html"

    def context(self, **kwargs: Any) -> dict[str, Any]:
        """Sections, what is missing, the officer's list if it came back."""
        file = get_application_for(self.scope, kwargs["number"])
        tasks = tasks_of(file, self.at)
        return {
            "title": _("Application %(n)s") % {"n": file.number},
            "lead": f"{named(file.programme)} · {named(file.round)}",
            "status": file.status,
            "status_label": file.get_status_display(),
            "application": file,
            "tasks": tasks,
            "done": sum(task["done"] for task in tasks),
            "total": len(tasks),
            "missing": [task["label"] for task in tasks if not task["done"]],
            "editable": file.status in EDITABLE,
            "deadlines": list_due(file.ref),
        }


class ApplicationSection(FormPage):
    """One topic: labels above, hints below, save and go on."""

    area = "company"
    uploading = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """The section's own words."""
        self.section = kwargs.get("section", "")
        self.title = SECTIONS.get(self.section, ("", None))[0]
        return super().dispatch(request, *args, **kwargs)

    def make_form(self, data: Any = None, uploads: Any = None, **kwargs: Any) -> Any:
        """The section's form with what was said before."""
        self.file = get_application_for(self.scope, kwargs["number"])
        if self.section not in SECTIONS:
            raise not_found("section")
        return section_form(self.file, self.section, self.at, data, uploads)

    def context(self, **kwargs: Any) -> dict[str, Any]:
        """The register's facts or the papers beside the form."""
        back = reverse("company:application-tasks", args=[self.file.number])
        context: dict[str, Any] = {
            "title": SECTIONS[self.section][0],
            "lead": self.file.number,
            "back_url": back,
            "crumbs": [(_("My applications"), reverse("company:application-list")),
                       (self.file.number, back), (SECTIONS[self.section][0], "")],
        }  # fmt: skip
        if self.section == "company":
            context["summary"] = company_facts(self.file.company)
            context["submit"] = _("Seen, continue")
        if self.section == "papers":
            context["summary"] = papers.paper_rows(self.file)
            context["lead"] = papers.LIMITS
            context["submit"] = _("Upload and continue")
        return context

    def blame(self, form: Any, refusal: DomainError) -> None:
        """A refused upload stands at its own field."""
        if self.uploading:
            form.add_refusal(refusal, self.uploading)
        else:
            super().blame(form, refusal)

    def perform(self, data: dict[str, Any], **kwargs: Any) -> str:
        """Keep this section's answers beside the others; papers are attached."""
        if self.section == "papers":
            return self.attach({kind: upload for kind, upload in data.items() if upload})
        if self.section != "company":
            said = {k: v.isoformat() if isinstance(v, date) else v for k, v in data.items()}
            services.save_application(
                actor=self.actor, application_id=self.file.pk, form={**self.file.form, **said},
                at=self.at,
            )  # fmt: skip
        return reverse("company:application-tasks", args=[self.file.number])

    def attach(self, uploads: dict[str, Any]) -> str:
        """Each paper by itself; one the scanner refuses brings its owner back to this page."""
        refused = False
        for self.uploading, upload in uploads.items():
            paper = services.attach_file(
                actor=self.actor, application_id=self.file.pk, kind=self.uploading, content=upload,
                name=upload.name, at=self.at,
            )  # fmt: skip
            if why := why_refused(paper.file):
                refused = True
                messages.error(self.request, f"{upload.name}: {why}")
        page = "application-section" if refused else "application-tasks"
        where = [self.file.number, self.section] if refused else [self.file.number]
        return reverse(f"company:{page}", args=where)


class ApplicationCheck(PageView):
    """检查并提交: every answer with its way back; the signatory hands in."""

    area = "company"
    template = "web/company/application_check.html"
    title = _("Check your answers")

    def context(self, **kwargs: Any) -> dict[str, Any]:
        """All sections as summary lists."""
        file = get_application_for(self.scope, kwargs["number"])
        if file.status not in EDITABLE:
            raise Conflict(
                "application_closed", _("The file is handed in and cannot be changed now.")
            )
        groups = [
            {"label": label, "rows": answer_rows(file, section, self.at),
             "url": reverse("company:application-section", args=[file.number, section])}
            for section, (label, _form) in SECTIONS.items()
        ]  # fmt: skip
        missing = [task["label"] for task in tasks_of(file, self.at) if not task["done"]]
        may_sign = is_signatory(self.scope, file.company_id)
        return {"application": file, "lead": file.number, "groups": groups, "missing": missing,
                "may_sign": may_sign, "form": PageForm()}  # fmt: skip

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        """Hand in; a refusal stands above the answers."""
        file = get_application_for(self.scope, number)
        try:
            services.submit_application(actor=self.actor, application_id=file.pk, at=self.at)
        except (Conflict, InvalidInput) as refusal:
            context = self.context(number=number)
            form = PageForm({})
            form.is_valid()
            blame(form, refusal)
            return self.page(code=status_of(refusal), **{**context, "form": form})
        return HttpResponseRedirect(reverse("company:application-submitted", args=[number]))


class Supplement(PageView):
    """补正: the officer's one list, the time left, and the sections."""

    area = "company"
    template = "web/company/supplement.html"
    title = _("More information needed")

    def context(self, **kwargs: Any) -> dict[str, Any]:
        """Only for a file that came back."""
        file = get_application_for(self.scope, kwargs["number"])
        if file.status != "RETURNED":
            raise Conflict("nothing_asked", _("Nothing is asked for on this file now."))
        return {"application": file, "lead": file.number, "tasks": tasks_of(file, self.at),
                "deadlines": list_due(file.ref)}  # fmt: skip
