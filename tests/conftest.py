"""Databases for tests: each worker clones the template; what commits gets its own clone."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg2
import psycopg2.errors
import pytest
from django.conf import settings
from django.db import connections
from django.utils import translation

from companies.users.selectors import forget_keys
from tests import live
from tests.svcplugin import TEMPLATE

ROOT = Path(__file__).resolve().parent.parent


def as_owner(database: str) -> Any:
    """An autocommit connection of sq_owner."""
    connection = psycopg2.connect(host=os.environ["TEST_SOCKETS"], user="sq_owner", dbname=database)
    connection.autocommit = True
    return connection


def clone(name: str) -> None:
    """A fresh copy of the migrated template (0.1 s)."""
    drop(name)
    with as_owner("postgres").cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")


def drop(name: str) -> None:
    """Away with a clone. Only autovacuum's passing worker cannot be sent away: it is waited for."""
    with as_owner("postgres").cursor() as cursor:
        for patience in range(20, -1, -1):
            try:
                cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
                return
            except psycopg2.errors.InsufficientPrivilege:
                if not patience:
                    raise
                time.sleep(0.25)


def point_at(name: str) -> None:
    """Let Django's two aliases speak to this database."""
    for alias in connections:
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name
        settings.DATABASES[alias]["NAME"] = name


@pytest.fixture(autouse=True)
def one_language() -> Iterator[None]:
    """A page asked for in English leaves its thread speaking English: each test begins anew."""
    with translation.override(settings.LANGUAGE_CODE):
        yield


@pytest.fixture(autouse=True)
def no_key_remembered() -> None:
    """A machine key of the test before has the same name and another world behind it."""
    forget_keys()


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any, worker_id: str) -> Iterator[None]:
    """One clone per worker; `db` rolls back on it."""
    name = f"t_{worker_id}"
    with django_db_blocker.unblock():
        clone(name)
        point_at(name)
        yield
        for alias in connections:
            connections[alias].close()


@contextlib.contextmanager
def committed(blocker: Any, name: str) -> Iterator[str]:
    """A clone of its own, where verbs really commit; the clock runs again at its end."""
    before = connections["default"].settings_dict["NAME"]
    with blocker.unblock():
        clone(name)
        point_at(name)
        try:
            yield name
        finally:
            point_at(before)
            (Path(settings.STATE_DIR) / "demo-clock").unlink(missing_ok=True)
            drop(name)


@pytest.fixture
def committed_db(django_db_setup: None, django_db_blocker: Any, worker_id: str) -> Iterator[str]:
    """A committed clone for one test; yields its name."""
    with committed(django_db_blocker, f"c_{worker_id}") as name:
        yield name


@pytest.fixture
def live_house(committed_db: str) -> Iterator[live.House]:
    """gunicorn and a worker on this test's committed clone."""
    with live.running(committed_db) as house:
        yield house


@pytest.fixture(scope="module")
def module_house(
    django_db_setup: None, django_db_blocker: Any, worker_id: str
) -> Iterator[live.House]:
    """The same for a whole file, where tests only look: each start costs seconds."""
    with committed(django_db_blocker, f"m_{worker_id}") as name, live.running(name) as house:
        yield house


@pytest.fixture
def owner() -> Callable[[], Any]:
    """A way to speak to the present database as sq_owner, for planting what verbs never would."""
    return lambda: as_owner(connections["default"].settings_dict["NAME"])


@pytest.fixture
def transactional_db() -> None:
    """Banned: it truncates, and the record refuses that."""
    raise RuntimeError("use committed_db: transactional_db truncates append-only tables")


@pytest.fixture
def live_server() -> None:
    """Banned: it brings transactional_db with it."""
    raise RuntimeError("use live_house: live_server truncates append-only tables")


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """The folder of reference data; without it its tests are skipped, or fail if demanded."""
    path = Path(os.environ.get("SHARED_DIR", ROOT.parent / "shared"))
    if not path.is_dir():
        if os.environ.get("REQUIRE_SHARED") == "1":
            pytest.fail("the shared reference data is demanded and missing")
        pytest.skip("no shared reference data beside the project")
    return path
