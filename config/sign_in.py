"""Whose name a sign-in tried, for the lock-out: allauth's form and its credentials differ."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest


def tried_name(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str | None:
    """The user name given, from the credentials or the form's field `login`.

    Names are looked up by UPPER(): spelt otherwise, a name must not begin a new count.
    """
    name = (credentials or {}).get("username") or request.POST.get("login")
    return str(name).strip().upper() if name else None
