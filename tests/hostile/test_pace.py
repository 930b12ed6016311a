"""Doors without sign-in keep a pace, and guesses lock a name without keeping its bearer out."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.cache import caches
from django.test import Client
from django.test.utils import override_settings
from django.utils import timezone

from companies.users.models import User
from config.pace import DOORS
from tests.cast import given_cast

LOGIN, PASSWORD = "/account/login/", "right-Horse-2025"
TOKEN = re.compile(rb"\b[A-Za-z0-9]{64}\b")  # of the form, new each time
CHECK = "/api/v1/certificate-checks"


@pytest.fixture
def people(db: None) -> None:
    """The cast, with a password each."""
    given_cast()
    User.objects.update(password=make_password(PASSWORD))


@pytest.fixture
def slow() -> Any:
    """Three knocks a minute at every door, counted from nothing."""
    caches["fast"].clear()
    with override_settings(PACES=dict.fromkeys(DOORS.values(), "3/min")):
        yield
    caches["fast"].clear()


def knock(number: str, code: str = "x", **more: Any) -> Any:
    """One certificate check."""
    asked = {"number": number, "code": code}
    return Client(**more).post(CHECK, asked, content_type="application/json")


def sign_in(name: str, password: str, address: str = "10.0.0.1") -> int:
    """Status of one attempt from an address."""
    client = Client(REMOTE_ADDR=address)
    return client.post(LOGIN, {"login": name, "password": password}).status_code


@pytest.mark.django_db
def test_a_machine_that_knocks_too_often_is_told_how_long_to_wait(slow: None) -> None:
    assert [knock("VC-1").status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = knock("VC-1")
    assert refused["Content-Type"] == "application/problem+json"
    assert 0 < int(refused["Retry-After"]) <= 61
    assert refused.json()["code"] == "too_many_requests"
    assert set(refused.json()["messages"]) == {"zh-Hans", "en"}
    assert knock("VC-1", REMOTE_ADDR="10.9.9.9").status_code == 200, "another network's count"
    assert Client().get("/api/v1/me").status_code == 401, "no other door is shut"


@pytest.mark.django_db
@pytest.mark.parametrize(("prefix", "words"), [("", "过于频繁"), ("/en", "Too many requests")])
def test_a_person_that_knocks_too_often_gets_a_page(slow: None, prefix: str, words: str) -> None:
    page = f"{prefix}/verify/?number=VC-1&code=x"
    assert [Client().get(page).status_code for _ in range(3)] == [200, 200, 200]
    for ask in (Client().get, Client().head):  # HEAD would tell by its length
        refused = ask(page)
        assert refused.status_code == 429 and int(refused["Retry-After"]) > 0
    assert words in Client().get(page).content.decode()
    assert knock("VC-1").status_code == 429, "the same question by another door"


@pytest.mark.django_db
def test_every_door_keeps_its_pace(slow: None) -> None:
    doors = {
        "/account/login/": {"login": "x", "password": "x"},
        "/notices/NT-1/objection/": {},
        "/api/v1/notices/NT-1/rows/AP-1/objections": {},
    }
    for door, form in doors.items():
        caches["fast"].clear()
        statuses = [Client().post(door, form).status_code for _ in range(4)]
        assert statuses[-1] == 429 and 429 not in statuses[:-1], door


@pytest.mark.django_db
def test_one_network_is_one_visitor_whatever_its_addresses(slow: None) -> None:
    for last in range(4):
        answer = knock("VC-1", REMOTE_ADDR=f"2001:db8:1:1::{last}")
    assert answer.status_code == 429
    assert knock("VC-1", REMOTE_ADDR="2001:db8:1:2::1").status_code == 200
    for last in range(4):
        answer = knock("VC-1", REMOTE_ADDR="10.1.1.1", HTTP_X_FORWARDED_FOR=f"10.7.7.{last}")
    assert answer.status_code == 429, "nobody chooses an address of his own"


@pytest.mark.django_db
def test_a_dead_cache_neither_stops_nor_opens(people: None) -> None:
    dead = {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": "unix:///nowhere/redis.sock?db=0",
        "OPTIONS": {"IGNORE_EXCEPTIONS": True},
    }
    with override_settings(
        CACHES={**settings.CACHES, "fast": dead}, PACES=dict.fromkeys(DOORS.values(), "1/min")
    ):
        assert [knock("VC-1").status_code for _ in range(3)] == [200, 200, 200]
        tries = [sign_in("buyer_agent", f"wrong{n}") for n in range(5)]
        assert tries[-1] == 429, "the lock-out does not live there"
        assert sign_in("buyer_agent", PASSWORD) == 429


def test_without_its_table_the_lock_out_lets_nobody_in(committed_db: str, owner: Any) -> None:
    """Fails closed: no count, no sign-in."""
    given_cast()
    User.objects.update(password=make_password(PASSWORD))
    with owner().cursor() as cursor:
        cursor.execute("ALTER TABLE axes_accessattempt RENAME TO gone")
    client = Client(raise_request_exception=False)
    answer = client.post(LOGIN, {"login": "buyer_agent", "password": PASSWORD})
    assert answer.status_code == 500
    assert settings.SESSION_COOKIE_NAME not in answer.cookies


def test_a_stranger_at_one_network_locks_nobody_else_out(people: None) -> None:
    for _ in range(60):
        sign_in("buyer_agent", "wrong", "10.6.6.6")
    assert sign_in("buyer_agent", PASSWORD, "10.6.6.6") == 429
    assert sign_in("buyer_agent", PASSWORD, "10.0.0.1") == 302


def test_guesses_spread_over_networks_lock_the_name_but_for_familiar_ones(people: None) -> None:
    assert sign_in("buyer_agent", PASSWORD, "10.0.0.1") == 302
    for number in range(20):
        sign_in("BUYER_agent", "wrong", f"10.8.0.{number}")
    assert sign_in("buyer_agent", PASSWORD, "10.8.1.1") == 429, "a network never seen"
    assert sign_in("buyer_agent", PASSWORD, "10.0.0.1") == 302, "its bearer's own"
    assert sign_in("rival_agent", PASSWORD, "10.8.1.1") == 302, "another name"
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=31))
    assert sign_in("buyer_agent", PASSWORD, "10.8.1.1") == 302, "it ends by itself"


def test_a_locked_name_looks_the_same_whether_anybody_bears_it(people: None) -> None:
    pages = []
    for name in ("buyer_agent", "nobody_here"):
        for _ in range(5):
            answer = Client().post("/en/account/login/", {"login": name, "password": "wrong"})
        assert answer.status_code == 429 and int(answer["Retry-After"]) == 1800
        pages.append(TOKEN.sub(b"", answer.content))
    assert pages[0] == pages[1] and b"Try again in 30" in pages[0]
