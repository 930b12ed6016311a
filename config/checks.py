"""Settings that would be unsafe in production refuse to start, each with its sentence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.core.exceptions import ImproperlyConfigured

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1", "[::1]"})
KEYS = ("SECRET_KEY", "EVIDENCE_KEY", "CERTIFICATE_KEY")
KEY_LENGTH = 40
# What stands in examples, and is tried first by whoever finds the port.
KNOWN_PASSWORDS = frozenset({"secret", "password", "postgres", "suanquan", "changeme", "sq_app"})
TOKEN_LENGTH = 20
MUST_BE_ON = ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT")


def refuse_unsafe(settings: Mapping[str, Any]) -> None:
    """Raises ImproperlyConfigured with every fault; called at the end of the settings file."""
    found = list(demo_faults(settings) if settings["DEMO"] else production_faults(settings))
    if found:
        raise ImproperlyConfigured("; ".join(found))


def demo_faults(settings: Mapping[str, Any]) -> Iterator[str]:
    """A demo shows its passwords and codes: it may be reached from its own machine only."""
    hosts = {*settings["ALLOWED_HOSTS"], urlsplit(settings["SITE_URL"]).hostname}
    if beyond := sorted(str(host) for host in hosts - LOOPBACK):
        yield f"DEMO=1 serves this machine only, not {', '.join(beyond)}: unset DEMO"


def production_faults(settings: Mapping[str, Any]) -> Iterator[str]:
    """Everything else holds people's files and public money."""
    for name in KEYS:
        if len(settings[name]) < KEY_LENGTH:
            yield f"{name} is shorter than {KEY_LENGTH} characters"
    if len({settings[name] for name in KEYS}) < len(KEYS):
        yield f"{', '.join(KEYS)} must differ"
    if urlsplit(settings["SITE_URL"]).scheme != "https":
        yield "SQ_SITE_URL must begin with https://"
    if not settings["ALLOWED_HOSTS"] or "*" in settings["ALLOWED_HOSTS"]:
        yield "SQ_ALLOWED_HOSTS must name the hosts served, without *"
    if settings["FAILPOINT"]:
        yield "FAILPOINT must not be set: processes would die there"
    if settings["DEBUG"]:
        yield "DEBUG must be off"
    yield from (f"{name} must be on" for name in MUST_BE_ON if not settings[name])
    if not settings["SECURE_HSTS_SECONDS"]:
        yield "SECURE_HSTS_SECONDS must not be 0"
    databases = settings["DATABASES"]
    if databases["default"].get("USER") == databases.get("owner", {}).get("USER", "sq_owner"):
        yield "DATABASE_URL must not be the owner's: web and workers run as sq_app"
    if databases["default"].get("PASSWORD") in KNOWN_PASSWORDS:
        yield "DATABASE_URL holds a password everybody knows"
    for name, place in (
        ("REDIS_URL", settings["REDIS_URL"]),
        ("REDIS_CACHE_URL", settings["CACHES"]["fast"]["LOCATION"]),
    ):
        yield from (f"{name} {fault}" for fault in redis_faults(urlsplit(place)))
    if 0 < len(settings["METRICS_TOKEN"]) < TOKEN_LENGTH:
        yield f"SQ_METRICS_TOKEN is shorter than {TOKEN_LENGTH} characters"


def redis_faults(place: SplitResult) -> Iterator[str]:
    """Over a UNIX socket or on this machine alone, Redis may do without a password."""
    if place.scheme not in ("redis", "rediss") or place.hostname in LOOPBACK:
        return
    if not place.password:
        yield f"needs a password: anybody on the way to {place.hostname} could speak to it"
    elif place.password in KNOWN_PASSWORDS:
        yield "holds a password everybody knows"
