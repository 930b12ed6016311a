"""The ledger's tables. Totals are raised by triggers; balance = credits − debits, never stored."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from companies.foundation.constraints import status_known
from vouchers.ledger.chart import AccountKind, EntryKind


class Account(models.Model):
    """One pot of money. `line_group` is its pool's id, `parent_group` the parent pool's.

    `lock_marker` exists because a row lock needs UPDATE on one column.
    """

    agency = models.ForeignKey("agencies.Agency", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=AccountKind)
    line_group = models.BigIntegerField()
    parent_group = models.BigIntegerField(null=True)
    label = models.CharField(max_length=80)
    is_source = models.BooleanField()
    debits_fen = models.BigIntegerField()
    credits_fen = models.BigIntegerField()
    lock_marker = models.BooleanField()

    class Meta:
        constraints = (
            status_known("account_kind_known", AccountKind, "kind"),
            models.CheckConstraint(
                name="account_not_overdrawn",
                condition=Q(is_source=True) | Q(debits_fen__lte=F("credits_fen")),
            ),
            models.CheckConstraint(
                name="account_source_by_kind",
                condition=Q(is_source=True, kind=AccountKind.APPROPRIATION)
                | (Q(is_source=False) & ~Q(kind=AccountKind.APPROPRIATION)),
            ),
        )
        indexes = (models.Index(name="account_by_line", fields=["line_group", "kind"]),)


class ChartMove(models.Model):
    """The chart as the trigger reads it; rows come from `chart.py` by migration only."""

    entry_kind = models.CharField(max_length=20, choices=EntryKind)
    debit_kind = models.CharField(max_length=20, choices=AccountKind)
    credit_kind = models.CharField(max_length=20, choices=AccountKind)
    lines = models.CharField(max_length=10)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                name="one_chart_move",
                fields=["entry_kind", "debit_kind", "credit_kind", "lines"],
            ),
        )


class JournalEntry(models.Model):
    """台账凭证: one business event's money. `key` is the one store of idempotency.

    `key` is "<caller>/<request key>[/n]"; `request_sha256` the digest of the request's body.
    """

    number = models.CharField(max_length=24, unique=True)
    agency = models.ForeignKey("agencies.Agency", models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=20, choices=EntryKind)
    # By bytes: what one request made lies side by side in the index, whatever the server's locale.
    key = models.CharField(max_length=360, db_collation="C")
    request_sha256 = models.BinaryField(max_length=32)
    effective_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    actor_ref = models.CharField(max_length=80)
    subject_ref = models.CharField(max_length=80)
    reverses = models.OneToOneField("self", models.PROTECT, null=True, related_name="reversed_by")

    class Meta:
        constraints = (
            status_known("entry_kind_known", EntryKind, "kind"),
            models.UniqueConstraint(name="one_entry_per_key", fields=["key"]),
        )
        indexes = (
            models.Index(name="entry_by_subject", fields=["subject_ref", "id"]),
            models.Index(name="entry_by_agency", fields=["agency", "id"]),
        )


class Transfer(models.Model):
    """分录: money from its debit account to its credit account; a row cannot be unbalanced."""

    entry = models.ForeignKey(JournalEntry, models.PROTECT, related_name="transfers")
    debit_account = models.ForeignKey(Account, models.PROTECT, related_name="debits")
    credit_account = models.ForeignKey(Account, models.PROTECT, related_name="credits")
    amount_fen = models.BigIntegerField()

    class Meta:
        constraints = (
            models.CheckConstraint(name="transfer_amount_positive", condition=Q(amount_fen__gt=0)),
            models.CheckConstraint(
                name="transfer_accounts_differ",
                condition=~Q(debit_account=F("credit_account")),
            ),
        )


class ClosedMonth(models.Model):
    """Months whose books are closed: no entry may take effect in them."""

    agency = models.ForeignKey("agencies.Agency", models.PROTECT, related_name="+")
    month_date = models.DateField()
    closed_at = models.DateTimeField()
    closed_by_ref = models.CharField(max_length=80)

    class Meta:
        constraints = (
            models.UniqueConstraint(name="one_closing_per_month", fields=["agency", "month_date"]),
            models.CheckConstraint(
                name="closed_month_is_a_first_day", condition=Q(month_date__day=1)
            ),
        )
