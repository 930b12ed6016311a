"""The last word where no view could answer: 503 while the database is away, else 500.

It asks the database nothing, for that may be what is missing. Below /api/ it is a problem document.
"""

from __future__ import annotations

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template import loader

from vouchers.api.errors import RETRY_AFTER, unanswered


def answer(request: HttpRequest) -> HttpResponse:
    """Django's handler500; the exception is the one being handled."""
    is_away = isinstance(sys.exception(), OperationalError | InterfaceError)
    if request.path.startswith("/api/"):
        return unanswered(is_away=is_away)
    page = loader.get_template("500.html").render({"is_away": is_away})
    response = HttpResponse(page, status=503 if is_away else 500)
    if is_away:
        response["Retry-After"] = RETRY_AFTER
    return response
