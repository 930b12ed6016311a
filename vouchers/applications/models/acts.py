"""Acts on a file: who sat where, what was decided, what the public was told and answered."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from companies.foundation.constraints import CompositeKey, SameAgency, status_known


class Act(models.TextChoices):
    """What a person may do on a file; a seat map puts each but COSIGN into one seat."""

    SCREEN = "SCREEN", _("Screening")
    REVIEW = "REVIEW", _("Review")
    APPROVE = "APPROVE", _("Approval")
    OBJECTION = "OBJECTION", _("Answer to an objection")
    ACCEPT = "ACCEPT", _("Check of a redemption")
    CONFIRM = "CONFIRM", _("Second check of a redemption")
    BUILD = "BUILD", _("Drawing up a batch")
    BATCH_APPROVE = "BATCH_APPROVE", _("Approval of a batch")
    AUTHORISE = "AUTHORISE", _("Authorisation of payment")
    RELEASE = "RELEASE", _("Release of payment")
    COSIGN = "COSIGN", _("Co-signature")


class FileSeat(models.Model):
    """办理记录（岗位）: the one seat a person has on a file, for ever. Append-only."""

    agency = models.ForeignKey("agencies.Agency", models.PROTECT, related_name="+")
    application = models.ForeignKey(
        "applications.Application", models.PROTECT, related_name="seats", db_constraint=False
    )
    user = models.ForeignKey("users.User", models.PROTECT, related_name="+")
    seat = models.CharField(max_length=30)
    taken_at = models.DateTimeField()

    class Meta:
        constraints = (
            SameAgency(field="application", name="file_seat_same_agency"),
            models.UniqueConstraint(
                name="one_seat_per_person_and_file", fields=["application", "user"]
            ),
            models.UniqueConstraint(name="file_seat_row", fields=["application", "user", "seat"]),
        )


class Decision(models.Model):
    """意见: one signed act. `cycle` groups the signatures of one round of deciding. Append-only.

    A co-signature is given in the seat its signer has, or in none. `basis_sha256` is the digest of
    what the signer saw (form version, amount, budget position).
    """

    agency = models.ForeignKey("agencies.Agency", models.PROTECT, related_name="+")
    application = models.ForeignKey(
        "applications.Application", models.PROTECT, related_name="decisions", db_constraint=False
    )
    act = models.CharField(max_length=20, choices=Act)
    seat = models.CharField(max_length=30, null=True)  # noqa: DJ001 the key to FileSeat wants NULL
    user = models.ForeignKey("users.User", models.PROTECT, related_name="+")
    duty = models.ForeignKey("users.Duty", models.PROTECT, related_name="+")
    subject_ref = models.CharField(max_length=80)
    cycle = models.PositiveSmallIntegerField()
    outcome = models.CharField(max_length=30)
    amount_fen = models.BigIntegerField(null=True)
    reason = models.TextField(blank=True)
    basis_sha256 = models.CharField(max_length=64)
    decided_on = models.DateField()
    at = models.DateTimeField()

    class Meta:
        constraints = (
            status_known("decision_act_known", Act, "act"),
            SameAgency(field="application", name="decision_same_agency"),
            CompositeKey(
                name="decision_in_own_seat",
                columns=["application_id", "user_id", "seat"],
                to="applications.FileSeat",
                to_columns=["application_id", "user_id", "seat"],
            ),
            models.UniqueConstraint(
                name="signatures_differ",
                fields=["application", "subject_ref", "act", "cycle", "user"],
            ),
        )
        indexes = (models.Index(name="decision_by_file", fields=["application", "id"]),)


class NoticeStatus(models.TextChoices):
    """A public notice's life."""

    POSTED = "POSTED", _("Posted")
    ENDED = "ENDED", _("Ended")
    WITHDRAWN = "WITHDRAWN", _("Withdrawn")


class PublicNotice(models.Model):
    """公示: the published list; rows, their number, period and text are frozen when posted."""

    agency = models.ForeignKey("agencies.Agency", models.PROTECT, related_name="+")
    number = models.CharField(max_length=24, unique=True)
    programme = models.ForeignKey(
        "programmes.Programme", models.PROTECT, related_name="notices", db_constraint=False
    )
    title_zh = models.CharField(max_length=160)
    title_en = models.CharField(max_length=200, blank=True)
    status = models.CharField(max_length=10, choices=NoticeStatus)
    posted_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    row_count = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    is_demo = models.BooleanField(default=False)

    class Meta:
        constraints = (
            status_known("notice_status_known", NoticeStatus),
            SameAgency(field="programme", name="notice_same_agency"),
            models.UniqueConstraint(name="notice_agency_row", fields=["agency", "id"]),
            models.CheckConstraint(
                name="notice_period_forward", condition=Q(ends_at__gt=F("posted_at"))
            ),
        )


class NoticeRow(models.Model):
    """One awardee as published. `taken_out_at` marks a row an objection took out."""

    agency = models.ForeignKey("agencies.Agency", models.PROTECT, related_name="+")
    notice = models.ForeignKey(
        PublicNotice, models.PROTECT, related_name="rows", db_constraint=False
    )
    application = models.ForeignKey(
        "applications.Application", models.PROTECT, related_name="notice_rows", db_constraint=False
    )
    company_name = models.CharField(max_length=120)
    credit_code = models.CharField(max_length=18)
    industry_code = models.CharField(max_length=5)
    amount_fen = models.BigIntegerField()
    taken_out_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            SameAgency(field="notice", name="notice_row_same_agency"),
            SameAgency(field="application", name="notice_row_application_same_agency"),
            models.UniqueConstraint(
                name="one_notice_row_per_application", fields=["notice", "application"]
            ),
            models.CheckConstraint(
                name="notice_row_amount_positive", condition=Q(amount_fen__gt=0)
            ),
        )


class ObjectionStatus(models.TextChoices):
    """OPEN stops the file's clock until it is answered."""

    OPEN = "OPEN", _("Open")
    ANSWERED = "ANSWERED", _("Answered")


class Objection(models.Model):
    """异议: the public's answer to one row; `tracking_code` tells its author how it stands."""

    agency = models.ForeignKey("agencies.Agency", models.PROTECT, related_name="+")
    application = models.ForeignKey(
        "applications.Application", models.PROTECT, related_name="objections", db_constraint=False
    )
    notice_row = models.ForeignKey(NoticeRow, models.PROTECT, related_name="objections")
    tracking_code = models.CharField(max_length=32, unique=True)
    text = models.TextField()
    contact = models.CharField(max_length=120, blank=True)
    received_at = models.DateTimeField()
    status = models.CharField(max_length=10, choices=ObjectionStatus)
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey("users.User", models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            status_known("objection_status_known", ObjectionStatus),
            SameAgency(field="application", name="objection_same_agency"),
            models.CheckConstraint(
                name="objection_answer_has_text", condition=Q(status="OPEN") | ~Q(answer="")
            ),
        )
