"""The last word where no view answers: pages to people, problem documents below /api/.

500 is 503 while the database is away: it asks the database nothing, for that may be missing.
"""

from __future__ import annotations

import sys

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader
from django.utils.translation import gettext_lazy as _
from django.views import defaults

from vouchers.api.errors import RETRY_AFTER, TOO_LARGE, outside, unanswered

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
