"""Real PostgreSQL and Redis for every run: started before Django reads its settings.

Loaded by `-p tests.svcplugin`, because pytest-django reads settings before any conftest. Only the
controller starts them; xdist's workers inherit the environment and clone the template.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from config import embedded

TEMPLATE = "tpl_suanquan"
ROOT = Path(__file__).resolve().parent.parent
STARTED: dict[str, object] = {}


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    """Start the services and migrate the template once per run."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        return
    state = Path(tempfile.mkdtemp(prefix="sq-test-", dir="/tmp"))
    state.chmod(0o711)
    services = embedded.start(state, durable=False)
    STARTED.update(services=services, state=state)
    services.make_database(TEMPLATE)
    os.environ.update(
        services.environment(TEMPLATE),
        STATE_DIR=str(state),
        TEST_SOCKETS=str(services.sockets),
        SECRET_KEY="tests-only-" + "x" * 40,
        DEMO="1",
        DJANGO_SETTINGS_MODULE="config.settings_test",
        DJANGO_ALLOW_ASYNC_UNSAFE="1",
    )
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--database=owner", "-v0", "--skip-checks"], cwd=ROOT, check=True
    )


def pytest_unconfigure() -> None:
    """Stop what was started, here only."""
    services = STARTED.pop("services", None)
    if isinstance(services, embedded.Services):
        services.stop()
        shutil.rmtree(str(STARTED.pop("state")), ignore_errors=True)
