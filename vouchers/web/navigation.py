"""What stands round every page: the area's menu, the person's roles, languages, theme, marks.

An entry whose address does not exist yet is not shown, so that menus grow with the pages.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse, translate_url
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from companies.foundation.clock import now
from companies.notifications.selectors import list_notifications

THEME_COOKIE = "sq_theme"
THEMES = ("light", "dark")
UNREAD_MOST = 99


class Entry(NamedTuple):
    """One menu entry by the name of its address."""

    name: str
    label: str | Promise
    icon: str


class Group(NamedTuple):
    """Entries under one word; top menus have one group without."""

    title: str | Promise
    entries: tuple[Entry, ...]


AREA_LABELS: dict[str, Promise] = {
    "public": _("Public information"),
    "account": _("Your account"),
    "company": _("Company services"),
    "provider": _("Provider services"),
    "officer": _("Review desk"),
    "finance": _("Finance desk"),
    "audit": _("Audit"),
    "oversight": _("Oversight"),
}

AREA_OF_ROLE = {
    "intake": "officer",
    "reviewer": "officer",
    "approver": "officer",
    "programme_manager": "officer",
    "finance_clerk": "finance",
    "finance_authoriser": "finance",
    "finance_releaser": "finance",
    "auditor": "audit",
    "overseer": "oversight",
    "company_agent": "company",
    "company_signatory": "company",
    "provider_agent": "provider",
    "provider_finance": "provider",
}

_PUBLIC = (
    Group(
        "",
        (
            Entry("public:home", _("Home"), "house"),
            Entry("public:programme-list", _("Programmes"), "ticket"),
            Entry("public:provider-list", _("Providers"), "server"),
            Entry("public:notice-list", _("Public notices"), "megaphone"),
            Entry("public:award-list", _("Awards"), "list-checks"),
            Entry("public:statistics", _("Figures"), "gauge"),
            Entry("public:numbers", _("Where the figures come from"), "info"),
            Entry("public:verify", _("Verify"), "shield-check"),
        ),
    ),
)

MENUS: dict[str, tuple[Group, ...]] = {
    "public": _PUBLIC,
    "account": _PUBLIC,
    "company": (
        Group(
            "",
            (
                Entry("company:home", _("Home"), "house"),
                Entry("company:programmes", _("Open programmes"), "ticket"),
                Entry("company:application-list", _("My applications"), "file-text"),
                Entry("company:voucher-list", _("My vouchers"), "ticket"),
                Entry("company:redemption-list", _("Redemptions and usage"), "receipt-text"),
                Entry("company:letter-list", _("Letters"), "mail"),
                Entry("company:company-record", _("Company record"), "building-2"),
            ),
        ),
    ),
    "provider": (
        Group(
            "",
            (
                Entry("provider:home", _("Home"), "house"),
                Entry("provider:accept", _("Orders"), "inbox"),
                Entry("provider:redemption-list", _("Redemptions"), "receipt-text"),
                Entry("provider:usage-upload", _("Usage"), "upload"),
                Entry("provider:settlement-list", _("Settlement"), "landmark"),
                Entry("provider:catalogue", _("Products and hours"), "server"),
                Entry("provider:usage-account-list", _("Usage accounts"), "users"),
                Entry("provider:admission", _("Admission"), "badge-check"),
                Entry("company:company-record", _("Company record"), "building-2"),
            ),
        ),
    ),
    "officer": (
        Group("", (Entry("officer:home", _("Desk"), "layout-dashboard"),)),
        Group(
            _("Review and approval"),
            (
                Entry("officer:queue", _("To do"), "inbox"),
                Entry("officer:notice-list", _("Public notices"), "megaphone"),
                Entry("officer:objection-list", _("Objections"), "message-square-warning"),
                Entry("officer:letter-list", _("Letters"), "mail"),
                Entry("officer:alert-list", _("Alerts"), "triangle-alert"),
            ),
        ),
        Group(
            _("Vouchers in use"),
            (
                Entry("officer:voucher-list", _("Vouchers"), "ticket"),
                Entry("officer:redemption-list", _("Redemptions"), "receipt-text"),
                Entry("officer:issue-batch", _("Issue"), "send"),
            ),
        ),
        Group(
            _("Registers"),
            (
                Entry("officer:company-register", _("Companies"), "building-2"),
                Entry("officer:provider-register", _("Providers"), "server"),
                Entry("officer:programme-list", _("Programmes and rules"), "book-open-check"),
                Entry("officer:seat-map", _("Seat map"), "users"),
            ),
        ),
    ),
    "finance": (
        Group("", (Entry("finance:home", _("Desk"), "layout-dashboard"),)),
        Group(
            _("Money"),
            (
                Entry("finance:budget-list", _("Budget lines"), "wallet"),
                Entry("finance:settlement-list", _("Settlement batches"), "landmark"),
                Entry("finance:instruction-list", _("Payments to examine"), "banknote"),
                Entry("finance:account-list", _("Accounts to verify"), "credit-card"),
                Entry("finance:reconciliation", _("Reconciliation"), "scale"),
                Entry("finance:reports", _("Reports"), "file-text"),
            ),
        ),
    ),
    "audit": (
        Group(
            "",
            (
                Entry("audit:home", _("Overview"), "layout-dashboard"),
                Entry("audit:search", _("Search"), "search"),
                Entry("audit:ledger", _("Ledger"), "arrow-left-right"),
                Entry("audit:export-list", _("Exports"), "download"),
                Entry("officer:alert-list", _("Alerts"), "triangle-alert"),
                Entry("audit:verify", _("Verify"), "shield-check"),
                Entry("audit:activity", _("Activity log"), "history"),
            ),
        ),
    ),
    "oversight": (
        Group(
            "",
            (
                Entry("oversight:home", _("Overview"), "layout-dashboard"),
                Entry("audit:search", _("Search"), "search"),
                Entry("audit:ledger", _("Ledger"), "arrow-left-right"),
                Entry("officer:alert-list", _("Alerts"), "triangle-alert"),
                Entry("audit:export-list", _("Exports"), "download"),
                Entry("audit:verify", _("Verify"), "shield-check"),
                Entry("oversight:budgets", _("Budgets"), "wallet"),
                Entry("oversight:utilisation", _("Utilisation"), "gauge"),
            ),
        ),
    ),
}

FOOTER = (
    Entry("public:notice-list", _("Public notices"), ""),
    Entry("public:guide", _("Guide"), ""),
    Entry("public:numbers", _("Where the figures come from"), ""),
    Entry("public:help", _("Help"), ""),
    Entry("public:accessibility", _("Accessibility"), ""),
    Entry("public:privacy", _("Privacy"), ""),
    Entry("public:sitemap", _("Site map"), ""),
)
ACCOUNT = (
    Entry("account:profile", _("Profile"), "circle-user"),
    Entry("account:activity", _("My activity"), "history"),
    Entry("account:notification-settings", _("Notification settings"), "bell"),
    Entry("mfa_index", _("Second factor"), "smartphone"),
)


LAYOUTS = dict.fromkeys(("public", "account"), "web/layouts/public.html") | dict.fromkeys(
    ("company", "provider"), "web/layouts/party.html"
)


def safe_reverse(name: str, **kwargs: object) -> str:
    """The address of a name, or nothing where no such page exists."""
    try:
        return reverse(name, kwargs=kwargs or None)
    except NoReverseMatch:
        return ""


def area_of(request: HttpRequest) -> str:
    """The area a page belongs to: its namespace; sign-in pages count as the account's."""
    match = getattr(request, "resolver_match", None)
    namespace = match.namespace.partition(":")[0] if match else ""
    if namespace in MENUS:
        return str(namespace)
    return (
        "account" if match and match.url_name and match.url_name[:3] in ("acc", "mfa") else "public"
    )


def own_area(area: str, roles: Iterable[str]) -> str:
    """Whose menu stands round a page: one's account, and a page shared by another desk, keep one's
    own."""
    mine = [AREA_OF_ROLE[role] for role in roles if role in AREA_OF_ROLE]
    return area if area == "public" or area in mine or not mine else mine[0]


def menu(area: str, path: str) -> list[dict[str, Any]]:
    """The area's groups; the current entry has the longest address that begins the path."""
    groups = [{"title": group.title, "entries": _links(group.entries)} for group in MENUS[area]]
    groups = [group for group in groups if group["entries"]]
    homes = {link["url"] for g in groups for link in g["entries"] if link["name"].endswith(":home")}
    begun = [
        link
        for group in groups
        for link in group["entries"]
        if path == link["url"] or (link["url"] not in homes and path.startswith(link["url"]))
    ]
    if begun:
        max(begun, key=lambda link: len(link["url"]))["current"] = True
    return groups


def _links(entries: Iterable[Entry]) -> list[dict[str, Any]]:
    links = [
        {"url": safe_reverse(e.name), "label": e.label, "icon": e.icon, "name": e.name}
        for e in entries
    ]
    return [link for link in links if link["url"]]


def roles_of(user: Any) -> list[str]:
    """Role codes a person holds now, duties first."""
    at = now()
    live = Q(valid_from__lte=at) & (Q(valid_until__isnull=True) | Q(valid_until__gt=at))
    roles: list[str] = []
    for holding in ("duties", "memberships"):
        held = getattr(user, holding, None)
        if held is not None:
            roles += held.filter(live).order_by("pk").values_list("role", flat=True)
    return list(dict.fromkeys(roles))


def unread_of(user: Any) -> str:
    """How many messages wait; more than 99 are said as such."""
    waiting = list_notifications(user.pk, unread_only=True)[: UNREAD_MOST + 1].count()
    return f"{UNREAD_MOST}+" if waiting > UNREAD_MOST else str(waiting or "")


def _role_switch(roles: Iterable[str], area: str) -> list[dict[str, Any]]:
    areas = dict.fromkeys(AREA_OF_ROLE[role] for role in roles if role in AREA_OF_ROLE)
    links = [
        {"url": safe_reverse(f"{name}:home"), "label": AREA_LABELS[name], "current": name == area}
        for name in areas
    ]
    return [link for link in links if link["url"]]


def _languages(request: HttpRequest) -> list[dict[str, Any]]:
    here, now_code = request.get_full_path(), get_language()
    return [
        {
            "code": code,
            "lang": "zh-Hans" if code == "zh-hans" else code,
            "label": "中文" if code == "zh-hans" else label,
            "url": translate_url(here, code),
            "current": code == now_code,
        }
        for code, label in settings.LANGUAGES
    ]


def context(request: HttpRequest) -> dict[str, Any]:
    """The context processor."""
    user = getattr(request, "user", None)
    signed_in = bool(user and user.is_authenticated)
    theme = request.COOKIES.get(THEME_COOKIE, "")
    roles = roles_of(user) if signed_in else []
    area = own_area(area_of(request), roles)
    return {
        "layout": LAYOUTS.get(area, "web/layouts/officer.html"),
        "area": area,
        "area_label": AREA_LABELS[area],
        "nav": menu(area, request.path),
        "footer_links": _links(FOOTER),
        "account_links": _links(ACCOUNT) if signed_in else [],
        "notifications_url": safe_reverse("account:notifications") if signed_in else "",
        "unread_count": unread_of(user) if signed_in else "",
        "sign_in_url": safe_reverse("account_login"),
        "sign_out_url": safe_reverse("account_logout"),
        "home_url": safe_reverse("public:home") or "/",
        "languages": _languages(request),
        "html_lang": "zh-Hans" if get_language() == "zh-hans" else get_language(),
        "theme": theme if theme in THEMES else "",
        "demo": bool(getattr(settings, "DEMO", False)),
        "roles": roles,
        "role_switch": _role_switch(roles, area),
        "help_phone": getattr(settings, "HELP_PHONE", "0000-12345"),
    }
