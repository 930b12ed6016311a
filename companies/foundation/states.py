"""Which status may follow which. Each noun keeps one table in its `states.py`."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from companies.errors import Conflict

Steps = Mapping[str, frozenset[str]]


def require_step(steps: Steps, current: str, target: str, noun: str) -> None:
    """Raises Conflict `wrong_state` unless `current → target` is in the table."""
    if target not in steps.get(current, frozenset()):
        raise Conflict(
            "wrong_state",
            _("%(noun)s is “%(status)s”; “%(target)s” cannot follow from there."),
            noun=noun,
            status=type(target)(current),
            target=target,
        )
