"""Places where a process may be made to die, as by kill -9: `FAILPOINT=name:kill`.

For the fault suite only; the settings of production refuse to start with it.
"""

from __future__ import annotations

import os
import signal

from django.conf import settings
from django.db import transaction


def failpoint(name: str) -> None:
    """End this very process where FAILPOINT names this place."""
    if f"{name}:kill" == settings.FAILPOINT:
        os.kill(os.getpid(), signal.SIGKILL)


def failpoint_after_commit(name: str) -> None:
    """The same, between this transaction's commit and whatever was to follow it."""
    if f"{name}:kill" == settings.FAILPOINT:
        transaction.on_commit(lambda: failpoint(name))
