"""No text that comes out in an export is run by a spreadsheet, and none is lost on the way."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.db import connection

from tests.hostile.payloads import FORMULAS, HARMLESS
from vouchers.reports.datasets import DATASETS, Column, Dataset

pytestmark = pytest.mark.django_db
TEXT_OIDS = {25, 1042, 1043, 19}
TEXT_COLUMNS = [
    (table, column)
    for table in DATASETS.values()
    for column in table.columns
    if column.kind == "text"
]


def is_live(cell: str) -> bool:
    """Whether some spreadsheet would take the cell for a formula; written apart from the writer."""
    if cell[:1] in ("\t", "\r", "\n"):
        return True
    for char in unicodedata.normalize("NFKC", cell):
        if char.isspace() or unicodedata.category(char) in ("Cc", "Cf", "Zs", "Zl", "Zp", "Mn"):
            continue
        return char in "=+-@−"
    return False


def value_of(cell: str) -> str:
    """What datapackage.json tells the reader to do."""
    return cell[1:] if cell.startswith("'") else cell


def written(table: Dataset, column: Column, texts: tuple[str, ...]) -> Iterator[str]:
    """The texts through this column, by the same SELECT and COPY as an export."""
    rows = "FROM unnest(%(texts)s) WITH ORDINALITY AS hostile(text, place)"
    narrow = replace(
        table, columns=(column._replace(source="hostile.text"),), rows=rows, order="place"
    )
    file = io.StringIO(newline="")
    with connection.cursor() as cursor:
        select = cursor.mogrify(narrow.select(), {"texts": list(texts)}).decode()
        cursor.copy_expert(f"COPY ({select}) TO STDOUT WITH (FORMAT csv, HEADER true)", file)
    file.seek(0)
    lines = csv.reader(file)
    assert next(lines) == [column.name]
    yield from (cells[0] if cells else "" for cells in lines)


def test_the_list_is_long_enough_and_its_judge_can_see() -> None:
    assert len(FORMULAS) >= 60
    assert all(is_live(text) or text.startswith("'") for text in FORMULAS)
    assert not any(is_live(text) for text in HARMLESS)


@pytest.mark.parametrize(
    ("table", "column"), TEXT_COLUMNS, ids=[f"{t.name}.{c.name}" for t, c in TEXT_COLUMNS]
)
def test_no_text_column_lets_a_formula_out(table: Dataset, column: Column) -> None:
    cells = list(written(table, column, FORMULAS))
    assert [cell for cell in cells if is_live(cell)] == []
    assert [value_of(cell) for cell in cells] == list(FORMULAS)


def test_ordinary_text_is_left_alone() -> None:
    table, column = TEXT_COLUMNS[0]
    assert list(written(table, column, HARMLESS)) == list(HARMLESS)


def test_a_column_of_text_is_declared_as_text() -> None:
    """What is declared a number or a day cannot hold words."""
    for table in DATASETS.values():
        with connection.cursor() as cursor:
            for column in table.columns:
                if column.kind in ("text", "time"):
                    continue
                cursor.execute(f"SELECT {column.source} {table.rows} LIMIT 0", {"programme": 0})
                assert cursor.description[0].type_code not in TEXT_OIDS, (table.name, column.name)
