"""A voucher's terms and shares are frozen; money stands only where its status lets it."""

from django.db import migrations

from companies.foundation.sql import append_only, follows_steps, trigger_operations
from vouchers.issuance.states import STEPS


class Migration(migrations.Migration):
    dependencies = [
        ("issuance", "0002_guards"),
        ("applications", "0003_frozen_files_and_burdens"),
        ("ledger", "0002_guards"),
        ("audit", "0002_guards"),
    ]

    operations = [
        *trigger_operations("vouchers/issuance", "voucher_frozen", "voucher_money_stands"),
        append_only("issuance_voucherfunding"),
        follows_steps("issuance_voucher", STEPS, born="PENDING"),
    ]
