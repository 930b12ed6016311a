"""The steps the product takes by functions of the database, one model row at a time."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from typing import Any

import rfc8785
from django.db import connection

from companies.agencies.models import Deadline
from companies.audit.models import AuditEvent, AuditPayload
from companies.errors import Conflict, NotAllowed
from companies.foundation.actors import Actor
from companies.foundation.locks import lock_rows
from companies.foundation.numbers import next_number
from companies.foundation.request_context import current_request_id
from companies.local_time import deadline_at, is_workday_default, local_date
from companies.notifications.models import Notification
from companies.registry.models import Membership
from companies.users.models import Duty
from vouchers.applications.models import Application, Decision, FileSeat
from vouchers.applications.services.steps import digest
from vouchers.ledger.models import Account, JournalEntry, Transfer
from vouchers.ledger.services import Leg, Request
from vouchers.programmes.models import SeatMap
from vouchers.programmes.rules.procedure import Term
from vouchers.redemptions.models import Redemption
from vouchers.redemptions.selectors import exported, list_people

COMPANY_ROLES = ("company_agent", "company_signatory")
PROVIDER_ROLES = ("provider_agent",)


def post_entry(
    kind: str, redemption: Redemption, legs: list[Leg], *, request: Request, actor: Actor,
    at: datetime,
) -> None:  # fmt: skip
    """Lock the accounts, write the entry, then its transfers."""
    ids = {leg.debit_id for leg in legs} | {leg.credit_id for leg in legs}
    lock_rows(Account.objects.filter(pk__in=ids))
    entry = JournalEntry.objects.create(
        number=next_number("JV", at), agency_id=redemption.agency_id, kind=kind, key=request.ref,
        request_sha256=request.sha256, effective_at=at, recorded_at=at, actor_ref=actor.ref,
        subject_ref=redemption.ref,
    )  # fmt: skip
    for leg in legs:
        Transfer.objects.create(
            entry=entry, debit_account_id=leg.debit_id, credit_account_id=leg.credit_id,
            amount_fen=leg.amount_fen,
        )  # fmt: skip


def record(
    action: str, redemption: Redemption, *, actor: Actor, duty_ref: str, request: Request,
    at: datetime, before: dict[str, Any] | None = None, **facts: Any,
) -> None:  # fmt: skip
    """The event with its payload, then a message to each of both sides' people."""
    content = {"before": before or {}, "after": exported(redemption), "facts": facts}
    salt = secrets.token_bytes(16)
    event = AuditEvent.objects.create(
        epoch=0, tx=0, recorded_at=at, action=action, actor_ref=actor.ref, duty_ref=duty_ref,
        agency_id=redemption.agency_id, subject_ref=redemption.ref, request_ref=request.ref,
        request_id=current_request_id(), at=at,
        payload_sha256=sha256(salt + rfc8785.dumps(content)).digest(),
    )  # fmt: skip
    AuditPayload.objects.create(event=event, salt=salt, content=content)
    people = list_people(redemption.company_id, COMPANY_ROLES, at)
    people += list_people(redemption.provider.company_id, PROVIDER_ROLES, at)
    for user_id in sorted(set(people)):
        Notification.objects.create(
            user_id=user_id, code=action, subject_ref=redemption.ref,
            facts={"number": redemption.number}, created_at=at,
        )  # fmt: skip


def promise(redemption: Redemption, kind: str, term: Term | None, at: datetime) -> None:
    """The deadline, if the rules set one."""
    if term is not None:
        due_at = deadline_at(local_date(at), term.days, term.unit, is_workday_default)
        Deadline.objects.create(
            agency_id=redemption.agency_id, kind=kind, subject_ref=redemption.ref, due_at=due_at,
            created_at=at,
        )  # fmt: skip


def sign(
    application: Application, act: str, redemption: Redemption, *, actor: Actor, duty: Duty,
    amount_fen: int, reason: str, at: datetime, payees: Iterable[int],
) -> None:  # fmt: skip
    """Sit down, unless sitting there already, and sign."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_interest(%s, file) FROM applications_application AS file WHERE id = %s",
            [duty.user_id, application.pk],
        )
        is_party = cursor.fetchone()[0]
    if is_party or Membership.objects.filter(user=duty.user, company_id__in=payees).exists():
        raise NotAllowed("interest_in_file", "")
    wanted = SeatMap.objects.get(pk=application.seat_map_id).seats[act]
    taken, _is_new = FileSeat.objects.get_or_create(
        application=application, user_id=duty.user_id,
        defaults={"agency_id": application.agency_id, "seat": wanted, "taken_at": at},
    )  # fmt: skip
    if taken.seat != wanted:
        raise NotAllowed("seat_taken", "")
    signed = Decision.objects.filter(
        application=application, subject_ref=redemption.ref, act=act, cycle=redemption.cycle,
        user_id=duty.user_id,
    )  # fmt: skip
    if signed.exists():
        raise Conflict("already_signed", "")
    version = application.versions.order_by("-version").first()
    basis = {
        "subject": redemption.ref, "submission": version.sha256 if version else "",
        "outcome": "ACCEPTED", "amount_fen": amount_fen,
        "approved_fen": application.approved_fen, "reserved_fen": application.reserved_fen,
        "actor": actor.ref,
    }  # fmt: skip
    Decision.objects.create(
        agency_id=application.agency_id, application=application, act=act, seat=wanted,
        user_id=duty.user_id, duty=duty, subject_ref=redemption.ref, cycle=redemption.cycle,
        outcome="ACCEPTED", amount_fen=amount_fen, reason=reason, basis_sha256=digest(basis),
        decided_on=local_date(at), at=at,
    )  # fmt: skip
