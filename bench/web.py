"""The service as it is deployed, under signed requests."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

from bench.ground import ROOT, Ground, drive
from bench.meter import Sample, tree_cpu
from tests.journey.house import free_port

CONNECTIONS = 2


@dataclass
class Web:
    """gunicorn on one database."""

    ground: Ground
    environment: dict[str, str]
    port: int
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def load(self, path: str, seconds: float) -> Sample:
        """Signed POSTs; CPU of the web processes and of PostgreSQL."""
        before = tree_cpu(self.process.pid)
        sample = drive(
            [sys.executable, "-m", "bench.drive_api", self.url, path], self.environment,
            self.ground, processes=CONNECTIONS, seconds=seconds,
        )  # fmt: skip
        used = tree_cpu(self.process.pid) - before
        return Sample(sample.done, sample.cpu + used, sample.seconds)


@contextlib.contextmanager
def serving(ground: Ground, database: str) -> Iterator[Web]:
    """Two workers of four threads, as `deploy/` has it, ended by their id."""
    port, environment = free_port(), ground.environment(database) | {"DATABASE_OWNER_URL": ""}
    words = [
        "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "2",
        "--worker-class", "gthread", "--threads", "4", "--keep-alive", "60",
        "--worker-tmp-dir", "/dev/shm", "--no-control-socket", "--log-level", "error",
    ]  # fmt: skip
    process = subprocess.Popen(
        ["setpriv", "--pdeathsig", "TERM", sys.executable, "-m", *words],
        cwd=ROOT, env=environment, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        for _ in range(600):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.1)
        yield Web(ground, environment, port, process)
    finally:
        process.terminate()
        process.wait(20)
