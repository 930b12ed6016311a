"""The functions that promise, and that read the calendar ahead."""

from django.db import migrations

from companies.foundation.sql import trigger_operations


class Migration(migrations.Migration):
    dependencies = [("agencies", "0001_initial")]

    operations = [*trigger_operations("companies/agencies", "deadline_open", "calendar_after")]
