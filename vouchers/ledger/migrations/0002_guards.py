"""Totals by trigger, the chart, stamps, and the one function that posts."""

from django.db import migrations

from companies.foundation.numbers import sequence_operation
from companies.foundation.sql import append_only, trigger_operations
from vouchers.ledger.chart import MOVES


def load_chart(apps, schema_editor):
    """The trigger reads the chart from a table; `chart.py` is its only source."""
    moves = apps.get_model("ledger", "ChartMove").objects.using(schema_editor.connection.alias)
    moves.bulk_create(
        moves.model(
            entry_kind=move.entry.value,
            debit_kind=move.debit.value,
            credit_kind=move.credit.value,
            lines=move.lines.value,
        )
        for move in MOVES
    )


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial"), ("audit", "0002_guards")]

    operations = [
        sequence_operation("JV"),
        migrations.RunPython(load_chart, migrations.RunPython.noop),
        *trigger_operations(
            "vouchers/ledger",
            "account_born_empty",
            "transfer_follows_chart",
            "transfer_raises_totals",
            "entry_stamped",
            "ledger_post",
            "ledger_replay",
            "ledger_made",
        ),
        append_only("ledger_journalentry"),
        append_only("ledger_transfer"),
        append_only("ledger_closedmonth"),
        append_only("ledger_chartmove"),
    ]
