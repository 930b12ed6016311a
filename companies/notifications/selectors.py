"""Reading one's own messages."""

from __future__ import annotations

from django.db.models import QuerySet

from companies.notifications.models import Notification


def list_notifications(user_id: int, *, unread_only: bool = False) -> QuerySet[Notification]:
    """A person's messages, newest first."""
    messages = Notification.objects.filter(user_id=user_id).order_by("-id")
    return messages.filter(read_at__isnull=True) if unread_only else messages
