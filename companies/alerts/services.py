"""Raising a doubt and answering it. Raising is never barred; an answer needs a person's reason."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from companies.agencies.models import Deadline
from companies.alerts.models import Alert, AlertStatus, Severity
from companies.alerts.states import STEPS
from companies.audit.services import record_event
from companies.errors import InvalidInput, NotAllowed, not_found
from companies.foundation.actors import Actor
from companies.foundation.locks import lock_rows
from companies.foundation.numbers import next_number
from companies.foundation.states import require_step
from companies.foundation.verbs import assert_in_transaction, verb
from companies.notifications.services import notify
from companies.users.models import Role
from companies.users.policies import require_duty
from companies.users.selectors import list_holders

ANSWERING = (Role.APPROVER, Role.PROGRAMME_MANAGER, Role.AUDITOR, Role.OVERSEER, Role.OPERATOR)
TOLD = (Role.APPROVER, Role.AUDITOR, Role.OPERATOR)


def raise_alert(
    *,
    agency_id: int | None,
    code: str,
    severity: str,
    subject_ref: str,
    facts: Mapping[str, Any],
    at: datetime,
    actor: Actor | None = None,
) -> Alert:
    """A step: raise a doubt and tell who answers; the open one of this rule and noun is kept."""
    assert_in_transaction()
    number = next_number("AL", at)
    # DO NOTHING waits for a rival's row and never breaks the transaction the doubt rose in.
    Alert.objects.bulk_create(
        [
            Alert(
                number=number,
                agency_id=agency_id,
                code=code,
                severity=severity,
                subject_ref=subject_ref,
                facts=dict(facts),
                raised_at=at,
            )
        ],
        ignore_conflicts=True,
    )
    alert = Alert.objects.get(code=code, subject_ref=subject_ref, status=AlertStatus.OPEN)
    if alert.number != number:
        return alert
    record_event(
        "alert.raised",
        actor=actor or Actor.system("alerts"),
        subject_ref=f"alert:{number}",
        agency_id=agency_id,
        at=at,
        after=_exported(alert),
        about=subject_ref,
    )
    if agency_id is not None:
        notify(
            user_ids=list_holders(agency_id=agency_id, roles=TOLD, at=at),
            code="alert.raised",
            subject_ref=f"alert:{number}",
            facts={"code": code, "severity": str(severity), "about": subject_ref},
            at=at,
        )
    return alert


@verb
def dismiss_alert(*, actor: Actor, alert_id: int, reason: str, at: datetime) -> Alert:
    """Answer a doubt: there is nothing. Raises NotFound, NotAllowed, Conflict, InvalidInput."""
    return _answer(actor, alert_id, AlertStatus.DISMISSED, "alert.dismissed", reason, at)


@verb
def confirm_alert(*, actor: Actor, alert_id: int, reason: str, at: datetime) -> Alert:
    """Answer a doubt: it is so. Raises NotFound, NotAllowed, Conflict, InvalidInput."""
    return _answer(actor, alert_id, AlertStatus.CONFIRMED, "alert.confirmed", reason, at)


@verb
def report_failed_deadlines(*, at: datetime) -> int:
    """Raise an alert for each deadline the sweeper gave up; returns how many it looked at."""
    reported = Alert.objects.filter(code="deadline_failed").values("facts__deadline_id")
    failed = Deadline.objects.filter(failed_at__isnull=False).exclude(
        pk__in=[row["facts__deadline_id"] for row in reported]
    )
    rows = list(failed.order_by("id"))
    for deadline in rows:
        raise_alert(
            agency_id=deadline.agency_id,
            code="deadline_failed",
            severity=Severity.CRITICAL,
            subject_ref=deadline.subject_ref,
            facts={"deadline_id": deadline.pk, "kind": deadline.kind},
            at=at,
        )
    return len(rows)


def _answer(
    actor: Actor, alert_id: int, target: AlertStatus, action: str, reason: str, at: datetime
) -> Alert:
    alert = next(iter(lock_rows(Alert.objects.filter(pk=alert_id))), None)
    if alert is None:
        raise not_found("alert")
    if alert.agency_id is None:
        raise NotAllowed("alert_of_platform", _("This alert is about no agency's noun."))
    duty = require_duty(actor=actor, roles=ANSWERING, agency_id=alert.agency_id, at=at)
    require_step(STEPS, alert.status, target, "alert")
    if not reason.strip():
        raise InvalidInput("reason_missing", _("Please give the reason in words."))
    before = _exported(alert)
    alert.status = target
    alert.answer = reason.strip()
    alert.answered_at = at
    alert.answered_by_ref = actor.ref
    alert.save(update_fields=["status", "answer", "answered_at", "answered_by_ref"])
    record_event(
        action,
        actor=actor,
        subject_ref=f"alert:{alert.number}",
        agency_id=alert.agency_id,
        at=at,
        duty_ref=f"duty:{duty.pk}",
        before=before,
        after=_exported(alert),
        reason=alert.answer,
    )
    return alert


def _exported(alert: Alert) -> dict[str, Any]:
    return {
        "number": alert.number,
        "code": alert.code,
        "severity": str(alert.severity),
        "status": str(alert.status),
        "subject_ref": alert.subject_ref,
    }
