"""`manage.py check_invariants [--fast]`: one line per invariant, exit 1 on any finding."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection

from companies.foundation.clock import now
from companies.foundation.locks import long_read
from vouchers.oversight.checks import CHECKS, run_check


class Command(BaseCommand):
    """Reads only, in one snapshot: it may run beside a working house."""

    help = "Check every invariant and print one line for each."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """--fast leaves out digests, trees and files."""
        parser.add_argument("--fast", action="store_true", help="SQL checks only")

    def handle(self, *args: Any, fast: bool = False, **options: Any) -> None:
        """Print `INV-nn … 0 rows`, and the first offending facts where there are any."""
        broken = 0
        at = now()
        with long_read(), connection.cursor() as cursor:
            for check in CHECKS:
                if check.step:
                    self.stdout.write(f"{check.id} … not yet (step {check.step})")
                    continue
                outcome = run_check(check, cursor=cursor, at=at, is_fast=fast)
                broken += outcome.findings
                self.stdout.write(f"{check.id} … {outcome.findings} rows  {check.sentence}")
                for fact in outcome.sample:
                    self.stdout.write(f"    {fact}")
        if broken:
            raise SystemExit(1)
