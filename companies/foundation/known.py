"""Rows of which much is known already, without asking the database for it again."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Model

M = TypeVar("M", bound=Model)


def stored(row: M, key: int) -> M:
    """A row made here, as the one the database has just written under this id."""
    row.pk = key
    row._state.adding = False
    row._state.db = DEFAULT_DB_ALIAS
    return row


def known(model: type[M], **columns: Any) -> M:
    """The stored row `id` with these columns; any other is read when somebody asks for it."""
    return model.from_db(DEFAULT_DB_ALIAS, list(columns), list(columns.values()))
