"""Runs of the invariant checks, for the record and for alarms."""

from __future__ import annotations

from django.db import models


class CheckRun(models.Model):
    """One check once: how many offending rows, and the first few of them."""

    check_id = models.CharField(max_length=20)
    ran_at = models.DateTimeField()
    findings = models.PositiveIntegerField()
    sample = models.JSONField(default=list)
    duration_ms = models.PositiveIntegerField()

    class Meta:
        indexes = (models.Index(name="check_run_by_check", fields=["check_id", "-id"]),)
