"""The last word where no view answers: pages to people, problem documents below /api/.

500 is 503 while the database is away: it asks the database nothing, for that may be missing.
"""

from __future__ import annotations

import sys
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader
from django.utils.translation import gettext_lazy as _
from django.views import defaults

from vouchers.api.errors import RETRY_AFTER, TOO_LARGE, TOO_MANY, outside, unanswered

TOO_BIG = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler400; 413 for a body beyond the limits."""
    if isinstance(exception, TOO_BIG):
        if is_api(request):
            return outside(request, 413, "body_too_large", TOO_LARGE)
        return render(request, "400.html", {"exception_text": TOO_LARGE}, status=413)
    if is_api(request):
        return outside(request, 400, "malformed", _("The request cannot be read."))
    return defaults.bad_request(request, exception)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form that is not ours, or older than its sign-in."""
    return render(request, "403.html", status=403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler404."""
    if is_api(request):
        return outside(request, 404, "not_found", _("There is nothing at this address."))
    return defaults.page_not_found(request, exception)


def too_many(request: HttpRequest, *, seconds: int) -> HttpResponse:
    """429 for whoever knocks too often, and how long to wait."""
    if is_api(request):
        response: HttpResponse = outside(request, 429, "too_many_requests", TOO_MANY)
    else:
        minutes = -(-seconds // 60)
        response = render(request, "429.html", {"minutes": minutes}, status=429)
    response["Retry-After"] = str(seconds)
    return response


def locked_out(request: HttpRequest, response: HttpResponse, credentials: Any) -> HttpResponse:
    """429 for a name that was guessed at too often; the same whether anybody bears it."""
    seconds = int(settings.AXES_COOLOFF_TIME * 3600)
    context = {"minutes": seconds // 60}
    page = render(request, "account/locked.html", context, status=429)
    page["Retry-After"] = str(seconds)
    return page


def answer(request: HttpRequest) -> HttpResponse:
    """Django's handler500; the exception is the one being handled."""
    is_away = isinstance(sys.exception(), OperationalError | InterfaceError)
    if is_api(request):
        return unanswered(is_away=is_away)
    page = loader.get_template("500.html").render({"is_away": is_away})
    response = HttpResponse(page, status=503 if is_away else 500)
    if is_away:
        response["Retry-After"] = RETRY_AFTER
    return response


def is_api(request: HttpRequest) -> bool:
    """Whether a program asks, not a person."""
    return request.path.startswith("/api/")
