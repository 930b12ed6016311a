"""Application: a request and all that descends from it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from companies.foundation.constraints import SameAgency, status_known


class ApplicationStatus(models.TextChoices):
    """Where a file stands. Steps: `states.py`."""

    DRAFT = "DRAFT", _("Draft")
    SUBMITTED = "SUBMITTED", _("Submitted")
    IN_SCREENING = "IN_SCREENING", _("Being screened")
    RETURNED = "RETURNED", _("More information needed")
    IN_REVIEW = "IN_REVIEW", _("In review")
    RECOMMENDED = "RECOMMENDED", _("Recommended")
    NOT_RECOMMENDED = "NOT_RECOMMENDED", _("Not recommended")
    IN_PUBLIC_NOTICE = "IN_PUBLIC_NOTICE", _("On public notice")
    OBJECTED = "OBJECTED", _("Objection raised")
    APPROVED = "APPROVED", _("Approved")
    ISSUED = "ISSUED", _("Issued")
    INELIGIBLE = "INELIGIBLE", _("Not accepted")
    REJECTED = "REJECTED", _("Not supported")
    WITHDRAWN = "WITHDRAWN", _("Withdrawn")
    LAPSED = "LAPSED", _("Lapsed")
    CANCELLED = "CANCELLED", _("Cancelled")


DEAD_STATUSES = ("INELIGIBLE", "REJECTED", "WITHDRAWN", "LAPSED", "CANCELLED")


class Application(models.Model):
    """`form` is what the company says now; each submission freezes an ApplicationVersion.

    `assessment` is the verdict of the frozen rules; `approved_fen` the award; `reserved_fen` what
    stands on RESERVED. `object_key` tells live applications of one round apart ('' = one only).
    """

    agency = models.ForeignKey("agencies.Agency", models.PROTECT, related_name="+")
    number = models.CharField(max_length=24, unique=True)
    programme = models.ForeignKey(
        "programmes.Programme", models.PROTECT, related_name="applications", db_constraint=False
    )
    round = models.ForeignKey(
        "programmes.Round", models.PROTECT, related_name="applications", db_constraint=False
    )
    rule_version = models.ForeignKey(
        "programmes.RuleVersion", models.PROTECT, null=True, related_name="+", db_constraint=False
    )
    seat_map = models.ForeignKey(
        "programmes.SeatMap", models.PROTECT, null=True, related_name="+", db_constraint=False
    )
    company = models.ForeignKey("registry.Company", models.PROTECT, related_name="applications")
    object_key = models.CharField(max_length=64, blank=True)
    status = models.CharField(max_length=20, choices=ApplicationStatus)
    status_at = models.DateTimeField()
    form = models.JSONField(default=dict)
    requested_fen = models.BigIntegerField(default=0)
    version = models.PositiveSmallIntegerField(default=0)
    receipt_number = models.PositiveIntegerField(null=True)
    submitted_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    returned_rounds = models.PositiveSmallIntegerField(default=0)
    return_note = models.TextField(blank=True)
    returned_from = models.CharField(max_length=20, blank=True)
    assessment = models.JSONField(null=True)
    approved_fen = models.BigIntegerField(default=0)
    reserved_fen = models.BigIntegerField(default=0)
    cycle = models.PositiveSmallIntegerField(default=0)
    drafted_by = models.ForeignKey("users.User", models.PROTECT, related_name="+")
    is_demo = models.BooleanField(default=False)

    class Meta:
        constraints = (
            status_known("application_status_known", ApplicationStatus),
            SameAgency(field="programme", name="application_programme_same_agency"),
            SameAgency(field="round", name="application_round_same_agency"),
            SameAgency(field="rule_version", name="application_rules_same_agency"),
            SameAgency(field="seat_map", name="application_seat_map_same_agency"),
            models.UniqueConstraint(name="application_agency_row", fields=["agency", "id"]),
            models.UniqueConstraint(
                name="one_live_application_per_object",
                fields=["round", "company", "object_key"],
                condition=~Q(status__in=DEAD_STATUSES),
            ),
            models.UniqueConstraint(
                name="one_receipt_number_per_round", fields=["round", "receipt_number"]
            ),
            models.CheckConstraint(
                name="application_amounts_not_negative",
                condition=Q(requested_fen__gte=0, approved_fen__gte=0, reserved_fen__gte=0),
            ),
            models.CheckConstraint(
                name="application_frozen_once_submitted",
                condition=Q(submitted_at__isnull=True)
                | Q(
                    rule_version__isnull=False,
                    seat_map__isnull=False,
                    receipt_number__isnull=False,
                    assessment__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="application_reserved_within_approved",
                condition=Q(reserved_fen__lte=F("approved_fen")),
            ),
        )
        indexes = (
            models.Index(name="application_queue", fields=["agency", "status", "id"]),
            models.Index(name="application_by_company", fields=["company", "-id"]),
        )

    @property
    def ref(self) -> str:
        """How events, decisions and letters name it."""
        return f"application:{self.number}"


class ApplicationVersion(models.Model):
    """What was submitted, word for word: form, attachment digests, verdict. Append-only."""

    agency = models.ForeignKey("agencies.Agency", models.PROTECT, related_name="+")
    application = models.ForeignKey(
        Application, models.PROTECT, related_name="versions", db_constraint=False
    )
    version = models.PositiveSmallIntegerField()
    form = models.JSONField()
    attachments = models.JSONField()
    assessment = models.JSONField()
    submitted_at = models.DateTimeField()
    submitted_by = models.ForeignKey("users.User", models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = (
            SameAgency(field="application", name="application_version_same_agency"),
            models.UniqueConstraint(
                name="one_application_version", fields=["application", "version"]
            ),
        )


class ApplicationFunding(models.Model):
    """Which funding line promises how much of a file: it holds the RESERVED account."""

    agency = models.ForeignKey("agencies.Agency", models.PROTECT, related_name="+")
    application = models.ForeignKey(
        Application, models.PROTECT, related_name="fundings", db_constraint=False
    )
    line = models.ForeignKey(
        "programmes.BudgetLine", models.PROTECT, related_name="+", db_constraint=False
    )
    reserved_account = models.OneToOneField("ledger.Account", models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            SameAgency(field="application", name="application_funding_same_agency"),
            SameAgency(field="line", name="application_funding_line_same_agency"),
            models.UniqueConstraint(
                name="one_application_funding_per_line", fields=["application", "line"]
            ),
        )


class Attachment(models.Model):
    """A paper of the file; a replacement is a new row, the old one stays with `replaced_at`.

    Beside a clean paper a newer one may stand that is not found clean (yet): `current_papers`.
    """

    agency = models.ForeignKey("agencies.Agency", models.PROTECT, related_name="+")
    application = models.ForeignKey(
        Application, models.PROTECT, related_name="attachments", db_constraint=False
    )
    kind = models.CharField(max_length=40)
    file = models.OneToOneField("files.StoredFile", models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (SameAgency(field="application", name="attachment_same_agency"),)
