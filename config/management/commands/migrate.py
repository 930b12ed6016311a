"""`migrate --database=owner` is the only way to migrate; its last step declares privileges."""

from __future__ import annotations

from typing import Any

from django.core.management import CommandError, call_command
from django.core.management.commands import migrate


class Command(migrate.Command):
    """Django's migrate, as owner only, followed by the cache table and the privileges."""

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
            call_command("grant_privileges", verbosity=options["verbosity"])
