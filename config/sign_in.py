"""What the lock-out counts: whose name a sign-in tried, from where, and how many failures lock.

Five failures lock a name for its network, twenty from anywhere lock it for every network it has
not signed in from lately: guesses spread over many networks end, yet nobody keeps its bearer out.
All of it stands in PostgreSQL; where that does not answer, nobody signs in.
"""

from __future__ import annotations

from datetime import timedelta
from ipaddress import ip_address, ip_network
from typing import Any

from axes.attempts import get_cool_off_threshold
from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt, AccessLog
from django.conf import settings
from django.db.models import Sum
from django.http import HttpRequest
from django.utils import timezone
from rest_framework.throttling import BaseThrottle

NETWORK_BITS = 64  # of an IPv6 address: one household's or office's own
FAMILIAR = timedelta(days=90)


def tried_name(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str | None:
    """The user name given, from the credentials or the form's field `login`.

    Names are looked up by UPPER(): spelt otherwise, a name must not begin a new count.
    """
    name = (credentials or {}).get("username") or request.POST.get("login")
    return str(name).strip().upper() if name else None


def network_of(request: HttpRequest) -> str | None:
    """Who knocks: an IPv4 address, or the /64 of an IPv6 one; None over a UNIX socket."""
    said = BaseThrottle().get_ident(request)  # type: ignore[arg-type]
    try:
        address = ip_address(said)
    except ValueError:
        return None
    bits = NETWORK_BITS if address.version == 6 else address.max_prefixlen
    return str(ip_network((address, bits), strict=False).network_address)


class LockOut(AxesDatabaseHandler):  # type: ignore[misc]
    """axes' own count per name and network, and one more over all networks."""

    def get_failures(self, request: Any, credentials: dict[str, Any] | None = None) -> int:
        """What is compared with AXES_FAILURE_LIMIT."""
        here: int = super().get_failures(request, credentials)
        name = tried_name(request, credentials)
        if name is None or is_familiar(name, request.axes_ip_address):
            return here
        everywhere = AccessAttempt.objects.filter(
            username=name, attempt_time__gte=get_cool_off_threshold(request)
        ).aggregate(failures=Sum("failures_since_start"))["failures"]
        locked = (everywhere or 0) >= settings.NAME_FAILURE_LIMIT
        return max(here, settings.AXES_FAILURE_LIMIT) if locked else here


def is_familiar(name: str, network: str | None) -> bool:
    """Whether this name has signed in from there lately."""
    since = timezone.now() - FAMILIAR
    seen: bool = AccessLog.objects.filter(
        ip_address=network, username__iexact=name, attempt_time__gte=since
    ).exists()
    return seen
