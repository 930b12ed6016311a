"""Reading files, notices and awards: for those let in, and for everybody."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from companies.audit.selectors import list_history
from companies.errors import not_found
from companies.files.models import Verdict
from companies.registry.selectors import COMPANY_ROLES, Scope, list_member_ids
from vouchers.applications.models import (
    Application,
    ApplicationStatus,
    Attachment,
    NoticeRow,
    NoticeStatus,
    Objection,
    PublicNotice,
)

if TYPE_CHECKING:
    from companies.audit.models import AuditEvent

# An award is public knowledge once nobody can object to it any more.
AWARDED = (ApplicationStatus.APPROVED, ApplicationStatus.ISSUED)


def list_applications(
    scope: Scope, *, status: str = "", programme: str = "", company: str = ""
) -> QuerySet[Application]:
    """The files this person may see, newest first: the company's own, or one's agencies'.

    `programme` is a scheme's code, `company` a credit code.
    """
    own = Q(company_id__in=scope.company_ids)
    office = Q(agency_id__in=scope.agency_ids, submitted_at__isnull=False)
    wanted = {"status": status, "programme__code": programme, "company__credit_code": company}
    return (
        Application.objects.filter(own | office)
        .filter(**{key: value for key, value in wanted.items() if value})
        .select_related("company", "programme", "round", "agency")
        .order_by("-id")
    )


def get_application_for(scope: Scope, number: str) -> Application:
    """One file by its number. Raises NotFound, also for what is another's."""
    found = list_applications(scope).filter(number=number).first()
    if found is None:
        raise not_found("application")
    return found


def list_attachments(application: Application) -> QuerySet[Attachment]:
    """The papers now on the file, by kind."""
    papers = Attachment.objects.filter(application=application, replaced_at__isnull=True)
    return papers.select_related("file").order_by("kind", "id")


def current_papers(application: Application) -> list[Attachment]:
    """Of each kind the newest clean paper; where none is clean, the newest."""
    newest_clean_last = sorted(
        list_attachments(application),
        key=lambda paper: (paper.kind, paper.file.verdict == Verdict.CLEAN, paper.pk),
    )
    return list({paper.kind: paper for paper in newest_clean_last}.values())


def list_application_history(application: Application) -> QuerySet[AuditEvent]:
    """Everything that happened to the file, oldest first."""
    return list_history(application.ref)


def list_company_people(company_id: int, at: datetime) -> list[int]:
    """The ids of those who act for the company: they hear of every step."""
    return list_member_ids(company_id, at, *COMPANY_ROLES)


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


def list_notices(scope: Scope) -> QuerySet[PublicNotice]:
    """The notices of one's own agencies, newest first."""
    return list_public_notices().filter(agency_id__in=scope.agency_ids)


def get_notice_for(scope: Scope, number: str) -> PublicNotice:
    """A notice of one's own agencies. Raises NotFound."""
    found = list_notices(scope).filter(number=number).first()
    if found is None:
        raise not_found("notice")
    return found


def list_notice_rows(notice: PublicNotice) -> QuerySet[NoticeRow]:
    """Its rows as published, in their order."""
    return notice.rows.select_related("application").order_by("id")


def get_notice_row(number: str, application_number: str) -> NoticeRow:
    """The row of one file in a notice, to object to. Raises NotFound."""
    rows = list_notice_rows(get_public_notice(number))
    found = rows.filter(application__number=application_number).first()
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


def list_objections(scope: Scope, *, status: str = "") -> QuerySet[Objection]:
    """The objections lodged in this officer's agencies, newest first."""
    lodged = Objection.objects.filter(agency_id__in=scope.agency_ids)
    if status:
        lodged = lodged.filter(status=status)
    return lodged.select_related("application", "application__company", "notice_row").order_by(
        "-id"
    )


def get_objection_for(scope: Scope, tracking_code: str) -> Objection:
    """One objection by its tracking code. Raises NotFound."""
    found = list_objections(scope).filter(tracking_code=tracking_code).first()
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
