"""The approver's yes: money is put aside, the public is told and may object."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from companies.agencies.selectors import is_workday
from companies.agencies.services import (
    open_deadline,
)
from companies.audit.selectors import find_request_event
from companies.audit.services import record_event
from companies.errors import Conflict, InvalidInput, InvariantBroken
from companies.foundation.actors import Actor
from companies.foundation.numbers import next_number
from companies.foundation.states import require_step
from companies.foundation.verbs import verb
from companies.local_time import deadline_at, local_date
from companies.notifications.services import wake
from companies.users.models import Duty, Role
from vouchers.applications.models import (
    Act,
    Application,
    ApplicationStatus,
    NoticeRow,
    NoticeStatus,
    PublicNotice,
)
from vouchers.applications.services.award import Locked, award_of, lock_for_award, reserve
from vouchers.applications.services.burdens import drop_prior_notices
from vouchers.applications.services.seats import sign
from vouchers.applications.services.steps import (
    digest,
    exported,
    find_application,
    lock_application,
    move,
    record,
    require_officer,
    rules_of,
)
from vouchers.applications.states import STEPS
from vouchers.ledger.services import Request, find_replay
from vouchers.programmes.rules.procedure import Notice

_COSIGNED = {str(ApplicationStatus.RECOMMENDED): STEPS[ApplicationStatus.RECOMMENDED]}


@verb
def cosign_award(*, actor: Actor, application_id: int, at: datetime) -> Application:
    """One more approver signs a sum that needs several; the last one approves or posts.

    Raises NotAllowed, Conflict `wrong_state`, `already_signed`, `nothing_to_award`.
    """
    duty = require_officer(actor, find_application(application_id), (Role.APPROVER,), at)
    application = lock_application(application_id)
    # The approval itself is legal from later states too; a co-signature belongs before it.
    require_step(_COSIGNED, application.status, ApplicationStatus.APPROVED, application.number)
    _sign_award(application, award_of(application), actor=actor, duty=duty, at=at)
    record(application, "application.approved", actor=actor, at=at, duty=duty, cosigned=True)
    return application


@verb
def approve_application(
    *, actor: Actor, application_id: int, at: datetime, request_key: str
) -> Application:
    """Approve where the rules ask for no public notice; posts RESERVE.

    Raises NotAllowed, Conflict `wrong_state`, `notice_required`, `signatures_missing`,
    `insufficient_funds`, `ceiling_short`, `amount_exceeds_cap`.
    """
    request = Request.of(actor, request_key, {"approve_application": application_id})
    found = find_application(application_id)
    if find_replay(request):
        return found
    duty = require_officer(actor, found, (Role.APPROVER,), at)
    locked = lock_for_award([application_id], at)
    application = locked.applications[0]
    if find_replay(request):
        return application
    if award_notice(application) is not None:
        raise Conflict("notice_required", _("The rules ask for a public notice first."))
    _award(
        application, ApplicationStatus.APPROVED, locked=locked, request=request, part=0,
        actor=actor, duty=duty, at=at,
    )  # fmt: skip
    wake("issuance.prepare", application_id=application.pk)
    return application


@verb
def post_notice(
    *,
    actor: Actor,
    application_ids: list[int],
    title_zh: str,
    title_en: str,
    at: datetime,
    request_key: str,
) -> PublicNotice:
    """Approve these files and publish the list: all of them or none; posts one RESERVE each.

    Raises as `approve_application`, and InvalidInput `notice_empty`, `title_missing`.
    """
    ids = sorted(set(application_ids))
    body = {"post_notice": ids, "title_zh": title_zh, "title_en": title_en}
    request = Request.of(actor, request_key, body)
    if find_replay(request):
        return _notice_of(request)
    if not ids or not title_zh.strip():
        raise InvalidInput("notice_empty", _("A notice needs a title and at least one file."))
    duty = require_officer(actor, find_application(ids[0]), (Role.APPROVER,), at)
    locked = lock_for_award(ids, at)
    if find_replay(request):
        return _notice_of(request)
    by_rule = award_notice(locked.applications[0])
    if by_rule is None:
        raise Conflict("no_notice_by_rule", _("The rules of this scheme know no public notice."))
    for part, application in enumerate(locked.applications, start=1):
        _award(
            application, ApplicationStatus.IN_PUBLIC_NOTICE, locked=locked, request=request,
            part=part, actor=actor, duty=duty, at=at,
        )  # fmt: skip
    notice = _publish(locked.applications, title_zh.strip(), title_en.strip(), by_rule, at)
    record_event(
        "notice.posted",
        actor=actor,
        subject_ref=f"notice:{notice.number}",
        agency_id=notice.agency_id,
        at=at,
        request_ref=request.ref,
        duty_ref=f"duty:{duty.pk}",
        after={"number": notice.number, "status": str(notice.status), "sha256": notice.sha256},
    )
    return notice


def award_notice(application: Application) -> Notice | None:
    """The public notice the frozen rules want before an award, if any."""
    wanted = rules_of(application).procedure.notice or ()
    return next((notice for notice in wanted if notice.at == "award"), None)


def signatures_needed(application: Application, amount_fen: int) -> int:
    """How many approvers the amount table wants; the floor is one."""
    return max(1, rules_of(application).procedure.people_asked(Act.APPROVE, amount_fen))


def _award(
    application: Application,
    target: str,
    *,
    locked: Locked,
    request: Request,
    part: int,
    actor: Actor,
    duty: Duty,
    at: datetime,
) -> None:
    require_step(STEPS, application.status, target, application.number)
    before = exported(application)
    amount_fen = award_of(application)
    _sign_award(application, amount_fen, actor=actor, duty=duty, at=at)
    signed = (
        application.decisions.filter(
            act=Act.APPROVE, cycle=application.cycle, outcome="APPROVED",
            subject_ref=application.ref,
        )
        .values("user")
        .distinct()
        .count()
    )  # fmt: skip
    needed = signatures_needed(application, amount_fen)
    if signed < needed:
        raise Conflict(
            "signatures_missing",
            _("%(number)s needs %(needed)s signatures; with yours it has %(signed)s."),
            number=application.number,
            needed=needed,
            signed=signed,
        )
    drop_prior_notices(application, actor=actor, at=at)
    reserve(
        application, amount_fen=amount_fen, locked=locked, request=request, part=part,
        actor=actor, at=at,
    )  # fmt: skip
    move(
        application,
        target,
        action="application.approved",
        actor=actor,
        duty=duty,
        at=at,
        before=before,
        request_ref="" if part else request.ref,
        amount_fen=amount_fen,
    )


def _sign_award(
    application: Application, amount_fen: int, *, actor: Actor, duty: Duty, at: datetime
) -> None:
    sign(
        application=application,
        act=Act.APPROVE,
        actor=actor,
        duty=duty,
        subject_ref=application.ref,
        outcome="APPROVED",
        amount_fen=amount_fen,
        reason="",
        at=at,
    )


def _notice_of(request: Request) -> PublicNotice:
    """The notice an earlier, equal request has posted."""
    event = find_request_event(request.ref)
    if event is None:
        raise InvariantBroken(f"{request.ref}: posted, and not on record")
    return PublicNotice.objects.get(number=event.subject_ref.removeprefix("notice:"))


def _publish(
    applications: list[Application], title_zh: str, title_en: str, by_rule: Notice, at: datetime
) -> PublicNotice:
    first = applications[0]
    ends_at = deadline_at(local_date(at), by_rule.days, by_rule.unit, is_workday)
    rows = [
        {
            "number": application.number,
            "company_name": application.company.name_zh,
            "credit_code": application.company.credit_code,
            "industry_code": application.company.industry_code,
            "amount_fen": application.approved_fen,
        }
        for application in applications
    ]
    notice = PublicNotice.objects.create(
        agency_id=first.agency_id,
        number=next_number("PN", at),
        programme=first.programme,
        title_zh=title_zh,
        title_en=title_en,
        status=NoticeStatus.POSTED,
        posted_at=at,
        ends_at=ends_at,
        row_count=len(rows),
        sha256=digest(
            {"title_zh": title_zh, "title_en": title_en, "ends": ends_at.isoformat(), "rows": rows}
        ),
        is_demo=first.is_demo,
    )
    for application, row in zip(applications, rows, strict=True):
        columns = {key: value for key, value in row.items() if key != "number"}
        NoticeRow.objects.create(
            agency_id=first.agency_id, notice=notice, application=application, **columns
        )
    for ref in (f"notice:{notice.number}", *(application.ref for application in applications)):
        open_deadline(
            agency_id=first.agency_id, kind="applications.notice_end", subject_ref=ref,
            due_at=ends_at, at=at,
        )  # fmt: skip
    return notice
