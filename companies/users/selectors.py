"""Who somebody is and which rights they hold at a moment."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import NamedTuple, Protocol

from django.db.models import Q, QuerySet

from companies.errors import not_found
from companies.users.models import ApiKey, Duty, User
from companies.users.signatures import verify_request


def in_force(at: datetime) -> Q:
    """The half-open period of a right: from its first instant, before its last."""
    return Q(valid_from__lte=at) & (Q(valid_until__isnull=True) | Q(valid_until__gt=at))


def list_duties(user_id: int, at: datetime) -> QuerySet[Duty]:
    """The duties a person holds now; none once the account is closed."""
    return (
        Duty.objects.filter(in_force(at), user_id=user_id, user__is_active=True)
        .select_related("agency")
        .order_by("id")
    )


def has_duties(user_id: int) -> bool:
    """Whether a person holds, held or is to hold a public duty: it asks for a second factor."""
    return Duty.objects.filter(user_id=user_id).exists()


def find_duty(
    *, user_id: int, roles: Collection[str], agency_id: int, at: datetime, programme_ref: str = ""
) -> Duty | None:
    """The duty that lets a person act here; one for this programme before one for all."""
    held = list_duties(user_id, at).filter(agency_id=agency_id, role__in=list(roles))
    if programme_ref:
        held = held.filter(programme_ref__in=["", programme_ref])
    return held.order_by("-programme_ref", "id").first()


def list_holders(
    *, agency_id: int, roles: Iterable[str], at: datetime, programme_ref: str = ""
) -> list[int]:
    """The ids of the people who hold one of these roles in an agency, for telling them."""
    held = Duty.objects.filter(
        in_force(at), agency_id=agency_id, role__in=list(roles), user__is_active=True
    )
    if programme_ref:
        held = held.filter(programme_ref__in=["", programme_ref])
    return sorted(set(held.values_list("user_id", flat=True)))


def get_user(user_id: int) -> User:
    """An account by its id. Raises NotFound."""
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        raise not_found("user")
    return user


def find_user(username: str) -> User | None:
    """An account by its name, whatever the case, or None."""
    return User.objects.filter(username__iexact=username).first()


class OfSomebody(Protocol):
    """Whoever looks; `registry`'s Scope is one."""

    @property
    def user_id(self) -> int | None:
        """The person, or nobody."""


def list_api_keys(scope: OfSomebody) -> QuerySet[ApiKey]:
    """One's own keys, newest first; nobody has none."""
    return ApiKey.objects.filter(user_id=scope.user_id or 0).order_by("-id")


def get_api_key_for(scope: OfSomebody, key_id: str) -> ApiKey:
    """One's own key by its name. Raises NotFound for an absent and for another's."""
    key = list_api_keys(scope).filter(key_id=key_id).first()
    if key is None:
        raise not_found("api_key")
    return key


class SigningKey(NamedTuple):
    """A live key with its user, and whether that person has a public duty."""

    key: ApiKey
    has_duties: bool


# key id → (when it was read, the key): other processes learn of a revocation within KEY_SECONDS.
KEY_SECONDS = 5
_read_keys: dict[str, tuple[int, SigningKey]] = {}


def forget_keys() -> None:
    """What this process knows of keys and their people is read anew."""
    _read_keys.clear()


def _find_live_key(key_id: str) -> SigningKey | None:
    read_at, known = _read_keys.get(key_id, (0, None))
    if known is not None and time.monotonic_ns() - read_at < KEY_SECONDS * 10**9:
        return known
    _read_keys.pop(key_id, None)
    key = (
        ApiKey.objects.select_related("user")
        .filter(key_id=key_id, revoked_at__isnull=True, user__is_active=True)
        .first()
    )
    if key is None:
        return None
    known = SigningKey(key, has_duties(key.user_id))
    _read_keys[key_id] = (time.monotonic_ns(), known)
    return known


def get_signing_key(
    *, method: str, url: str, headers: Mapping[str, str], body: bytes, at: datetime
) -> SigningKey:
    """The live machine key that signed a request. Raises NotSignedIn `signature_invalid`.

    `at` is the machine's real time even in a demo: signatures guard the wire, not the books.
    """
    found: dict[str, SigningKey] = {}

    def find(key_id: str) -> bytes | None:
        known = _find_live_key(key_id)
        if known is None or known.key.expires_at <= at:
            return None
        found[key_id] = known
        return bytes(known.key.public_key)

    key_id = verify_request(
        method=method, url=url, headers=headers, body=body, at=at, find_key=find
    )
    return found[key_id]
