"""A provider applies, one officer checks, another decides; then programmes admit it."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from companies.audit.services import record_event
from companies.errors import Conflict, InvalidInput, NotAllowed, not_found
from companies.foundation.actors import Actor
from companies.foundation.locks import lock_rows
from companies.foundation.numbers import next_number
from companies.foundation.states import require_step
from companies.foundation.verbs import verb
from companies.registry.models import Company, CompanyRole
from companies.registry.policies import require_membership
from companies.users.models import Duty, Role
from companies.users.policies import require_duty
from vouchers.programmes.models import Programme
from vouchers.providers.models import Admission, Provider, ProviderStatus
from vouchers.providers.states import PROVIDER_STEPS


@verb
def apply_as_provider(*, actor: Actor, agency_id: int, company_id: int, at: datetime) -> Provider:
    """A company asks to sell in this agency's programmes. Raises NotAllowed, Conflict
    `provider_exists`."""
    require_membership(
        actor=actor, company_id=company_id, roles=[CompanyRole.PROVIDER_AGENT], at=at
    )
    if Provider.objects.filter(agency_id=agency_id, company_id=company_id).exists():
        raise Conflict("provider_exists", _("This company has applied here already."))
    provider = Provider.objects.create(
        agency_id=agency_id,
        number=next_number("PV", at),
        company_id=company_id,
        status=ProviderStatus.APPLIED,
        applied_at=at,
        is_demo=Company.objects.get(pk=company_id).is_demo,
    )
    _told(actor, provider, "applied", at, before={})
    return provider


@verb
def check_provider(*, actor: Actor, provider_id: int, at: datetime) -> Provider:
    """APPLIED → UNDER_REVIEW: a reviewer has looked at the papers. Raises NotAllowed, Conflict."""
    provider, duty = _of(actor, provider_id, Role.REVIEWER, at)
    provider.checked_by_id = duty.user_id
    return _move(provider, "reviewed", actor=actor, duty=duty, at=at)


@verb
def approve_provider(*, actor: Actor, provider_id: int, at: datetime) -> Provider:
    """UNDER_REVIEW → APPROVED, by an approver who did not check. Raises NotAllowed, Conflict."""
    return _decide(provider_id, "approved", actor=actor, at=at)


@verb
def refuse_provider(*, actor: Actor, provider_id: int, reason: str, at: datetime) -> Provider:
    """UNDER_REVIEW → REFUSED, with the reason kept. Raises NotAllowed, Conflict."""
    return _decide(provider_id, "refused", actor=actor, at=at, reason=reason)


@verb
def suspend_provider(*, actor: Actor, provider_id: int, reason: str, at: datetime) -> Provider:
    """APPROVED → SUSPENDED: no new holds; what is payable is paid. Raises NotAllowed, Conflict."""
    return _decide(provider_id, "suspended", actor=actor, at=at, reason=reason)


@verb
def resume_provider(*, actor: Actor, provider_id: int, at: datetime) -> Provider:
    """SUSPENDED → APPROVED, by another approver than who suspended. Raises NotAllowed
    (`own_suspension`), Conflict."""
    return _decide(provider_id, "resumed", actor=actor, at=at)


@verb
def admit_provider(
    *,
    actor: Actor,
    provider_id: int,
    programme_id: int,
    valid_from: datetime,
    valid_until: datetime | None,
    at: datetime,
) -> Admission:
    """准入: a half-open period in one programme of this agency. Raises NotAllowed, NotFound,
    InvalidInput `period_backwards`, Conflict `wrong_state`, `already_admitted`."""
    provider, duty = _of(actor, provider_id, Role.APPROVER, at)
    if not Programme.objects.filter(pk=programme_id, agency_id=provider.agency_id).exists():
        raise not_found("programme")
    if provider.status != ProviderStatus.APPROVED:
        raise Conflict("wrong_state", _("Only an approved provider can be admitted."))
    if valid_until is not None and valid_until <= valid_from:
        raise InvalidInput("period_backwards", _("The end must lie after the beginning."))
    if _overlapping(provider, programme_id, valid_from, valid_until).exists():
        raise Conflict("already_admitted", _("The provider is admitted in that time already."))
    admission = Admission.objects.create(
        agency_id=provider.agency_id,
        provider=provider,
        programme_id=programme_id,
        valid_from=valid_from,
        valid_until=valid_until,
        admitted_by_id=duty.user_id,
    )
    record_event(
        "provider.admitted",
        actor=actor,
        subject_ref=f"provider:{provider.number}",
        agency_id=provider.agency_id,
        at=at,
        duty_ref=f"duty:{duty.pk}",
        programme_id=programme_id,
        valid_from=valid_from.isoformat(),
    )
    return admission


def _of(actor: Actor, provider_id: int, role: Role, at: datetime) -> tuple[Provider, Duty]:
    provider = next(iter(lock_rows(Provider.objects.filter(pk=provider_id))), None)
    if provider is None:
        raise not_found("provider")
    return provider, require_duty(actor=actor, roles=[role], agency_id=provider.agency_id, at=at)


def _overlapping(
    provider: Provider, programme_id: int, valid_from: datetime, valid_until: datetime | None
) -> QuerySet[Admission]:
    """Asked under the provider's lock; `admissions_do_not_overlap` stands behind it."""
    open_or_later = Q(valid_until__isnull=True) | Q(valid_until__gt=valid_from)
    found = Admission.objects.filter(open_or_later, provider=provider, programme_id=programme_id)
    return found.filter(valid_from__lt=valid_until) if valid_until else found


# Each verb leaves one status only: approving never lifts a suspension.
_FROM_TO = {
    "reviewed": (ProviderStatus.APPLIED, ProviderStatus.UNDER_REVIEW),
    "approved": (ProviderStatus.UNDER_REVIEW, ProviderStatus.APPROVED),
    "refused": (ProviderStatus.UNDER_REVIEW, ProviderStatus.REFUSED),
    "suspended": (ProviderStatus.APPROVED, ProviderStatus.SUSPENDED),
    "resumed": (ProviderStatus.SUSPENDED, ProviderStatus.APPROVED),
}


def _decide(
    provider_id: int, past: str, *, actor: Actor, at: datetime, reason: str = ""
) -> Provider:
    """An approver's act: never by who checked the papers, nor lifting one's own suspension."""
    provider, duty = _of(actor, provider_id, Role.APPROVER, at)
    if provider.checked_by_id == duty.user_id:
        raise NotAllowed("own_check", _("Another person must decide what you checked."))
    if past == "resumed" and provider.decided_by_id == duty.user_id:
        raise NotAllowed("own_suspension", _("Another person must lift what you imposed."))
    provider.decided_by_id = duty.user_id
    provider.decided_at = at
    return _move(provider, past, actor=actor, duty=duty, at=at, reason=reason)


def _move(
    provider: Provider, past: str, *, actor: Actor, duty: Duty, at: datetime, reason: str = ""
) -> Provider:
    source, target = _FROM_TO[past]
    require_step({source: PROVIDER_STEPS[source]}, provider.status, target, provider.number)
    before = {"status": str(provider.status)}
    provider.status = target
    provider.save()
    _told(actor, provider, past, at, before=before, duty=duty, reason=reason)
    return provider


def _told(
    actor: Actor,
    provider: Provider,
    past: str,
    at: datetime,
    *,
    before: dict[str, str],
    duty: Duty | None = None,
    reason: str = "",
) -> None:
    record_event(
        f"provider.{past}",
        actor=actor,
        subject_ref=f"provider:{provider.number}",
        agency_id=provider.agency_id,
        at=at,
        duty_ref=f"duty:{duty.pk}" if duty else "",
        before=before,
        after={"status": str(provider.status)},
        reason=reason,
    )
