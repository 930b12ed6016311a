"""What is known about a file at one moment, from whom: the snapshot its verdict is made of."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from companies.errors import InvalidInput
from companies.local_time import local_date
from companies.registry.models import Company, EntityType
from companies.registry.selectors import are_related
from vouchers.applications.models import DEAD_STATUSES, Application
from vouchers.applications.selectors import current_papers
from vouchers.programmes.facts import FactSnapshot, FactValue, OtherSupport, make_snapshot, merge
from vouchers.programmes.models import CapScope, CapUsage
from vouchers.programmes.rules.document import RuleDocument, VoucherKind
from vouchers.providers.models import ComputeCentre, Provider
from vouchers.providers.selectors import is_admitted

# What the applicant's declaration of truth says besides the form; officers check it in screening.
DECLARED: dict[str, FactValue | None] = {
    "applicant.finance_rules": True,
    "credit.serious_dishonesty": False,
    "credit.dishonesty_record": False,
    "credit.major_penalty": False,
    "credit.criminal_record": False,
}


def find_provider(application: Application) -> Provider:
    """The provider the form names. Raises InvalidInput `provider_unknown`."""
    number = application.form.get("provider_number", "")
    provider = (
        Provider.objects.select_related("company", "company__region")
        .filter(agency_id=application.agency_id, number=number)
        .first()
    )
    if provider is None:
        raise InvalidInput(
            "provider_unknown",
            _("There is no provider %(number)s in this scheme."),
            number=number,
        )
    return provider


def choose_kind(rules: RuleDocument, form: dict[str, Any]) -> VoucherKind:
    """The kind of voucher asked for: named, or that of the service, or the only one."""
    wanted = form.get("kind") or form.get("service_class", "")
    return next((kind for kind in rules.kinds if kind.code == wanted), rules.kinds[0])


def take_snapshot(
    *, application: Application, provider: Provider, rules: RuleDocument, at: datetime
) -> FactSnapshot:
    """All that is known now: the form, the register, the provider's record, the caps used."""
    kind = choose_kind(rules, application.form)
    documents = current_papers(application)
    stated = make_snapshot(
        _stated(application.form),
        source="applicant",
        as_of=at,
        other_support=_other_support(application.form),
        documents=tuple(sorted(paper.kind for paper in documents)),
    )
    known = _registered(application.company)
    offered = _offered(application, provider, at)
    used = _used(application, kind.code, at)
    used |= {"application.kind": kind.code, "application.side": kind.side}
    return merge(
        stated,
        make_snapshot(known, source="register", as_of=at),
        make_snapshot(offered, source="provider", as_of=at),
        make_snapshot(used, source="system", as_of=at),
    )


def _stated(form: dict[str, Any]) -> dict[str, FactValue | None]:
    """An award is reckoned on the plan, whatever the rules later measure: use comes after it."""
    planned = form.get("planned_amount_fen")
    measures = ("contract", "occurred", "settled", "paid", "order", "year_total")
    stated: dict[str, FactValue | None] = {f"amount.{name}_fen": planned for name in measures}
    stated |= {
        "amount.requested_fen": form.get("requested_fen"),
        "contract.number": form.get("contract_number"),
        "contract.signed_date": form.get("contract_date"),
        "contract.first_date": form.get("period_first"),
        "contract.last_date": form.get("period_last"),
        "goods.chip_class": form.get("chip_class"),
        "goods.service_class": form.get("service_class"),
    }
    return stated | DECLARED if form.get("declares_true") else stated


def _other_support(form: dict[str, Any]) -> tuple[OtherSupport, ...] | None:
    amount = form.get("prior_support_fen")
    if amount is None:
        return None
    if not amount:
        return ()
    return (OtherSupport(scope_level="city", same="contract", amount_fen=amount, ref="declared"),)


def _registered(company: Company) -> dict[str, FactValue | None]:
    region = company.region.code
    return {
        "applicant.person_type": "legal",
        "applicant.entity_type": str(company.entity_type),
        "applicant.independent_legal_person": company.entity_type in EntityType.values,
        "applicant.size_class": str(company.size_class),
        "applicant.gbt4754": company.industry_code,
        "applicant.registered_region": region,
        "applicant.operating_region": region,
        "applicant.tax_region": region,
        "applicant.established_date": company.established_date.isoformat(),
    }


def _offered(
    application: Application, provider: Provider, at: datetime
) -> dict[str, FactValue | None]:
    return {
        "provider.admitted": is_admitted(provider.pk, application.programme_id, at),
        "provider.affiliated": are_related(application.company_id, provider.company_id),
        "goods.facility_region": _facility_of(provider),
    }


def _facility_of(provider: Provider) -> str:
    """The place is the machines', where the provider has registered them in one place alone."""
    places = set(
        ComputeCentre.objects.filter(provider=provider).values_list("region__code", flat=True)
    )
    return places.pop() if len(places) == 1 else str(provider.company.region.code)


def goods_bought(
    application: Application, provider: Provider, service_class: str
) -> dict[str, FactValue]:
    """What a bill's row is asked by the goods rule: the facts its file was judged by."""
    goods: dict[str, FactValue] = {
        "goods.service_class": service_class,
        "goods.facility_region": _facility_of(provider),
    }
    if chip := application.form.get("chip_class"):
        goods["goods.chip_class"] = chip
    return goods


def _used(application: Application, kind: str, at: datetime) -> dict[str, FactValue | None]:
    """Caps count the company's whole group; one contract is claimed by one file alone."""
    group, year = application.company.group_key, str(local_date(at).year)
    counters = CapUsage.objects.filter(
        programme_id=application.programme_id, scope=CapScope.GROUP_YEAR, subject=group
    )
    of_kind = Application.objects.filter(
        programme_id=application.programme_id,
        company__group_key=group,
        form__kind=kind,
        submitted_at__year=year,
    ).exclude(status__in=DEAD_STATUSES)
    return {
        "caps.used.contract": 0,
        "caps.used.kind_year": of_kind.aggregate(s=Sum("approved_fen"))["s"] or 0,
        "caps.used.firm_year": counters.filter(period=year).aggregate(s=Sum("used_fen"))["s"] or 0,
        "caps.used.lifetime": counters.aggregate(s=Sum("used_fen"))["s"] or 0,
    }
