"""A demo user's second factor: enrolled without a phone, its codes shown by `make code`."""

from __future__ import annotations

from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

from companies.users.models import User


def enrol(user: User) -> None:
    """Give the user a fresh secret; deterministic worlds leave secrets out."""
    TOTP.activate(user, generate_totp_secret())
