"""The service as it runs, on a clone where everything commits: gunicorn and a Celery worker.

`with running(database) as house` serves races over HTTP and browsers alike. The test's own process
speaks to the same clone, the same Redis databases and the same STATE_DIR, so verbs, the clock and
files meet what the house does.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from celery import current_app
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from companies.users.second_factor import RECORDS

ROOT = Path(__file__).resolve().parent.parent


@dataclass
class House:
    """A running instance; `url` has no slash at its end."""

    database: str
    port: int
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def start_web(self) -> None:
        """One process of eight threads: as many requests at once in one interpreter."""
        self._spawn(
            "web", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{self.port}", "--workers", "1",
            "--worker-class", "gthread", "--threads", "8", "--worker-tmp-dir", "/dev/shm",
            "--no-control-socket",
        )  # fmt: skip
        for _ in range(600):
            if self.processes["web"].poll() is not None:
                break
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
                return
            time.sleep(0.1)
        raise RuntimeError(f"the web process does not answer:\n{self.log('web')}")

    def start_worker(self) -> None:
        """The worker of the demo: threads, no beat; `do()` is the clock's hand."""
        self._spawn(
            "worker", "celery", "-A", "config", "--quiet", "worker", "-l", "INFO",
            "-P", "threads", "-c", "2", "--without-mingle", "--without-gossip", DB_PROFILE="worker",
            SQ_WORKER_PULSE="0",
        )  # fmt: skip

    def do(self, task_name: str, **kwargs: Any) -> None:
        """What beat would send: the named task, over the real broker."""
        current_app.send_task(task_name, kwargs=kwargs, ignore_result=True)

    def sign_in(self, user_id: int) -> dict[str, str]:
        """The cookies of a session that has shown both factors."""
        return session_of(user_id)

    def log(self, name: str) -> str:
        """What a process has said so far."""
        return self._log_path(name).read_text(encoding="utf-8", errors="replace")

    def stop(self, name: str) -> None:
        """End one process by its id."""
        process = self.processes.pop(name)
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _log_path(self, name: str) -> Path:
        return Path(os.environ["STATE_DIR"]) / f"live-{name}.log"

    def _spawn(self, name: str, *words: str, **more: str) -> None:
        place = f"?host={os.environ['TEST_SOCKETS']}"
        environment = {
            **os.environ,
            "DATABASE_URL": f"postgresql://sq_app@/{self.database}{place}",
            "DATABASE_OWNER_URL": "",
            **more,
        }
        with self._log_path(name).open("wb") as log:
            self.processes[name] = subprocess.Popen(
                ["setpriv", "--pdeathsig", "TERM", sys.executable, "-m", *words],
                cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip


def session_of(user_id: int, *, halfway: bool = False) -> dict[str, str]:
    """The cookies of a session that has shown both factors, or halfway the first alone."""
    from companies.users.models import User

    user = User.objects.get(pk=user_id)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    shown = ["password"] if halfway else ["password", "mfa"]
    session[RECORDS] = [{"method": method, "at": 0} for method in shown]
    session.save()
    return {settings.SESSION_COOKIE_NAME: str(session.session_key)}


@contextlib.contextmanager
def running(database: str, *, worker: bool = True) -> Iterator[House]:
    """A house on this database, stopped at the end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        house = House(database, probe.getsockname()[1])
    try:
        if worker:
            house.start_worker()
        house.start_web()
        yield house
    finally:
        for name in list(house.processes):
            house.stop(name)
