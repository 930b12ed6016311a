"""Acts are append-only and made by duty; evidence counts its claims."""

from django.db import migrations

from companies.foundation.numbers import sequence_operation
from companies.foundation.sql import append_only, trigger_operations


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0001_initial"),
        ("programmes", "0002_guards"),
        ("providers", "0001_initial"),
        ("audit", "0002_guards"),
    ]

    operations = [
        sequence_operation("AP", "PN"),
        *trigger_operations(
            "vouchers/applications", "decision_by_duty", "file_sign", "evidence_counts_claims"
        ),
        append_only("applications_fileseat"),
        append_only("applications_decision"),
        append_only("applications_applicationversion"),
    ]
