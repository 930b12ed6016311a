"""Memberships only end, verified accounts only retire; what has no size row has no size."""

from django.db import migrations, models

from companies.foundation.sql import trigger_operations
from companies.registry.models import SizeClass


class Migration(migrations.Migration):
    dependencies = [("registry", "0001_initial"), ("users", "0002_guards")]

    operations = [
        migrations.AlterField(
            "company",
            "size_class",
            models.CharField(max_length=10, choices=SizeClass.choices, null=True),
        ),
        *trigger_operations("companies/registry", "membership_frozen", "bank_account_frozen"),
    ]
