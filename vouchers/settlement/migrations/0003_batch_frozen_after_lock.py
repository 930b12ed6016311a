"""A locked batch does not change; lines know their payment, orders their round of signing."""

import django.db.models.deletion
from django.db import migrations, models

from companies.foundation.sql import trigger_operations


class Migration(migrations.Migration):
    dependencies = [("settlement", "0002_guards"), ("ledger", "0002_guards")]

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
    ]
