"""`manage.py export_ledger --programme CODE --out DIR`: the plain-text ledgers of one programme."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from companies.foundation.locks import long_read
from vouchers.programmes.models import Programme
from vouchers.reports.services import write_journals


class Command(BaseCommand):
    """For an auditor's desk: hledger, ledger and bean-check read the files."""

    help = "Write ledger.journal and ledger.beancount of a programme."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which programme, and where to."""
        parser.add_argument("--programme", required=True, metavar="CODE")
        parser.add_argument("--out", required=True, type=Path, metavar="DIR")

    def handle(self, *args: Any, programme: str, out: Path, **options: Any) -> None:
        """One snapshot for both files."""
        out.mkdir(parents=True, exist_ok=True)
        with long_read():
            found = Programme.objects.filter(code=programme).first()
            if found is None:
                raise CommandError(f"there is no programme {programme}")
            files = write_journals(found, out)
        for file in files:
            self.stdout.write(f"{out / file['name']}  {file['sha256']}")
