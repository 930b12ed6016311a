"""What is handed in or posted stays, a file lives by its steps; a burden rests on a letter."""

from django.db import migrations

from companies.foundation.sql import append_only, follows_steps, trigger_operations
from vouchers.applications.states import STEPS


class Migration(migrations.Migration):
    dependencies = [("applications", "0002_guards"), ("letters", "0002_guards")]

    operations = [
        *trigger_operations(
            "vouchers/applications",
            "application_frozen",
            "burden_rests_on_letter",
            "notice_frozen",
            "file_papers_frozen",
        ),
        append_only("applications_applicationfunding"),
        follows_steps("applications_application", STEPS, born="DRAFT"),
    ]
