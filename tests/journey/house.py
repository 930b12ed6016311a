"""A throw-away instance with a movable clock, and people who sign in to it as people do."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import requests

from config import instance

ROOT = Path(__file__).resolve().parents[2]
LOGIN = "/en/account/login/"


@contextmanager
def house() -> Iterator[str]:
    """The address of an instance: URL's (its STATE_DIR named), or our own, gone afterwards."""
    if url := os.environ.get("URL"):
        instance.load()
        yield url.rstrip("/")
        return
    state = Path(tempfile.mkdtemp(prefix="sq-journey-", dir="/tmp"))
    state.chmod(0o711)
    os.environ.update(
        STATE_DIR=str(state), PORT=str(free_port()), MOVABLE_CLOCK="1", SEED_OPTIONS="--cast-only"
    )
    with (state / "run.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "config.run"], cwd=ROOT, stdout=log, stderr=log
        )
    try:
        url = f"http://127.0.0.1:{os.environ['PORT']}"
        wait_for_world(url, process, state)
        instance.load()
        yield url
    finally:
        process.terminate()
        process.wait(60)
        shutil.rmtree(state, ignore_errors=True)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for_world(url: str, process: subprocess.Popen[bytes], state: Path) -> None:
    """Until the cast has been loaded. Exits with the log's end where the instance ends first."""
    for _ in range(1200):
        if process.poll() is not None:
            sys.exit(f"journey: the instance stopped: {(state / 'run.log').read_text()[-400:]}")
        try:
            told = requests.get(f"{url}/demo/progress", timeout=5).json()
            if told["total"] and told["done"] == told["total"]:
                return
        except (requests.RequestException, ValueError):
            pass
        time.sleep(0.25)
    sys.exit("journey: the cast was not loaded within five minutes")


class Refused(Exception):
    """A problem document: status, code, and the whole body."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__(f"{status} {body.get('code')}: {body.get('detail')} {body.get('errors')}")
        self.status, self.code, self.body = status, str(body.get("code")), body


class Person:
    """Somebody with a session; `url` is the instance's address."""

    def __init__(self, url: str, username: str, password: str, code: Callable[[], str]) -> None:
        self.url, self.username = url, username
        self.session = requests.Session()
        self._sign_in(password, code)

    def _sign_in(self, password: str, code: Callable[[], str]) -> None:
        """Password, then the code where it is asked for."""
        self.session.get(self.url + LOGIN, timeout=30)
        answer = self._form(self.url + LOGIN, {"login": self.username, "password": password})
        if "2fa" in answer.url:
            used = code()
            answer = self._form(answer.url, {"code": used})
            while "2fa" in answer.url and code() == used:
                time.sleep(1)  # a code works once, and the run before has had this one
            if "2fa" in answer.url:
                answer = self._form(answer.url, {"code": code()})
        told = self.session.get(f"{self.url}/api/v1/me", timeout=30)
        if told.status_code != 200:
            errors = re.findall(r'class="[^"]*error[^"]*"[^>]*>([^<]+)', answer.text)
            raise SystemExit(f"journey: {self.username} cannot sign in: {answer.url} {errors}")

    def _form(self, url: str, fields: dict[str, str]) -> requests.Response:
        token = self.session.cookies.get("csrftoken", "")
        return self.session.post(
            url, data={**fields, "csrfmiddlewaretoken": token}, headers={"Referer": url}, timeout=30
        )

    def get(self, path: str) -> dict[str, Any]:
        """GET below /api/v1/. Raises Refused."""
        return self._read(self.session.get(f"{self.url}/api/v1/{path}", timeout=60))

    def do(self, path: str, body: dict[str, Any] | None = None, key: str = "") -> dict[str, Any]:
        """POST below /api/v1/; a fresh Idempotency-Key unless one is given. Raises Refused."""
        headers = {
            "X-CSRFToken": self.session.cookies.get("csrftoken", ""),
            "Referer": self.url,
            "Idempotency-Key": key or f"journey-{uuid.uuid4()}",
            "Accept-Language": "en",
        }
        answer = self.session.post(
            f"{self.url}/api/v1/{path}", json=body or {}, headers=headers, timeout=60
        )
        return self._read(answer)

    def attach(self, number: str, kind: str, name: str, content: bytes) -> None:
        """Upload a paper to a file."""
        answer = self.session.post(
            f"{self.url}/api/v1/applications/{number}/attachments",
            data={"kind": kind},
            files={"file": (name, content, "application/pdf")},
            headers={
                "X-CSRFToken": self.session.cookies.get("csrftoken", ""),
                "Referer": self.url,
            },
            timeout=60,
        )
        self._read(answer)

    def _read(self, answer: requests.Response) -> dict[str, Any]:
        try:
            body = answer.json()
        except ValueError:
            raise SystemExit(
                f"journey: {answer.request.method} {answer.url} → {answer.status_code} "
                f"{answer.text[:300]}"
            ) from None
        if answer.status_code >= 400:
            raise Refused(answer.status_code, body)
        return dict(body)


def set_clock(url: str, at: datetime) -> None:
    """Move the instance's clock forward. Exits where the instance does not allow it."""
    answer = requests.post(f"{url}/demo/clock", json={"at": at.isoformat()}, timeout=30)
    if answer.status_code != 200:
        sys.exit("journey: this instance's clock is not movable: start it with MOVABLE_CLOCK=1")
