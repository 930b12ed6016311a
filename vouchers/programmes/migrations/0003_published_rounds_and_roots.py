"""A published window only closes later, an approved line or map stays; one root per document."""

from django.db import migrations, models
from django.db.models import Q

from companies.foundation.sql import trigger_operations


class Migration(migrations.Migration):
    dependencies = [("programmes", "0002_guards")]

    operations = [
        *trigger_operations(
            "vouchers/programmes",
            "published_round_frozen",
            "budget_line_frozen",
            "approved_seat_map_frozen",
        ),
        migrations.AddConstraint(
            model_name="budgetline",
            constraint=models.UniqueConstraint(
                name="one_root_line_per_document",
                fields=["appropriation"],
                condition=Q(parent__isnull=True) & ~Q(status="VOID"),
            ),
        ),
    ]
