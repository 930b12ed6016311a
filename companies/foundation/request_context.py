"""The id of the request or task in hand, for logs and events. Nothing else lives here."""

from __future__ import annotations

from contextvars import ContextVar

_request_id: ContextVar[str] = ContextVar("request_id", default="")


def current_request_id() -> str:
    """The id, or '' outside a request or task."""
    return _request_id.get()


def set_request_id(value: str) -> None:
    """Called once by the request middleware and by the task prelude."""
    _request_id.set(value[:40])
