"""The world is built once per worker and stays for the whole folder."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.access import world as worlds
from tests.conftest import committed


@pytest.fixture(scope="package")
def world(django_db_setup: None, django_db_blocker: Any, worker_id: str) -> Iterator[worlds.World]:
    """Committed in a database of its own; each test rolls back what its cells do."""
    with committed(django_db_blocker, f"a_{worker_id}"):
        yield worlds.build()
