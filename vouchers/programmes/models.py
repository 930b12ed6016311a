"""Schemes and the budget tree. Every account of a line is held here by a unique PROTECT key."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from companies.foundation.constraints import SameAgency, status_known


class SeatMapStatus(models.TextChoices):
    """Approved by the parent or finance body, never by its user."""

    PROPOSED = "PROPOSED", _("Proposed")
    APPROVED = "APPROVED", _("Approved")


class SeatMap(models.Model):
    """岗位分离方案: `seats` puts every act (`seats.py`) into one seat; versions never change."""

    agency = models.ForeignKey("agencies.Agency", models.PROTECT, related_name="+")
    code = models.CharField(max_length=20)
    version = models.PositiveSmallIntegerField()
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=80)
    seats = models.JSONField()
    status = models.CharField(max_length=10, choices=SeatMapStatus)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            status_known("seat_map_status_known", SeatMapStatus),
            models.UniqueConstraint(name="seat_map_agency_row", fields=["agency", "id"]),
            models.UniqueConstraint(
                name="one_seat_map_version", fields=["agency", "code", "version"]
            ),
            models.CheckConstraint(
                name="seat_map_approved_by_second",
                condition=Q(status="PROPOSED", approved_by__isnull=True)
                | (Q(approved_by__isnull=False) & ~Q(approved_by=F("proposed_by"))),
            ),
        )


class ProgrammeStatus(models.TextChoices):
    """PAUSED takes no submission and reserves nothing; ENDED has no live file."""

    DRAFT = "DRAFT", _("Draft")
    ACTIVE = "ACTIVE", pgettext_lazy("programme", "Active")
    PAUSED = "PAUSED", _("Paused")
    ENDED = "ENDED", _("Ended")


class Programme(models.Model):
    """专项: one budget and its rules. `agency` is the lead body (the tenant)."""

    agency = models.ForeignKey("agencies.Agency", models.PROTECT, related_name="+")
    finance_agency = models.ForeignKey("agencies.Agency", models.PROTECT, related_name="+")
    code = models.CharField(max_length=30, unique=True)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120, blank=True)
    summary_zh = models.TextField(blank=True)
    summary_en = models.TextField(blank=True)
    status = models.CharField(max_length=10, choices=ProgrammeStatus)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    postings_stopped_at = models.DateTimeField(null=True)
    is_demo = models.BooleanField(default=False)

    class Meta:
        constraints = (
            status_known("programme_status_known", ProgrammeStatus),
            models.UniqueConstraint(name="programme_agency_row", fields=["agency", "id"]),
        )

    @property
    def ref(self) -> str:
        """How events and duties name it."""
        return f"programme:{self.code}"


class RuleStatus(models.TextChoices):
    """A published document never changes; its successor retires it."""

    DRAFT = "DRAFT", _("Draft")
    PUBLISHED = "PUBLISHED", _("Published")
    RETIRED = "RETIRED", _("Retired")


class RuleVersion(models.Model):
    """A rule document (`rules`): typed JSON and the digest of its canonical form."""

    agency = models.ForeignKey("agencies.Agency", models.PROTECT, related_name="+")
    programme = models.ForeignKey(
        Programme, models.PROTECT, related_name="rule_versions", db_constraint=False
    )
    version = models.PositiveSmallIntegerField()
    document = models.JSONField()
    sha256 = models.CharField(max_length=64)
    status = models.CharField(max_length=10, choices=RuleStatus)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            status_known("rule_version_status_known", RuleStatus),
            SameAgency(field="programme", name="rule_version_same_agency"),
            models.UniqueConstraint(name="rule_version_agency_row", fields=["agency", "id"]),
            models.UniqueConstraint(name="one_rule_version", fields=["programme", "version"]),
            models.UniqueConstraint(
                name="one_published_rule_version",
                fields=["programme"],
                condition=Q(status="PUBLISHED"),
            ),
            models.CheckConstraint(
                name="rule_version_published_by_second",
                condition=Q(status="DRAFT", published_by__isnull=True)
                | (Q(published_by__isnull=False) & ~Q(published_by=F("author"))),
            ),
        )


class RoundStatus(models.TextChoices):
    """Open is derived: published and opens_at ≤ at < closes_at."""

    DRAFT = "DRAFT", _("Draft")
    PUBLISHED = "PUBLISHED", _("Published")
    COMPLETED = "COMPLETED", _("Completed")
    CANCELLED = "CANCELLED", _("Cancelled")


class Round(models.Model):
    """批次: a window; `receipts_issued` counts gap-free arrival numbers under the row's lock."""

    agency = models.ForeignKey("agencies.Agency", models.PROTECT, related_name="+")
    programme = models.ForeignKey(
        Programme, models.PROTECT, related_name="rounds", db_constraint=False
    )
    code = models.CharField(max_length=20)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120, blank=True)
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    status = models.CharField(max_length=10, choices=RoundStatus)
    receipts_issued = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (
            status_known("round_status_known", RoundStatus),
            SameAgency(field="programme", name="round_same_agency"),
            models.UniqueConstraint(name="round_agency_row", fields=["agency", "id"]),
            models.UniqueConstraint(name="one_round_per_code", fields=["programme", "code"]),
            models.CheckConstraint(
                name="round_window_forward", condition=Q(closes_at__gt=F("opens_at"))
            ),
        )


class Appropriation(models.Model):
    """指标下达文件: a document that authorises money. A second document makes a second line."""

    agency = models.ForeignKey("agencies.Agency", models.PROTECT, related_name="+")
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="appropriations")
    document_number = models.CharField(max_length=60)
    document_date = models.DateField()
    title = models.CharField(max_length=120)
    fiscal_year = models.PositiveSmallIntegerField()
    amount_fen = models.BigIntegerField()
    booked_at = models.DateTimeField()
    is_demo = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(name="appropriation_agency_row", fields=["agency", "id"]),
            models.UniqueConstraint(
                name="one_appropriation_per_document", fields=["agency", "document_number"]
            ),
            models.CheckConstraint(
                name="appropriation_amount_positive", condition=Q(amount_fen__gt=0)
            ),
        )


class LineStatus(models.TextChoices):
    """A line is OPEN once funded; FROZEN reserves and issues nothing."""

    DRAFT = "DRAFT", _("Draft")
    APPROVED = "APPROVED", _("Approved")
    OPEN = "OPEN", pgettext_lazy("budget line", "Open")
    FROZEN = "FROZEN", _("Frozen")
    VOID = "VOID", _("Void")


class Channel(models.TextChoices):
    """How money leaves a line."""

    TREASURY = "TREASURY", _("Central treasury payment")
    BANK = "BANK", _("Bank transfer")


class BudgetLine(models.Model):
    """预算指标: a node of the budget tree; one 指标 per root document and funding line.

    `draw_order` ranks the leaves of a programme. Root lines belong to the finance body and hold
    the source account; leaves belong to the programme's agency.
    """

    agency = models.ForeignKey("agencies.Agency", models.PROTECT, related_name="+")
    number = models.CharField(max_length=24, unique=True)
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="budget_lines")
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    appropriation = models.ForeignKey(Appropriation, models.PROTECT, related_name="lines")
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120, blank=True)
    fiscal_year = models.PositiveSmallIntegerField()
    function_code = models.CharField(max_length=10)
    economic_code = models.CharField(max_length=10)
    fund_nature = models.CharField(max_length=20)
    payer = models.ForeignKey("agencies.Agency", models.PROTECT, related_name="+")
    channel = models.CharField(max_length=10, choices=Channel)
    draw_order = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=10, choices=LineStatus)
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    pool_account = models.OneToOneField(
        "ledger.Account", models.PROTECT, null=True, related_name="+"
    )
    recovered_account = models.OneToOneField(
        "ledger.Account", models.PROTECT, null=True, related_name="+"
    )
    source_account = models.OneToOneField(
        "ledger.Account", models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        constraints = (
            status_known("budget_line_status_known", LineStatus),
            status_known("budget_line_channel_known", Channel, "channel"),
            models.UniqueConstraint(name="budget_line_agency_row", fields=["agency", "id"]),
            models.UniqueConstraint(
                name="one_root_line_per_document",
                fields=["appropriation"],
                condition=Q(parent__isnull=True) & ~Q(status="VOID"),
            ),
            models.CheckConstraint(
                name="budget_line_approved_by_second",
                condition=Q(status__in=["DRAFT", "VOID"])
                | (Q(approved_by__isnull=False) & ~Q(approved_by=F("drafted_by"))),
            ),
            models.CheckConstraint(
                name="budget_line_approved_has_pool",
                condition=Q(status__in=["DRAFT", "VOID"]) | Q(pool_account__isnull=False),
            ),
            models.CheckConstraint(
                name="budget_line_source_at_root",
                condition=Q(source_account__isnull=True) | Q(parent__isnull=True),
            ),
        )


class CapScope(models.TextChoices):
    """What a counter counts."""

    CEILING = "CEILING", _("Policy ceiling")
    GROUP_YEAR = "GROUP_YEAR", _("Company group and year")


class CapUsage(models.Model):
    """额度占用: a counter with its limit. `used_fen` is raised by CapEntry rows through a trigger.

    `subject` is '' for the programme's ceiling, else the company's `group_key`.
    """

    agency = models.ForeignKey("agencies.Agency", models.PROTECT, related_name="+")
    programme = models.ForeignKey(
        Programme, models.PROTECT, related_name="cap_usages", db_constraint=False
    )
    scope = models.CharField(max_length=20, choices=CapScope)
    subject = models.CharField(max_length=40, blank=True)
    period = models.CharField(max_length=20)
    limit_fen = models.BigIntegerField()
    used_fen = models.BigIntegerField()

    class Meta:
        constraints = (
            status_known("cap_scope_known", CapScope, "scope"),
            SameAgency(field="programme", name="cap_usage_same_agency"),
            models.UniqueConstraint(name="cap_usage_agency_row", fields=["agency", "id"]),
            models.UniqueConstraint(
                name="one_cap_usage", fields=["programme", "scope", "subject", "period"]
            ),
            models.CheckConstraint(
                name="cap_not_exceeded", condition=Q(used_fen__gte=0, used_fen__lte=F("limit_fen"))
            ),
        )


class CapEntry(models.Model):
    """One change of a counter, signed fen; append-only."""

    agency = models.ForeignKey("agencies.Agency", models.PROTECT, related_name="+")
    cap_usage = models.ForeignKey(
        CapUsage, models.PROTECT, related_name="entries", db_constraint=False
    )
    delta_fen = models.BigIntegerField()
    subject_ref = models.CharField(max_length=80)
    reason = models.CharField(max_length=20)
    at = models.DateTimeField()

    class Meta:
        constraints = (
            SameAgency(field="cap_usage", name="cap_entry_same_agency"),
            models.CheckConstraint(name="cap_entry_moves", condition=~Q(delta_fen=0)),
        )
