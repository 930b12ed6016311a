"""`make run` as it is lived with: stopped at a bad moment, killed, started twice, without Redis."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

import psycopg2
import pytest

from config import instance
from tests.journey.house import free_port

ROOT = Path(__file__).resolve().parents[2]
WHERE = ("cmdline", "environ")
TOLD = ("DATABASE_", "REDIS_", "SECRET_KEY", "DJANGO_", "PYTEST_", "STATE_DIR", "PROMETHEUS_")


def begin(state: Path, **more: str) -> subprocess.Popen[str]:
    """`make run` without make: an instance with the demo's people only."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith(TOLD)}
    return subprocess.Popen(
        [sys.executable, "-m", "config.run"], cwd=ROOT, text=True, stdin=subprocess.DEVNULL,
        env={**ours, "STATE_DIR": str(state), "SEED_OPTIONS": "--cast-only", **more},
        stdout=(state.parent / "said").open("w"), stderr=subprocess.STDOUT,
        # Where the whole suite runs in the background, Ctrl-C is ignored from birth.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip


def said(state: Path) -> str:
    """What it has printed since its start."""
    return (state.parent / "said").read_text(encoding="utf-8")


def until(holds: Callable[[], bool], what: str, seconds: float = 90) -> None:
    """Wait; the test fails with `what` where it does not come true."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, what
        time.sleep(0.1)


def is_up(state: Path) -> bool:
    """Whether the block has been printed."""
    return "Stop with Ctrl-C" in said(state)


def is_whole(state: Path) -> bool:
    """Whether worker and beat run, which follow the demo world."""
    return (state / "worker.log").exists() and not (state / instance.SEEDING).exists()


def people(state: Path) -> int:
    """How many may sign in."""
    url = json.loads((state / "instance.json").read_text())["DATABASE_URL"]
    with contextlib.closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM users_user")
        return int(cursor.fetchone()[0])


def sockets(state: Path) -> Path:
    """The folder of the servers' sockets."""
    url = json.loads((state / "instance.json").read_text())["REDIS_URL"]
    return Path(urlsplit(url).path).parent


def alive(words: object, *where: str) -> list[int]:
    """Processes with these words in their command line or environment."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            told = b"".join((folder / name).read_bytes() for name in where or WHERE)
            if str(words).encode() in told and int(folder.name) != os.getpid():
                found.append(int(folder.name))
    return found


@pytest.fixture
def state(tmp_path: Path) -> Iterator[Path]:
    """A STATE_DIR with a blank in it; whatever a failed test leaves there ends.

    pytest's folders are closed to others, so that as root the database lies elsewhere.
    """
    place = tmp_path / "a state"
    place.mkdir()
    yield place
    for pid in alive(place):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    if (note := place / "home").exists():
        shutil.rmtree(note.read_text())


@pytest.mark.timeout(300)
def test_an_instance_outlives_what_happens_to_it(state: Path) -> None:
    first = begin(state, PORT=str(port := free_port()))
    until(lambda: is_up(state), said(state))
    with urlopen(f"http://127.0.0.1:{port}/account/login/") as page:
        assert page.status == 200
    until(lambda: is_whole(state), "the demo's people do not come")
    present = people(state)
    assert present > 10

    # A second one on the same state is refused in one sentence, and touches nothing.
    second = subprocess.run(
        [sys.executable, "-m", "config.run"], cwd=ROOT, capture_output=True, text=True,
        env={"PATH": os.environ["PATH"], "STATE_DIR": str(state)}, check=False,
    )  # fmt: skip
    assert second.returncode == 1 and second.stdout == ""
    assert second.stderr.startswith(f"suanquan: an instance already runs on {state}: ")
    assert second.stderr.count("\n") == 1

    # Redis dies: it is started again, and nothing else notices.
    (redis,) = alive(f"unixsocket:{sockets(state)}", "cmdline")
    os.kill(redis, signal.SIGKILL)
    until(lambda: "Redis stopped and is started again" in said(state), "Redis stays away")
    with urlopen(f"http://127.0.0.1:{port}/readyz") as page:
        assert page.status == 200

    # kill -9 of the supervisor: the rest follows by itself.
    first.kill()
    first.wait()
    until(lambda: not alive(state), "somebody stays behind")
    code = subprocess.run(
        [sys.executable, "-m", "config.instance", "code", "intake"], cwd=ROOT, text=True,
        env={"PATH": os.environ["PATH"], "STATE_DIR": str(state)}, check=False, capture_output=True,
    )  # fmt: skip
    assert code.stderr == "suanquan: no instance runs on this STATE_DIR: start one with make run.\n"

    # Ctrl-C in the first seconds of the next start leaves the world as it was.
    for _ in range(2):
        again = begin(state)
        until(lambda: is_up(state), said(state))
        assert people(state) == present
        folder = sockets(state)
        again.send_signal(signal.SIGINT)
        assert again.wait(30) == 0
        assert said(state).endswith("Stopped.\n") and "Traceback" not in said(state)
        assert not alive(state) and not folder.exists()


@pytest.mark.timeout(120)
def test_two_instances_that_start_at_once_take_two_ports(tmp_path: Path) -> None:
    from config import run

    with run.open_door() as one, run.open_door() as other:
        assert one.getsockname()[1] != other.getsockname()[1]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"PORT": "abc"}, "PORT=abc is no port number"),
        ({"STATE_DIR": "/dev/null/x"}, "/dev/null/x cannot be made or found"),
        ({"DATABASE_URL": "postgresql:///x"}, "DATABASE_URL without DATABASE_OWNER_URL, REDIS_URL"),
        ({"PATH": "/nowhere"}, "setpriv is missing"),
        ({"SQ_FOO": "1"}, "unknown settings: SQ_FOO"),
        ({"SQ_ALLOWED_HOSTS": "a.gov.example"}, "DEMO=1 serves this machine only"),
        ({"PYTHONTZPATH": "/nowhere"}, "the time zones are missing: install the package tzdata"),
        ({"EMBEDDED_PG_BIN": "/nowhere"}, "/nowhere/postgres cannot be made or found"),
    ],
)
def test_a_start_that_fails_ends_in_one_sentence(
    state: Path, given: dict[str, str], sentence: str
) -> None:
    failed = subprocess.run(
        [sys.executable, "-m", "config.run"], cwd=ROOT, capture_output=True, text=True,
        env={"PATH": os.environ["PATH"], "STATE_DIR": str(state), **given}, check=False,
    )  # fmt: skip
    assert failed.returncode == 1
    assert failed.stderr.startswith(f"suanquan: {sentence}"), failed.stderr
    assert failed.stderr.count("\n") == 1 and failed.stdout == ""
    assert not alive(state)


@pytest.mark.parametrize(
    ("setting", "value", "words"),
    [
        ("DATABASE_OWNER_URL", "postgresql://sq_owner@/x?host=/nowhere", "does not answer"),
        ("DATABASE_URL", "mysql://a/b", "begins with none of"),
        ("DATABASE_URL", "garbage", "begins with none of"),
        ("DATABASE_URL", None, "signs in as sq_owner, not as sq_app"),
        ("REDIS_URL", "redis+socket:///nowhere?virtual_host=0", "does not answer"),
        ("REDIS_URL", "amqp://x", "begins with none of"),
        ("REDIS_CACHE_URL", "redis+socket:///nowhere", "begins with none of"),
        ("REDIS_CACHE_URL", "unix:///nowhere?db=1", "does not answer"),
    ],
)
def test_a_server_that_does_not_fit_is_named_by_its_setting(
    setting: str, value: str | None, words: str
) -> None:
    def ask(**change: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "manage.py", "servers"], cwd=ROOT, capture_output=True, text=True,
            env={**os.environ, **change}, check=False,
        )  # fmt: skip

    assert ask().returncode == 0, ask().stderr
    refused = ask(**{setting: value or os.environ["DATABASE_OWNER_URL"]})
    assert refused.returncode == 1
    assert f": {setting} {words}" in refused.stderr.splitlines()[-1]
