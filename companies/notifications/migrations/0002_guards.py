"""The function that tells people."""

from django.db import migrations

from companies.foundation.sql import trigger_operations


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_initial")]

    operations = [*trigger_operations("companies/notifications", "notify_people")]
