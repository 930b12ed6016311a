"""Every process of an instance, each of which can be killed and comes back.

`revive()` starts again whatever has ended, the servers too. A thread beside it looks at web, worker
and beat every half second, as `make run` and systemd do: a worker that ended itself comes back
without a fault that has just been played. Nothing here ends a process by name, only by its id.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from config import embedded
from tests.journey.house import free_port

ROOT = Path(__file__).resolve().parents[2]
DATABASE = "under_fire"
CELERY = ("celery", "-A", "config", "--quiet")
WORKER = (*CELERY, "worker", "-P", "threads", "-c", "2", "--without-mingle", "--without-gossip")
WATCH_SECONDS = 0.5


@dataclass
class Cluster:
    """PostgreSQL with fsync on, Redis, web, worker, beat. `url` has no slash at its end."""

    state: Path
    services: embedded.Services
    port: int
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    wanted: set[str] = field(default_factory=lambda: {"web", "worker", "beat"})
    special: dict[str, dict[str, str]] = field(default_factory=dict)  # environment, by process
    hand: threading.RLock = field(default_factory=threading.RLock)  # whoever starts or kills

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def revive(self) -> None:
        """Start what has ended: the servers first, for the others need them."""
        with self.hand:
            self.services.revive()
            for name in sorted(self.wanted):
                if name not in self.processes or self.processes[name].poll() is not None:
                    self._start(name)

    def supervise(self) -> None:
        """From now on processes that had been started come back by themselves."""
        threading.Thread(target=self._watch, name="supervisor", daemon=True).start()

    def restart(self, name: str, **environment: str) -> None:
        """kill -9, and from now on with these variables more, or none."""
        with self.hand:
            self.kill(name)
            self.special[name] = environment
            self.revive()

    def dismiss(self, name: str) -> None:
        """kill -9, and it stays away."""
        with self.hand:
            self.wanted.discard(name)
            self.kill(name)

    def wait_until_ready(self, seconds: float = 60) -> None:
        """Until the web process and, through it, the database answer. Raises TimeoutError."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            with (
                contextlib.suppress(OSError),
                socket.create_connection(("127.0.0.1", self.port), 1) as wire,
            ):
                wire.settimeout(5)
                wire.sendall(b"GET /readyz HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
                if b" 200 " in wire.recv(200):
                    return
            self.revive()
            time.sleep(0.1)
        raise TimeoutError(f"no answer in {seconds} s:\n{self.log('web')[-2000:]}")

    def kill(self, name: str) -> None:
        """kill -9: the process, and those it has made."""
        with self.hand:
            process = self._process(name)
            for pid in (process.pid, *children_of(process.pid)):
                send(pid, signal.SIGKILL)
            process.wait()  # from here on `revive` sees that it has ended

    def children(self, name: str) -> list[int]:
        """Ids of those the process of this name has made."""
        return children_of(self._process(name).pid)

    def pids(self) -> dict[str, list[int]]:
        """Every process by the name of the one it belongs to."""
        heads = {name: process.pid for name, process in self.processes.items()}
        heads |= {"postgres": self.services.postgres.pid, "redis": self.services.redis.pid}
        return {name: [pid, *children_of(pid)] for name, pid in heads.items()}

    def log(self, name: str) -> str:
        """What a process has said so far."""
        return (self.state / f"{name}.log").read_text(encoding="utf-8", errors="replace")

    def stop(self) -> None:
        """End everything, by id."""
        with self.hand:
            self.wanted.clear()  # the supervisor, too, has nothing more to do
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(10)
            process.kill()
            process.wait()
        self.services.stop()

    def _process(self, name: str) -> subprocess.Popen[bytes]:
        servers = {"postgres": self.services.postgres, "redis": self.services.redis}
        return servers.get(name) or self.processes[name]

    def _watch(self) -> None:
        """A child dies with the thread that started it: this one lives as long as the process."""
        while True:
            time.sleep(WATCH_SECONDS)
            with self.hand:
                for name in self.wanted & self.processes.keys():
                    if self.processes[name].poll() is not None:
                        self._start(name)

    def _start(self, name: str) -> None:
        commands = {
            "web": (
                "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{self.port}", "--workers", "2",
                "--worker-class", "gthread", "--threads", "4", "--worker-tmp-dir", "/dev/shm",
                "--timeout", "15", "--no-control-socket",
            ),
            "worker": WORKER,
            "second_worker": (*WORKER, "-n", "second@%h"),
            "beat": (*CELERY, "beat", "-s", str(self.state / "beat")),
        }  # fmt: skip
        self.processes[name] = self._spawn(name, commands[name])

    def _spawn(self, name: str, words: tuple[str, ...]) -> subprocess.Popen[bytes]:
        environment = {
            "DB_PROFILE": "web" if name == "web" else "worker", **os.environ,
            "DATABASE_OWNER_URL": "", **self.special.get(name, {}),
        }  # fmt: skip
        with (self.state / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                ["setpriv", "--pdeathsig", "TERM", sys.executable, "-m", *words],
                cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip


def children_of(pid: int) -> list[int]:
    """Ids of the direct children, as the kernel tells them."""
    with contextlib.suppress(OSError):
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def send(pid: int, number: signal.Signals) -> None:
    """A signal to a process that may be gone already."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def start(state: Path) -> Cluster:
    """Servers, schema, processes; the environment of this very process points at them."""
    services = embedded.start(state, durable=True)
    services.make_database(DATABASE)
    os.environ.update(
        services.environment(DATABASE),
        STATE_DIR=str(state),
        SECRET_KEY="fault-suite-only-" + "x" * 40,
        DEMO="1",
        DJANGO_SETTINGS_MODULE="config.settings_test",
    )
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--database=owner", "-v0"], cwd=ROOT, check=True
    )
    return Cluster(state, services, free_port())


def run_on_own(work: Callable[[Cluster], bool]) -> int:
    """An instance in a folder of its own, which goes where `work` found all right; exit code."""
    state = Path(tempfile.mkdtemp(prefix="sq-fault-", dir="/tmp"))
    state.chmod(0o711)
    cluster = start(state)
    try:
        import django

        django.setup()
        cluster.supervise()
        is_right = work(cluster)
    finally:
        cluster.stop()
    if is_right:
        shutil.rmtree(state, ignore_errors=True)
    else:
        print(f"logs: {state}")
    return 0 if is_right else 1
