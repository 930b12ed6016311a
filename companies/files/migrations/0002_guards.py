"""A file keeps its digest, and its one verdict."""

from django.db import migrations

from companies.foundation.sql import trigger_operations


class Migration(migrations.Migration):
    dependencies = [("files", "0001_initial")]

    operations = trigger_operations("companies/files", "file_judged_once")
