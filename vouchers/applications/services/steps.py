"""What every verb on a file shares: lock it, move it, tell the record and the company."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import rfc8785
from django.utils.translation import gettext_lazy as _

from companies.agencies.selectors import is_workday
from companies.agencies.services import open_deadline
from companies.audit.services import record_event
from companies.errors import Conflict, InvalidInput, not_found
from companies.foundation.actors import Actor
from companies.foundation.locks import lock_rows
from companies.foundation.states import require_step
from companies.foundation.verbs import assert_in_transaction
from companies.local_time import deadline_at, local_date
from companies.notifications.services import notify
from companies.users.models import Duty
from companies.users.policies import require_duty
from vouchers.applications.models import Application
from vouchers.applications.selectors import list_company_people
from vouchers.applications.states import STEPS
from vouchers.programmes.rules.document import RuleDocument
from vouchers.programmes.rules.procedure import Term
from vouchers.programmes.rules.reading import parse_rules


def find_application(application_id: int) -> Application:
    """The file before its lock, for the policy. Raises NotFound."""
    found = (
        Application.objects.select_related("company", "programme", "agency")
        .filter(pk=application_id)
        .first()
    )
    if found is None:
        raise not_found("application")
    return found


def lock_application(application_id: int) -> Application:
    """The file, locked till commit."""
    return lock_rows(
        Application.objects.select_related("company", "programme", "rule_version", "round").filter(
            pk=application_id
        )
    )[0]


def require_officer(
    actor: Actor, application: Application, roles: Iterable[str], at: datetime
) -> Duty:
    """The duty by which this officer may act on this file. Raises NotAllowed `duty_missing`."""
    return require_duty(
        actor=actor,
        roles=roles,
        agency_id=application.agency_id,
        at=at,
        programme_ref=application.programme.ref,
    )


def rules_of(application: Application) -> RuleDocument:
    """The rules frozen on the file. Raises Conflict `wrong_state` where it was never handed in."""
    if application.rule_version is None:
        raise Conflict("wrong_state", _("This file has not been handed in yet."))
    return parse_rules(application.rule_version.document)


def exported(application: Application) -> dict[str, Any]:
    """The columns the record keeps of a file."""
    return {
        "number": application.number,
        "status": str(application.status),
        "version": application.version,
        "receipt_number": application.receipt_number,
        "requested_fen": application.requested_fen,
        "approved_fen": application.approved_fen,
        "reserved_fen": application.reserved_fen,
        "cycle": application.cycle,
    }


def move(
    application: Application,
    target: str,
    *,
    action: str,
    actor: Actor,
    at: datetime,
    before: dict[str, Any] | None = None,
    duty: Duty | None = None,
    request_ref: str = "",
    **facts: Any,
) -> None:
    """A step: put the locked file into `target`, write it, its event and the company's message.

    `before` is the file as it was, where the caller has changed other columns already.
    """
    assert_in_transaction()
    require_step(STEPS, application.status, target, application.number)
    before = before or exported(application)
    application.status = target
    application.status_at = at
    application.save()
    record(
        application, action, actor=actor, at=at, before=before, duty=duty,
        request_ref=request_ref, **facts,
    )  # fmt: skip
    tell_company(application, action, at=at, **facts)


def record(
    application: Application,
    action: str,
    *,
    actor: Actor,
    at: datetime,
    before: dict[str, Any] | None = None,
    duty: Duty | None = None,
    request_ref: str = "",
    **facts: Any,
) -> None:
    """A step: one line of the record about this file."""
    record_event(
        action,
        actor=actor,
        subject_ref=application.ref,
        agency_id=application.agency_id,
        at=at,
        request_ref=request_ref,
        duty_ref=f"duty:{duty.pk}" if duty else "",
        before=before or {},
        after=exported(application),
        **facts,
    )


def tell_company(application: Application, code: str, *, at: datetime, **facts: Any) -> None:
    """A step: the company's agents and signatories hear of every step."""
    notify(
        user_ids=list_company_people(application.company_id, at),
        code=code,
        subject_ref=application.ref,
        facts={"number": application.number, **facts},
        at=at,
    )


def take_out_of_notice(application: Application, at: datetime) -> None:
    """A step: the public sees that the file stands on no list any more."""
    assert_in_transaction()
    application.notice_rows.filter(taken_out_at__isnull=True).update(taken_out_at=at)


def open_term(
    application: Application, kind: str, term: Term | None, at: datetime
) -> datetime | None:
    """A step: promise what the rules promise; None where they are silent."""
    if term is None:
        return None
    due_at = deadline_at(local_date(at), term.days, term.unit, is_workday)
    open_deadline(
        agency_id=application.agency_id,
        kind=f"applications.{kind}",
        subject_ref=application.ref,
        due_at=due_at,
        at=at,
    )
    return due_at


def require_reason(reason: str) -> str:
    """A burden or an opinion without words is none. Raises InvalidInput `reason_missing`."""
    words = reason.strip()
    if not words:
        raise InvalidInput("reason_missing", _("Please give the reason in words."))
    return words


def digest(content: Any) -> str:
    """SHA-256 of the canonical JSON, in hex."""
    return hashlib.sha256(rfc8785.dumps(content)).hexdigest()
