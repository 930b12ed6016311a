"""Evidence known to all agencies by a keyed digest only, so that nothing is claimed twice."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from companies.foundation.constraints import status_known


class EvidenceKind(models.TextChoices):
    """What a document proves."""

    CONTRACT = "CONTRACT", _("Contract")
    INVOICE = "INVOICE", _("Invoice")
    PAYMENT = "PAYMENT", _("Bank receipt")


class EvidenceStatus(models.TextChoices):
    """查验 status of an invoice; unknown never passes."""

    UNVERIFIED = "UNVERIFIED", _("Not verified")
    VERIFIED = "VERIFIED", _("Verified")
    RED_LETTERED = "RED_LETTERED", _("Red-lettered")
    VOIDED = "VOIDED", _("Voided")
    NOT_FOUND = "NOT_FOUND", _("Not found")


class EvidenceDocument(models.Model):
    """Shared by all agencies: base, limit, counters and an HMAC of the normalised identity.

    `claimed_fen` and `live_claims` are kept by the trigger on EvidenceClaim.
    """

    kind = models.CharField(max_length=10, choices=EvidenceKind)
    identity_hmac = models.CharField(max_length=64)
    hmac_key_id = models.CharField(max_length=20)
    base_fen = models.BigIntegerField()
    limit_fen = models.BigIntegerField()
    claimed_fen = models.BigIntegerField()
    live_claims = models.PositiveIntegerField()
    status = models.CharField(max_length=15, choices=EvidenceStatus)
    verified_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            status_known("evidence_kind_known", EvidenceKind, "kind"),
            status_known("evidence_status_known", EvidenceStatus),
            models.UniqueConstraint(
                name="one_evidence_document_per_identity",
                fields=["kind", "identity_hmac", "hmac_key_id"],
            ),
            models.CheckConstraint(
                name="evidence_not_overclaimed",
                condition=Q(claimed_fen__gte=0, claimed_fen__lte=F("limit_fen")),
            ),
            models.CheckConstraint(
                name="evidence_verified_has_time",
                condition=~Q(status="VERIFIED") | Q(verified_at__isnull=False),
            ),
        )


class EvidenceClaim(models.Model):
    """One subject's claim on a document; it lives until the subject ends unpaid."""

    agency = models.ForeignKey("agencies.Agency", models.PROTECT, related_name="+")
    document = models.ForeignKey(EvidenceDocument, models.PROTECT, related_name="claims")
    subject_ref = models.CharField(max_length=80)
    amount_fen = models.BigIntegerField()
    is_exclusive = models.BooleanField()
    claimed_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                name="evidence_claimed_once",
                fields=["document"],
                condition=Q(released_at__isnull=True, is_exclusive=True),
            ),
            models.CheckConstraint(
                name="evidence_claim_not_negative", condition=Q(amount_fen__gte=0)
            ),
        )
