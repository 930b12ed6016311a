"""Real PostgreSQL and Redis for every run: started before Django reads its settings.

Loaded by `-p tests.svcplugin`, because pytest-django reads settings before any conftest. Only the
controller starts them; each of xdist's workers takes its own clone, Redis databases and STATE_DIR.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from config import catalogues, embedded

TEMPLATE = "tpl_suanquan"
ROOT = Path(__file__).resolve().parent.parent
STARTED: dict[str, object] = {}


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    """Start the services and migrate the template once per run; a worker only takes its share."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker:
        take_share(int(worker.removeprefix("gw")) + 1)
        return
    catalogues.compile_all()
    state = Path(tempfile.mkdtemp(prefix="sq-test-", dir="/tmp"))
    state.chmod(0o711)
    STARTED["state"] = state
    try:
        services = embedded.start(state, durable=False)
        STARTED["services"] = services
        services.make_database(TEMPLATE)
        os.environ.update(
            services.environment(TEMPLATE),
            TEST_SOCKETS=str(services.sockets),
            TEST_STATE=str(state),
            SECRET_KEY="tests-only-" + "x" * 40,
            DEMO="1",
            MOVABLE_CLOCK="1",
            DJANGO_SETTINGS_MODULE="config.settings_test",
            DJANGO_ALLOW_ASYNC_UNSAFE="1",
        )
        take_share(0)
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "--database=owner", "-v0"],
            cwd=ROOT, check=True,
        )  # fmt: skip
    except BaseException:
        pytest_unconfigure()
        raise


def take_share(number: int) -> None:
    """Two Redis databases and a STATE_DIR of one's own, so that neighbours never meet."""
    socket = f"{os.environ['TEST_SOCKETS']}/redis.sock"
    state = Path(os.environ["TEST_STATE"]) / f"share{number}"
    state.mkdir(exist_ok=True)
    os.environ.update(
        STATE_DIR=str(state),
        REDIS_URL=f"redis+socket://{socket}?virtual_host={2 * number}",
        REDIS_CACHE_URL=f"unix://{socket}?db={2 * number + 1}",
    )


def pytest_unconfigure() -> None:
    """Stop what was started, here only."""
    services = STARTED.pop("services", None)
    if isinstance(services, embedded.Services):
        services.stop()
    if state := STARTED.pop("state", None):
        shutil.rmtree(str(state), ignore_errors=True)
