"""Apply `config/privileges.py`: what each role may do to each table."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.db import connections, transaction

from config import privileges


class Command(BaseCommand):
    """One transaction: everything is revoked, then granted as declared."""

    help = "Apply the declared privileges (as owner)."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the statements."""
        with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
            for statement in privileges.grants():
                cursor.execute(statement)
        if options["verbosity"]:
            self.stdout.write("privileges granted as declared")
