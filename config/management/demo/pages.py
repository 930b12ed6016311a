"""Addresses only a demo has: its clock, and how far the loading of its world is."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from companies.foundation import clock


@csrf_exempt
@require_POST
def set_clock(request: HttpRequest) -> HttpResponse:
    """POST {"at": ISO instant}: any but a future one. For `make journey`."""
    if not settings.MOVABLE_CLOCK:
        return JsonResponse({"detail": "this demo's clock is not movable"}, status=404)
    try:
        at = datetime.fromisoformat(json.loads(request.body)["at"])
        clock.set_demo_clock(at)
    except (ValueError, KeyError, TypeError) as error:
        return JsonResponse({"detail": str(error)}, status=422)
    return JsonResponse({"now": clock.now().isoformat()})


@require_GET
def progress(request: HttpRequest) -> HttpResponse:
    """{done, total}: how many steps of the demo world have been loaded."""
    where = Path(settings.STATE_DIR) / "seed-progress.json"
    if not where.exists():
        return JsonResponse({"done": 0, "total": 0})
    return JsonResponse(json.loads(where.read_text(encoding="utf-8")))


urlpatterns = [
    path("clock", set_clock, name="demo-clock"),
    path("progress", progress, name="demo-progress"),
]
