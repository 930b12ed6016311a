"""Money is held only on live vouchers; a debt needs a verified invoice."""

from django.db import migrations

from companies.foundation.sql import trigger_operations


class Migration(migrations.Migration):
    dependencies = [
        ("redemptions", "0002_guards"),
        ("applications", "0002_guards"),
        ("issuance", "0002_guards"),
        ("providers", "0002_guards"),
    ]

    operations = [
        *trigger_operations(
            "vouchers/redemptions", "redemption_on_live_voucher", "accepted_needs_verified_invoice"
        ),
    ]
