"""Programmes: what is in force, drafts of rules and windows, and the seat maps."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from companies.agencies.models import AgencyKind
from companies.agencies.selectors import get_agency, list_agencies
from companies.users.models import Role
from vouchers.applications.models import Act as SeatAct
from vouchers.programmes import services
from vouchers.programmes.models import Programme, ProgrammeStatus, RuleVersion, SeatMap
from vouchers.programmes.rules import missing_for_publication, parse_rules
from vouchers.programmes.seats import people_needed
from vouchers.programmes.selectors import (
    get_own_programme_for,
    get_published_rules,
    get_round_for,
    get_rule_version_for,
    get_seat_map_for,
    list_own_programmes,
    list_rounds,
    list_rule_versions,
    list_seat_maps,
)
from vouchers.web.desk import ALL_DESKS, FINANCE, OFFICERS, Act, ActsDesk, Desk
from vouchers.web.forms import PageForm
from vouchers.web.officer.file_view import seat_label
from vouchers.web.officer.programme_forms import (
    ProgrammeForm,
    PublishForm,
    RoundForm,
    RulesForm,
    SeatMapForm,
)
from vouchers.web.tables import Column
from vouchers.web.views import FormPage, ListPage
from vouchers.web.words import named

_ID = "programme_id"
_ANY = ("DRAFT", "ACTIVE", "PAUSED")


class ProgrammeList(Desk, ListPage):
    """The programmes of one's agencies."""

    template = "web/officer/list.html"
    title = _("Programmes and rules")
    roles = (*OFFICERS, *FINANCE)
    statuses = ProgrammeStatus
    columns = (
        Column("name", _("Programme"), link="url", sub="code"),
        Column("agency", _("Lead body")),
        Column("status", _("Status"), kind="status"),
    )

    def rows(self) -> Any:
        """Own programmes, drafts among them."""
        return list_own_programmes(self.scope)

    def row(self, noun: Any) -> Any:
        """One programme."""
        return {
            "name": named(noun),
            "code": noun.code,
            "url": reverse("officer:programme-detail", args=[noun.code]),
            "agency": named(noun.agency),
            "status": noun.status,
            "get_status_display": noun.get_status_display(),
        }

    def context(self, **kwargs: Any) -> dict[str, Any]:
        """The manager may begin a new one."""
        new = {"url": reverse("officer:programme-new"), "label": _("New programme"),
               "icon": "plus", "primary": True}  # fmt: skip
        may = self.scope.has_role(Role.PROGRAMME_MANAGER)
        return {**super().context(**kwargs), "actions": [new] if may else []}


class ProgrammeNew(Desk, FormPage):
    """A draft scheme; its rules, windows and money follow."""

    roles = (Role.PROGRAMME_MANAGER,)
    form_class = ProgrammeForm
    title = _("New programme")
    lead = _(
        "A draft: nobody outside sees it before its rules are published and it is put in force."
    )
    submit = _("Create the draft")
    success = _("The programme is drafted. Write its rules next.")

    def make_form(self, data: Any = None, uploads: Any = None, **kwargs: Any) -> Any:
        """One's own bodies lead; a finance body pays."""
        own = self.scope.agency_ids_with(Role.PROGRAMME_MANAGER)
        form = ProgrammeForm(data)
        for name, bodies in (
            ("agency", list_agencies().filter(pk__in=own).exclude(kind=AgencyKind.FINANCE)),
            ("finance_agency", list_agencies().filter(kind=AgencyKind.FINANCE)),
        ):
            form.fields[name].choices = [(body.code, named(body)) for body in bodies]
        return form

    def context(self, **kwargs: Any) -> dict[str, Any]:
        """The way back."""
        back = reverse("officer:programme-list")
        return {"crumbs": [(_("Programmes and rules"), back), (self.title, "")], "back_url": back}

    def perform(self, data: dict[str, Any], **kwargs: Any) -> str:
        """Codes to ids; what is made in a demonstration is marked as one."""
        agency = get_agency(data.pop("agency"))
        payer = get_agency(data.pop("finance_agency"))
        drafted = services.create_programme(
            actor=self.actor, agency_id=agency.pk, finance_agency_id=payer.pk, **data,
            is_demo=settings.DEMO, at=self.at,
        )  # fmt: skip
        return reverse("officer:programme-edit", args=[drafted.code])


class ProgrammeDetail(ActsDesk):
    """A programme: its rules in force, windows and state."""

    template = "web/officer/programme_detail.html"
    roles = ALL_DESKS
    acts = (
        Act(
            name="activate", label=_("Put in force"), verb=services.activate_programme,
            argument=_ID, statuses=("DRAFT",), roles=(Role.APPROVER,),
            done=_("The programme is in force."),
        ),
        Act(
            name="pause", label=_("Pause"), verb=services.pause_programme, argument=_ID,
            statuses=("ACTIVE",), roles=(Role.PROGRAMME_MANAGER,), tone="danger",
            hint=_("No submissions and no reservations while paused."),
            done=_("The programme is paused."),
        ),
        Act(
            name="resume", label=_("Resume"), verb=services.resume_programme, argument=_ID,
            statuses=("PAUSED",), roles=(Role.PROGRAMME_MANAGER,),
            done=_("The programme goes on."),
        ),
    )  # fmt: skip

    def find(self) -> Programme:
        """The programme, through its door."""
        return get_own_programme_for(self.scope, self.kwargs["code"])

    def context(self, **kwargs: Any) -> dict[str, Any]:
        """Rules with their clauses, versions, windows."""
        programme = self.noun
        rules = get_published_rules(programme.pk, self.at)
        document = parse_rules(rules.document) if rules else None
        return {
            **super().context(**kwargs),
            "title": named(programme),
            "programme": programme,
            "summary": getattr(programme, f"summary_{self.language}") or programme.summary_zh,
            "rules": rules,
            "clauses": self._clauses(document) if document else [],
            "document": document,
            "versions": list_rule_versions(programme.pk),
            "rounds": list_rounds(programme.pk),
            "edit_url": reverse("officer:programme-edit", args=[programme.code]),
            "budget_url": reverse("finance:programme-budget", args=[programme.code]),
            "crumbs": [
                (_("Programmes and rules"), reverse("officer:programme-list")),
                (programme.code, ""),
            ],
        }

    def _clauses(self, document: Any) -> list[dict[str, Any]]:
        return [
            {
                "label": clause.document
                if clause.article == "—"
                else f"{clause.document} · {clause.article}",
                "value": getattr(clause, f"text_{self.language}") or clause.text_zh,
            }
            for clause in document.clauses
        ]


class ProgrammeEdit(ActsDesk):
    """Drafts: a new rule document, a new window; publishing is a second person's act."""

    template = "web/officer/programme_edit.html"
    acts = (
        Act(
            name="draft-rules", label=_("Save as a new draft"), verb=services.draft_rule_version,
            argument=_ID, statuses=_ANY, roles=(Role.PROGRAMME_MANAGER,), form=RulesForm,
            done=_("The draft is saved."),
        ),
        Act(
            name="publish-rules", label=_("Publish the rules"),
            verb=services.publish_rule_version, argument="", statuses=_ANY,
            roles=(Role.APPROVER,), form=PublishForm,
            hint=_("By another person than the author; the former version retires."),
            done=_("The rules are published."),
        ),
        Act(
            name="create-round", label=_("Create the window"), verb=services.create_round,
            argument=_ID, statuses=_ANY, roles=(Role.PROGRAMME_MANAGER,), form=RoundForm,
            done=_("The window is drafted."),
        ),
        Act(
            name="publish-round", label=_("Publish the window"), verb=services.publish_round,
            argument="", statuses=_ANY, roles=(Role.APPROVER,), form=PublishForm,
            done=_("The window is published."),
        ),
    )  # fmt: skip

    def find(self) -> Programme:
        """The programme, through its door."""
        return get_own_programme_for(self.scope, self.kwargs["code"])

    def make_form(self, act: Act, *given: Any, **kwargs: Any) -> PageForm | None:
        """Drafts to choose from."""
        form = super().make_form(act, *given, **kwargs)
        if form is not None and "which" in form.fields:
            form.fields["which"].choices = self._drafts(act)
        return form

    def _drafts(self, act: Act) -> list[tuple[str, str]]:
        if act.name == "publish-rules":
            versions = list_rule_versions(self.noun.pk).filter(status="DRAFT")
            return [(str(v.version), f"{self.noun.code}@{v.version}") for v in versions]
        rounds = list_rounds(self.noun.pk).filter(status="DRAFT")
        return [(window.code, f"{window.code} {named(window)}") for window in rounds]

    def start(self, act: Act) -> dict[str, Any]:
        """A new draft begins with the newest document."""
        if act.name != "draft-rules":
            return {}
        newest = list_rule_versions(self.noun.pk).first()
        return {"document": newest.document if newest else {}}

    def call(self, act: Act, data: dict[str, Any]) -> Any:
        """Numbers to ids."""
        code = self.noun.code
        if act.name == "publish-rules":
            version = get_rule_version_for(self.scope, code, data["which"])
            data = {"rule_version_id": version.pk}
        elif act.name == "publish-round":
            data = {"round_id": get_round_for(self.scope, code, data["which"]).pk}
        return super().call(act, data)

    def context(self, **kwargs: Any) -> dict[str, Any]:
        """What still keeps each draft from being published."""
        programme = self.noun
        drafts = list_rule_versions(programme.pk).filter(status="DRAFT")
        return {
            **super().context(**kwargs),
            "title": _("Edit the programme"),
            "lead": named(programme),
            "drafts": [_draft(version) for version in drafts],
            "crumbs": [
                (_("Programmes and rules"), reverse("officer:programme-list")),
                (programme.code, reverse("officer:programme-detail", args=[programme.code])),
                (_("Edit"), ""),
            ],
        }


def _draft(version: RuleVersion) -> dict[str, Any]:
    return {
        "version": version,
        "missing": missing_for_publication(parse_rules(version.document)),
    }


class SeatMaps(ActsDesk):
    """岗位分离方案: acts against seats, who approved each version, how many people a file needs."""

    template = "web/officer/seat_map.html"
    roles = ALL_DESKS
    acts = (
        Act(
            name="propose", label=_("Propose a seat map"), verb=services.propose_seat_map,
            argument="", statuses=("",), roles=(Role.PROGRAMME_MANAGER,), form=SeatMapForm,
            done=_("The seat map is proposed; another body approves it."),
        ),
        Act(
            name="approve", label=_("Approve a seat map"), verb=services.approve_seat_map,
            argument="", statuses=("",), roles=(Role.FINANCE_AUTHORISER,), form=PublishForm,
            hint=_("By the finance body, never by its user."),
            done=_("The seat map is approved."),
        ),
    )  # fmt: skip

    def find(self) -> Any:
        """No single noun: the maps of one's agencies."""
        return _Maps(list_seat_maps(self.scope))

    def offices(self) -> set[int]:
        """Any agency of one's own."""
        return set(self.scope.agency_ids)

    def make_form(self, act: Act, *given: Any, **kwargs: Any) -> PageForm | None:
        """Proposed maps to choose from."""
        form = super().make_form(act, *given, **kwargs)
        if form is not None and act.name == "approve":
            proposed = list_seat_maps(self.scope).filter(status="PROPOSED")
            form.fields["which"].choices = [
                (f"{m.code}@{m.version}", f"{m.code}@{m.version} {named(m)}") for m in proposed
            ]
        return form

    def call(self, act: Act, data: dict[str, Any]) -> Any:
        """Numbers to ids; a manager proposes for the agency of that duty."""
        if act.name == "approve":
            code, _at, version = data["which"].rpartition("@")
            found = get_seat_map_for(self.scope, code, version)
            return super().call(act, {"seat_map_id": found.pk})
        agency_id = min(self.scope.agency_ids_with(Role.PROGRAMME_MANAGER), default=0)
        return super().call(act, {"agency_id": agency_id, **data})

    def context(self, **kwargs: Any) -> dict[str, Any]:
        """Each map as acts × seats."""
        maps = [
            {
                "map": seat_map,
                "name": named(seat_map),
                "people": people_needed(seat_map.seats),
                "rows": [
                    (SeatAct(act).label, seat_label(seat_map.seats[act]))
                    for act in SeatAct.values
                    if act in seat_map.seats
                ],
            }
            for seat_map in self.noun.rows.select_related("approved_by", "proposed_by")
        ]
        return {**super().context(**kwargs), "title": _("Seat map"), "maps": maps}


class _Maps:
    """What the page of maps stands for among acts: it has no state of its own."""

    status = ""
    pk = 0

    def __init__(self, rows: QuerySet[SeatMap]) -> None:
        self.rows = rows
