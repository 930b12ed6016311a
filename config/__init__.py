"""Settings, embedded services, the demo world and the commands. Nobody below imports it."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
