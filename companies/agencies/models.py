"""Places, public bodies, the working calendar, and the queue of duties with a date."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from companies.foundation.constraints import status_known


class Region(models.Model):
    """A place of GB/T 2260 as it stood in a period; a file keeps the code of its day."""

    code = models.CharField(max_length=6)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=80, blank=True)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    source = models.CharField(max_length=200)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                name="one_region_per_code_and_day", fields=["code", "valid_from"]
            ),
            models.CheckConstraint(
                name="region_code_six_digits", condition=Q(code__regex=r"^[0-9]{6}$")
            ),
            models.CheckConstraint(
                name="region_period_forward",
                condition=Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from")),
            ),
        )

    def __str__(self) -> str:
        return self.name_zh


class AgencyKind(models.TextChoices):
    """Kinds of public body."""

    LEAD = "LEAD", _("Lead department")
    FINANCE = "FINANCE", _("Finance department")
    AUDIT = "AUDIT", _("Audit office")
    GOVERNMENT = "GOVERNMENT", _("Government")
    ENTRUSTED = "ENTRUSTED", _("Entrusted body")


class Agency(models.Model):
    """A public body (部门), the tenant. `path` is "/1/4/": ancestors and itself, by id."""

    code = models.CharField(max_length=20, unique=True)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120, blank=True)
    kind = models.CharField(max_length=20, choices=AgencyKind)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    path = models.CharField(max_length=200, blank=True)
    is_demo = models.BooleanField(default=False)

    class Meta:
        constraints = (status_known("agency_kind_known", AgencyKind, "kind"),)

    def __str__(self) -> str:
        return self.name_zh


class CalendarDay(models.Model):
    """A day that differs from its weekday (调休, holidays), with the notice it comes from."""

    day = models.DateField(primary_key=True)
    is_workday = models.BooleanField()
    source = models.CharField(max_length=200)


class Deadline(models.Model):
    """时限: promise and queue at once. `task` names what the sweeper does when it is due.

    A paused deadline keeps the whole days left; `failed_at` ends the attempts (an alert follows).
    """

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40)
    subject_ref = models.CharField(max_length=80)
    due_at = models.DateTimeField()
    created_at = models.DateTimeField()
    paused_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=40, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                name="one_open_deadline_per_kind",
                fields=["subject_ref", "kind"],
                condition=Q(done_at__isnull=True, failed_at__isnull=True),
            ),
        )
        indexes = (
            models.Index(
                name="deadline_waiting",
                fields=["due_at", "id"],
                condition=Q(done_at__isnull=True, failed_at__isnull=True, paused_at__isnull=True),
            ),
        )


class SearchEntry(models.Model):
    """What the search box finds: numbers by exact prefix, names by trigram or pinyin."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    number = models.CharField(max_length=30)
    text_norm = models.CharField(max_length=200, blank=True)
    pinyin = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(name="one_search_entry_per_number", fields=["number"]),
        )
