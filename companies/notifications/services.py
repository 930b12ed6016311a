"""Telling people, and waking workers. Both hang on the business transaction."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from celery import current_app
from django.db import transaction

from companies.errors import not_found
from companies.foundation.calls import Call, run_calls
from companies.foundation.request_context import current_request_id
from companies.foundation.verbs import assert_in_transaction, verb
from companies.notifications.models import Notification

logger = logging.getLogger(__name__)


def notify(
    *,
    user_ids: Iterable[int],
    code: str,
    subject_ref: str,
    facts: Mapping[str, Any],
    at: datetime,
) -> None:
    """A step: one row per person, once, however often the id is given."""
    assert_in_transaction()
    run_calls(telling(user_ids=user_ids, code=code, subject_ref=subject_ref, facts=facts, at=at))


def telling(
    *,
    user_ids: Iterable[int],
    code: str,
    subject_ref: str,
    facts: Mapping[str, Any],
    at: datetime,
) -> Call:
    """The call that does it."""
    told = json.dumps(dict(facts))
    return Call(
        "notify_people(%s::bigint[],%s,%s,%s,%s)", (list(user_ids), code, subject_ref, told, at)
    )


def wake(task_name: str, **kwargs: Any) -> None:
    """Ask a worker to look, once this transaction has committed.

    A lost message costs only time: the row is the queue, and the sweeper finds it.
    """

    headers = {"request_id": current_request_id()}

    def send() -> None:
        try:
            current_app.send_task(
                task_name, kwargs=kwargs, headers=headers, retry=False, ignore_result=True
            )
        except Exception:
            logger.warning("no broker took %s; the sweeper will", task_name, exc_info=True)

    transaction.on_commit(send)


@verb
def mark_read(*, user_id: int, notification_id: int, at: datetime) -> Notification:
    """A person has seen a message of theirs. Raises NotFound for another's."""
    notification = Notification.objects.filter(pk=notification_id, user_id=user_id).first()
    if notification is None:
        raise not_found("notification")
    if notification.read_at is None:
        notification.read_at = at
        notification.save(update_fields=["read_at"])
    return notification
