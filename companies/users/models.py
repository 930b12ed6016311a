"""People, what they may do for public bodies, and the keys of their machines."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from companies.foundation.constraints import status_known


class Role(models.TextChoices):
    """Government duties. Company and provider roles are memberships (`registry`)."""

    INTAKE = "intake", _("Intake officer")
    REVIEWER = "reviewer", _("Reviewer")
    APPROVER = "approver", _("Approver")
    PROGRAMME_MANAGER = "programme_manager", _("Programme manager")
    FINANCE_CLERK = "finance_clerk", _("Finance clerk")
    FINANCE_AUTHORISER = "finance_authoriser", _("Finance authoriser")
    FINANCE_RELEASER = "finance_releaser", _("Finance releaser")
    AUDITOR = "auditor", _("Auditor")
    OVERSEER = "overseer", _("Overseer")
    OPERATOR = "operator", _("Platform operator")


class UserManager(BaseUserManager["User"]):
    """Sign-in looks names up without regard to case."""

    def get_by_natural_key(self, username: str | None) -> User:
        """Used by Django's authentication."""
        return self.get(username__iexact=username)


class User(AbstractBaseUser):
    """A person, or a machine account that holds an ApiKey. `employer` is whom one works for."""

    username = models.CharField(max_length=60, unique=True)
    email = models.EmailField(blank=True)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=80, blank=True)
    employer = models.ForeignKey("agencies.Agency", models.PROTECT, null=True, related_name="+")
    is_active = models.BooleanField(default=True)
    is_machine = models.BooleanField(default=False)
    is_demo = models.BooleanField(default=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.name_zh


class Duty(models.Model):
    """A role in one agency for a half-open period; `programme_ref` '' means all programmes.

    `deputises` marks a deputy's duty (代理) and names the duty it stands in for.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="duties")
    agency = models.ForeignKey("agencies.Agency", models.PROTECT, related_name="+")
    role = models.CharField(max_length=30, choices=Role)
    programme_ref = models.CharField(max_length=80, blank=True)
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True)
    deputises = models.ForeignKey("self", models.PROTECT, null=True, related_name="deputies")
    granted_by_ref = models.CharField(max_length=80)
    basis = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = (
            status_known("duty_role_known", Role, "role"),
            models.CheckConstraint(
                name="duty_period_forward",
                condition=Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from")),
            ),
            models.CheckConstraint(
                name="auditor_duty_has_basis", condition=~Q(role="auditor") | ~Q(basis="")
            ),
        )
        indexes = (models.Index(name="duty_by_user", fields=["user", "role"]),)


class ApiKey(models.Model):
    """An Ed25519 public key of a machine account; nothing secret is stored (RFC 9421)."""

    key_id = models.CharField(max_length=40, unique=True)
    user = models.ForeignKey(User, models.PROTECT, related_name="api_keys")
    public_key = models.BinaryField(max_length=32)
    scopes = models.JSONField()
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="api_key_period_forward", condition=Q(expires_at__gt=F("created_at"))
            ),
        )
