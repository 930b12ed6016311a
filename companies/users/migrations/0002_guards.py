"""Rights are never rewritten, and some never meet in one hand."""

from django.db import migrations

from companies.foundation.sql import trigger_operations


class Migration(migrations.Migration):
    dependencies = [("users", "0001_initial")]

    operations = trigger_operations(
        "companies/users", "duty_combination_refused", "right_frozen", "duty_found"
    )
