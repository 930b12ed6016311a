"""Files: bytes by digest on disk, rows that say whose they are and what the scanner found."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from companies.files.checker import name_for
from companies.foundation.constraints import status_known


class Verdict(models.TextChoices):
    """The scanner's word. Nothing but CLEAN is ever opened."""

    PENDING = "PENDING", _("Being checked")
    CLEAN = "CLEAN", _("Checked")
    REFUSED = "REFUSED", _("Refused")


class StoredFile(models.Model):
    """One upload. `public_id` is random; bytes lie under `sha256`; it is judged once."""

    public_id = models.CharField(max_length=32, unique=True)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    content_type = models.CharField(max_length=100)
    original_name = models.CharField(max_length=200)
    owner_ref = models.CharField(max_length=80)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    verdict = models.CharField(max_length=10, choices=Verdict, default=Verdict.PENDING)
    verdict_reason = models.CharField(max_length=120, blank=True)
    scanned_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            status_known("file_verdict_known", Verdict, "verdict"),
            models.CheckConstraint(name="file_size_positive", condition=Q(size__gt=0)),
            models.CheckConstraint(
                name="file_verdict_has_time",
                condition=Q(verdict="PENDING", scanned_at__isnull=True)
                | (~Q(verdict="PENDING") & Q(scanned_at__isnull=False)),
            ),
        )

    @property
    def download_name(self) -> str:
        """Its own name, ending in what its bytes are."""
        return name_for(self.original_name, self.content_type)
