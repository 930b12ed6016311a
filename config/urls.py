"""All addresses: the API, sign-in, and the pages (Chinese at /…, English at /en/…)."""

from __future__ import annotations

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from config import health, metrics

handler400 = "config.faults.bad_request"
handler404 = "config.faults.page_not_found"
handler500 = "config.faults.answer"

urlpatterns = [
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
    path("api/", include("vouchers.api.urls")),
    *i18n_patterns(
        path("account/", include("allauth.urls")),
        path("", include("vouchers.web.urls")),
        prefix_default_language=False,
    ),
]

if settings.DEMO:
    from config.management.demo import pages

    urlpatterns.insert(0, path("demo/", include(pages.urlpatterns)))
