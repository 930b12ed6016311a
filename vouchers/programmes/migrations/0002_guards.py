"""Counters by trigger, the floor of every seat map, published rules frozen."""

from django.db import migrations

from companies.foundation.numbers import sequence_operation
from companies.foundation.sql import append_only, trigger_operations


class Migration(migrations.Migration):
    dependencies = [("programmes", "0001_initial"), ("audit", "0002_guards")]

    operations = [
        sequence_operation("BL"),
        *trigger_operations(
            "vouchers/programmes",
            "cap_counts_entries",
            "seat_map_keeps_floor",
            "published_rules_frozen",
        ),
        append_only("programmes_capentry"),
        append_only("programmes_appropriation"),
    ]
