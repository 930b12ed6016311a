"""Voucher (算力券): the right granted, with the terms frozen when it was prepared."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from companies.foundation.constraints import SameAgency, status_known


class VoucherStatus(models.TextChoices):
    """Partly used, exhausted and in grace are derived."""

    PENDING = "PENDING", _("Awaiting consent")
    ACTIVE = "ACTIVE", _("Active")
    SUSPENDED = "SUSPENDED", _("Suspended")
    DECLINED = "DECLINED", _("Declined")
    LAPSED = "LAPSED", _("Lapsed")
    EXPIRED = "EXPIRED", _("Expired")
    REVOKED = "REVOKED", _("Revoked")
    CLOSED = "CLOSED", _("Closed")


class Side(models.TextChoices):
    """Both sides paid on one contract = two vouchers of one application."""

    BUYER = "BUYER", _("Buyer")
    PROVIDER = "PROVIDER", _("Provider")


class Mode(models.TextChoices):
    """Who pays first and who is paid."""

    INSTANT = "INSTANT", _("Deducted at purchase")
    CLAIM_THEN_REDEEM = "CLAIM_THEN_REDEEM", _("Claimed first, paid out later")
    REIMBURSE = "REIMBURSE", _("Reimbursed after use")


class Voucher(models.Model):
    """`terms` is the frozen VoucherTerms of the rules; the number opens nothing by itself."""

    agency = models.ForeignKey("agencies.Agency", models.PROTECT, related_name="+")
    number = models.CharField(max_length=24, unique=True)
    application = models.ForeignKey(
        "applications.Application", models.PROTECT, related_name="vouchers", db_constraint=False
    )
    programme = models.ForeignKey(
        "programmes.Programme", models.PROTECT, related_name="vouchers", db_constraint=False
    )
    company = models.ForeignKey("registry.Company", models.PROTECT, related_name="vouchers")
    kind = models.CharField(max_length=20)
    side = models.CharField(max_length=10, choices=Side)
    mode = models.CharField(max_length=20, choices=Mode)
    status = models.CharField(max_length=10, choices=VoucherStatus)
    status_at = models.DateTimeField()
    face_fen = models.BigIntegerField()
    terms = models.JSONField()
    prepared_at = models.DateTimeField()
    issued_at = models.DateTimeField(null=True)
    valid_until = models.DateTimeField()
    grace_until = models.DateTimeField()
    suspended_reason = models.TextField(blank=True)
    suspended_by = models.ForeignKey("users.User", models.PROTECT, null=True, related_name="+")
    is_demo = models.BooleanField(default=False)

    class Meta:
        constraints = (
            status_known("voucher_status_known", VoucherStatus),
            status_known("voucher_side_known", Side, "side"),
            status_known("voucher_mode_known", Mode, "mode"),
            SameAgency(field="application", name="voucher_application_same_agency"),
            SameAgency(field="programme", name="voucher_programme_same_agency"),
            models.UniqueConstraint(name="voucher_agency_row", fields=["agency", "id"]),
            models.UniqueConstraint(
                name="one_voucher_per_application_kind_and_side",
                fields=["application", "kind", "side"],
            ),
            models.CheckConstraint(name="voucher_face_positive", condition=Q(face_fen__gt=0)),
            models.CheckConstraint(
                name="voucher_grace_after_validity", condition=Q(grace_until__gte=F("valid_until"))
            ),
            models.CheckConstraint(
                name="voucher_issued_has_time",
                condition=Q(status__in=["PENDING", "DECLINED", "LAPSED"], issued_at__isnull=True)
                | (~Q(status__in=["PENDING", "DECLINED", "LAPSED"]) & Q(issued_at__isnull=False)),
            ),
        )
        indexes = (models.Index(name="voucher_by_company", fields=["company", "-id"]),)

    @property
    def ref(self) -> str:
        """How events, entries and deadlines name it."""
        return f"voucher:{self.number}"


class VoucherFunding(models.Model):
    """A voucher's own accounts on one funding line: no row is shared with another voucher."""

    agency = models.ForeignKey("agencies.Agency", models.PROTECT, related_name="+")
    voucher = models.ForeignKey(
        Voucher, models.PROTECT, related_name="fundings", db_constraint=False
    )
    line = models.ForeignKey(
        "programmes.BudgetLine", models.PROTECT, related_name="+", db_constraint=False
    )
    face_fen = models.BigIntegerField()
    voucher_account = models.OneToOneField("ledger.Account", models.PROTECT, related_name="+")
    held_account = models.OneToOneField("ledger.Account", models.PROTECT, related_name="+")
    payable_account = models.OneToOneField("ledger.Account", models.PROTECT, related_name="+")
    paid_account = models.OneToOneField("ledger.Account", models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            SameAgency(field="voucher", name="voucher_funding_same_agency"),
            SameAgency(field="line", name="voucher_funding_line_same_agency"),
            models.UniqueConstraint(name="voucher_funding_agency_row", fields=["agency", "id"]),
            models.UniqueConstraint(
                name="one_voucher_funding_per_line", fields=["voucher", "line"]
            ),
            models.CheckConstraint(
                name="voucher_funding_face_positive", condition=Q(face_fen__gt=0)
            ),
        )
