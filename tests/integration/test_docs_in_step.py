"""The generated pages of docs/ say what the code says today."""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.validation import validate_schema

from config.management.commands import docs


@pytest.mark.parametrize("name", docs.PAGES)
def test_a_generated_page_is_in_step(name: str) -> None:
    written = (docs.ROOT / "docs" / name).read_text(encoding="utf-8")
    assert docs.PAGES[name]() == written, "run `make docs`"


def test_the_api_describes_itself_without_a_warning() -> None:
    GENERATOR_STATS.reset()
    schema = docs.SchemaGenerator().get_schema(request=None, public=True)
    validate_schema(schema)
    assert not GENERATOR_STATS


def test_every_post_that_moves_money_asks_for_its_key() -> None:
    schema = docs.SchemaGenerator().get_schema(request=None, public=True)
    posting = [
        operation
        for path in schema["paths"].values()
        for operation in path.values()
        if "Posted" in str(operation["responses"])
    ]
    assert posting
    for operation in posting:
        names = {parameter["name"] for parameter in operation["parameters"]}
        assert "Idempotency-Key" in names, operation["operationId"]


def test_a_page_behind_the_code_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(docs.PAGES, "states.md", lambda: "# Something else\n")
    with pytest.raises(CommandError, match=r"states\.md"):
        call_command("docs", "--check", stdout=io.StringIO())
