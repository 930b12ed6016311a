"""Alert (疑点): something looks wrong; a person answers it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from companies.foundation.constraints import status_known


class AlertStatus(models.TextChoices):
    """Open until a person dismisses it with a reason or confirms it."""

    OPEN = "OPEN", _("Open")
    DISMISSED = "DISMISSED", _("Dismissed")
    CONFIRMED = "CONFIRMED", _("Confirmed")


class Severity(models.TextChoices):
    """How bad."""

    INFO = "INFO", _("Note")
    WARNING = "WARNING", _("Warning")
    CRITICAL = "CRITICAL", _("Critical")


class Alert(models.Model):
    """`code` names the rule that raised it, `facts` what it saw, in any agency or none."""

    number = models.CharField(max_length=24, unique=True)
    agency = models.ForeignKey("agencies.Agency", models.PROTECT, null=True, related_name="+")
    code = models.CharField(max_length=60)
    severity = models.CharField(max_length=10, choices=Severity)
    subject_ref = models.CharField(max_length=80)
    facts = models.JSONField(default=dict)
    status = models.CharField(max_length=10, choices=AlertStatus, default=AlertStatus.OPEN)
    raised_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answered_by_ref = models.CharField(max_length=80, blank=True)
    answer = models.TextField(blank=True)

    class Meta:
        constraints = (
            status_known("alert_status_known", AlertStatus),
            status_known("alert_severity_known", Severity, "severity"),
            models.CheckConstraint(
                name="alert_answer_has_reason", condition=Q(status="OPEN") | ~Q(answer="")
            ),
            models.UniqueConstraint(
                name="one_open_alert_per_subject",
                fields=["code", "subject_ref"],
                condition=Q(status="OPEN"),
            ),
        )
