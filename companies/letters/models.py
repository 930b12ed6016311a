"""Letter (文书): served in the portal, answered or waived within its reply period."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from companies.foundation.constraints import status_known


class LetterKind(models.TextChoices):
    """What a letter does."""

    ACCEPTANCE = "ACCEPTANCE", _("Notice of acceptance")
    SUPPLEMENT = "SUPPLEMENT", _("Request for supplements")
    PRIOR_NOTICE = "PRIOR_NOTICE", _("Prior notice")
    DECISION = "DECISION", _("Decision")


class LetterStatus(models.TextChoices):
    """SIGNED → SERVED → WITHDRAWN, where what it intended is dropped."""

    SIGNED = "SIGNED", _("Signed")
    SERVED = "SERVED", _("Served")
    WITHDRAWN = "WITHDRAWN", _("Withdrawn")


class Letter(models.Model):
    """One numbered paper to one company about one noun; its text never changes after signing."""

    agency = models.ForeignKey("agencies.Agency", models.PROTECT, related_name="+")
    number = models.CharField(max_length=24, unique=True)
    kind = models.CharField(max_length=20, choices=LetterKind)
    company = models.ForeignKey("registry.Company", models.PROTECT, related_name="letters")
    subject_ref = models.CharField(max_length=80)
    burden = models.CharField(max_length=40, blank=True)
    title = models.CharField(max_length=120)
    body = models.TextField()
    remedy = models.TextField(blank=True)
    status = models.CharField(max_length=10, choices=LetterStatus)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()
    served_at = models.DateTimeField(null=True)
    reply_until = models.DateTimeField(null=True)
    reply = models.TextField(blank=True)
    replied_at = models.DateTimeField(null=True)
    waived_at = models.DateTimeField(null=True)
    is_demo = models.BooleanField(default=False)

    class Meta:
        constraints = (
            status_known("letter_kind_known", LetterKind, "kind"),
            status_known("letter_status_known", LetterStatus),
            models.UniqueConstraint(name="letter_agency_row", fields=["agency", "id"]),
            models.CheckConstraint(
                name="served_letter_has_time",
                condition=Q(status="SIGNED", served_at__isnull=True)
                | Q(status__in=["SERVED", "WITHDRAWN"], served_at__isnull=False),
            ),
            models.CheckConstraint(
                name="prior_notice_names_burden", condition=~Q(kind="PRIOR_NOTICE") | ~Q(burden="")
            ),
        )
