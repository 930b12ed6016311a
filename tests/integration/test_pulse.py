"""A worker that lives and consumes nothing makes room for another."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from celery import current_app

WORKER = """
import config.pulse, sys
config.pulse.QUIET_SECONDS = 4
from celery.__main__ import main
sys.argv = ["celery", "-A", "config", "--quiet", "worker", "-P", "threads", "-c", "2",
            "--without-mingle", "--without-gossip", "-n", "pulse@%h", "-Q", "pulse"]
main()
"""


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """One that listens to a queue nobody else uses."""
    with (tmp_path / "said").open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, "-c", WORKER], stdout=said, stderr=said,
            env={**os.environ, "DATABASE_OWNER_URL": "", "DB_PROFILE": "worker"},
        )  # fmt: skip
    yield process
    process.kill()
    process.wait()


def test_a_silent_worker_ends_and_one_with_a_pulse_lives(
    worker: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    end = time.monotonic() + 15
    while time.monotonic() < end:  # longer than start and silence together
        current_app.send_task("celery.accumulate", queue="pulse", ignore_result=True)
        assert worker.poll() is None, (tmp_path / "said").read_text()
        time.sleep(0.5)
    assert worker.wait(20) == 1
    assert "no task for 4 seconds" in (tmp_path / "said").read_text()
