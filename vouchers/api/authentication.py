"""Who calls: a person by session and CSRF token, or a machine by an RFC 9421 signature."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.request import Request

from companies.errors import NotAllowed, NotSignedIn
from companies.foundation.actors import Actor
from companies.users.models import User
from companies.users.policies import require_scope
from companies.users.second_factor import has_second_factor
from companies.users.selectors import get_signing_key


class PersonAuthentication(SessionAuthentication):
    """The signed-in person; government duties count only after the second factor."""

    def authenticate(self, request: Request) -> tuple[User, Actor] | None:
        """(user, Actor), or None where nobody is signed in."""
        found = super().authenticate(request)
        if found is None:
            return None
        user = found[0]
        if not has_second_factor(request._request):
            raise NotSignedIn(
                "second_factor_required", _("This account needs its second factor: sign in again.")
            )
        return user, Actor.person(user.pk)


class MachineAuthentication(BaseAuthentication):
    """A request signed with a registered Ed25519 key; it acts as the key's user."""

    def authenticate(self, request: Request) -> tuple[User, Actor] | None:
        """(user, Actor), or None where the request carries no signature."""
        if "HTTP_SIGNATURE_INPUT" not in request.META:
            return None
        raw = request._request
        key, holds_duties = get_signing_key(
            method=raw.method or "",
            url=raw.build_absolute_uri(),
            headers={name.lower(): value for name, value in raw.headers.items()},
            body=raw.body,
            at=timezone.now(),  # the wire's time: a demo's clock may run behind its callers'
        )
        actor = Actor.machine(key.key_id, key.user_id, frozenset(key.scopes))
        if raw.method not in ("GET", "HEAD", "OPTIONS"):
            require_scope(actor, writes=True)
            if holds_duties:  # given after the key: the second factor is asked at once
                raise NotAllowed("scope_missing", _("This key may only read."))
        return key.user, actor

    def authenticate_header(self, request: Request) -> str:
        """What a 401 asks for."""
        return 'Signature realm="suanquan"'


def actor_of(request: Request) -> Actor:
    """The actor the authentication found. Raises NotSignedIn for an anonymous caller."""
    auth: Any = request.auth
    if not isinstance(auth, Actor):
        raise NotSignedIn("not_signed_in", _("Please sign in first."))
    return auth
