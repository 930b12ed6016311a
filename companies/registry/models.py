"""Companies, the people who act for them, their accounts and relations. Shared by all agencies."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from companies.foundation.constraints import status_known


class SizeClass(models.TextChoices):
    """Size by the published statistical thresholds (国统字〔2017〕213号)."""

    LARGE = "LARGE", _("Large")
    MEDIUM = "MEDIUM", _("Medium")
    SMALL = "SMALL", _("Small")
    MICRO = "MICRO", _("Micro")


class EntityType(models.TextChoices):
    """What kind of legal person."""

    ENTERPRISE = "enterprise", _("Enterprise")
    UNIVERSITY = "university", _("University")
    RESEARCH_INSTITUTE = "research_institute", _("Research institute")


class Company(models.Model):
    """A legal person. `group_key` names its group: caps count the whole group.

    `size_class` is empty where the published table has no row for the industry (a university).
    """

    credit_code = models.CharField(max_length=18, unique=True)
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=160, blank=True)
    name_pinyin = models.CharField(max_length=300, blank=True)
    entity_type = models.CharField(max_length=20, choices=EntityType)
    region = models.ForeignKey("agencies.Region", models.PROTECT, related_name="+")
    industry_code = models.CharField(max_length=5)
    staff = models.PositiveIntegerField()
    revenue_fen = models.BigIntegerField()
    assets_fen = models.BigIntegerField()
    size_class = models.CharField(max_length=10, choices=SizeClass, null=True)  # noqa: DJ001
    established_date = models.DateField()
    group_key = models.CharField(max_length=18)
    is_demo = models.BooleanField(default=False)

    class Meta:
        constraints = (
            status_known("company_size_known", SizeClass, "size_class"),
            status_known("company_entity_type_known", EntityType, "entity_type"),
            models.CheckConstraint(
                name="company_credit_code_formed",
                condition=Q(credit_code__regex=r"^[0-9A-HJ-NPQRTUWXY]{18}$"),
            ),
        )

    def __str__(self) -> str:
        return self.name_zh


class CompanyRole(models.TextChoices):
    """What a person does for a company."""

    AGENT = "company_agent", _("Company agent")
    SIGNATORY = "company_signatory", _("Company signatory")
    PROVIDER_AGENT = "provider_agent", _("Provider agent")
    PROVIDER_FINANCE = "provider_finance", _("Provider finance")


class Membership(models.Model):
    """A person's role in a company for a half-open period (授权委托书 where it is no legal rep)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="memberships")
    company = models.ForeignKey(Company, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=CompanyRole)
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True)
    granted_by_ref = models.CharField(max_length=80)

    class Meta:
        constraints = (
            status_known("membership_role_known", CompanyRole, "role"),
            models.CheckConstraint(
                name="membership_period_forward",
                condition=Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from")),
            ),
            models.UniqueConstraint(
                name="one_open_membership_per_role",
                fields=["user", "company", "role"],
                condition=Q(valid_until__isnull=True),
            ),
        )


class BankAccountStatus(models.TextChoices):
    """PENDING until a second person has verified it."""

    PENDING = "PENDING", _("To be verified")
    VERIFIED = "VERIFIED", _("Verified")
    RETIRED = "RETIRED", _("Retired")


class BankAccount(models.Model):
    """A version of a company's account; a change is a new row, verified by a second person."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="bank_accounts")
    version = models.PositiveSmallIntegerField()
    account_name = models.CharField(max_length=120)
    account_number = models.CharField(max_length=40)
    bank_name = models.CharField(max_length=120)
    cnaps = models.CharField(max_length=12, blank=True)
    status = models.CharField(max_length=10, choices=BankAccountStatus)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    verified_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            status_known("bank_account_status_known", BankAccountStatus),
            models.UniqueConstraint(name="one_bank_account_version", fields=["company", "version"]),
            models.CheckConstraint(
                name="bank_account_verified_by_second",
                condition=Q(status="PENDING", verified_by__isnull=True)
                | (Q(verified_by__isnull=False) & ~Q(verified_by=F("added_by")))
                | Q(status="RETIRED"),
            ),
            models.UniqueConstraint(
                name="one_verified_bank_account",
                fields=["company"],
                condition=Q(status="VERIFIED"),
            ),
        )


class RelatedPair(models.Model):
    """Two related companies (lower id first), kept by a task; verbs do one indexed look-up."""

    low = models.ForeignKey(Company, models.PROTECT, related_name="+")
    high = models.ForeignKey(Company, models.PROTECT, related_name="+")
    relation = models.CharField(max_length=40)
    evidence = models.CharField(max_length=200)

    class Meta:
        constraints = (
            models.CheckConstraint(name="related_pair_ordered", condition=Q(low__lt=F("high"))),
            models.UniqueConstraint(
                name="one_related_pair_per_relation", fields=["low", "high", "relation"]
            ),
        )
