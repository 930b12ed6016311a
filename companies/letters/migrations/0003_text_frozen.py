"""What was signed stays as it was signed."""

from django.db import migrations

from companies.foundation.sql import trigger_operations


class Migration(migrations.Migration):
    dependencies = [("letters", "0002_guards")]

    operations = trigger_operations("companies/letters", "letter_text_frozen")
