"""`make code USER=intake`: the present second-factor code of a demo user. Demo only."""

from __future__ import annotations

import time
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from companies.users.models import User

PERIOD_SECONDS = 30


class Command(BaseCommand):
    """Print the code; it works once."""

    help = "The present second-factor code of a demo user."

    def add_arguments(self, parser: CommandParser) -> None:
        """The user's sign-in name."""
        parser.add_argument("username", nargs="?")

    def handle(self, *args: Any, **options: Any) -> None:
        """Look the secret up, reckon the code."""
        if not settings.DEMO:
            raise CommandError("Codes can be shown in a demo only.")
        name = options["username"]
        if not name:
            raise CommandError("Whose code? Say make code USER=intake.")
        found = Authenticator.objects.filter(
            user__username=name, user__is_demo=True, type=Authenticator.Type.TOTP
        ).first()
        if found is None and User.objects.filter(username=name).exists():
            raise CommandError(f"{name} has no second factor: the password is enough.")
        if found is None:
            raise CommandError(f"{name} is not there: the demo world may still be loading.")
        value = hotp_value(decrypt(found.data["secret"]), int(time.time()) // PERIOD_SECONDS)
        self.stdout.write(format_hotp_value(value))
