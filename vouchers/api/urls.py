"""/api/v1/ and its description. Anything else below /api/ is a problem document, too."""

from __future__ import annotations

from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from vouchers.api.missing import Missing
from vouchers.api.v1 import urls as v1

app_name = "api"

urlpatterns = [
    path("v1/", include(v1.urlpatterns)),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api:schema"), name="docs"),
    re_path(r"^.*$", Missing.as_view(), name="missing"),
]
