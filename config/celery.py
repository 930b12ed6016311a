"""Celery as alarm clock: rows are the queue, messages only say where to look.

Its settings stand in `config.settings` as CELERY_…; they are read when first needed.
"""

from __future__ import annotations

import os
from typing import Any

from celery import Celery, Task

from companies.foundation.request_context import set_request_id
from config.pulse import Watch, pulse

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


class Traced(Task):  # type: ignore[type-arg]
    """A task's log lines and events carry the id of the request that woke it, else its own."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Set the id, work."""
        headers = self.request.headers or {}
        set_request_id(str(headers.get("request_id") or self.request.id or ""))
        with pulse.beat():
            return super().__call__(*args, **kwargs)


app = Celery("suanquan", task_cls=Traced)
app.steps["worker"].add(Watch)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
