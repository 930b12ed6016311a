"""Writing events, and sealing them into the tree."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

import rfc8785
from django.db import connection

from companies.audit.actions import ACTIONS
from companies.audit.merkle import Frontier, leaf_hash
from companies.audit.models import AuditEvent, AuditLeaf, TreeHead
from companies.audit.selectors import canonical_line
from companies.errors import InvariantBroken
from companies.foundation.actors import Actor
from companies.foundation.calls import Call, run_calls
from companies.foundation.request_context import current_request_id
from companies.foundation.verbs import assert_in_transaction, verb

SEALER_LOCK = 5318008001
SEAL_BATCH = 1000


def record_event(
    action: str,
    *,
    actor: Actor,
    subject_ref: str,
    agency_id: int | None,
    at: datetime,
    request_ref: str = "",
    duty_ref: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    **facts: Any,
) -> None:
    """A step: one line of the record, in the transaction of what it tells. Its arguments are those
    of `recording`."""
    assert_in_transaction()
    run_calls(
        recording(
            action, actor=actor, subject_ref=subject_ref, agency_id=agency_id, at=at,
            request_ref=request_ref, duty_ref=duty_ref, before=before, after=after, **facts,
        )
    )  # fmt: skip


def recording(
    action: str,
    *,
    actor: Actor,
    subject_ref: str,
    agency_id: int | None,
    at: datetime,
    request_ref: str = "",
    duty_ref: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    **facts: Any,
) -> Call:
    """The call that writes one line of the record.

    `before` and `after` hold the noun's exported columns (JSON primitives); `facts` whatever else
    explains the act. Raises InvariantBroken for an action that is not registered.
    """
    if action not in ACTIONS:
        raise InvariantBroken(f"unregistered audit action {action}")
    content = rfc8785.dumps(
        {"before": dict(before or {}), "after": dict(after or {}), "facts": facts}
    )
    salt = secrets.token_bytes(16)
    return Call(
        "audit_record(%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s)",
        (
            action, actor.ref, duty_ref, agency_id, subject_ref, request_ref, current_request_id(),
            at, salt, content.decode(), sha256(salt + content).digest(),
        ),
    )  # fmt: skip


@verb
def seal_events(*, at: datetime) -> int:
    """Give every event of a finished transaction its leaf. Returns how many were sealed.

    One sealer at a time, under an advisory lock. The order is (epoch, tx, id), never commit
    order: only transactions below the snapshot's horizon are taken, so no lower one can follow.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [SEALER_LOCK])
        if not cursor.fetchone()[0]:
            return 0
    head = TreeHead.objects.order_by("-size").first()
    tree = Frontier(head.size, bytes(head.frontier)) if head else Frontier()
    events = _unsealed(tree.size)
    if not events:
        return 0
    leaves = []
    for event in events:
        digest = leaf_hash(canonical_line(event))
        leaves.append(AuditLeaf(index=tree.size, event=event, leaf_sha256=digest, sealed_at=at))
        tree.append(digest)
    AuditLeaf.objects.bulk_create(leaves)
    TreeHead.objects.create(
        size=tree.size, root_sha256=tree.root(), frontier=tree.packed(), sealed_at=at
    )
    return len(leaves)


def _unsealed(size: int) -> list[AuditEvent]:
    """The next events in (epoch, tx, id) order whose transactions are over."""
    last = AuditLeaf.objects.select_related("event").filter(index=size - 1).first()
    after = (last.event.epoch, last.event.tx, last.event_id) if last else (0, 0, 0)
    return list(
        AuditEvent.objects.raw(
            """
            SELECT * FROM audit_auditevent
            WHERE (epoch, tx, id) > (%s, %s, %s)
              AND (epoch < (SELECT max(number) FROM audit_logepoch)
                   OR tx < pg_snapshot_xmin(pg_current_snapshot())::text::bigint)
            ORDER BY epoch, tx, id LIMIT %s
            """,
            [*after, SEAL_BATCH],
        )
    )
