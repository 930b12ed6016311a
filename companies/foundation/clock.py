"""The one clock of interfaces, tasks and commands. Verbs never ask it: they are given `at`.

A demo instance may run behind the real time (never ahead: the database refuses that), so that its
fictitious world keeps its dates while deadlines go on living. Production has no such file.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone


def now() -> datetime:
    """The present instant, UTC; in a demo less the seconds its clock file says."""
    if not settings.DEMO:
        return timezone.now()
    return timezone.now() - timedelta(seconds=_seconds_behind())


def set_demo_clock(at: datetime) -> None:
    """Let this demo instance's clock show `at` from now on. Raises ValueError for the future."""
    behind = (timezone.now() - at).total_seconds()
    if not settings.DEMO or behind < 0:
        raise ValueError("only a demo's clock can be set, and only to the past")
    path = _path()
    temporary = path.with_suffix(".new")
    temporary.write_text(str(int(behind)), encoding="ascii")
    temporary.replace(path)


def _seconds_behind() -> int:
    try:
        return int(_path().read_text(encoding="ascii"))
    except FileNotFoundError:
        return 0


def _path() -> Path:
    return Path(settings.STATE_DIR) / "demo-clock"
