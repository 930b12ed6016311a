"""The eight areas; namespace, first path segment and module have one name."""

from django.urls import include, path

urlpatterns = [
    path("", include("vouchers.web.public")),
    path("account/", include("vouchers.web.account")),
    path("company/", include("vouchers.web.company")),
    path("provider/", include("vouchers.web.provider")),
    path("officer/", include("vouchers.web.officer")),
    path("finance/", include("vouchers.web.finance")),
    path("audit/", include("vouchers.web.audit")),
    path("oversight/", include("vouchers.web.oversight")),
]
