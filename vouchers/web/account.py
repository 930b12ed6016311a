"""One's own account: where to begin, who one is, what one was told and did."""

from __future__ import annotations

from typing import Any

from allauth.account.views import PasswordChangeView
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from companies.audit.selectors import list_history
from companies.notifications.selectors import list_notifications
from companies.notifications.services import mark_read
from vouchers.web.navigation import AREA_LABELS, AREA_OF_ROLE, safe_reverse
from vouchers.web.noun_links import url_of
from vouchers.web.tables import Column
from vouchers.web.views import ListPage, PageView
from vouchers.web.words import action_label, actor_label, named

app_name = "account"


def areas_of(scope: Any) -> list[str]:
    """The areas a person may enter: duties first, in the order they were given."""
    rights = [*scope.duties, *scope.memberships]
    areas = (AREA_OF_ROLE.get(str(right.role), "") for right in rights)
    return [area for area in dict.fromkeys(areas) if safe_reverse(f"{area}:home")]


class AccountPage(PageView):
    """For whoever is signed in."""

    area = "account"


class Start(AccountPage):
    """After sign-in: to one's own desk."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """The first area, or the profile of a person without any role."""
        areas = areas_of(self.scope)
        return HttpResponseRedirect(
            reverse(f"{areas[0]}:home") if areas else reverse("account:profile")
        )


class RoleSwitch(AccountPage):
    """切换身份: the same person, another part."""

    template = "web/account/role_switch.html"
    title = _("Work as")

    def context(self, **kwargs: Any) -> dict[str, Any]:
        """Areas with their doors."""
        areas = areas_of(self.scope)
        return {"areas": [{"label": AREA_LABELS[a], "url": reverse(f"{a}:home")} for a in areas]}


class PasswordChange(PasswordChangeView):
    """Who has no password (a machine's account) has none to change; nobody makes one unasked."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Raises PermissionDenied where allauth would lead on to a page that is closed here."""
        if request.user.is_authenticated and not request.user.has_usable_password():
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class Profile(AccountPage):
    """Who one is here, and by what right."""

    template = "web/account/profile.html"
    title = _("Profile")

    def context(self, **kwargs: Any) -> dict[str, Any]:
        """Account, duties, memberships."""
        user = self.request.user
        summary = [
            {"label": _("User name"), "value": user.get_username(), "code": True},
            {"label": _("Name"), "value": named(user)},
            {"label": _("E-mail"), "value": user.email or "—"},
        ]
        rights = [
            {"role": d.get_role_display(), "where": named(d.agency), "right": d}
            for d in self.scope.duties
        ]
        rights += [
            {"role": m.get_role_display(), "where": named(m.company), "right": m}
            for m in self.scope.memberships
        ]
        return {"summary": summary, "rights": rights}


class Notifications(ListPage):
    """What one was told, newest first; reading is marked with one button."""

    area = "account"
    title = _("Notifications")
    template = "web/account/notifications.html"
    empty_title = _("No new messages")
    columns = (
        Column("title", _("Message"), link="url", sub="about"),
        Column("created_at", _("Time"), kind="stamp"),
        Column("state", _("State")),
    )

    def rows(self) -> Any:
        """One's own."""
        return list_notifications(self.request.user.pk)

    def row(self, noun: Any) -> Any:
        """The sentence of its code and a link to its noun."""
        return {
            "title": action_label(noun.code),
            "about": noun.facts.get("title") or noun.subject_ref.partition(":")[2],
            "url": url_of(noun.subject_ref, self.scope),
            "created_at": noun.created_at,
            "state": _("Unread") if noun.read_at is None else _("Read"),
        }

    def post(self, request: HttpRequest) -> HttpResponse:
        """Mark what stands on the first page as read, message by message."""
        for message in list_notifications(request.user.pk, unread_only=True)[:50]:
            mark_read(user_id=request.user.pk, notification_id=message.pk, at=self.at)
        return HttpResponseRedirect(reverse("account:notifications"))


class Activity(ListPage):
    """The record of one's account."""

    area = "account"
    title = _("My activity")
    columns = (
        Column("action", _("What happened"), value=lambda event: action_label(event.action)),
        Column("at", _("Time"), kind="stamp"),
        Column("actor_ref", _("By"), words=actor_label),
    )

    def rows(self) -> Any:
        """Newest first."""
        return list_history(f"user:{self.request.user.get_username()}").order_by("-id")


urlpatterns = [
    path("", Start.as_view(), name="start"),
    path("roles/", RoleSwitch.as_view(), name="role-switch"),
    path("profile/", Profile.as_view(), name="profile"),
    path("notifications/", Notifications.as_view(), name="notifications"),
    path("activity/", Activity.as_view(), name="activity"),
]
