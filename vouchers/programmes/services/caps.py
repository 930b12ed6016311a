"""Counters with limits: the policy ceiling, and what a company group may use in a period."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from companies.audit.services import record_event
from companies.errors import Conflict, InvalidInput
from companies.foundation.actors import Actor
from companies.foundation.verbs import assert_in_transaction, verb
from companies.users.models import Role
from companies.users.policies import require_duty
from vouchers.money import format_yuan
from vouchers.programmes.models import CapEntry, CapScope, CapUsage, Programme
from vouchers.programmes.services.steps import find_one, lock_one


@verb
def set_ceiling(
    *, actor: Actor, programme_id: int, period: str, limit_fen: int, at: datetime
) -> CapUsage:
    """Set or change the policy ceiling of a period: a promise, no money.

    Raises NotAllowed, InvalidInput `amount_not_positive`, Conflict `ceiling_below_use`.
    """
    programme = find_one(Programme.objects.filter(pk=programme_id), "programme")
    duty = require_duty(
        actor=actor,
        roles=[Role.FINANCE_AUTHORISER],
        agency_id=programme.agency_id,
        at=at,
        programme_ref=programme.ref,
    )
    if limit_fen <= 0:
        raise InvalidInput("amount_not_positive", _("The amount must be above zero."))
    known = CapUsage.objects.filter(
        programme=programme, scope=CapScope.CEILING, subject="", period=period
    ).exists()
    made = get_or_create_cap(
        programme=programme,
        scope=CapScope.CEILING,
        subject="",
        period=period,
        limit_fen=limit_fen,
    )
    ceiling = lock_one(CapUsage.objects.filter(pk=made.pk), "cap")
    if limit_fen < ceiling.used_fen:
        raise Conflict(
            "ceiling_below_use",
            _("%(used)s yuan are committed already; the ceiling cannot lie below."),
            used=format_yuan(ceiling.used_fen),
        )
    before = {"limit_fen": ceiling.limit_fen} if known else {}
    ceiling.limit_fen = limit_fen
    ceiling.save(update_fields=["limit_fen"])
    record_event(
        "ceiling.set",
        actor=actor,
        subject_ref=programme.ref,
        agency_id=programme.agency_id,
        at=at,
        duty_ref=f"duty:{duty.pk}",
        before=before,
        after={"limit_fen": limit_fen, "period": period},
    )
    return ceiling


def get_or_create_cap(
    *, programme: Programme, scope: str, subject: str, period: str, limit_fen: int
) -> CapUsage:
    """A step: the counter, made with this limit where it is missing. The caller locks it."""
    assert_in_transaction()
    cap, _made = CapUsage.objects.get_or_create(
        programme=programme,
        scope=scope,
        subject=subject,
        period=period,
        defaults={"agency_id": programme.agency_id, "limit_fen": limit_fen, "used_fen": 0},
    )
    return cap


def count_cap(
    *, cap_usage: CapUsage, delta_fen: int, subject_ref: str, reason: str, at: datetime
) -> CapEntry:
    """A step: one signed change of a locked counter; `cap_not_exceeded` stands behind it."""
    assert_in_transaction()
    return CapEntry.objects.create(
        agency_id=cap_usage.agency_id,
        cap_usage=cap_usage,
        delta_fen=delta_fen,
        subject_ref=subject_ref,
        reason=reason,
        at=at,
    )
