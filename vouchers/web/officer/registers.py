"""Registers: providers with their admission, companies, letters."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from companies.letters.models import LetterKind
from companies.letters.selectors import list_letters
from companies.local_time import end_of_day, local_date, start_of_day
from companies.registry.industries import industry_name
from companies.registry.selectors import list_companies
from companies.users.models import Role
from vouchers.programmes.selectors import get_programme_for, list_own_programmes
from vouchers.providers import services
from vouchers.providers.models import Provider, ProviderStatus
from vouchers.providers.selectors import (
    get_own_provider_for,
    list_centres,
    list_offers,
    list_own_providers,
)
from vouchers.web.desk import Act, ActsDesk, Desk
from vouchers.web.forms import PageForm
from vouchers.web.officer.forms import AdmissionForm, ReasonForm
from vouchers.web.tables import Column
from vouchers.web.views import ListPage
from vouchers.web.words import address_of, named

_ID = "provider_id"


class ProviderRegister(Desk, ListPage):
    """Providers before one's agencies."""

    template = "web/officer/list.html"
    title = _("Providers")
    statuses = ProviderStatus
    columns = (
        Column("name", _("Provider"), link="url", sub="number"),
        Column("code", _("Credit code"), kind="number"),
        Column("status", _("Status"), kind="status"),
        Column("applied_at", _("Applied"), kind="stamp"),
        Column("decided_at", _("Decided"), kind="stamp"),
    )

    def rows(self) -> Any:
        """Those of one's agencies."""
        return list_own_providers(self.scope)

    def row(self, noun: Any) -> Any:
        """One provider."""
        return {
            "name": named(noun.company),
            "number": noun.number,
            "url": reverse("officer:provider-detail", args=[noun.number]),
            "code": noun.company.credit_code,
            "status": noun.status,
            "get_status_display": noun.get_status_display(),
            "applied_at": noun.applied_at,
            "decided_at": noun.decided_at,
        }


class ProviderDetail(ActsDesk):
    """One provider: check, approve, refuse, suspend, resume."""

    template = "web/officer/provider_detail.html"
    acts = (
        Act(
            name="check", label=_("Papers checked"), verb=services.check_provider, argument=_ID,
            statuses=("APPLIED",), roles=(Role.REVIEWER,),
            done=_("The provider waits for approval."),
        ),
        Act(
            name="approve", label=_("Approve"), verb=services.approve_provider, argument=_ID,
            statuses=("UNDER_REVIEW",), roles=(Role.APPROVER,),
            hint=_("By an approver who did not check the papers."),
            done=_("The provider is approved."),
        ),
        Act(
            name="refuse", label=_("Refuse"), verb=services.refuse_provider, argument=_ID,
            statuses=("UNDER_REVIEW",), roles=(Role.APPROVER,), form=ReasonForm, tone="danger",
            done=_("The provider is refused."),
        ),
        Act(
            name="admit", label=_("Admit to a programme"), verb=services.admit_provider,
            argument=_ID, statuses=("APPROVED",), roles=(Role.APPROVER,), form=AdmissionForm,
            hint=_("From the first day on, companies may order from it with this programme's "
                   "vouchers."),
            done=_("The provider is admitted."),
        ),
        Act(
            name="suspend", label=_("Suspend"), verb=services.suspend_provider, argument=_ID,
            statuses=("APPROVED",), roles=(Role.APPROVER,), form=ReasonForm, tone="danger",
            hint=_("No new holds; what is payable is paid."),
            done=_("The provider is suspended."),
        ),
        Act(
            name="resume", label=_("Resume"), verb=services.resume_provider, argument=_ID,
            statuses=("SUSPENDED",), roles=(Role.APPROVER,),
            hint=_("By another approver than who suspended it."),
            done=_("The provider is approved again."),
        ),
    )  # fmt: skip

    def find(self) -> Provider:
        """The provider, through its door."""
        return get_own_provider_for(self.scope, self.kwargs["number"])

    def start(self, act: Act) -> dict[str, Any]:
        """From today."""
        return {"first": local_date(self.at)} if act.name == "admit" else {}

    def make_form(self, act: Act, *given: Any, **kwargs: Any) -> PageForm | None:
        """The programmes of the provider's agency."""
        form = super().make_form(act, *given, **kwargs)
        if form is not None and act.name == "admit":
            own = list_own_programmes(self.scope).filter(agency_id=self.noun.agency_id)
            form.fields["programme"].choices = [(p.code, named(p)) for p in own]
        return form

    def call(self, act: Act, data: dict[str, Any]) -> Any:
        """Codes to ids, days to instants: the last day is included."""
        if act.name == "admit":
            last = data["last"]
            data = {
                "programme_id": get_programme_for(self.scope, data["programme"]).pk,
                "valid_from": start_of_day(data["first"]),
                "valid_until": end_of_day(last) if last else None,
            }
        return super().call(act, data)

    def context(self, **kwargs: Any) -> dict[str, Any]:
        """Prices, centres, admissions."""
        provider = self.noun
        return {
            **super().context(**kwargs),
            "title": named(provider.company),
            "provider": provider,
            "prices": list_offers(provider.pk, self.at),
            "centres": list_centres(provider.pk),
            "admissions": provider.admissions.select_related("programme").order_by("id"),
            "crumbs": [
                (_("Providers"), reverse("officer:provider-register")),
                (provider.number, ""),
            ],
        }


class CompanyRegister(Desk, ListPage):
    """Companies known here."""

    template = "web/officer/list.html"
    title = _("Companies")
    columns = (
        Column("name_zh", _("Company"), sub="name_en"),
        Column("credit_code", _("Credit code"), kind="number"),
        Column("region", _("Region")),
        Column("industry_code", _("Industry"), words=industry_name),
        Column("staff", _("Staff"), kind="count"),
    )

    def rows(self) -> Any:
        """Shared by all officers."""
        return list_companies(self.scope)


class LetterList(Desk, ListPage):
    """Letters of one's agencies."""

    template = "web/officer/list.html"
    title = _("Letters")
    columns = (
        Column("number", _("Letter"), kind="number", sub="title"),
        Column("kind", _("Kind")),
        Column("company", _("Company")),
        Column("subject", _("About"), kind="number", link="url"),
        Column("status", _("Status"), kind="status"),
        Column("served_at", _("Served"), kind="stamp"),
        Column("reply_until", _("Reply until"), kind="stamp"),
    )

    def rows(self) -> Any:
        """All of one's agencies."""
        return list_letters(self.scope)

    def row(self, noun: Any) -> Any:
        """One letter and what it is about."""
        return {
            "number": noun.number,
            "title": noun.title,
            "kind": LetterKind(noun.kind).label,
            "company": named(noun.company),
            "subject": noun.subject_ref.partition(":")[2],
            "url": address_of(noun.subject_ref),
            "status": noun.status,
            "get_status_display": noun.get_status_display(),
            "served_at": noun.served_at,
            "reply_until": noun.reply_until,
        }
