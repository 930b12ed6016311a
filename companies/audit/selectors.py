"""Reading the record. Events are shared by all agencies; callers pass the scope they may see."""

from __future__ import annotations

from dataclasses import dataclass

import rfc8785
from django.db.models import QuerySet

from companies.audit.merkle import EMPTY_ROOT, root_of
from companies.audit.models import AuditEvent, AuditLeaf, TreeHead
from companies.foundation.calls import Call


@dataclass(frozen=True)
class Position:
    """A place in the sealed log: `leaf` events lie below it, `root` is their tree's."""

    leaf: int
    root_hex: str


def canonical_line(event: AuditEvent) -> bytes:
    """The event's one canonical JSON line (RFC 8785, without LF): what its leaf hashes."""
    return rfc8785.dumps(
        {
            "action": event.action,
            "actor": event.actor_ref,
            "agency": event.agency_id,
            "at": event.at.isoformat(),
            "duty": event.duty_ref,
            "id": event.pk,
            "payload_sha256": bytes(event.payload_sha256).hex(),
            "recorded_at": event.recorded_at.isoformat(),
            "request": event.request_ref,
            "subject": event.subject_ref,
        }
    )


def get_position() -> Position:
    """The newest sealed position; 0 and the empty root before the first sealing."""
    head = TreeHead.objects.order_by("-size").first()
    if head is None:
        return Position(0, EMPTY_ROOT.hex())
    return Position(head.size, bytes(head.root_sha256).hex())


def is_sealed_whole() -> bool:
    """Whether the newest position covers every event this transaction can see."""
    head = TreeHead.objects.order_by("-size").first()
    if head is None:
        return not AuditEvent.objects.exists()
    last = AuditLeaf.objects.select_related("event").get(index=head.size - 1).event
    later = AuditEvent.objects.raw(
        "SELECT * FROM audit_auditevent WHERE (epoch, tx, id) > (%s, %s, %s) LIMIT 1",
        [last.epoch, last.tx, last.pk],
    )
    return not list(later)


def count_unsealed() -> int:
    """Events the sealer has not reached; every leaf belongs to one event."""
    return AuditEvent.objects.count() - AuditLeaf.objects.count()


def list_history(subject_ref: str) -> QuerySet[AuditEvent]:
    """The events of one noun, oldest first. The caller has already been let in to the noun."""
    return (
        AuditEvent.objects.filter(subject_ref=subject_ref)
        .select_related("auditpayload")
        .order_by("id")
    )


def list_events(*, agency_ids: list[int]) -> QuerySet[AuditEvent]:
    """The events of these agencies, newest first."""
    return AuditEvent.objects.filter(agency_id__in=agency_ids).order_by("-id")


def find_request_event(request_ref: str) -> AuditEvent | None:
    """The one event of this request, or None."""
    return AuditEvent.objects.filter(request_ref=request_ref).first()


def answering(request_ref: str) -> Call:
    """The call that says which HTTP request had this request's effect; None where none had."""
    return Call("audit_answerer(%s)", (request_ref,))


def get_root_at(size: int) -> str:
    """The root over the first `size` leaves, recomputed, in hex."""
    leaves = AuditLeaf.objects.filter(index__lt=size).order_by("index")
    hashes = leaves.values_list("leaf_sha256", flat=True).iterator(chunk_size=2000)
    return root_of(bytes(leaf) for leaf in hashes).hex()
