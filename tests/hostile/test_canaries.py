"""Secret and personal words as canaries: no log line, event, metric or error page sings."""

from __future__ import annotations

import base64
import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import RequestFactory
from django.urls import reverse

from config.log_lines import JsonLines
from config.metrics import metrics
from tests.access.asking import Asker
from tests.access.world import World
from tests.rollback import rolled_back
from vouchers.api.base import VerbView

pytestmark = pytest.mark.timeout(300)
PASSWORD, ACCOUNT, PHONE = "Canary-Horse-7731", "6222990011887766", "13955517731"
CODE, IDENTITY = "CANA-RYCO-DE77", "520102199003077731"
TOLD = (PASSWORD, ACCOUNT, PHONE, CODE, IDENTITY)


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """All that is logged, as the service writes it."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    root, requests = logging.getLogger(), logging.getLogger("django.request")
    before = root.level, requests.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    requests.setLevel(logging.NOTSET)
    yield stream
    root.removeHandler(handler)
    root.setLevel(before[0])
    requests.setLevel(before[1])


def knocks(world: World) -> Iterator[Any]:
    """The canaries through forms and calls: taken, refused, and met by a fault of ours."""
    agent, nobody = Asker(world, "company_agent"), Asker(world, "anonymous")

    def form(asker: Asker, name: str, body: dict[str, str], *numbers: str) -> Any:
        return asker.get_response(asker.factory.post(reverse(name, args=numbers), body))

    for who in ("intake", "nobody_here"):
        yield form(nobody, "account_login", {"login": who, "password": PASSWORD})
    yield form(agent, "account_change_password", {"oldpassword": PASSWORD, "password1": PASSWORD})
    account = {
        "account_name": str(world.names["buyer_name"]), "account_number": ACCOUNT,
        "bank_name": "测试银行",
    }  # fmt: skip
    yield form(agent, "company:company-record", {**account, "request_key": "canary"})
    path = f"/api/v1/companies/{world.names['buyer']}/add-bank-account"
    for body in (account, {**account, "account_name": "", "id_number": IDENTITY}):
        yield agent.send("POST", path, json.dumps(body).encode())
    notice = world.names["notice_POSTED"]
    objection = {
        "application": world.names["notice_POSTED_file"], "text": "不实", "contact": PHONE,
    }  # fmt: skip
    yield form(nobody, "public:objection-new", objection, notice)
    asked = json.dumps({"number": "VC-1", "code": CODE}).encode()
    yield nobody.send("POST", "/api/v1/certificate-checks", asked)


def singing(world: World, lines: io.StringIO) -> list[str]:
    """Where a canary is heard."""
    sessions = [cookie[settings.SESSION_COOKIE_NAME] for cookie in world.cookies.values()]
    secrets = [*TOLD, *sessions, base64.b64encode(world.private_key).decode()]
    counted = metrics(RequestFactory().get("/metrics")).content.decode()
    said = {"log": lines.getvalue(), "metrics": counted}
    assert all(said.values())
    found = [f"{secret} in the {place}" for secret in secrets for place in said
             if secret in said[place]]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE tablename LIKE 'audit_%'")
        for (table,) in cursor.fetchall():
            for secret in secrets:
                cursor.execute(
                    f'SELECT count(*) FROM "{table}" AS t WHERE t::text LIKE %s', [f"%{secret}%"]
                )
                found += [f"{secret} in {table}"] * cursor.fetchone()[0]
    return found


def test_no_canary_sings(world: World, lines: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    with rolled_back():
        statuses = [answer.status_code for answer in knocks(world)]
        assert {200, 302, 422} <= set(statuses) and max(statuses) < 500, statuses
        assert singing(world, lines) == []

    def broken(*_words: Any) -> Any:
        raise ValueError("planted")

    monkeypatch.setattr(VerbView, "act", broken)
    with rolled_back():
        answers = list(knocks(world))
        assert [a for a in answers if a.status_code == 500], "the fault was met"
        for answer in answers:
            if answer.status_code >= 400 and answer["Content-Type"].endswith("json"):
                assert not [word for word in TOLD if word in answer.content.decode()]
        assert singing(world, lines) == []


def test_a_line_that_tells_too_much_is_heard(world: World, lines: io.StringIO) -> None:
    logging.getLogger("vouchers").info("signed in with %s", PASSWORD)
    assert singing(world, lines) == [f"{PASSWORD} in the log"]
