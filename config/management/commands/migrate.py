"""`migrate --database=owner` is the only way to migrate; its last step declares privileges."""

from __future__ import annotations

from typing import Any

from django.core.management import CommandError, call_command
from django.core.management.commands import migrate

from companies.foundation.failpoints import failpoint


class Command(migrate.Command):
    """Django's migrate, as owner only, followed by the cache table and the privileges."""

    def migration_progress_callback(self, action: str, *args: Any, **kwargs: Any) -> None:
        """Django's, which tells of each; afterwards each is a place to die at."""
        super().migration_progress_callback(action, *args, **kwargs)
        if action == "apply_success":
            failpoint(f"migrate.{args[0]}")

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuse the runtime role; migrate; make what sign-in needs; grant."""
        if options["database"] != "owner":
            raise CommandError(
                "Migrate as the owner: manage.py migrate --database=owner "
                "(with DATABASE_OWNER_URL set)."
            )
        super().handle(*args, **options)
        if not options["plan"] and not options["check_unapplied"]:
            call_command("createcachetable", database="owner", verbosity=0)
            failpoint("migrate.cache_table")
            call_command("grant_privileges", verbosity=options["verbosity"])
            failpoint("migrate.privileges")
