"""Celery as alarm clock: rows are the queue, messages only say where to look.

Its settings stand in `config.settings` as CELERY_…; they are read when first needed.
"""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("suanquan")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
