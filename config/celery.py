"""Celery as alarm clock: rows are the queue, messages only say where to look."""

from __future__ import annotations

import os

from celery import Celery

from config import env

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("suanquan")
app.conf.update(
    broker_url=env.text("REDIS_URL", "") or None,
    task_ignore_result=True,
    worker_hijack_root_logger=False,  # JSON lines stay JSON lines
    task_serializer="json",
    accept_content=["json"],
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    timezone="Asia/Shanghai",
    broker_connection_retry_on_startup=True,
    # A dead Redis may cost a request two seconds, no more: the row is the queue.
    task_publish_retry=False,
    broker_connection_timeout=1,
    broker_transport_options={
        "visibility_timeout": 3600,
        "socket_connect_timeout": 1,
        "socket_timeout": 2,
    },
    beat_schedule={
        name: {"task": name, "schedule": seconds, "options": {"expires": seconds}}
        for name, seconds in {
            "audit.seal": 5.0,
            "agencies.sweep_deadlines": 10.0,
            "reports.build_exports": 10.0,
            "files.scan": 10.0,
            "alerts.report_failed_deadlines": 60.0,
        }.items()
    },
)
app.autodiscover_tasks()
