"""Exports as jobs: what was asked, as of which place in the log, and what came out."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from companies.foundation.constraints import status_known


class ExportStatus(models.TextChoices):
    """A job's life."""

    QUEUED = "QUEUED", _("Queued")
    BUILT = "BUILT", _("Ready")
    FAILED = "FAILED", pgettext_lazy("export", "Failed")


class ExportJob(models.Model):
    """`files` lists {name, sha256, rows, total_fen, bytes}; `as_of_leaf`, `root_hex` place it."""

    agency = models.ForeignKey("agencies.Agency", models.PROTECT, related_name="+")
    number = models.CharField(max_length=24, unique=True)
    programme = models.ForeignKey("programmes.Programme", models.PROTECT, related_name="exports")
    dataset = models.CharField(max_length=30)
    requested_by = models.ForeignKey("users.User", models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    purpose = models.CharField(max_length=200, blank=True)
    status = models.CharField(max_length=10, choices=ExportStatus)
    attempts = models.PositiveSmallIntegerField(default=0)
    as_of_leaf = models.BigIntegerField(null=True)
    root_hex = models.CharField(max_length=64, blank=True)
    files = models.JSONField(default=list)
    built_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = (status_known("export_status_known", ExportStatus),)
        indexes = (models.Index(name="export_by_requester", fields=["requested_by", "-id"]),)
