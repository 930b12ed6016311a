"""Errors as application/problem+json, in the asked language and always in both (RFC 9457).

The one table from families of refusal to HTTP stands here; families know no HTTP.
"""

from __future__ import annotations

import logging
from typing import Any

from django.core.exceptions import (
    PermissionDenied,
    RequestDataTooBig,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import get_language_from_request, override
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from companies import errors
from companies.foundation.counters import REFUSALS
from companies.foundation.request_context import current_request_id

logger = logging.getLogger(__name__)

RETRY_AFTER = "2"  # seconds
FAMILIES: tuple[tuple[type[errors.DomainError], int], ...] = (
    (errors.Malformed, 400),
    (errors.NotSignedIn, 401),
    (errors.NotAllowed, 403),
    (errors.NotFound, 404),
    (errors.Conflict, 409),
    (errors.InvalidInput, 422),
    (errors.TryAgain, 503),
)

TOO_LARGE = _("A request may hold 25 MB and ten files at most.")
TOO_MANY = _("Too many requests. Please wait a little.")
# What the framework itself refuses: exception → (status, code, sentence).
FRAMEWORK: tuple[tuple[type[Exception], int, str, Any], ...] = (
    (exceptions.ParseError, 400, "malformed", _("The request cannot be read as JSON.")),
    (exceptions.NotAuthenticated, 401, "not_signed_in", _("Please sign in first.")),
    (exceptions.AuthenticationFailed, 401, "not_signed_in", _("Please sign in first.")),
    (exceptions.PermissionDenied, 403, "not_allowed", _("You may not do this.")),
    (PermissionDenied, 403, "not_allowed", _("You may not do this.")),
    (exceptions.NotFound, 404, "not_found", _("There is nothing at this address.")),
    (Http404, 404, "not_found", _("There is nothing at this address.")),
    (
        exceptions.MethodNotAllowed,
        405,
        "method_not_allowed",
        _("This address knows no such method."),
    ),
    (exceptions.NotAcceptable, 406, "not_acceptable", _("Only JSON is spoken here.")),
    (RequestDataTooBig, 413, "body_too_large", TOO_LARGE),
    (TooManyFieldsSent, 413, "body_too_large", TOO_LARGE),
    (TooManyFilesSent, 413, "body_too_large", TOO_LARGE),
    (
        exceptions.UnsupportedMediaType,
        415,
        "media_type_unsupported",
        _("Send the request as application/json."),
    ),
)


class ProblemRenderer(JSONRenderer):
    """The same JSON under the media type of problems."""

    media_type = "application/problem+json"


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler. None lets an unexpected error become a 500."""
    if isinstance(error, errors.DomainError):
        REFUSALS.labels(error.code).inc()
        status = next(status for family, status in FAMILIES if isinstance(error, family))
        return problem(status, error.code, error, error.errors)
    if isinstance(error, exceptions.ValidationError):
        wrong = errors.InvalidInput("invalid_input", _("Some fields need to be put right."))
        return problem(422, wrong.code, wrong, list(_places(error.detail)))
    for kind, status, code, sentence in FRAMEWORK:
        if isinstance(error, kind):
            return problem(status, code, errors.DomainError(code, sentence), [])
    return None


def problem(
    status: int, code: str, error: errors.DomainError, places: list[dict[str, Any]]
) -> Response:
    """One problem document as DRF answers it."""
    body = document(status, code, error, places)
    response = Response(body, status=status, content_type=ProblemRenderer.media_type)
    if status == 503:
        response["Retry-After"] = RETRY_AFTER
    if status == 401:
        response["WWW-Authenticate"] = 'Signature realm="suanquan"'
    return response


def outside(request: HttpRequest, status: int, code: str, sentence: Any) -> JsonResponse:
    """What a machine is told where no view was reached: no route, a bad Host, too large a body."""
    with override(get_language_from_request(request)):
        body = document(status, code, errors.DomainError(code, sentence), [])
    return JsonResponse(body, status=status, content_type=ProblemRenderer.media_type)


def unanswered(*, is_away: bool) -> JsonResponse:
    """What a machine is told where no view could answer; `is_away`: the database is."""
    if not is_away:
        error = errors.DomainError("internal_error", _("The fault is ours. Please report the id."))
        body = document(500, error.code, error, [])
        return JsonResponse(body, status=500, content_type=ProblemRenderer.media_type)
    away = errors.TryAgain(
        "database_unavailable",
        _("The service is interrupted. Send the same request again: its key tells what became."),
    )
    response = JsonResponse(
        document(503, away.code, away, []), status=503, content_type=ProblemRenderer.media_type
    )
    response["Retry-After"] = RETRY_AFTER
    return response


def document(
    status: int, code: str, error: errors.DomainError, places: list[dict[str, Any]]
) -> dict[str, Any]:
    """The members of a problem document; `messages` always holds both languages."""
    messages = {}
    for language, tag in (("zh-hans", "zh-Hans"), ("en", "en")):
        with override(language):
            messages[tag] = error.text()
    return {
        "type": f"urn:suanquan:error:{code}",
        "title": code.replace("_", " "),
        "status": status,
        "code": code,
        "detail": error.text(),
        "messages": messages,
        "errors": [_plain(place) for place in places],
        "facts": {name: _primitive(value) for name, value in error.facts.items()},
        "request_id": current_request_id(),
    }


def _places(detail: Any, path: str = "") -> Any:
    """DRF's nested details as flat {field, code, message}."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            yield from _places(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(detail, list):
        for index, inner in enumerate(detail):
            nested = isinstance(inner, dict | list)
            yield from _places(inner, f"{path}[{index}]" if nested else path)
    else:
        yield {"field": path, "code": getattr(detail, "code", "invalid"), "message": str(detail)}


def _plain(place: dict[str, Any]) -> dict[str, Any]:
    return {name: _primitive(value) for name, value in place.items()}


def _primitive(value: Any) -> Any:
    return value if value is None or isinstance(value, (int, bool, list, dict)) else str(value)
