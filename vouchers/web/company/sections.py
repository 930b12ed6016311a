"""Filling in a file: the task list, one topic a page, checking, handing in."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from companies.errors import Conflict, InvalidInput, not_found
from companies.registry.industries import industry_name
from vouchers.applications import services
from vouchers.applications.form import REQUIRED
from vouchers.applications.selectors import get_application_for
from vouchers.applications.states import EDITABLE
from vouchers.money import format_yuan
from vouchers.programmes.selectors import get_published_rules
from vouchers.providers.selectors import list_admitted
from vouchers.web.company.people import is_signatory
from vouchers.web.due import list_due
from vouchers.web.forms import company as forms
from vouchers.web.forms.base import MoneyField, PageForm
from vouchers.web.views import FormPage, PageView, blame, status_of
from vouchers.web.words import named

# section → (label, form); the first is told by the register and has nothing to fill in.
SECTIONS: dict[str, tuple[Promise, type[PageForm] | None]] = {
    "company": (_("Company facts (from the register)"), None),
    "need": (_("Project and need of compute"), forms.NeedForm),
    "contract": (_("Service contract"), forms.ContractForm),
    "support": (_("Earlier support and double claims"), forms.SupportForm),
    "papers": (_("Papers"), forms.PapersForm),
    "declaration": (_("Declaration of truth"), forms.DeclarationForm),
}


def papers_of(application: Any) -> list[Any]:
    """The papers now on the file."""
    papers = application.attachments.filter(replaced_at__isnull=True)
    return list(papers.select_related("file").order_by("kind"))


def missing_of(application: Any, section: str, form_class: type[PageForm] | None) -> bool:
    """Whether something a section must hold is not there yet."""
    if form_class is None:
        return False
    if section == "papers":
        return not papers_of(application)
    if section == "declaration":
        return not application.form.get("declares_true")
    if section == "support":
        return "prior_support_fen" not in application.form
    wanted = [name for name in form_class.base_fields if name in REQUIRED]
    return any(name not in application.form for name in wanted)


def tasks_of(application: Any) -> list[dict[str, Any]]:
    """The sections with their state."""
    tasks = []
    for section, (label, form_class) in SECTIONS.items():
        done = not missing_of(application, section, form_class)
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


class ApplicationTasks(PageView):
    """已完成 n/6."""

    area = "company"
    template = "web/company/application_tasks.html"

    def context(self, **kwargs: Any) -> dict[str, Any]:
        """Sections, what is missing, the officer's list if it came back."""
        file = get_application_for(self.scope, kwargs["number"])
        tasks = tasks_of(file)
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
        form_class = SECTIONS[self.section][1] or PageForm
        form = form_class(data, uploads, initial=self.initial_of(form_class))
        if self.section == "need":
            self.offer_choices(form)
        return form

    def initial_of(self, form_class: type[PageForm]) -> dict[str, Any]:
        """Saved answers; days as days."""
        known = {k: v for k, v in self.file.form.items() if k in form_class.base_fields}
        for name in ("contract_date", "period_first", "period_last"):
            if name in known:
                known[name] = date.fromisoformat(known[name])
        return known

    def offer_choices(self, form: Any) -> None:
        """Kinds of the rules in force, providers admitted now."""
        rules = self.file.rule_version or get_published_rules(self.file.programme_id, self.at)
        tag = "name_en" if get_language() == "en" else "name_zh"
        kinds = rules.document.get("kinds", []) if rules else []
        form.fields["service_class"].choices = [("", "—")] + [(k["code"], k[tag]) for k in kinds]
        form.fields["provider_number"].choices = [("", "—")] + [
            (p.number, f"{named(p.company)} · {p.number}")
            for p in list_admitted(self.file.programme_id, self.at)
        ]

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
            context["summary"] = [
                {"label": paper.kind, "value": paper.file.original_name,
                 "note": paper.file.get_verdict_display()}
                for paper in papers_of(self.file)
            ]  # fmt: skip
        return context

    def perform(self, data: dict[str, Any], **kwargs: Any) -> str:
        """Keep this section's answers beside the others; a paper is attached."""
        if self.section == "papers":
            if data.get("contract"):
                services.attach_file(
                    actor=self.actor, application_id=self.file.pk, kind="contract",
                    content=data["contract"], name=data["contract"].name, at=self.at,
                )  # fmt: skip
        elif self.section != "company":
            said = {k: v.isoformat() if isinstance(v, date) else v for k, v in data.items()}
            services.save_application(
                actor=self.actor, application_id=self.file.pk, form={**self.file.form, **said},
                at=self.at,
            )  # fmt: skip
        return reverse("company:application-tasks", args=[self.file.number])


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
        groups = []
        for section, (label, form_class) in SECTIONS.items():
            url = reverse("company:application-section", args=[file.number, section])
            if form_class is None:
                rows = company_facts(file.company)
            elif section == "papers":
                rows = [{"label": p.kind, "value": p.file.original_name} for p in papers_of(file)]
            else:
                rows = [
                    {"label": f.label, "value": shown(f, file.form.get(name))}
                    for name, f in form_class.base_fields.items()
                ]
            groups.append({"label": label, "url": url, "rows": rows})
        missing = [task["label"] for task in tasks_of(file) if not task["done"]]
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


def shown(field: Any, value: Any) -> Any:
    """An answer as people read it."""
    if value is None or value == "":
        return "—"
    if isinstance(field, MoneyField):
        return format_yuan(value)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return value


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
        return {"application": file, "lead": file.number, "tasks": tasks_of(file),
                "deadlines": list_due(file.ref)}  # fmt: skip
