"""Reading providers, admissions and offers."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from companies.errors import not_found
from companies.registry.selectors import Scope
from vouchers.providers.models import (
    Admission,
    ComputeCentre,
    Offer,
    Provider,
    ProviderStatus,
    UsageAccount,
)


def _in_force(at: datetime) -> Q:
    return Q(valid_from__lte=at) & (Q(valid_until__isnull=True) | Q(valid_until__gt=at))


def list_providers(scope: Scope) -> QuerySet[Provider]:
    """Everyone sees approved providers; their officers and their own people see the others."""
    visible = (
        Q(status=ProviderStatus.APPROVED)
        | Q(agency_id__in=scope.agency_ids)
        | Q(company_id__in=scope.provider_company_ids)
    )
    return Provider.objects.select_related("company", "agency").filter(visible).order_by("-id")


def get_provider_for(scope: Scope, number: str) -> Provider:
    """The provider. Raises NotFound."""
    found = list_providers(scope).filter(number=number).first()
    if found is None:
        raise not_found("provider")
    return found


def list_own_providers(scope: Scope) -> QuerySet[Provider]:
    """The providers before one's own agencies, newest first."""
    return list_providers(scope).filter(agency_id__in=scope.agency_ids)


def get_own_provider_for(scope: Scope, number: str) -> Provider:
    """A provider with what its agency knows of it. Raises NotFound."""
    found = list_own_providers(scope).filter(number=number).first()
    if found is None:
        raise not_found("provider")
    return found


def is_admitted(provider_id: int, programme_id: int, at: datetime) -> bool:
    """Approved, and inside an admission to this programme at that moment."""
    return (
        Admission.objects.filter(_in_force(at), provider_id=provider_id, programme_id=programme_id)
        .filter(provider__status=ProviderStatus.APPROVED)
        .exists()
    )


def list_admitted(programme_id: int, at: datetime) -> QuerySet[Provider]:
    """The providers one may buy from in this programme now."""
    admitted = Admission.objects.filter(_in_force(at), programme_id=programme_id)
    return (
        Provider.objects.select_related("company")
        .filter(status=ProviderStatus.APPROVED, pk__in=admitted.values("provider_id"))
        .order_by("id")
    )


def find_offer(provider_id: int, code: str, at: datetime) -> Offer | None:
    """The offer's version in force at that moment, or None."""
    return Offer.objects.filter(_in_force(at), provider_id=provider_id, code=code).first()


def get_offer(*, agency_id: int, provider_number: str, code: str, at: datetime) -> Offer:
    """The offer in force of a provider of this agency. Raises NotFound."""
    of_provider = {"provider__agency_id": agency_id, "provider__number": provider_number}
    found = Offer.objects.filter(_in_force(at), code=code, **of_provider).first()
    if found is None:
        raise not_found("offer")
    return found


def list_offers(provider_id: int, at: datetime) -> QuerySet[Offer]:
    """The prices in force."""
    return Offer.objects.filter(_in_force(at), provider_id=provider_id).order_by("code", "id")


def list_centres(provider_id: int) -> QuerySet[ComputeCentre]:
    """Where the machines stand."""
    return (
        ComputeCentre.objects.select_related("region")
        .filter(provider_id=provider_id)
        .order_by("id")
    )


def list_usage_accounts(provider_id: int) -> QuerySet[UsageAccount]:
    """Whose usage the provider's bills tell."""
    return (
        UsageAccount.objects.select_related("company")
        .filter(provider_id=provider_id)
        .order_by("account_number", "id")
    )
