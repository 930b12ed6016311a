"""A practice treasury: answers the payment sheets that wait in STATE_DIR/payments/out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from companies.foundation.clock import now
from companies.local_time import local_date
from vouchers.settlement.gateways import SandboxTreasury


class Command(BaseCommand):
    """`manage.py treasury_sandbox`: one round; accounts ending in 0000 are refused."""

    help = "Answer waiting payment sheets as a treasury would."

    def handle(self, *args: Any, **options: Any) -> None:
        """Write one results file per unanswered sheet."""
        treasury = SandboxTreasury(Path(settings.STATE_DIR) / "payments")
        for path in treasury.answer(today=local_date(now())):
            self.stdout.write(str(path))
