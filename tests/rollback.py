"""A block whose end undoes everything in it, in which verbs may still open their own transaction.

Verbs are durable: Django lets them begin only outside any other block, or inside one that a test
case has opened. This opens such a one; blocks may lie in each other.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction


@contextmanager
def rolled_back() -> Iterator[None]:
    """What happens here has not happened; deferred constraints are still asked at its end."""
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]
    with block:
        yield
        with transaction.get_connection().cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        transaction.set_rollback(True)
