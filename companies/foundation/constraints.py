"""Constraints PostgreSQL knows and Django lacks: keys of several columns, and status checks.

`SameAgency`: a child and its parent belong to one agency. The parent needs
`UniqueConstraint(fields=["agency", "id"])`; the child's field says `db_constraint=False`, for
this key replaces the plain one.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db.models import BaseConstraint, CheckConstraint, Q, TextChoices


def status_known(name: str, statuses: type[TextChoices], field: str = "status") -> CheckConstraint:
    """The database, too, knows which values this column may hold."""
    return CheckConstraint(name=name, condition=Q(**{f"{field}__in": list(statuses.values)}))


class CompositeKey(BaseConstraint):
    """FOREIGN KEY (columns) REFERENCES table (to_columns); `to` is "app.Model"."""

    def __init__(self, *, name: str, columns: list[str], to: str, to_columns: list[str]) -> None:
        self.columns = list(columns)
        self.to = to
        self.to_columns = list(to_columns)
        super().__init__(name=name)

    def target_table(self, model: Any) -> str:
        """The parent's table."""
        return str(apps.get_model(self.to)._meta.db_table)

    def constraint_sql(self, model: Any, schema_editor: Any) -> None:  # type: ignore[override]
        """Never part of CREATE TABLE."""
        self.create_sql(model, schema_editor)

    def create_sql(self, model: Any, schema_editor: Any) -> None:  # type: ignore[override]
        """The ALTER TABLE that adds the key, at the migration's end: its parent may come later."""
        schema_editor.deferred_sql.append(
            f'ALTER TABLE "{model._meta.db_table}" ADD CONSTRAINT "{self.name}" '
            f"FOREIGN KEY ({', '.join(self.columns)}) "
            f'REFERENCES "{self.target_table(model)}" ({", ".join(self.to_columns)})'
        )

    def remove_sql(self, model: Any, schema_editor: Any) -> str:
        """The ALTER TABLE that drops it."""
        return f'ALTER TABLE "{model._meta.db_table}" DROP CONSTRAINT "{self.name}"'

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """PostgreSQL alone judges; a look-up in Python would race."""

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and self.deconstruct() == other.deconstruct()

    def __hash__(self) -> int:
        return hash(self.name)

    def deconstruct(self) -> Any:
        """What a migration writes down."""
        values = {"name": self.name, "columns": self.columns, "to": self.to}
        values["to_columns"] = self.to_columns
        return "companies.foundation.constraints.CompositeKey", (), values


class SameAgency(CompositeKey):
    """FOREIGN KEY (agency_id, <field>_id) REFERENCES <parent> (agency_id, id)."""

    def __init__(self, *, field: str, name: str) -> None:
        self.field = field
        super().__init__(
            name=name,
            columns=["agency_id", f"{field}_id"],
            to="",
            to_columns=["agency_id", "id"],
        )

    def target_table(self, model: Any) -> str:
        """The table of the model the field points at."""
        return str(model._meta.get_field(self.field).related_model._meta.db_table)

    def deconstruct(self) -> Any:
        """What a migration writes down."""
        values = {"field": self.field, "name": self.name}
        return "companies.foundation.constraints.SameAgency", (), values
