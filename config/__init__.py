"""Settings, embedded services, the demo world and the commands. Nothing imports config from below."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
