"""Money is held only on live vouchers; a debt needs a verified invoice; an order stands."""

from django.db import migrations

from companies.foundation.sql import follows_steps, trigger_operations
from vouchers.redemptions.states import STEPS


class Migration(migrations.Migration):
    dependencies = [
        ("redemptions", "0002_guards"),
        ("applications", "0002_guards"),
        ("issuance", "0002_guards"),
        ("providers", "0002_guards"),
    ]

    operations = [
        *trigger_operations(
            "vouchers/redemptions",
            "redemption_on_live_voucher",
            "accepted_needs_verified_invoice",
            "redemption_frozen",
            "people_told",
            "order_door",
            "order_locked",
            "redemption_put",
            "claim_asked",
            "claim_locked",
            "redemption_accept",
        ),
        follows_steps("redemptions_redemption", STEPS, born="REQUESTED"),
    ]
