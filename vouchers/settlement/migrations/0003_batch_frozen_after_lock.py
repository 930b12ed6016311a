"""A locked batch does not change; lines know their payment, orders their round of signing."""

import django.db.models.deletion
from django.db import migrations, models

from companies.foundation.sql import follows_steps, trigger_operations
from vouchers.settlement.states import LINE_STEPS, STEPS


class Migration(migrations.Migration):
    dependencies = [
        ("settlement", "0002_guards"),
        ("ledger", "0002_guards"),
        ("redemptions", "0003_live_voucher_and_verified_invoice"),
    ]

    operations = [
        migrations.AddField(
            "settlementline",
            "pay_entry",
            models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="ledger.journalentry",
            ),
        ),
        migrations.AddField("paymentorder", "cycle", models.PositiveSmallIntegerField(default=0)),
        *trigger_operations("vouchers/settlement", "batch_frozen_after_lock"),
        follows_steps("settlement_settlementbatch", STEPS, born="OPEN"),
        follows_steps("settlement_settlementline", LINE_STEPS, born="DRAFT", timed=False),
    ]
