"""Companies, who acts for them, and the account they are paid to."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils.translation import gettext_lazy as _
from pypinyin import lazy_pinyin

from companies.agencies.selectors import get_region
from companies.audit.services import record_event
from companies.errors import Conflict, InvalidInput, NotAllowed, not_found
from companies.foundation.actors import Actor
from companies.foundation.locks import lock_rows
from companies.foundation.verbs import assert_in_transaction, verb
from companies.local_time import local_date
from companies.registry.credit_code import normalise_credit_code
from companies.registry.industries import normalise_industry_code
from companies.registry.models import (
    BankAccount,
    BankAccountStatus,
    Company,
    CompanyRole,
    EntityType,
    Membership,
)
from companies.registry.policies import require_membership
from companies.registry.size_class import size_class
from companies.users.models import Duty, Role
from companies.users.selectors import get_user, list_duties


@verb
def register_company(
    *,
    actor: Actor,
    credit_code: str,
    name_zh: str,
    name_en: str,
    entity_type: str,
    region_code: str,
    industry_code: str,
    staff: int,
    revenue_fen: int,
    assets_fen: int,
    established_date: date,
    group_key: str = "",
    is_demo: bool = False,
    at: datetime,
) -> Company:
    """Enter a company; whoever enters it is its first agent. Its size follows from its figures.

    Raises InvalidInput `credit_code_invalid`, `industry_unknown`, Conflict `company_registered`.
    """
    code = normalise_credit_code(credit_code)
    industry = normalise_industry_code(industry_code)
    if industry is None or entity_type not in EntityType.values:
        raise InvalidInput("industry_unknown", _("There is no such industry or kind of company."))
    if Company.objects.filter(credit_code=code).exists():
        raise Conflict("company_registered", _("This company is registered already."))
    company = Company.objects.create(
        credit_code=code,
        name_zh=name_zh,
        name_en=name_en,
        name_pinyin=" ".join(lazy_pinyin(name_zh))[:300],
        entity_type=entity_type,
        region=get_region(region_code, local_date(at)),
        industry_code=industry,
        staff=staff,
        revenue_fen=revenue_fen,
        assets_fen=assets_fen,
        size_class=size_class(
            industry_code=industry, staff=staff, revenue_fen=revenue_fen, assets_fen=assets_fen
        ),
        established_date=established_date,
        group_key=group_key or code,
        is_demo=is_demo,
    )
    record_event(
        "company.registered",
        actor=actor,
        subject_ref=f"company:{code}",
        agency_id=None,
        at=at,
        after={"credit_code": code, "name_zh": name_zh, "size_class": company.size_class},
        industry_code=industry,
        staff=staff,
        revenue_fen=revenue_fen,
        assets_fen=assets_fen,
    )
    if actor.user_id is not None:
        _add_member(actor, actor.user_id, company, CompanyRole.AGENT, at, None)
    return company


@verb
def grant_membership(
    *,
    actor: Actor,
    user_id: int,
    company_id: int,
    role: str,
    at: datetime,
    valid_until: datetime | None = None,
) -> Membership:
    """Give a person a role in a company: its signatory's or agent's word, an agent's not for
    signing. Raises NotAllowed, NotFound, InvalidInput `role_unknown`, Conflict `member_already`.
    """
    if role not in CompanyRole.values:
        raise InvalidInput("role_unknown", _("There is no such role."), role=str(role))
    _require_member(actor, company_id, role, at)
    company = Company.objects.filter(pk=company_id).first()
    if company is None:
        raise not_found("company")
    get_user(user_id)
    return _add_member(actor, user_id, company, role, at, valid_until)


@verb
def end_membership(*, actor: Actor, membership_id: int, at: datetime) -> Membership:
    """End a role now; ending one's own is always free. Raises NotFound, NotAllowed, Conflict."""
    rows = Membership.objects.filter(pk=membership_id).select_related("company")
    membership = next(iter(lock_rows(rows)), None)
    if membership is None:
        raise not_found("membership")
    if actor.user_id != membership.user_id:
        _require_member(actor, membership.company_id, membership.role, at)
    if membership.valid_until is not None and membership.valid_until <= at:
        raise Conflict("membership_over", _("This membership is over already."))
    # One that has not begun ends in its first instant, as duties do.
    membership.valid_until = max(at, membership.valid_from + timedelta(microseconds=1))
    membership.save(update_fields=["valid_until"])
    _record_member("membership.ended", actor, membership, membership.company, at)
    return membership


@verb
def add_bank_account(
    *,
    actor: Actor,
    company_id: int,
    account_name: str,
    account_number: str,
    bank_name: str,
    cnaps: str,
    at: datetime,
) -> BankAccount:
    """Enter a new version of the account; it pays nothing until a second person verified it.

    Raises NotAllowed, InvalidInput `account_number_malformed`, `account_name_differs`.
    """
    roles = [CompanyRole.AGENT, CompanyRole.SIGNATORY, CompanyRole.PROVIDER_FINANCE]
    require_membership(actor=actor, company_id=company_id, roles=roles, at=at)
    number = "".join(account_number.split())
    if not (number.isascii() and number.isdigit() and 8 <= len(number) <= 32):
        raise InvalidInput("account_number_malformed", _("An account number has 8 to 32 digits."))
    company = lock_rows(Company.objects.filter(pk=company_id))[0]
    if account_name.strip() != company.name_zh:
        raise InvalidInput("account_name_differs", _("The account must be the company's own."))
    account = BankAccount.objects.create(  # type: ignore[misc]
        company=company,
        version=company.bank_accounts.count() + 1,
        account_name=account_name.strip(),
        account_number=number,
        bank_name=bank_name,
        cnaps=cnaps,
        status=BankAccountStatus.PENDING,
        added_by_id=actor.user_id,
        added_at=at,
    )
    _record_account("bank_account.added", actor, account, company, at)
    return account


def accept_account(*, actor: Actor, account: BankAccount, duty: Duty, at: datetime) -> BankAccount:
    """A step: the account is paid to from now on, the older retires.

    Raises NotAllowed `verified_by_adder`, Conflict `wrong_state`.
    """
    assert_in_transaction()
    company = lock_rows(Company.objects.filter(pk=account.company_id))[0]
    versions = {row.pk: row for row in lock_rows(company.bank_accounts.all())}
    account = versions[account.pk]
    if account.added_by_id == actor.user_id:
        raise NotAllowed("verified_by_adder", _("A second person must verify an account."))
    if account.status != BankAccountStatus.PENDING:
        raise Conflict("wrong_state", _("This account has been dealt with."))
    for older in versions.values():
        if older.version < account.version and older.status != BankAccountStatus.RETIRED:
            older.status = BankAccountStatus.RETIRED
            older.save(update_fields=["status"])
            _record_account("bank_account.retired", actor, older, company, at, duty.agency_id)
    account.status = BankAccountStatus.VERIFIED
    account.verified_by_id = actor.user_id
    account.verified_at = at
    account.save(update_fields=["status", "verified_by", "verified_at"])
    _record_account(
        "bank_account.verified", actor, account, company, at, duty.agency_id, f"duty:{duty.pk}"
    )
    return account


def _require_member(actor: Actor, company_id: int, role: str, at: datetime) -> None:
    """The company's own people name each other; a platform operator may name the first ones."""
    if actor.kind == "system":
        return
    if actor.user_id and list_duties(actor.user_id, at).filter(role=Role.OPERATOR).exists():
        return
    roles = [CompanyRole.SIGNATORY]
    if role != CompanyRole.SIGNATORY:
        roles.append(CompanyRole.AGENT)
    require_membership(actor=actor, company_id=company_id, roles=roles, at=at)


def _add_member(
    actor: Actor,
    user_id: int,
    company: Company,
    role: str,
    at: datetime,
    valid_until: datetime | None,
) -> Membership:
    lock_rows(Company.objects.filter(pk=company.pk))
    held = Membership.objects.filter(user_id=user_id, company=company, role=role)
    if held.filter(valid_until__isnull=True).exists():
        raise Conflict("member_already", _("This person holds the role already."))
    membership = Membership.objects.create(
        user_id=user_id,
        company=company,
        role=role,
        valid_from=at,
        valid_until=valid_until,
        granted_by_ref=actor.ref,
    )
    _record_member("membership.granted", actor, membership, company, at)
    return membership


def _record_member(
    action: str, actor: Actor, membership: Membership, company: Company, at: datetime
) -> None:
    until = membership.valid_until
    record_event(
        action,
        actor=actor,
        subject_ref=f"company:{company.credit_code}",
        agency_id=None,
        at=at,
        after={
            "user_id": membership.user_id,
            "role": str(membership.role),
            "valid_until": until.isoformat() if until else None,
        },
    )


def _record_account(
    action: str,
    actor: Actor,
    account: BankAccount,
    company: Company,
    at: datetime,
    agency_id: int | None = None,
    duty_ref: str = "",
) -> None:
    record_event(
        action,
        actor=actor,
        subject_ref=f"company:{company.credit_code}",
        agency_id=agency_id,
        at=at,
        duty_ref=duty_ref,
        after={
            "version": account.version,
            # Its end: enough to know it by, and the record goes to more eyes than the account.
            "account_number": f"…{account.account_number[-4:]}",
            "bank_name": account.bank_name,
            "status": str(account.status),
        },
    )
