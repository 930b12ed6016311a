"""The append-only record. Columns the server owns are set by triggers (`sql/`)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class LogEpoch(models.Model):
    """Rises after a restore from a dump, where transaction ids begin anew."""

    number = models.PositiveSmallIntegerField(primary_key=True)
    reason = models.TextField()


class AuditEvent(models.Model):
    """One thing that happened. `epoch`, `tx`, `recorded_at` are stamped by the database.

    `payload_sha256` is the salted digest of the payload, so that a leaf holds no personal data.
    """

    epoch = models.PositiveSmallIntegerField()
    tx = models.BigIntegerField()
    action = models.CharField(max_length=60)
    actor_ref = models.CharField(max_length=80)
    duty_ref = models.CharField(max_length=80, blank=True)
    agency = models.ForeignKey(
        "agencies.Agency", models.PROTECT, null=True, related_name="+", db_index=False
    )
    subject_ref = models.CharField(max_length=80)
    request_ref = models.CharField(max_length=340, blank=True)
    request_id = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    payload_sha256 = models.BinaryField(max_length=32)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                name="one_event_per_request_ref",
                fields=["request_ref"],
                condition=~Q(request_ref=""),
            ),
            models.CheckConstraint(
                name="event_action_is_noun_dot_past",
                condition=Q(action__regex=r"^[a-z_]+\.[a-z_]+$"),
            ),
        )
        indexes = (
            models.Index(name="event_seal_order", fields=["epoch", "tx", "id"]),
            models.Index(name="event_by_subject", fields=["subject_ref", "id"]),
            models.Index(name="event_by_agency", fields=["agency", "id"]),
        )


class AuditPayload(models.Model):
    """What the event's digest covers; the only part of the record that law may ask to erase."""

    event = models.OneToOneField(AuditEvent, models.PROTECT, primary_key=True)
    salt = models.BinaryField(max_length=16)
    content = models.JSONField()


class AuditLeaf(models.Model):
    """The event's place in the tree: RFC 6962 leaf hash over its canonical line."""

    index = models.BigIntegerField(primary_key=True)
    event = models.OneToOneField(AuditEvent, models.PROTECT, related_name="leaf")
    leaf_sha256 = models.BinaryField(max_length=32)
    sealed_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(name="leaf_index_not_negative", condition=Q(index__gte=0)),
        )


class TreeHead(models.Model):
    """Size and root after each sealing; `frontier` is the row of full subtrees, left to right."""

    size = models.BigIntegerField(primary_key=True)
    root_sha256 = models.BinaryField(max_length=32)
    frontier = models.BinaryField()
    sealed_at = models.DateTimeField()
