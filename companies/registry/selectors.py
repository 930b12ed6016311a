"""What a person may see: Scope. And companies, through it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q, QuerySet

from companies.agencies.selectors import list_ids_below
from companies.errors import not_found
from companies.registry.models import (
    BankAccount,
    BankAccountStatus,
    Company,
    CompanyRole,
    Membership,
    RelatedPair,
)
from companies.users.models import Duty, Role
from companies.users.selectors import in_force, list_duties

COMPANY_ROLES = frozenset({CompanyRole.AGENT, CompanyRole.SIGNATORY})
PROVIDER_ROLES = frozenset({CompanyRole.PROVIDER_AGENT, CompanyRole.PROVIDER_FINANCE})


@dataclass(frozen=True)
class Scope:
    """The duties and memberships a person holds at one moment; nobody's scope is empty."""

    user_id: int | None
    duties: tuple[Duty, ...] = ()
    memberships: tuple[Membership, ...] = ()
    overseen_ids: frozenset[int] = field(default=frozenset())

    @property
    def agency_ids(self) -> frozenset[int]:
        """Every agency with a duty that reads; an overseer's also those below. An operator runs
        the platform and reads nobody's files."""
        read = (duty for duty in self.duties if duty.role != Role.OPERATOR)
        return frozenset(duty.agency_id for duty in read) | self.overseen_ids

    def agency_ids_with(self, *roles: str) -> frozenset[int]:
        """The agencies where one of these roles is held."""
        own = frozenset(duty.agency_id for duty in self.duties if duty.role in roles)
        return own | self.overseen_ids if Role.OVERSEER in roles else own

    @property
    def company_ids(self) -> frozenset[int]:
        """The companies this person applies and redeems for."""
        return frozenset(m.company_id for m in self.memberships if m.role in COMPANY_ROLES)

    @property
    def provider_company_ids(self) -> frozenset[int]:
        """The companies this person provides for."""
        return frozenset(m.company_id for m in self.memberships if m.role in PROVIDER_ROLES)

    @property
    def roles(self) -> frozenset[str]:
        """Every role held anywhere, of duties and memberships."""
        held: list[Duty | Membership] = [*self.duties, *self.memberships]
        return frozenset(str(right.role) for right in held)

    def has_role(self, *roles: str) -> bool:
        """Whether one of these roles is held anywhere."""
        return not self.roles.isdisjoint(roles)


def get_scope(user_id: int | None, at: datetime) -> Scope:
    """What this person may see now; None is the anonymous public."""
    if user_id is None:
        return Scope(None)
    duties = tuple(list_duties(user_id, at))
    overseen = [duty.agency_id for duty in duties if duty.role == Role.OVERSEER]
    return Scope(user_id, duties, tuple(list_memberships(user_id, at)), list_ids_below(overseen))


def list_memberships(user_id: int, at: datetime) -> QuerySet[Membership]:
    """What a person does for companies now."""
    return (
        Membership.objects.filter(in_force(at), user_id=user_id, user__is_active=True)
        .select_related("company")
        .order_by("id")
    )


def list_member_ids(company_id: int, at: datetime, *roles: str) -> list[int]:
    """The people of a company (with one of these roles), for telling them."""
    held = Membership.objects.filter(in_force(at), company_id=company_id, user__is_active=True)
    if roles:
        held = held.filter(role__in=roles)
    return sorted(set(held.values_list("user_id", flat=True)))


def list_companies(scope: Scope) -> QuerySet[Company]:
    """Companies: all of them to officers (they are shared), one's own to the rest."""
    companies = Company.objects.select_related("region").order_by("-id")
    if scope.agency_ids:
        return companies
    return companies.filter(pk__in=scope.company_ids | scope.provider_company_ids)


def get_company_for(scope: Scope, credit_code: str) -> Company:
    """One company by its credit code. Raises NotFound for an absent and for a foreign one."""
    company = list_companies(scope).filter(credit_code=credit_code).first()
    if company is None:
        raise not_found("company")
    return company


def find_bank_account(company_id: int) -> BankAccount | None:
    """The one account that is paid to."""
    return BankAccount.objects.filter(
        company_id=company_id, status=BankAccountStatus.VERIFIED
    ).first()


def list_bank_accounts(company_id: int) -> QuerySet[BankAccount]:
    """Every version, newest first. The caller has been let in to the company."""
    return BankAccount.objects.filter(company_id=company_id).order_by("-id")


def are_related(company_id: int, other_id: int) -> bool:
    """Whether two companies are the same, of one group or known to be related."""
    if company_id == other_id:
        return True
    low, high = sorted((company_id, other_id))
    if RelatedPair.objects.filter(low_id=low, high_id=high).exists():
        return True
    keys = Company.objects.filter(Q(pk=low) | Q(pk=high)).values_list("group_key", flat=True)
    return len(set(keys)) == 1


def get_company(credit_code: str) -> Company:
    """A company by its public code: that it exists is no secret. Raises NotFound."""
    found = Company.objects.filter(credit_code=credit_code).first()
    if found is None:
        raise not_found("company")
    return found
