"""The company's part: draft, fill in, attach, submit, withdraw."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import Any, BinaryIO

from django.utils.translation import gettext_lazy as _

from companies.agencies.services import open_deadline
from companies.errors import Conflict, not_found
from companies.files.models import StoredFile, Verdict
from companies.files.services import store_file
from companies.foundation.actors import Actor
from companies.foundation.numbers import next_number
from companies.foundation.states import require_step
from companies.foundation.verbs import verb
from companies.registry.models import Company, CompanyRole
from companies.registry.policies import require_membership
from vouchers.applications.form import read_form
from vouchers.applications.models import (
    DEAD_STATUSES,
    Application,
    ApplicationStatus,
    Attachment,
)
from vouchers.applications.services.award import lock_file, release_file
from vouchers.applications.services.steps import (
    exported,
    find_application,
    lock_application,
    move,
    record,
)
from vouchers.applications.states import EDITABLE, STEPS
from vouchers.ledger.services import Request, find_replay
from vouchers.programmes.models import (
    Programme,
    ProgrammeStatus,
    Round,
    RoundStatus,
)

COMPANY_ROLES = (CompanyRole.AGENT, CompanyRole.SIGNATORY)


@verb
def draft_application(*, actor: Actor, round_id: int, company_id: int, at: datetime) -> Application:
    """Begin a file. Raises NotAllowed, NotFound, Conflict `round_closed`, `application_exists`."""
    require_membership(actor=actor, company_id=company_id, roles=COMPANY_ROLES, at=at)
    opened = Round.objects.select_related("programme").filter(pk=round_id).first()
    company = Company.objects.filter(pk=company_id).first()
    if opened is None or company is None:
        raise not_found("round")
    require_open(opened, opened.programme, at)
    require_only_one(company_id, opened.pk, "")
    application = Application.objects.create(
        agency_id=opened.agency_id,
        number=next_number("AP", at),
        programme=opened.programme,
        round=opened,
        company=company,
        status=ApplicationStatus.DRAFT,
        status_at=at,
        drafted_by_id=actor.user_id,
        is_demo=company.is_demo or opened.programme.is_demo,
    )
    open_deadline(
        agency_id=opened.agency_id,
        kind="applications.round_end",
        subject_ref=application.ref,
        due_at=opened.closes_at,
        at=at,
    )
    record(application, "application.drafted", actor=actor, at=at)
    return application


@verb
def save_application(
    *, actor: Actor, application_id: int, form: dict[str, Any], at: datetime
) -> Application:
    """Keep what the company says now; nothing is judged yet. Raises InvalidInput `form_invalid`."""
    found = find_application(application_id)
    require_membership(actor=actor, company_id=found.company_id, roles=COMPANY_ROLES, at=at)
    application = lock_application(application_id)
    _require_editable(application)
    before = exported(application)
    application.form = read_form(form)
    application.requested_fen = application.form.get("requested_fen", 0)
    application.save(update_fields=["form", "requested_fen"])
    record(
        application, "application.updated", actor=actor, at=at, before=before,
        answers=sorted(application.form),
    )  # fmt: skip
    return application


def attach_file(
    *,
    actor: Actor,
    application_id: int,
    kind: str,
    content: bytes | BinaryIO,
    name: str,
    at: datetime,
) -> Attachment:
    """Store a paper, then put it on the file: two verbs, for bytes are on disk before the row.

    Raises NotAllowed, Conflict `application_closed`, what `store_file` raises.
    """
    found = find_application(application_id)
    require_membership(actor=actor, company_id=found.company_id, roles=COMPANY_ROLES, at=at)
    _require_editable(found)
    stream = BytesIO(content) if isinstance(content, bytes) else content
    stored = store_file(actor=actor, content=stream, name=name, owner_ref=found.ref, at=at)
    return put_on_file(
        actor=actor, application_id=application_id, kind=kind, file_id=stored.pk, at=at
    )


@verb
def put_on_file(
    *, actor: Actor, application_id: int, kind: str, file_id: int, at: datetime
) -> Attachment:
    """Put a stored paper on the file. A clean one replaces what there was of its kind; any other
    waits beside a clean one, which stays the file's paper until then."""
    found = find_application(application_id)
    require_membership(actor=actor, company_id=found.company_id, roles=COMPANY_ROLES, at=at)
    application = lock_application(application_id)
    _require_editable(application)
    former = application.attachments.filter(kind=kind, replaced_at__isnull=True)
    if StoredFile.objects.get(pk=file_id).verdict != Verdict.CLEAN:
        former = former.exclude(file__verdict=Verdict.CLEAN)
    former.update(replaced_at=at)
    attachment = Attachment.objects.create(
        agency_id=application.agency_id,
        application=application,
        kind=kind,
        file_id=file_id,
        added_at=at,
    )
    record(
        application, "application.attached", actor=actor, at=at,
        kind=kind, sha256=attachment.file.sha256,
    )  # fmt: skip
    return attachment


@verb
def withdraw_application(
    *, actor: Actor, application_id: int, at: datetime, request_key: str
) -> Application:
    """Take the file back before it is approved; what was reserved is free again.

    Raises NotAllowed, Conflict `wrong_state`.
    """
    request = Request.of(actor, request_key, {"withdraw_application": application_id})
    if find_replay(request):
        return find_application(application_id)
    found = find_application(application_id)
    roles = (CompanyRole.SIGNATORY,) if found.submitted_at else COMPANY_ROLES
    require_membership(actor=actor, company_id=found.company_id, roles=roles, at=at)
    application = lock_file(application_id)
    if find_replay(request):
        return application
    before = exported(application)
    require_step(STEPS, application.status, ApplicationStatus.WITHDRAWN, application.number)
    release_file(application, request=request, reason="withdrawn", actor=actor, at=at)
    move(
        application,
        ApplicationStatus.WITHDRAWN,
        action="application.withdrawn",
        actor=actor,
        at=at,
        before=before,
        request_ref=request.ref,
    )
    return application


def _require_editable(application: Application) -> None:
    if application.status not in EDITABLE:
        raise Conflict("application_closed", _("The file is handed in and cannot be changed now."))


def require_open(opened: Round, programme: Programme, at: datetime) -> None:
    """A step: the round is open by the server's instant alone; the closing second is too late."""
    in_window = opened.opens_at <= at < opened.closes_at
    if opened.status != RoundStatus.PUBLISHED or not in_window:
        raise Conflict(
            "round_closed",
            _("This round takes no applications now (%(opens)s to %(closes)s)."),
            opens=opened.opens_at.isoformat(),
            closes=opened.closes_at.isoformat(),
        )
    if programme.status != ProgrammeStatus.ACTIVE:
        raise Conflict("programme_not_active", _("The scheme takes no applications now."))


def require_only_one(company_id: int, round_id: int, object_key: str, *, but: int = 0) -> None:
    """A step: one live file per company, round and object. Raises Conflict `application_exists`."""
    live = Application.objects.filter(
        company_id=company_id, round_id=round_id, object_key=object_key
    ).exclude(status__in=DEAD_STATUSES)
    other = live.exclude(pk=but).first()
    if other is not None:
        raise Conflict(
            "application_exists",
            _("You have an application in this round already: %(number)s."),
            number=other.number,
        )
