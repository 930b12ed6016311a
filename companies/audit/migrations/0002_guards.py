"""Append-only events with database stamps; the first epoch."""

from django.db import migrations

from companies.foundation.sql import append_only, trigger_operations


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        *trigger_operations(
            "companies/audit",
            "append_only",
            "event_stamped",
            "status_follows_steps",
            "audit_record",
            "audit_answerer",
            "public_number",
        ),
        append_only("audit_auditevent"),
        append_only("audit_auditleaf"),
        append_only("audit_treehead"),
        append_only("audit_logepoch"),
        migrations.RunSQL(
            "INSERT INTO audit_logepoch (number, reason) VALUES (1, 'first installation')"
        ),
    ]
