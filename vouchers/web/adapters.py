"""Sign-in as this service wants it: no self-registration, and every attempt on the record."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse

from companies.foundation.clock import now
from companies.users.selectors import find_user
from companies.users.services import record_sign_in


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are opened by an operator; a name nobody bears leaves no event."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Nothing: passwords are counted by the lock-out alone. A count per name here would let
        five wrong guesses of a stranger keep the name's bearer out."""

    def post_login(
        self, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any
    ) -> HttpResponse:
        """Record the success once every factor asked for was shown."""
        record_sign_in(user_id=user.pk, succeeded=True, at=now())
        return super().post_login(request, user, **kwargs)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Record the failure against the account that was tried."""
        user = find_user(str(credentials.get("username", "")))
        if user is not None:
            record_sign_in(user_id=user.pk, succeeded=False, at=now())
