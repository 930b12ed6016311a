"""The server itself ends what takes too long, by the kind of work."""

from __future__ import annotations

import os

import psycopg2
import pytest

from config import settings as house

pytestmark = pytest.mark.django_db(databases=[])
NAMES = ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")


@pytest.mark.parametrize("profile", house.PROFILES)
def test_the_server_takes_the_limits_of_the_profile(profile: str) -> None:
    asked = house.database(os.environ["DATABASE_URL"], profile)["OPTIONS"]
    assert isinstance(asked, dict)
    url = os.environ["DATABASE_URL"]
    with psycopg2.connect(url, options=asked["options"]) as connection, connection.cursor() as c:
        c.execute("SELECT name, setting::int FROM pg_settings WHERE name = ANY(%s)", [list(NAMES)])
        kept = dict(c.fetchall())
    connection.close()
    assert tuple(kept[name] for name in NAMES) == house.PROFILES[profile]
