"""A worker that consumes nothing ends itself; its supervisor starts another.

After a lost broker Celery may reconnect and yet take no message any more, without a word: the
process lives, so whoever looks at processes sees nothing. Beat's `audit.seal`, every five seconds,
is the pulse. Ending is safe at any moment: rows are the queue, and messages are acknowledged late.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from celery import bootsteps
from django.conf import settings

QUIET_SECONDS = 20  # four pulses; a broker away for so long costs a restart, which is harmless

log = logging.getLogger(__name__)


class Pulse:
    """When the last task ended, and how many run."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.last = time.monotonic()
        self.running = 0

    @contextmanager
    def beat(self) -> Iterator[None]:
        """Around the work of one task."""
        with self.lock:
            self.running += 1
        try:
            yield
        finally:
            with self.lock:
                self.running -= 1
                self.last = time.monotonic()

    def has_stopped(self) -> bool:
        """Idle for too long. A long task is no silence."""
        with self.lock:
            return not self.running and time.monotonic() - self.last > QUIET_SECONDS


pulse = Pulse()


class Watch(bootsteps.StartStopStep):
    """Celery starts it with the worker, once Django is set up."""

    requires = ("celery.worker.components:Pool",)

    def start(self, worker: object) -> None:
        """Begin to watch, unless no beat runs beside this worker."""
        if settings.WORKER_PULSE:
            pulse.last = time.monotonic()
            threading.Thread(target=self.watch, name="pulse", daemon=True).start()

    def watch(self) -> None:
        """Until the pulse stops; then nothing is tidied, as after kill -9."""
        while not pulse.has_stopped():
            time.sleep(1)
        log.critical("no task for %s seconds: this worker ends, another begins", QUIET_SECONDS)
        logging.shutdown()
        os._exit(1)
