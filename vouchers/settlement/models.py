"""Settlement (兑付): batches, their lines, and the payments that leave by a channel."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from companies.foundation.constraints import SameAgency, status_known


class BatchStatus(models.TextChoices):
    """Steps: `states.py`."""

    OPEN = "OPEN", pgettext_lazy("batch", "Open")
    LOCKED = "LOCKED", _("Locked")
    IN_APPROVAL = "IN_APPROVAL", _("In approval")
    IN_AUTHORISATION = "IN_AUTHORISATION", _("In authorisation")
    IN_RELEASE = "IN_RELEASE", _("To be released")
    SENT = "SENT", _("Sent for payment")
    PAID = "PAID", _("Paid")
    PARTLY_PAID = "PARTLY_PAID", _("Partly paid")
    FAILED = "FAILED", _("Failed")
    RECONCILED = "RECONCILED", _("Reconciled")
    CLOSED = "CLOSED", _("Closed")
    ABORTED = "ABORTED", _("Aborted")


class SettlementBatch(models.Model):
    """兑付批次. Lines, total and `sha256` are frozen from LOCKED; `cycle` rises when it reopens."""

    agency = models.ForeignKey("agencies.Agency", models.PROTECT, related_name="+")
    number = models.CharField(max_length=24, unique=True)
    programme = models.ForeignKey(
        "programmes.Programme", models.PROTECT, related_name="batches", db_constraint=False
    )
    status = models.CharField(max_length=20, choices=BatchStatus)
    status_at = models.DateTimeField()
    total_fen = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    cycle = models.PositiveSmallIntegerField(default=0)
    follows = models.ForeignKey("self", models.PROTECT, null=True, related_name="followers")
    drawn_up_by = models.ForeignKey("users.User", models.PROTECT, related_name="+")
    sheet_sha256 = models.CharField(max_length=64, blank=True)
    is_demo = models.BooleanField(default=False)

    class Meta:
        constraints = (
            status_known("batch_status_known", BatchStatus),
            SameAgency(field="programme", name="batch_same_agency"),
            models.UniqueConstraint(name="batch_agency_row", fields=["agency", "id"]),
            models.CheckConstraint(name="batch_total_not_negative", condition=Q(total_fen__gte=0)),
            models.CheckConstraint(
                name="batch_locked_has_digest",
                condition=Q(status__in=["OPEN", "ABORTED"]) | ~Q(sha256=""),
            ),
        )

    @property
    def ref(self) -> str:
        """How events, entries and decisions name it."""
        return f"settlement:{self.number}"


class LineStatus(models.TextChoices):
    """Live: DRAFT, PENDING, PAID. A bounced line (RETURNED 退票) is paid by a new one."""

    DRAFT = "DRAFT", _("Draft")
    PENDING = "PENDING", _("Pending")
    PAID = "PAID", _("Paid")
    FAILED = "FAILED", _("Failed")
    TAKEN_OUT = "TAKEN_OUT", _("Taken out")
    RETURNED = "RETURNED", _("Returned by the bank")
    VOID = "VOID", _("Void")


LIVE_LINES = ("DRAFT", "PENDING", "PAID")


class SettlementLine(models.Model):
    """One redemption's debt on one funding line; `replaces` links a line paid anew."""

    agency = models.ForeignKey("agencies.Agency", models.PROTECT, related_name="+")
    batch = models.ForeignKey(
        SettlementBatch, models.PROTECT, related_name="lines", db_constraint=False
    )
    redemption = models.ForeignKey(
        "redemptions.Redemption", models.PROTECT, related_name="lines", db_constraint=False
    )
    voucher_funding = models.ForeignKey(
        "issuance.VoucherFunding", models.PROTECT, related_name="+", db_constraint=False
    )
    instruction = models.ForeignKey(
        "PaymentInstruction", models.PROTECT, null=True, related_name="lines", db_constraint=False
    )
    replaces = models.OneToOneField("self", models.PROTECT, null=True, related_name="replaced_by")
    pay_entry = models.OneToOneField(
        "ledger.JournalEntry", models.PROTECT, null=True, related_name="+"
    )
    amount_fen = models.BigIntegerField()
    status = models.CharField(max_length=10, choices=LineStatus)

    class Meta:
        constraints = (
            status_known("settlement_line_status_known", LineStatus),
            SameAgency(field="batch", name="settlement_line_same_agency"),
            SameAgency(field="redemption", name="settlement_line_redemption_same_agency"),
            SameAgency(field="voucher_funding", name="settlement_line_funding_same_agency"),
            SameAgency(field="instruction", name="settlement_line_instruction_same_agency"),
            models.UniqueConstraint(name="settlement_line_agency_row", fields=["agency", "id"]),
            models.UniqueConstraint(
                name="one_live_line_per_redemption_and_line",
                fields=["redemption", "voucher_funding"],
                condition=Q(status__in=LIVE_LINES),
            ),
            models.CheckConstraint(
                name="settlement_line_amount_positive", condition=Q(amount_fen__gt=0)
            ),
        )


class PaymentStatus(models.TextChoices):
    """What the channel said of one instruction."""

    PENDING = "PENDING", _("Pending")
    PAID = "PAID", _("Paid")
    FAILED = "FAILED", _("Failed")
    RETURNED = "RETURNED", _("Returned by the bank")


class PaymentOrder(models.Model):
    """支付申请（收款人明细）: per payee and payer, to one version of a verified bank account.

    Made at each locking; those of an earlier `cycle` stay as they were and pay nothing.
    """

    agency = models.ForeignKey("agencies.Agency", models.PROTECT, related_name="+")
    number = models.CharField(max_length=24, unique=True)
    batch = models.ForeignKey(
        SettlementBatch, models.PROTECT, related_name="orders", db_constraint=False
    )
    payee = models.ForeignKey("registry.Company", models.PROTECT, related_name="+")
    payer = models.ForeignKey("agencies.Agency", models.PROTECT, related_name="+")
    bank_account = models.ForeignKey("registry.BankAccount", models.PROTECT, related_name="+")
    amount_fen = models.BigIntegerField()
    cycle = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = (
            SameAgency(field="batch", name="payment_order_same_agency"),
            models.UniqueConstraint(name="payment_order_agency_row", fields=["agency", "id"]),
            models.CheckConstraint(
                name="payment_order_amount_positive", condition=Q(amount_fen__gt=0)
            ),
        )


class PaymentInstruction(models.Model):
    """支付指令: an order's row per 指标 and 经济分类, with the channel's answer."""

    agency = models.ForeignKey("agencies.Agency", models.PROTECT, related_name="+")
    order = models.ForeignKey(
        PaymentOrder, models.PROTECT, related_name="instructions", db_constraint=False
    )
    row_number = models.PositiveIntegerField()
    line = models.ForeignKey(
        "programmes.BudgetLine", models.PROTECT, related_name="+", db_constraint=False
    )
    economic_code = models.CharField(max_length=10)
    amount_fen = models.BigIntegerField()
    status = models.CharField(max_length=10, choices=PaymentStatus)
    treasury_number = models.CharField(max_length=40, blank=True)
    paid_on = models.DateField(null=True)
    account_as_paid = models.CharField(max_length=40, blank=True)
    receipt_sha256 = models.CharField(max_length=64, blank=True)
    failure_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = (
            status_known("instruction_status_known", PaymentStatus),
            SameAgency(field="order", name="instruction_same_agency"),
            SameAgency(field="line", name="instruction_line_same_agency"),
            models.UniqueConstraint(name="instruction_agency_row", fields=["agency", "id"]),
            models.UniqueConstraint(
                name="one_instruction_per_treasury_number",
                fields=["agency", "treasury_number"],
                condition=~Q(treasury_number=""),
            ),
            models.CheckConstraint(
                name="instruction_amount_positive", condition=Q(amount_fen__gt=0)
            ),
            models.CheckConstraint(
                name="instruction_paid_has_proof",
                condition=~Q(status__in=["PAID", "RETURNED"])
                | (
                    ~Q(treasury_number="")
                    & Q(receipt_sha256__regex=r"^[0-9a-f]{64}$")
                    & ~Q(account_as_paid="")
                    & Q(paid_on__isnull=False)
                ),
            ),
            models.CheckConstraint(
                name="instruction_failed_has_reason",
                condition=~Q(status__in=["FAILED", "RETURNED"]) | ~Q(failure_reason=""),
            ),
        )
