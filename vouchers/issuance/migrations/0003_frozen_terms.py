"""The terms of a voucher are frozen; its shares are append-only."""

from django.db import migrations

from companies.foundation.sql import append_only, trigger_operations


class Migration(migrations.Migration):
    dependencies = [
        ("issuance", "0002_guards"),
        ("applications", "0003_frozen_files_and_burdens"),
        ("audit", "0002_guards"),
    ]

    operations = [
        *trigger_operations("vouchers/issuance", "voucher_frozen"),
        append_only("issuance_voucherfunding"),
    ]
