"""All addresses: the API, sign-in, and the pages (Chinese at /…, English at /en/…)."""

from __future__ import annotations

from allauth.account import views as sign_in
from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from config import health, metrics
from vouchers.web.account import PasswordChange

handler400 = "config.faults.bad_request"
handler404 = "config.faults.page_not_found"
handler500 = "config.faults.answer"

# Of allauth's pages only these: an office opens accounts, nobody registers or resets by mail.
SIGN_IN = [
    path("login/", sign_in.login, name="account_login"),
    path("logout/", sign_in.logout, name="account_logout"),
    path("inactive/", sign_in.account_inactive, name="account_inactive"),
    path("reauthenticate/", sign_in.reauthenticate, name="account_reauthenticate"),
    path("password/change/", PasswordChange.as_view(), name="account_change_password"),
    path("2fa/", include("allauth.mfa.urls")),
]

urlpatterns = [
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
    path("api/", include("vouchers.api.urls")),
    *i18n_patterns(
        path("account/", include(SIGN_IN)),
        path("", include("vouchers.web.urls")),
        prefix_default_language=False,
    ),
]

if settings.DEMO:
    from config.management.demo import pages

    urlpatterns.insert(0, path("demo/", include(pages.urlpatterns)))
