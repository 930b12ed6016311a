"""Admissions and offers do not overlap in time."""

from django.db import migrations

from companies.foundation.numbers import sequence_operation

EXCLUSIONS = """
ALTER TABLE providers_admission ADD CONSTRAINT admissions_do_not_overlap EXCLUDE USING gist (
  int8range(provider_id, provider_id, '[]') WITH &&,
  int8range(programme_id, programme_id, '[]') WITH &&,
  tstzrange(valid_from, valid_until) WITH &&);
ALTER TABLE providers_offer ADD CONSTRAINT offer_prices_do_not_overlap EXCLUDE USING gist (
  int8range(provider_id, provider_id, '[]') WITH &&,
  code WITH =,
  tstzrange(valid_from, valid_until) WITH &&);
"""


class Migration(migrations.Migration):
    dependencies = [("providers", "0001_initial")]

    operations = [
        sequence_operation("PV"),
        migrations.RunSQL("CREATE EXTENSION IF NOT EXISTS btree_gist", migrations.RunSQL.noop),
        migrations.RunSQL(EXCLUSIONS, migrations.RunSQL.noop),
    ]
