"""Settings from the environment, typed. `NAME_FILE` may name a file that holds NAME's value.

A variable that begins with SQ_ and is not known stops the start: a misspelt setting must not be
ignored.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

KNOWN = frozenset(
    """
    SQ_ALLOWED_HOSTS SQ_CLAMD_SOCKET SQ_METRICS_TOKEN SQ_EVIDENCE_KEY SQ_CERTIFICATE_KEY SQ_SITE_URL
    SQ_TRUSTED_PROXIES SQ_WORKER_PULSE
    """.split()
)


def refuse_unknown() -> None:
    """Raises ImproperlyConfigured for an SQ_ variable nobody reads."""
    given = {name.removesuffix("_FILE") for name in os.environ if name.startswith("SQ_")}
    unknown = sorted(given - KNOWN)
    if unknown:
        raise ImproperlyConfigured(
            f"unknown settings: {', '.join(unknown)}; see deploy/env.example"
        )


def text(name: str, default: str | None = None) -> str:
    """A text setting. Raises ImproperlyConfigured: missing, or its file unreadable."""
    path = os.environ.get(f"{name}_FILE")
    if path:
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ImproperlyConfigured(f"{name}_FILE names {path}, which cannot be read") from error
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(f"the setting {name} is missing; see deploy/env.example")
    return value


def flag(name: str, *, default: bool = False) -> bool:
    """A yes-or-no setting: 1 or 0. Raises ImproperlyConfigured for anything else."""
    value = os.environ.get(name, "")
    if value not in ("", "0", "1"):
        raise ImproperlyConfigured(f"{name}={value} is neither 1 nor 0")
    return value == "1" if value else default


def words(name: str, default: list[str]) -> list[str]:
    """A comma-separated list."""
    value = os.environ.get(name, "")
    return [word.strip() for word in value.split(",") if word.strip()] if value else default


def choice(name: str, allowed: Collection[str], default: str) -> str:
    """One of a few words. Raises ImproperlyConfigured for any other."""
    value = text(name, default)
    if value not in allowed:
        raise ImproperlyConfigured(f"{name}={value} is none of {', '.join(sorted(allowed))}")
    return value


def address(name: str, schemes: tuple[str, ...], default: str | None = None) -> str:
    """A server's URL. Raises ImproperlyConfigured: another kind of server."""
    value = text(name, default)
    if not value.startswith(schemes):
        raise ImproperlyConfigured(f"{name} begins with none of {' '.join(schemes)}")
    return value
