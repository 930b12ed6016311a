"""Ask the servers that the settings name: do they answer, and are they what we need?"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.core.management.base import BaseCommand, CommandError
from django.db import NotSupportedError, OperationalError, connections
from kombu.exceptions import OperationalError as BrokerError
from redis.exceptions import RedisError

from config import embedded, privileges
from config.celery import app

EXTENSIONS = {"btree_gist", "pg_trgm"}


class Command(BaseCommand):
    """Silent, or one sentence with the setting that is wrong."""

    help = "Ask the servers that DATABASE_URL and REDIS_URL name."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        """The databases as their roles, the broker, the cache."""
        ask_database("DATABASE_OWNER_URL", "owner", privileges.OWNER)
        ask_database("DATABASE_URL", "default", privileges.APP)
        ask_broker()
        ask_cache()


def ask_database(setting: str, alias: str, role: str) -> None:
    """Raises CommandError."""
    if alias not in settings.DATABASES:
        return
    try:
        with connections[alias].cursor() as cursor:
            cursor.execute(
                "SELECT current_user, pg_encoding_to_char(encoding), extnames.all"
                " FROM pg_database, (SELECT array_agg(extname::text) AS all FROM pg_extension)"
                " AS extnames WHERE datname = current_database()"
            )
            user, encoding, extensions = cursor.fetchone()
            version = cursor.connection.server_version // 10_000
    except (OperationalError, NotSupportedError) as error:
        said = " ".join(str(error).split())
        raise CommandError(
            f"{setting} does not answer ({said}): mend the address, or start that server."
        ) from error
    if version < embedded.OLDEST:
        raise CommandError(f"{setting} is PostgreSQL {version}: {embedded.OLDEST} or newer.")
    if user != role:
        raise CommandError(f"{setting} signs in as {user}, not as {role}: see deploy/roles.sql.")
    if encoding != "UTF8" or not EXTENSIONS.issubset(extensions):
        raise CommandError(f"{setting} is not laid out as deploy/roles.sql does: run that file.")


def ask_broker() -> None:
    """Raises CommandError."""
    try:
        with app.connection_for_write() as connection:
            connection.ensure_connection(max_retries=1)
    except BrokerError as error:
        raise CommandError(
            f"REDIS_URL does not answer ({error}): mend the address, or start that server."
        ) from error


def ask_cache() -> None:
    """Raises CommandError."""
    try:
        caches["fast"].client.get_client().ping()
    except RedisError as error:
        raise CommandError(
            f"REDIS_CACHE_URL does not answer ({error}): mend the address, or start that server."
        ) from error
