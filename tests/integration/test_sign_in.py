"""Signing in: guesses are counted per name, wrong second factors too, and sessions end."""

from __future__ import annotations

import time
from urllib.parse import urlencode, urlsplit

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.cache import caches
from django.test import Client

from companies.agencies.models import Agency
from companies.audit.models import AuditPayload
from companies.users.models import User
from companies.users.services import grant_duty
from config.management.demo.second_factor import enrol
from tests.cast import SETUP, START, given_cast

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


def test_a_name_spelt_otherwise_is_the_same_name(people: None) -> None:
    """The name is looked up whatever its case: so are its failures."""
    for spelling in ("buyer_agent", "BUYER_AGENT", "Buyer_Agent", "bUYER_agent", " buyer_AGENT"):
        try_password(Client(), spelling, "wrong")
    caches["default"].clear()
    assert try_password(Client(), "buyer_agent", PASSWORD) == 429


def test_a_new_sign_in_has_a_new_session_and_signing_out_ends_it(people: None) -> None:
    client = Client()
    client.get("/account/login/")
    session = client.session
    session["planted"] = "x"
    session.save()
    planted = session.session_key
    assert try_password(client, "buyer_agent", PASSWORD) == 302
    held = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert held != planted
    assert client.get("/api/v1/me").status_code == 200

    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = held
    client.get("/account/logout/")
    assert client.get("/api/v1/me").status_code == 200, "a link alone signs nobody out"
    client.post("/account/logout/")
    assert thief.get("/api/v1/me").status_code == 401


def test_a_new_password_ends_every_other_session(people: None) -> None:
    here, there = Client(), Client()
    for client in (here, there):
        assert try_password(client, "buyer_agent", PASSWORD) == 302
    new = "another-Horse-2026"
    changed = here.post(
        "/account/password/change/",
        {"oldpassword": PASSWORD, "password1": new, "password2": new},
    )
    assert changed.status_code == 302
    assert here.get("/api/v1/me").status_code == 200
    assert there.get("/api/v1/me").status_code == 401


def test_a_duty_asks_for_the_second_factor_at_once(people: None) -> None:
    client = Client()
    assert try_password(client, "buyer_agent", PASSWORD) == 302
    assert client.get("/api/v1/me").status_code == 200
    assert client.get("/company/").status_code == 200
    person, lead = User.objects.get(username="buyer_agent"), Agency.objects.get(code="T-LEAD")
    grant_duty(
        actor=SETUP, user_id=person.pk, agency_id=lead.pk, role="intake", programme_ref="",
        valid_from=START, valid_until=None, basis="测试任命", at=START,
    )  # fmt: skip
    refused = client.get("/api/v1/me")
    assert (refused.status_code, refused.json()["code"]) == (401, "second_factor_required")
    for page in ("/officer/", "/company/", "/account/"):
        assert client.get(page).url.startswith("/account/2fa/"), page


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)",
     "https:evil.example", "\t//evil.example"],
)  # fmt: skip
def test_sign_in_leads_nowhere_else(people: None, elsewhere: str) -> None:
    answer = Client().post(
        f"{LOGIN}?{urlencode({'next': elsewhere})}",
        {"login": "buyer_agent", "password": PASSWORD, "next": elsewhere},
    )
    assert answer.status_code == 302
    assert urlsplit(answer.url).netloc == "" and answer.url.startswith("/account/")


def test_a_form_from_elsewhere_is_refused_in_our_own_words(people: None) -> None:
    client = Client(enforce_csrf_checks=True)
    answer = client.post(LOGIN, {"login": "buyer_agent", "password": PASSWORD})
    assert answer.status_code == 403
    page = answer.content.decode()
    assert "页面" in page and "<style" not in page
    client.force_login(User.objects.get(username="buyer_agent"))
    refused = client.post("/api/v1/redemptions", "{}", "application/json")
    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")


def test_no_password_reaches_the_log_or_the_record(
    people: None, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    for password in (PASSWORD, "canary-Wrong-77"):
        try_password(Client(), "buyer_agent", password)
    said = "\n".join(record.getMessage() for record in caplog.records)
    kept = str(list(AuditPayload.objects.values_list("content", flat=True)))
    kept += str(list(AccessAttempt.objects.values()))
    for secret in (PASSWORD, "canary-Wrong-77"):
        assert secret not in said and secret not in kept


def test_nobody_registers_or_resets_a_password_by_mail(people: None) -> None:
    client = Client()
    for door in ("signup/", "password/reset/", "email/", "confirm-email/", "login/code/confirm/"):
        assert client.get(f"/account/{door}").status_code == 404, door
    page = client.get(LOGIN).content.decode()
    assert "password/reset" not in page and "signup" not in page
