"""Who may sell compute in a programme, what, at what price, and whose account is whose."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from companies.foundation.constraints import SameAgency, status_known


class ProviderStatus(models.TextChoices):
    """Suspension stops new holds, never what is payable."""

    APPLIED = "APPLIED", _("Applied")
    UNDER_REVIEW = "UNDER_REVIEW", _("Under review")
    APPROVED = "APPROVED", _("Approved")
    REFUSED = "REFUSED", _("Refused")
    SUSPENDED = "SUSPENDED", _("Suspended")
    WITHDRAWN = "WITHDRAWN", _("Withdrawn")


class Provider(models.Model):
    """服务商: a company's role before one agency."""

    agency = models.ForeignKey("agencies.Agency", models.PROTECT, related_name="+")
    number = models.CharField(max_length=24, unique=True)
    company = models.ForeignKey("registry.Company", models.PROTECT, related_name="providers")
    status = models.CharField(max_length=20, choices=ProviderStatus)
    applied_at = models.DateTimeField()
    checked_by = models.ForeignKey("users.User", models.PROTECT, null=True, related_name="+")
    decided_by = models.ForeignKey("users.User", models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    is_demo = models.BooleanField(default=False)

    class Meta:
        constraints = (
            status_known("provider_status_known", ProviderStatus),
            models.UniqueConstraint(name="provider_agency_row", fields=["agency", "id"]),
            models.UniqueConstraint(name="one_provider_per_company", fields=["agency", "company"]),
            models.CheckConstraint(
                name="provider_decided_by_second",
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("checked_by")),
            ),
        )


class Admission(models.Model):
    """准入: a provider's half-open period in one programme; periods never overlap (exclusion)."""

    agency = models.ForeignKey("agencies.Agency", models.PROTECT, related_name="+")
    provider = models.ForeignKey(
        Provider, models.PROTECT, related_name="admissions", db_constraint=False
    )
    programme = models.ForeignKey(
        "programmes.Programme", models.PROTECT, related_name="admissions", db_constraint=False
    )
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True)
    admitted_by = models.ForeignKey("users.User", models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            SameAgency(field="provider", name="admission_provider_same_agency"),
            SameAgency(field="programme", name="admission_programme_same_agency"),
            models.CheckConstraint(
                name="admission_period_forward",
                condition=Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from")),
            ),
        )


class ServiceClass(models.TextChoices):
    """What is sold; rules say which classes count."""

    COMPUTE = "compute", _("Compute service")
    DATA = "data", _("Data service")
    MODEL = "model", _("Model service")
    CORPUS = "corpus", _("Corpora")
    STORAGE = "storage", _("Storage")
    NETWORK = "network", _("Network")


class Offer(models.Model):
    """服务目录: one versioned price; `unit_price` yuan per unit, Decimal(18,6)."""

    agency = models.ForeignKey("agencies.Agency", models.PROTECT, related_name="+")
    provider = models.ForeignKey(
        Provider, models.PROTECT, related_name="offers", db_constraint=False
    )
    code = models.CharField(max_length=30)
    version = models.PositiveSmallIntegerField()
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=160, blank=True)
    service_class = models.CharField(max_length=20, choices=ServiceClass)
    unit = models.CharField(max_length=30)
    unit_price = models.DecimalField(max_digits=18, decimal_places=6)
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            status_known("offer_service_class_known", ServiceClass, "service_class"),
            SameAgency(field="provider", name="offer_same_agency"),
            models.UniqueConstraint(name="offer_agency_row", fields=["agency", "id"]),
            models.UniqueConstraint(
                name="one_offer_version", fields=["provider", "code", "version"]
            ),
            models.CheckConstraint(name="offer_price_positive", condition=Q(unit_price__gt=0)),
        )


class ComputeCentre(models.Model):
    """智算中心: where a provider's machines stand; capacity in PFLOPS (FP16)."""

    agency = models.ForeignKey("agencies.Agency", models.PROTECT, related_name="+")
    provider = models.ForeignKey(
        Provider, models.PROTECT, related_name="centres", db_constraint=False
    )
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=160, blank=True)
    region = models.ForeignKey("agencies.Region", models.PROTECT, related_name="+")
    capacity_pflops = models.DecimalField(max_digits=12, decimal_places=3)
    pledged_hours = models.DecimalField(max_digits=14, decimal_places=2)

    class Meta:
        constraints = (
            SameAgency(field="provider", name="centre_same_agency"),
            models.CheckConstraint(
                name="centre_capacity_positive", condition=Q(capacity_pflops__gt=0)
            ),
        )


class UsageAccount(models.Model):
    """A company's account at a provider: whose usage a bill tells."""

    agency = models.ForeignKey("agencies.Agency", models.PROTECT, related_name="+")
    provider = models.ForeignKey(
        Provider, models.PROTECT, related_name="usage_accounts", db_constraint=False
    )
    company = models.ForeignKey("registry.Company", models.PROTECT, related_name="usage_accounts")
    account_number = models.CharField(max_length=60)
    registered_at = models.DateTimeField()

    class Meta:
        constraints = (
            SameAgency(field="provider", name="usage_account_same_agency"),
            models.UniqueConstraint(name="usage_account_agency_row", fields=["agency", "id"]),
            models.UniqueConstraint(
                name="one_usage_account", fields=["provider", "account_number"]
            ),
        )
