"""Reading files, notices and awards: for those let in, and for everybody."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from companies.audit.models import AuditEvent
from companies.audit.selectors import list_history
from companies.errors import not_found
from companies.registry.models import CompanyRole, Membership, RelatedPair
from companies.registry.selectors import Scope
from vouchers.applications.models import (
    Application,
    ApplicationStatus,
    EvidenceClaim,
    NoticeRow,
    NoticeStatus,
    Objection,
    PublicNotice,
)

COMPANY_PEOPLE = (CompanyRole.AGENT, CompanyRole.SIGNATORY)
# An award is public knowledge once nobody can object to it any more.
AWARDED = (ApplicationStatus.APPROVED, ApplicationStatus.ISSUED)


def list_applications(scope: Scope, **filters: Any) -> QuerySet[Application]:
    """The files this person may see, newest first: the company's own, or one's agencies'."""
    own = Q(company_id__in=scope.company_ids)
    office = Q(agency_id__in=scope.agency_ids) & ~Q(submitted_at__isnull=True)
    return (
        Application.objects.filter(own | office)
        .filter(**filters)
        .select_related("company", "programme", "round", "agency")
        .order_by("-id")
    )


def get_application_for(scope: Scope, number: str) -> Application:
    """One file by its number. Raises NotFound, also for what is another's."""
    found = list_applications(scope, number=number).first()
    if found is None:
        raise not_found("application")
    return found


def list_application_history(application: Application) -> QuerySet[AuditEvent]:
    """Everything that happened to the file, oldest first."""
    return list_history(application.ref)


def list_company_people(company_id: int, at: datetime) -> list[int]:
    """The ids of those who act for the company: they hear of every step."""
    return list(
        Membership.objects.filter(
            Q(valid_until__isnull=True) | Q(valid_until__gt=at),
            company_id=company_id,
            role__in=COMPANY_PEOPLE,
            valid_from__lte=at,
        )
        .order_by("user_id")
        .values_list("user_id", flat=True)
        .distinct()
    )


def find_relation(one_id: int, other_id: int) -> RelatedPair | None:
    """How two companies are related, or None; a company is always related to itself."""
    if one_id == other_id:
        return RelatedPair(low_id=one_id, high_id=other_id, relation="same")
    low, high = sorted((one_id, other_id))
    return RelatedPair.objects.filter(low_id=low, high_id=high).order_by("id").first()


def list_live_claims(subject_ref: str) -> QuerySet[EvidenceClaim]:
    """The documents this subject holds."""
    return (
        EvidenceClaim.objects.filter(subject_ref=subject_ref, released_at__isnull=True)
        .select_related("document")
        .order_by("id")
    )


def list_public_notices() -> QuerySet[PublicNotice]:
    """The notices anybody may read, newest first."""
    return (
        PublicNotice.objects.exclude(status=NoticeStatus.WITHDRAWN)
        .select_related("programme", "agency")
        .order_by("-id")
    )


def get_public_notice(number: str) -> PublicNotice:
    """One public notice by its number. Raises NotFound."""
    found = list_public_notices().filter(number=number).first()
    if found is None:
        raise not_found("notice")
    return found


def list_notice_rows(notice: PublicNotice) -> QuerySet[NoticeRow]:
    """Its rows as published, in their order."""
    return notice.rows.select_related("application").order_by("id")


def get_notice_row(notice: PublicNotice, row_id: int) -> NoticeRow:
    """One row of a notice, to object to. Raises NotFound."""
    found = list_notice_rows(notice).filter(pk=row_id).first()
    if found is None:
        raise not_found("notice_row")
    return found


def get_objection_by_code(tracking_code: str) -> Objection:
    """How an objection stands, for whoever lodged it. Raises NotFound."""
    found = (
        Objection.objects.select_related("notice_row", "notice_row__notice")
        .filter(tracking_code=tracking_code)
        .first()
    )
    if found is None:
        raise not_found("objection")
    return found


def list_objections(scope: Scope, **filters: Any) -> QuerySet[Objection]:
    """The objections lodged in this officer's agencies, newest first."""
    return (
        Objection.objects.filter(agency_id__in=scope.agency_ids)
        .filter(**filters)
        .select_related("application", "application__company", "notice_row")
        .order_by("-id")
    )


def get_objection_for(scope: Scope, objection_id: int) -> Objection:
    """One objection. Raises NotFound."""
    found = list_objections(scope, pk=objection_id).first()
    if found is None:
        raise not_found("objection")
    return found


def list_awards() -> QuerySet[Application]:
    """What was granted to whom, newest first."""
    return (
        Application.objects.filter(status__in=AWARDED)
        .select_related("company", "programme", "agency")
        .order_by("-id")
    )
