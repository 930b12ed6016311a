"""A request's id, and the headers every answer carries."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse

from companies.foundation.request_context import set_request_id

Handler = Callable[[HttpRequest], HttpResponse]


class RequestId:
    """Each request gets an id of ours (a client's own is never trusted); the answer tells it."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Set, pass on, tell."""
        request_id = secrets.token_hex(10)
        set_request_id(request_id)
        response = self.get_response(request)
        response["X-Request-Id"] = request_id
        return response


class PlainAddress:
    """An address with a NUL in it names nothing: PostgreSQL could not even be asked."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Refuse, or pass on."""
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("NUL in an address")
        return self.get_response(request)


class Headers:
    """What SecurityMiddleware does not send; nothing made for one person stays in a cache."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Add the headers."""
        response = self.get_response(request)
        response["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
        response["Cross-Origin-Resource-Policy"] = "same-origin"
        if response.get("Content-Disposition", "").startswith("attachment"):
            # What others brought is neither shown nor run, wherever somebody opens it.
            response["Content-Security-Policy"] = f"sandbox; {response['Content-Security-Policy']}"
        # An answer that depends on a cookie was made for one person.
        if request.path.startswith("/api/") or "Cookie" in response.get("Vary", ""):
            response["Cache-Control"] = "no-store"
        return response
