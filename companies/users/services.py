"""Accounts, duties and machine keys. An operator gives them; nobody gives them to himself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from companies.audit.services import record_event
from companies.errors import Conflict, InvalidInput, NotAllowed, not_found
from companies.foundation.actors import Actor
from companies.foundation.locks import lock_rows
from companies.foundation.verbs import constraint_name, verb
from companies.users.models import ApiKey, Duty, Role, User
from companies.users.policies import require_duty
from companies.users.selectors import forget_keys, get_user, has_duties

SCOPES = frozenset({"read", "write"})
PUBLIC_KEY_BYTES = 32


def record_refusal(verb_name: str, refusal: NotAllowed, arguments: Mapping[str, Any]) -> None:
    """One line about a person who was not allowed to do what he tried, in his agency's record.

    In a transaction of its own: what he tried is rolled back, and this must not be.
    """
    actor, at = arguments.get("actor"), arguments.get("at")
    if not isinstance(actor, Actor) or actor.user_id is None or not isinstance(at, datetime):
        return
    duty = Duty.objects.filter(user_id=actor.user_id).order_by("-id").first()
    tried = {name: value for name, value in arguments.items() if name.endswith("_id")}
    with transaction.atomic():
        record_event(
            "access.refused",
            actor=actor,
            subject_ref=f"user:{get_user(actor.user_id).username}",
            agency_id=duty.agency_id if duty else None,
            at=at,
            verb=verb_name,
            code=refusal.code,
            arguments=tried,
        )


@verb
def create_user(
    *,
    actor: Actor,
    username: str,
    name_zh: str,
    name_en: str,
    email: str,
    employer_id: int | None,
    password_hash: str,
    is_machine: bool = False,
    is_demo: bool = False,
    at: datetime,
) -> User:
    """Open an account. Raises NotAllowed, Conflict `username_taken`."""
    duty_ref = _require_operator(actor, employer_id, at)
    if User.objects.filter(username__iexact=username).exists():
        raise Conflict("username_taken", _("This user name is taken."), username=username)
    user = User.objects.create(
        username=username,
        name_zh=name_zh,
        name_en=name_en,
        email=email,
        employer_id=employer_id,
        password=password_hash,
        is_machine=is_machine,
        is_demo=is_demo,
    )
    record_event(
        "user.created",
        actor=actor,
        subject_ref=f"user:{username}",
        agency_id=employer_id,
        at=at,
        duty_ref=duty_ref,
        after={"username": username, "is_machine": is_machine, "is_demo": is_demo},
    )
    return user


@verb
def grant_duty(
    *,
    actor: Actor,
    user_id: int,
    agency_id: int,
    role: str,
    programme_ref: str,
    valid_from: datetime,
    valid_until: datetime | None,
    basis: str,
    at: datetime,
    deputises_id: int | None = None,
) -> Duty:
    """Give a role in one agency. Raises NotAllowed `own_duty`, Conflict
    `duty_combination_refused`, InvalidInput `role_unknown`, `period_backwards`, `basis_required`.
    """
    duty_ref = _require_operator(actor, agency_id, at)
    if actor.user_id == user_id:
        raise NotAllowed("own_duty", _("Nobody gives a duty to himself."))
    _check_duty(role, valid_from, valid_until, basis)
    get_user(user_id)
    try:
        duty = Duty.objects.create(
            user_id=user_id,
            agency_id=agency_id,
            role=role,
            programme_ref=programme_ref,
            valid_from=valid_from,
            valid_until=valid_until,
            deputises_id=deputises_id,
            granted_by_ref=actor.ref,
            basis=basis,
        )
    except IntegrityError as error:
        if constraint_name(error) != "duty_combination_refused":
            raise
        raise Conflict(
            "duty_combination_refused",
            _("This person holds a duty in the agency that may not meet with this one."),
            role=str(role),
        ) from error
    forget_keys()
    record_event(
        "duty.granted",
        actor=actor,
        subject_ref=f"duty:{duty.pk}",
        agency_id=agency_id,
        at=at,
        duty_ref=duty_ref,
        after=_exported(duty),
    )
    return duty


@verb
def end_duty(*, actor: Actor, duty_id: int, at: datetime) -> Duty:
    """End a duty now. Raises NotFound, NotAllowed, Conflict `duty_over`."""
    duty = next(iter(lock_rows(Duty.objects.filter(pk=duty_id))), None)
    if duty is None:
        raise not_found("duty")
    duty_ref = _require_operator(actor, duty.agency_id, at)
    if duty.valid_until is not None and duty.valid_until <= at:
        raise Conflict("duty_over", _("This duty is over already."))
    before = _exported(duty)
    # One that has not begun ends in its first instant: the row stays, the right never works.
    duty.valid_until = max(at, duty.valid_from + timedelta(microseconds=1))
    duty.save(update_fields=["valid_until"])
    record_event(
        "duty.ended",
        actor=actor,
        subject_ref=f"duty:{duty.pk}",
        agency_id=duty.agency_id,
        at=at,
        duty_ref=duty_ref,
        before=before,
        after=_exported(duty),
    )
    return duty


@verb
def register_api_key(
    *,
    actor: Actor,
    user_id: int,
    key_id: str,
    public_key: bytes,
    scopes: list[str],
    expires_at: datetime,
    at: datetime,
) -> ApiKey:
    """Register a machine's public key. Its owner may, or an operator of the owner's employer.

    Raises NotAllowed, Conflict `key_id_taken`, InvalidInput `public_key_malformed`,
    `scope_unknown`, `scope_reads_only`.
    """
    user = get_user(user_id)
    duty_ref = _require_own_or_operator(actor, user, at)
    _check_key(user, public_key, scopes, expires_at, at)
    if ApiKey.objects.filter(key_id=key_id).exists():
        raise Conflict("key_id_taken", _("A key of this name exists already."), key_id=key_id)
    key = ApiKey.objects.create(
        key_id=key_id,
        user=user,
        public_key=public_key,
        scopes=sorted(set(scopes)),
        created_at=at,
        expires_at=expires_at,
    )
    record_event(
        "api_key.registered",
        actor=actor,
        subject_ref=f"user:{user.username}",
        agency_id=user.employer_id,
        at=at,
        duty_ref=duty_ref,
        after={"key_id": key_id, "scopes": key.scopes, "expires_at": expires_at.isoformat()},
        public_key=public_key.hex(),
    )
    return key


@verb
def revoke_api_key(*, actor: Actor, api_key_id: int, at: datetime) -> ApiKey:
    """Take a key out of use for ever; doing it twice changes nothing. Raises NotFound."""
    rows = ApiKey.objects.filter(pk=api_key_id).select_related("user")
    key = next(iter(lock_rows(rows)), None)
    if key is None:
        raise not_found("api_key")
    duty_ref = _require_own_or_operator(actor, key.user, at)
    if key.revoked_at is not None:
        return key
    key.revoked_at = at
    key.save(update_fields=["revoked_at"])
    forget_keys()
    record_event(
        "api_key.revoked",
        actor=actor,
        subject_ref=f"user:{key.user.username}",
        agency_id=key.user.employer_id,
        at=at,
        duty_ref=duty_ref,
        key_id=key.key_id,
    )
    return key


@verb
def record_sign_in(*, user_id: int, succeeded: bool, at: datetime) -> None:
    """Keep who signed in, or whose name was tried with a wrong password. Raises NotFound."""
    user = get_user(user_id)
    record_event(
        "user.signed_in" if succeeded else "user.sign_in_failed",
        actor=Actor.person(user.pk) if succeeded else Actor.system("sign_in"),
        subject_ref=f"user:{user.username}",
        agency_id=user.employer_id,
        at=at,
    )


def _require_operator(actor: Actor, agency_id: int | None, at: datetime) -> str:
    """The operator's duty, as text; an account without employer is opened by the system alone."""
    if actor.kind == "system":
        return ""
    if agency_id is None:
        raise NotAllowed(
            "duty_missing",
            _("This needs the duty of %(roles)s in this agency."),
            roles=Role.OPERATOR.value,
        )
    duty = require_duty(actor=actor, roles=[Role.OPERATOR], agency_id=agency_id, at=at)
    return f"duty:{duty.pk}"


def _require_own_or_operator(actor: Actor, user: User, at: datetime) -> str:
    """One's own key; but a key never makes or revokes keys."""
    if actor.kind == "person" and actor.user_id == user.pk:
        return ""
    return _require_operator(actor, user.employer_id, at)


def _check_duty(role: str, valid_from: datetime, valid_until: datetime | None, basis: str) -> None:
    if role not in Role.values:
        raise InvalidInput("role_unknown", _("There is no such role."), role=str(role))
    if valid_until is not None and valid_until <= valid_from:
        raise InvalidInput("period_backwards", _("The end must lie after the beginning."))
    if role == Role.AUDITOR and not basis:
        raise InvalidInput("basis_required", _("An auditor's duty names the paper it rests on."))


def _check_key(
    user: User, public_key: bytes, scopes: list[str], expires_at: datetime, at: datetime
) -> None:
    if len(public_key) != PUBLIC_KEY_BYTES:
        raise InvalidInput("public_key_malformed", _("An Ed25519 public key has 32 bytes."))
    if not scopes or not SCOPES.issuperset(scopes):
        raise InvalidInput("scope_unknown", _("A key reads, or reads and writes."))
    if expires_at <= at:
        raise InvalidInput("period_backwards", _("The end must lie after the beginning."))
    if "write" in scopes and has_duties(user.pk):
        raise InvalidInput("scope_reads_only", _("For a public duty a key only reads."))


def _exported(duty: Duty) -> dict[str, Any]:
    return {
        "user_id": duty.user_id,
        "agency_id": duty.agency_id,
        "role": str(duty.role),
        "programme_ref": duty.programme_ref,
        "valid_from": duty.valid_from.isoformat(),
        "valid_until": duty.valid_until.isoformat() if duty.valid_until else None,
        "basis": duty.basis,
    }
