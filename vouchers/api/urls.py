"""/api/v1/ and its description."""

from __future__ import annotations

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from vouchers.api.v1 import urls as v1

app_name = "api"
READING = ["get", "head"]

urlpatterns = [
    path("v1/", include(v1.urlpatterns)),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    # A page made from a template: it has no other answer, not even to OPTIONS.
    path(
        "docs/",
        SpectacularSwaggerSplitView.as_view(url_name="api:schema", http_method_names=READING),
        name="docs",
    ),
]
