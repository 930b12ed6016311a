"""The world of the access matrix, for hostile visitors; and what the fuzz counted, told at the end.

Built once per worker in a database of its own. A test that asks for `world` speaks to it; the
others of this folder keep the empty one.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connections

from companies.foundation.clock import set_demo_clock
from tests.access import world as worlds
from tests.conftest import clone, drop, point_at

COUNTED = "fuzz"


@pytest.fixture(scope="package")
def built(
    django_db_setup: None, django_db_blocker: Any, worker_id: str
) -> Iterator[tuple[str, worlds.World]]:
    """The committed world and its database's name."""
    name = f"h_{worker_id}"
    before = connections["default"].settings_dict["NAME"]
    with django_db_blocker.unblock():
        clone(name)
        point_at(name)
        try:
            built_world = worlds.build()
        finally:
            point_at(before)
    yield name, built_world
    with django_db_blocker.unblock():
        drop(name)


@pytest.fixture
def world(built: tuple[str, worlds.World], django_db_blocker: Any) -> Iterator[worlds.World]:
    """Something of every noun in every state, and a session for every role."""
    name, built_world = built
    # Thousands of refusals are expected; a failing test would print a line for each.
    logging.getLogger("django.request").setLevel(logging.ERROR)
    before = connections["default"].settings_dict["NAME"]
    with django_db_blocker.unblock():
        point_at(name)
        set_demo_clock(built_world.scheme.at)
        try:
            yield built_world
        finally:
            logging.getLogger("django.request").setLevel(logging.NOTSET)
            point_at(before)
            (Path(settings.STATE_DIR) / "demo-clock").unlink(missing_ok=True)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """The parts of the fuzz ran on different workers: their sums, in three lines."""
    told: Counter[str] = Counter()
    for report in (one for kind in terminalreporter.stats.values() for one in kind):
        for name, counts in getattr(report, "user_properties", ()):
            if name == COUNTED and report.when == "call":
                told.update(counts)
    if not told["cases"]:
        return
    statuses = {word[1:]: told[word] for word in sorted(told) if word.startswith("=")}
    terminalreporter.write_line(
        f"fuzz: {told['cases']} cases of {told['operations']} operations, "
        f"{100 * told['deep'] // told['cases']} % beyond 400/404, "
        f"{told['broken']} unexpected 5xx, {told['undescribed']} answers unlike their description"
    )
    terminalreporter.write_line(f"fuzz: by status {statuses}")
    terminalreporter.write_line(
        f"fuzz: {told['promised']} statuses described, {told['met']} met by these cases, "
        f"{told['led']} more when asked for, {told['absent']} absent"
    )
