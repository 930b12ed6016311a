"""Public numbers."""

from django.db import migrations

from companies.foundation.numbers import sequence_operation


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_initial")]

    operations = [sequence_operation("EX")]
