"""Signing in: guesses are counted per name, wrong second factors too, and sessions end."""

from __future__ import annotations

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.cache import caches
from django.test import Client

from companies.users.models import User
from config.management.demo.second_factor import enrol
from tests.cast import given_cast

LOGIN, FACTOR = "/account/login/", "/account/2fa/authenticate/"
PASSWORD = "right-Horse-2025"


@pytest.fixture
def people(db: None) -> None:
    """The cast, with a password each."""
    given_cast()
    User.objects.update(password=make_password(PASSWORD))


def try_password(client: Client, name: str, password: str) -> int:
    """Status of one attempt."""
    return client.post(LOGIN, {"login": name, "password": password}).status_code


def code_of(user: User) -> str:
    """The present code of the user's second factor."""
    secret = Authenticator.objects.get(user=user, type=Authenticator.Type.TOTP).data["secret"]
    return format_hotp_value(hotp_value(decrypt(secret), int(time.time()) // 30))


def test_the_right_password_signs_in_for_a_day_at_most(people: None, client: Client) -> None:
    assert try_password(client, "buyer_agent", PASSWORD) == 302
    assert client.session.get_expiry_age() <= 8 * 3600
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    assert cookie["httponly"] and not cookie["max-age"]


def test_five_wrong_passwords_lock_that_name_and_no_other(people: None, client: Client) -> None:
    statuses = [try_password(client, "buyer_agent", f"wrong{n}") for n in range(5)]
    assert statuses == [200, 200, 200, 200, 429]

    try_password(client, "buyer_agent", PASSWORD)
    assert "_auth_user_id" not in client.session
    caches["default"].clear()  # allauth's own, shorter count; the lock-out outlives it
    locked = client.post(LOGIN, {"login": "buyer_agent", "password": PASSWORD})
    assert locked.status_code == 429 and "账号" in locked.content.decode()
    assert try_password(Client(), "rival_agent", PASSWORD) == 302


def test_wrong_second_factors_are_counted_even_across_sign_ins(people: None) -> None:
    user = User.objects.get(username="intake")
    enrol(user)
    for number in range(5):
        client = Client()
        assert try_password(client, "intake", PASSWORD) == 302
        assert client.post(FACTOR, {"code": f"{number}"}).status_code == 200

    client = Client()
    assert try_password(client, "intake", PASSWORD) == 302
    refused = client.post(FACTOR, {"code": code_of(user)})
    assert refused.status_code == 200
    assert "_auth_user_id" not in client.session


def test_a_second_factor_signs_in_once(people: None) -> None:
    user = User.objects.get(username="intake")
    enrol(user)
    code = code_of(user)
    first, second = Client(), Client()
    for client in (first, second):
        assert try_password(client, "intake", PASSWORD) == 302
        client.post(FACTOR, {"code": code})
    assert first.session["_auth_user_id"] == str(user.pk)
    assert "_auth_user_id" not in second.session
