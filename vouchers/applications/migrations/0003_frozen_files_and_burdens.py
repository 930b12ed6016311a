"""What is handed in or posted stays; a burden rests on a letter."""

from django.db import migrations

from companies.foundation.sql import trigger_operations


class Migration(migrations.Migration):
    dependencies = [("applications", "0002_guards"), ("letters", "0002_guards")]

    operations = [
        *trigger_operations(
            "vouchers/applications",
            "application_frozen",
            "burden_rests_on_letter",
            "notice_frozen",
        ),
    ]
