"""Settings from the environment, typed. `NAME_FILE` may name a file that holds NAME's value.

A variable that begins with SQ_ and is not known stops the start: a misspelt setting must not be
ignored.
"""

from __future__ import annotations

import os
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

env = environ.Env()

KNOWN = frozenset(
    """
    SQ_ALLOWED_HOSTS SQ_CLAMD_SOCKET SQ_EVIDENCE_KEY SQ_CERTIFICATE_KEY SQ_SITE_URL
    SQ_TRUSTED_PROXIES
    """.split()
)


def refuse_unknown() -> None:
    """Raises ImproperlyConfigured for an SQ_ variable nobody reads."""
    given = {name.removesuffix("_FILE") for name in os.environ if name.startswith("SQ_")}
    unknown = sorted(given - KNOWN)
    if unknown:
        raise ImproperlyConfigured(f"unknown settings: {', '.join(unknown)}; see deploy/env.example")


def text(name: str, default: str | None = None) -> str:
    """A text setting. Raises ImproperlyConfigured where it is required and missing."""
    path = os.environ.get(f"{name}_FILE")
    if path:
        return Path(path).read_text(encoding="utf-8").strip()
    if default is None:
        return str(env.str(name))
    return str(env.str(name, default))


def flag(name: str, *, default: bool = False) -> bool:
    """A yes-or-no setting."""
    return bool(env.bool(name, default))


def words(name: str, default: list[str]) -> list[str]:
    """A comma-separated list."""
    return list(env.list(name, default=default))
