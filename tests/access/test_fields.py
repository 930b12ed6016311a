"""A field outside the form is refused by name, and none of all these requests writes anything."""

from __future__ import annotations

import pytest
from django.db import connection

from tests.access.asking import undone
from tests.access.cells import list_routes
from tests.access.fields import swallowed
from tests.access.world import World

pytestmark = pytest.mark.timeout(600)


def has_written() -> bool:
    """Whether the open transaction has written or locked a row: only then it has a number."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id_if_assigned() IS NOT NULL")
        return bool(cursor.fetchone()[0])


def test_a_field_outside_the_form_is_refused_and_nothing_is_written(world: World) -> None:
    with undone():
        assert swallowed(world, list_routes()) == []
        assert not has_written()
