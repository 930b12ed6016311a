"""`manage.py docs`: the generated documents. What the code says is told once, by the code.

docs/states.md from every `states.py`, invariants.md from the registry of checks, errors.md from
the places that refuse, openapi.yaml from the views, and in glossary.md the tables between the two
marks from the models' choices; its other words are ours.
"""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import models
from django.utils.translation import gettext, override
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer

from companies import errors
from config.catalogues import ROOT
from vouchers.api.errors import FAMILIES, FRAMEWORK
from vouchers.oversight.checks import CHECKS

OURS = ("companies", "vouchers")
BEGIN, END = "<!-- generated: `make docs` -->", "<!-- end -->"
FIRST_LINE = "<!-- Written by `make docs`; change the code, not this page. -->"


def _page(title: str, lead: str, lines: Iterable[str]) -> str:
    return "\n".join((f"# {title}", "", FIRST_LINE, "", lead, "", *lines)).rstrip() + "\n"


def _row(*cells: Any) -> str:
    return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"


def _table(*heads: str) -> list[str]:
    return [_row(*heads), "|" + " --- |" * len(heads)]


def _both(text: Any) -> tuple[str, str]:
    """Chinese and English of a lazy sentence or of a msgid."""
    said = []
    for language in ("zh-hans", "en"):
        with override(language):
            said.append(gettext(text) if type(text) is str else str(text))
    return said[0], said[1]


def states() -> str:
    """Every table of every `states.py`: from where to where."""
    lines: list[str] = []
    for path in _sources("states.py"):
        module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
        for name, steps in vars(module).items():
            if isinstance(steps, Mapping) and name.endswith("STEPS"):
                lines += _steps(path, steps)
    lead = "Which status may follow which. A status without followers ends its noun's way."
    return _page("States", lead, lines)


def _steps(path: Path, steps: Mapping[Any, frozenset[Any]]) -> Iterator[str]:
    statuses = type(next(iter(steps)))
    yield f"## {statuses.__name__}"
    yield ""
    yield f"`{path.relative_to(ROOT)}`"
    yield ""
    yield from _table("Status", "中文", "English", "May become")
    for status in statuses:
        following = [f"`{after.value}`" for after in statuses if after in steps.get(status, ())]
        yield _row(f"`{status.value}`", *_both(status.label), ", ".join(following) or "—")
    yield ""


def invariants() -> str:
    """The registry of checks, in its order."""
    lines = _table("Number", "Always true", "中文", "Looked at by")
    for check in CHECKS:
        chinese, english = _both(check.sentence)
        ways = []
        if check.has_sql and not check.step:
            ways.append(f"`vouchers/oversight/sql/checks/inv_{check.number:02d}.sql`")
        if check.walk:
            ways.append(f"`{check.walk.__name__}` (Python)")
        lines.append(_row(check.id, english, chinese, ", ".join(ways) or f"step {check.step}"))
    lead = (
        "`manage.py check_invariants` runs them all on one snapshot, `--fast` those in SQL. "
        "A check names the facts that offend; none means that the sentence holds."
    )
    return _page("Invariants", lead, lines)


def refusals() -> str:
    """Every code a caller may meet, from the places that refuse."""
    found: dict[tuple[str, int, str], set[str]] = {}
    for _kind, status, code, sentence in FRAMEWORK:
        with override("en"):
            found.setdefault((code, status, "the framework's"), set()).add(str(sentence))
    statuses = {family.__name__: status for family, status in FAMILIES}
    for path in _sources("*.py"):
        for family, code, sentence in _raised(ast.parse(path.read_text(encoding="utf-8"))):
            found.setdefault((code, statuses[family], family), set()).add(sentence)
    lines = _table("Code", "HTTP", "Family", "English", "中文")
    for (code, status, family), sentences in sorted(found.items()):
        pairs = [_both(sentence) for sentence in sorted(sentences)]
        english = "<br>".join(pair[1] for pair in pairs)
        lines.append(
            _row(f"`{code}`", status, family, english, "<br>".join(pair[0] for pair in pairs))
        )
    lead = "`code` in a problem document; never reused. `%(name)s` stands for a fact of the case."
    return _page("Errors", lead, lines)


def _raised(tree: ast.Module) -> Iterator[tuple[str, str, str]]:
    """(family, code, sentence) of each refusal written in this file."""
    families = {family.__name__ for family, _status in FAMILIES}
    tables = _tables(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = ast.unparse(node.func).rsplit(".", 1)[-1]
        if name == "not_found" and isinstance(node.args[0], ast.Constant):
            absent = errors.not_found(str(node.args[0].value))
            with override("en"):
                yield "NotFound", absent.code, str(absent.message)
        elif name in families and len(node.args) > 1:
            for code, sentence in _pairs(node.args[0], node.args[1], tables):
                yield name, code, sentence


def _tables(tree: ast.Module) -> dict[str, ast.Dict]:
    return {
        node.targets[0].id: node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Dict)
    }


def _pairs(
    code: ast.expr, sentence: ast.expr, tables: Mapping[str, ast.Dict]
) -> Iterator[tuple[str, str]]:
    """A code and its sentence; either may be taken from a table of the same file."""
    if isinstance(sentence, ast.Subscript):
        table = tables[ast.unparse(sentence.value)]
        for key, value in zip(table.keys, table.values, strict=True):
            yield _text(key), _text(value)
    elif isinstance(code, ast.Subscript):
        for value in tables[ast.unparse(code.value)].values:
            yield _text(value), _text(sentence)
    elif isinstance(code, ast.Constant):
        yield _text(code), _text(sentence)


def _text(node: ast.expr | None) -> str:
    """A literal, plain or inside a call of gettext."""
    literal = node.args[0] if isinstance(node, ast.Call) else node
    if not isinstance(literal, ast.Constant):
        raise CommandError(f"line {getattr(node, 'lineno', 0)}: a code or sentence is no literal")
    return str(literal.value)


def _sources(pattern: str) -> list[Path]:
    found = [path for folder in OURS for path in (ROOT / folder).rglob(pattern)]
    return sorted(path for path in found if "migrations" not in path.parts)


def statuses() -> str:
    """The glossary's generated part: each model's choices."""
    lines: list[str] = []
    for model in apps.get_models():
        if not model.__module__.startswith(OURS):
            continue
        for field in model._meta.fields:
            if field.choices and isinstance(field, models.CharField):
                lines += [f"### `{model.__name__}`, {field.name}", ""]
                lines += _table("Code", "中文", "English")
                for value, label in field.choices:
                    lines.append(_row(f"`{value}`", *_both(label)))
                lines.append("")
    return "\n".join(lines)


def glossary() -> str:
    """Our words around the generated tables."""
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    head, _mark, rest = text.partition(BEGIN)
    tail = rest.partition(END)[2]
    return f"{head}{BEGIN}\n\n{statuses()}\n{END}{tail}"


def openapi() -> str:
    """The description of /api/v1/, in English."""
    with override("en"):
        schema = SchemaGenerator().get_schema(request=None, public=True)
        return OpenApiYamlRenderer().render(schema, renderer_context={}).decode()


PAGES = {
    "states.md": states,
    "invariants.md": invariants,
    "errors.md": refusals,
    "glossary.md": glossary,
    "openapi.yaml": openapi,
}


class Command(BaseCommand):
    """Write each page, or with --check say which are behind the code."""

    help = "Write the generated pages of docs/."

    def add_arguments(self, parser: CommandParser) -> None:
        """--check writes nothing."""
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Generate, compare, write; `python -m config.catalogues` comes before."""
        behind = []
        for name, generate in PAGES.items():
            path = ROOT / "docs" / name
            text = generate()
            if path.exists() and path.read_text(encoding="utf-8") == text:
                continue
            behind.append(name)
            if not options["check"]:
                path.write_text(text, encoding="utf-8")
        if behind and options["check"]:
            raise CommandError(f"behind the code: {', '.join(behind)}; run `make docs`")
        self.stdout.write(f"written: {', '.join(behind) or 'nothing, all in step'}")
