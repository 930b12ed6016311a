"""A provider applies, one officer checks, another decides; then programmes admit it."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from companies.audit.services import record_event
from companies.errors import Conflict, NotAllowed, not_found
from companies.foundation.actors import Actor
from companies.foundation.locks import lock_rows
from companies.foundation.numbers import next_number
from companies.foundation.states import require_step
from companies.foundation.verbs import verb
from companies.registry.models import Company, CompanyRole
from companies.registry.policies import require_membership
from companies.users.models import Duty, Role
from companies.users.policies import require_duty
from vouchers.providers.models import Admission, Provider, ProviderStatus
from vouchers.providers.states import PROVIDER_STEPS


@verb
def apply_as_provider(
    *, actor: Actor, agency_id: int, company_id: int, at: datetime
) -> Provider:
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
    """APPLIED → UNDER_REVIEW: a reviewer has looked at the papers."""
    provider, duty = _of(actor, provider_id, Role.REVIEWER, at)
    return _move(actor, provider, duty, ProviderStatus.UNDER_REVIEW, "reviewed", at)


@verb
def approve_provider(*, actor: Actor, provider_id: int, at: datetime) -> Provider:
    """UNDER_REVIEW → APPROVED, by an approver who did not check. Raises NotAllowed, Conflict."""
    provider, duty = _of(actor, provider_id, Role.APPROVER, at)
    return _decide(actor, provider, duty, ProviderStatus.APPROVED, "approved", at)


@verb
def refuse_provider(*, actor: Actor, provider_id: int, reason: str, at: datetime) -> Provider:
    """UNDER_REVIEW → REFUSED, with the reason kept."""
    provider, duty = _of(actor, provider_id, Role.APPROVER, at)
    return _decide(actor, provider, duty, ProviderStatus.REFUSED, "refused", at, reason)


@verb
def suspend_provider(*, actor: Actor, provider_id: int, reason: str, at: datetime) -> Provider:
    """APPROVED → SUSPENDED: no new holds; what is payable is paid."""
    provider, duty = _of(actor, provider_id, Role.APPROVER, at)
    provider.decided_by_id = duty.user_id
    return _move(actor, provider, duty, ProviderStatus.SUSPENDED, "suspended", at, reason)


@verb
def resume_provider(*, actor: Actor, provider_id: int, at: datetime) -> Provider:
    """SUSPENDED → APPROVED, by another approver than who suspended."""
    provider, duty = _of(actor, provider_id, Role.APPROVER, at)
    if provider.decided_by_id == duty.user_id:
        raise NotAllowed("own_suspension", _("Another person must lift what you imposed."))
    provider.decided_by_id = duty.user_id
    return _move(actor, provider, duty, ProviderStatus.APPROVED, "resumed", at)


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
    """准入: a half-open period in one programme. Raises NotAllowed, Conflict `wrong_state`."""
    provider, duty = _of(actor, provider_id, Role.APPROVER, at)
    if provider.status != ProviderStatus.APPROVED:
        raise Conflict("wrong_state", _("Only an approved provider can be admitted."))
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
    return provider, require_duty(
        actor=actor, roles=[role], agency_id=provider.agency_id, at=at
    )


def _decide(
    actor: Actor,
    provider: Provider,
    duty: Duty,
    target: ProviderStatus,
    past: str,
    at: datetime,
    reason: str = "",
) -> Provider:
    if provider.checked_by_id == duty.user_id:
        raise NotAllowed("own_check", _("Another person must decide what you checked."))
    if provider.status != ProviderStatus.UNDER_REVIEW:
        require_step({}, provider.status, target, provider.number)
    provider.decided_by_id = duty.user_id
    provider.decided_at = at
    return _move(actor, provider, duty, target, past, at, reason)


def _move(
    actor: Actor,
    provider: Provider,
    duty: Duty,
    target: ProviderStatus,
    past: str,
    at: datetime,
    reason: str = "",
) -> Provider:
    require_step(PROVIDER_STEPS, provider.status, target, provider.number)
    before = {"status": str(provider.status)}
    if target == ProviderStatus.UNDER_REVIEW:
        provider.checked_by_id = duty.user_id
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
