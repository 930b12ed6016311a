"""The running service: web, worker and broker on a clone where everything commits."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from django.db import connection, transaction

from companies.foundation.request_context import set_request_id
from companies.notifications.services import wake
from companies.users.models import User
from tests.cast import given_cast
from tests.live import House


def fetch(house: House, path: str, cookies: dict[str, str]) -> tuple[int, str]:
    """Status and final address of a page."""
    cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
    with urlopen(Request(house.url + path, headers={"Cookie": cookie})) as answer:
        return answer.status, answer.url


def unsealed() -> int:
    """Events the sealer has not reached."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM audit_auditevent e WHERE NOT EXISTS"
            " (SELECT 1 FROM audit_auditleaf l WHERE l.event_id = e.id)"
        )
        return int(cursor.fetchone()[0])


def test_the_house_sees_what_the_test_commits_and_the_test_what_the_worker_does(
    live_house: House,
) -> None:
    given_cast()
    assert fetch(live_house, "/readyz", {}) == (200, f"{live_house.url}/readyz")
    assert unsealed() > 0

    live_house.do("audit.seal")
    deadline = time.monotonic() + 30
    while unsealed() and time.monotonic() < deadline:
        time.sleep(0.2)
    assert unsealed() == 0, live_house.log("worker")


def test_a_signed_in_session_opens_pages(live_house: House) -> None:
    given_cast()
    cookies = live_house.sign_in(User.objects.get(username="intake").pk)
    status, address = fetch(live_house, "/en/account/profile/", cookies)
    assert (status, address) == (200, f"{live_house.url}/en/account/profile/")


WAKE = """
import time
import django
django.setup()
from celery import current_app
begun = time.monotonic()
try:
    current_app.send_task("audit.seal", retry=False, ignore_result=True)
except Exception as error:
    print(type(error).__name__, time.monotonic() - begun)
"""


@pytest.mark.parametrize("listens", [True, False], ids=["silent", "gone"])
def test_a_dead_broker_costs_a_wake_at_most_two_seconds(tmp_path: Path, listens: bool) -> None:
    with socket.socket(socket.AF_UNIX) as broker:
        broker.bind(str(tmp_path / "r"))
        if listens:
            broker.listen()
        woke = subprocess.run(
            [sys.executable, "-c", WAKE], capture_output=True, text=True, check=True,
            env={**os.environ, "REDIS_URL": f"redis+socket://{tmp_path}/r?virtual_host=0"},
        )  # fmt: skip
    failure, seconds = woke.stdout.split()
    assert failure == "OperationalError"
    assert float(seconds) < 2.5


@pytest.mark.parametrize("name", ["live_server", "transactional_db"])
def test_fixtures_that_truncate_are_refused(request: pytest.FixtureRequest, name: str) -> None:
    with pytest.raises(RuntimeError, match="truncates"):
        request.getfixturevalue(name)


def test_a_worker_tells_which_request_woke_it(live_house: House) -> None:
    """One id from the request to the task's own events."""
    given_cast()
    set_request_id("asked-by-this-test")
    with transaction.atomic():
        wake("audit.seal", unknown="x")
    deadline = time.monotonic() + 30
    while unsealed() and time.monotonic() < deadline:
        time.sleep(0.2)
    lines = [json.loads(line) for line in live_house.log("worker").splitlines() if line[:1] == "{"]
    traced = {line["request_id"] for line in lines if line["logger"] == "celery.app.trace"}
    assert "asked-by-this-test" in traced  # beside whatever woke the worker before
