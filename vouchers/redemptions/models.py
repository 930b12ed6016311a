"""Redemption (用券单): one purchase or billing period, from order to accepted debt."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from companies.foundation.constraints import SameAgency, status_known


class RedemptionStatus(models.TextChoices):
    """Steps: `states.py`. 已核销 only once ACCEPTED."""

    REQUESTED = "REQUESTED", _("Requested")
    CONFIRMED = "CONFIRMED", _("Order confirmed")
    DECLINED = "DECLINED", _("Declined")
    CANCELLED = "CANCELLED", _("Cancelled")
    HOLD_EXPIRED = "HOLD_EXPIRED", _("Hold expired")
    EVIDENCED = "EVIDENCED", _("Evidence filed")
    COUNTERSIGNED = "COUNTERSIGNED", _("Countersigned")
    DISPUTED = "DISPUTED", _("Disputed")
    UNDER_CHECK = "UNDER_CHECK", _("Under check")
    RETURNED = "RETURNED", _("Returned")
    REJECTED = "REJECTED", pgettext_lazy("redemption", "Rejected")
    ACCEPTED = "ACCEPTED", _("Redeemed")
    IN_SETTLEMENT = "IN_SETTLEMENT", _("In settlement")
    SETTLED = "SETTLED", _("Settled")
    REVERSED = "REVERSED", _("Reversed")


HOLDING = (
    "REQUESTED",
    "CONFIRMED",
    "EVIDENCED",
    "COUNTERSIGNED",
    "DISPUTED",
    "UNDER_CHECK",
    "RETURNED",
)
FINAL = ("DECLINED", "CANCELLED", "HOLD_EXPIRED", "REJECTED", "SETTLED", "REVERSED")


class Redemption(models.Model):
    """All sums in fen. `price_fen` is the whole order, `requested_fen` the voucher's part asked,
    `held_fen` what is held now, `eligible_fen` the evidenced base, `rate_bp` the frozen rate,
    `accepted_fen` the debt. `is_silent` marks a countersignature by silence.
    """

    agency = models.ForeignKey("agencies.Agency", models.PROTECT, related_name="+", db_index=False)
    number = models.CharField(max_length=24, unique=True)
    voucher = models.ForeignKey(
        "issuance.Voucher",
        models.PROTECT,
        related_name="redemptions",
        db_constraint=False,
        db_index=False,
    )
    application = models.ForeignKey(
        "applications.Application", models.PROTECT, related_name="redemptions", db_constraint=False
    )
    company = models.ForeignKey("registry.Company", models.PROTECT, related_name="redemptions")
    provider = models.ForeignKey(
        "providers.Provider",
        models.PROTECT,
        related_name="redemptions",
        db_constraint=False,
        db_index=False,
    )
    offer = models.ForeignKey(
        "providers.Offer", models.PROTECT, related_name="redemptions", db_constraint=False
    )
    usage_account = models.ForeignKey(
        "providers.UsageAccount",
        models.PROTECT,
        null=True,
        related_name="redemptions",
        db_constraint=False,
    )
    payee = models.ForeignKey("registry.Company", models.PROTECT, related_name="+")
    order_number = models.CharField(max_length=60)
    status = models.CharField(max_length=15, choices=RedemptionStatus)
    status_at = models.DateTimeField()
    price_fen = models.BigIntegerField()
    rate_bp = models.PositiveIntegerField()
    requested_fen = models.BigIntegerField()
    held_fen = models.BigIntegerField()
    eligible_fen = models.BigIntegerField(default=0)
    accepted_fen = models.BigIntegerField(default=0)
    requested_at = models.DateTimeField()
    use_from_date = models.DateField(null=True)
    use_until_date = models.DateField(null=True)
    invoice = models.JSONField(null=True)
    invoice_document = models.ForeignKey(
        "applications.EvidenceDocument", models.PROTECT, null=True, related_name="+"
    )
    payment_document = models.ForeignKey(
        "applications.EvidenceDocument", models.PROTECT, null=True, related_name="+"
    )
    calculation = models.JSONField(null=True)
    reason = models.TextField(blank=True)
    is_silent = models.BooleanField(default=False)
    split_from = models.ForeignKey("self", models.PROTECT, null=True, related_name="parts")
    cycle = models.PositiveSmallIntegerField(default=0)
    accepted_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    is_demo = models.BooleanField(default=False)

    class Meta:
        constraints = (
            status_known("redemption_status_known", RedemptionStatus),
            SameAgency(field="voucher", name="redemption_voucher_same_agency"),
            SameAgency(field="application", name="redemption_application_same_agency"),
            SameAgency(field="provider", name="redemption_provider_same_agency"),
            SameAgency(field="offer", name="redemption_offer_same_agency"),
            SameAgency(field="usage_account", name="redemption_usage_account_same_agency"),
            models.UniqueConstraint(name="redemption_agency_row", fields=["agency", "id"]),
            models.CheckConstraint(
                name="redemption_amounts_in_order",
                condition=Q(
                    price_fen__gt=0,
                    requested_fen__gt=0,
                    requested_fen__lte=F("price_fen"),
                    held_fen__gte=0,
                    accepted_fen__gte=0,
                ),
            ),
            models.CheckConstraint(
                name="redemption_held_while_live",
                condition=Q(status__in=HOLDING, held_fen__gt=0)
                | (~Q(status__in=HOLDING) & Q(held_fen=0)),
            ),
            models.CheckConstraint(
                # one rounding unit of one yuan at most: subsidy ≤ rate × eligible cost
                name="redemption_within_rate",
                condition=Q(accepted_fen=0)
                | Q(accepted_fen__lte=F("eligible_fen") * F("rate_bp") / 10000 + 100),
            ),
        )
        indexes = (
            models.Index(name="redemption_by_voucher", fields=["voucher", "id"]),
            models.Index(name="redemption_by_provider", fields=["provider", "-id"]),
            models.Index(name="redemption_queue", fields=["agency", "status", "id"]),
        )

    @property
    def ref(self) -> str:
        """How events, entries, claims and deadlines name it."""
        return f"redemption:{self.number}"


class RedemptionFunding(models.Model):
    """How much of a redemption stands on which of the voucher's funding lines, in fen."""

    agency = models.ForeignKey("agencies.Agency", models.PROTECT, related_name="+", db_index=False)
    redemption = models.ForeignKey(
        Redemption, models.PROTECT, related_name="fundings", db_constraint=False, db_index=False
    )
    voucher_funding = models.ForeignKey(
        "issuance.VoucherFunding", models.PROTECT, related_name="+", db_constraint=False
    )
    held_fen = models.BigIntegerField()
    accepted_fen = models.BigIntegerField(default=0)

    class Meta:
        constraints = (
            SameAgency(field="redemption", name="redemption_funding_same_agency"),
            SameAgency(field="voucher_funding", name="redemption_funding_line_same_agency"),
            models.UniqueConstraint(
                name="one_redemption_funding_per_line", fields=["redemption", "voucher_funding"]
            ),
            models.CheckConstraint(
                name="redemption_funding_not_negative",
                condition=Q(held_fen__gte=0, accepted_fen__gte=0),
            ),
        )


class UsageRecord(models.Model):
    """One row of a usage bill, claimed by one redemption. Costs are Decimal yuan as billed.

    `row_sha256` is provider + account + resource + SKU + period start + invoice: claimed once.
    """

    agency = models.ForeignKey("agencies.Agency", models.PROTECT, related_name="+")
    redemption = models.ForeignKey(
        Redemption, models.PROTECT, related_name="usage", db_constraint=False
    )
    row_number = models.PositiveIntegerField()
    row_sha256 = models.CharField(max_length=64)
    period_start = models.DateTimeField()
    period_end = models.DateTimeField()
    resource_id = models.CharField(max_length=200)
    sku_id = models.CharField(max_length=200)
    invoice_number = models.CharField(max_length=40)
    service_category = models.CharField(max_length=60)
    charge_category = models.CharField(max_length=20)
    quantity = models.DecimalField(max_digits=24, decimal_places=9, null=True)
    unit = models.CharField(max_length=40, blank=True)
    billed_cost = models.DecimalField(max_digits=24, decimal_places=11)
    is_eligible = models.BooleanField()
    file_sha256 = models.CharField(max_length=64)
    released_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            SameAgency(field="redemption", name="usage_record_same_agency"),
            models.UniqueConstraint(
                name="usage_row_claimed_once",
                fields=["row_sha256"],
                condition=Q(released_at__isnull=True),
            ),
            models.CheckConstraint(
                name="usage_period_forward", condition=Q(period_end__gt=F("period_start"))
            ),
        )
