"""What a provider sells, where its machines stand, and whose accounts are whose."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from companies.agencies.selectors import get_region
from companies.audit.services import record_event
from companies.errors import Conflict, InvalidInput, not_found
from companies.foundation.actors import Actor
from companies.foundation.locks import lock_rows
from companies.foundation.verbs import verb
from companies.local_time import local_date
from companies.registry.models import Company, CompanyRole
from companies.registry.policies import require_membership
from vouchers.providers.models import ComputeCentre, Offer, Provider, ServiceClass, UsageAccount


@verb
def publish_offer(
    *,
    actor: Actor,
    provider_id: int,
    code: str,
    name_zh: str,
    name_en: str,
    service_class: str,
    unit: str,
    unit_price: Decimal,
    valid_from: datetime,
    at: datetime,
) -> Offer:
    """A new price (yuan per unit); the former version ends where this one begins.

    Raises NotAllowed, InvalidInput `price_not_positive`, `service_class_unknown`,
    `price_backdated`.
    """
    provider = _own(actor, provider_id, at)
    if unit_price <= 0:
        raise InvalidInput("price_not_positive", _("A price lies above zero."))
    if service_class not in ServiceClass.values:
        raise InvalidInput("service_class_unknown", _("There is no such class of service."))
    former = Offer.objects.filter(provider=provider, code=code, valid_until__isnull=True).first()
    if former:
        if former.valid_from >= valid_from:
            raise InvalidInput("price_backdated", _("A new price begins after the present one."))
        former.valid_until = valid_from
        former.save(update_fields=["valid_until"])
    last = Offer.objects.filter(provider=provider, code=code).aggregate(last=Max("version"))
    offer = Offer.objects.create(
        agency_id=provider.agency_id,
        provider=provider,
        code=code,
        version=(last["last"] or 0) + 1,
        name_zh=name_zh,
        name_en=name_en,
        service_class=service_class,
        unit=unit,
        unit_price=unit_price,
        valid_from=valid_from,
    )
    _told(actor, provider, "offer.published", at, code=code, unit_price=str(unit_price))
    return offer


@verb
def register_centre(
    *,
    actor: Actor,
    provider_id: int,
    name_zh: str,
    name_en: str,
    region_code: str,
    capacity_pflops: Decimal,
    pledged_hours: Decimal,
    at: datetime,
) -> ComputeCentre:
    """智算中心: capacity in PFLOPS, card hours pledged a year. Raises NotAllowed, InvalidInput
    `capacity_not_positive`."""
    provider = _own(actor, provider_id, at)
    if capacity_pflops <= 0:
        raise InvalidInput("capacity_not_positive", _("A capacity lies above zero."))
    centre = ComputeCentre.objects.create(
        agency_id=provider.agency_id,
        provider=provider,
        name_zh=name_zh,
        name_en=name_en,
        region=get_region(region_code, local_date(at)),
        capacity_pflops=capacity_pflops,
        pledged_hours=pledged_hours,
    )
    _told(actor, provider, "compute_centre.registered", at, name=name_zh)
    return centre


@verb
def register_usage_account(
    *, actor: Actor, provider_id: int, company_id: int, account_number: str, at: datetime
) -> UsageAccount:
    """A company's account at this provider. Raises NotAllowed, NotFound, Conflict
    `usage_account_taken`."""
    provider = _own(actor, provider_id, at)
    if not Company.objects.filter(pk=company_id).exists():
        raise not_found("company")
    if UsageAccount.objects.filter(provider=provider, account_number=account_number).exists():
        raise Conflict("usage_account_taken", _("This account is registered already."))
    account = UsageAccount.objects.create(
        agency_id=provider.agency_id,
        provider=provider,
        company_id=company_id,
        account_number=account_number,
        registered_at=at,
    )
    _told(actor, provider, "usage_account.registered", at, account_number=account_number)
    return account


def _own(actor: Actor, provider_id: int, at: datetime) -> Provider:
    """The actor's own provider, locked."""
    provider = next(iter(lock_rows(Provider.objects.filter(pk=provider_id))), None)
    if provider is None:
        raise not_found("provider")
    require_membership(
        actor=actor, company_id=provider.company_id, roles=[CompanyRole.PROVIDER_AGENT], at=at
    )
    return provider


def _told(actor: Actor, provider: Provider, action: str, at: datetime, **facts: Any) -> None:
    record_event(
        action,
        actor=actor,
        subject_ref=f"provider:{provider.number}",
        agency_id=provider.agency_id,
        at=at,
        **facts,
    )
