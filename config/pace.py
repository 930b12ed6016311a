"""How often one network may knock at a door that asks for no sign-in.

Counted in the cache `fast`, which may vanish: then nothing is counted and nobody is kept out.
Passwords are counted again, per name, where nothing vanishes: `config/sign_in.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest, HttpResponseBase
from django.utils.connection import ConnectionProxy
from rest_framework.throttling import SimpleRateThrottle

from companies.foundation.counters import REFUSALS
from config.faults import too_many
from config.sign_in import network_of

# Doors that lead to the same thing are counted together; settings.PACES has the rates.
DOORS = {
    ("POST", "account_login"): "sign-in",
    ("POST", "mfa_authenticate"): "sign-in",
    ("POST", "public:objection-new"): "objection",
    ("POST", "api:lodge-objection"): "objection",
    ("GET", "public:objection-status"): "code",
    ("GET", "public:verify"): "code",
    ("POST", "api:check-certificate"): "code",
}


class NetworkPace(SimpleRateThrottle):
    """The library's count, per door and network."""

    cache = ConnectionProxy(caches, "fast")  # type: ignore[assignment]

    def __init__(self, door: str, rate: str) -> None:
        self.scope, self.rate = door, rate
        super().__init__()

    def get_cache_key(self, request: Any, view: Any) -> str:
        """Where the count lies."""
        return f"pace:{self.scope}:{network_of(request)}"


class Pace:
    """Answers 429 with Retry-After for whoever knocks too often."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass on; the door is known only afterwards."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """Let in (None), or refuse."""
        method = "GET" if request.method == "HEAD" else request.method or ""
        name = request.resolver_match.view_name if request.resolver_match else ""
        door = DOORS.get((method, name), "")
        rate = settings.PACES.get(door)
        if rate is None:
            return None
        pace = NetworkPace(door, rate)
        if pace.allow_request(request, view):  # type: ignore[arg-type]
            return None
        REFUSALS.labels("too_many_requests").inc()
        return too_many(request, seconds=int(pace.wait() or 0) + 1)
