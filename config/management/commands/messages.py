"""`manage.py messages`: gather every msgid into the catalogue; translations are kept.

Babel reads Python. Templates go through Django's own `templatize`, whose output is Python enough
for Babel once its lines are set flush left. Nothing fuzzy, nothing obsolete, one order.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_python
from babel.messages.pofile import read_po, write_po
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation.template import templatize

from config.catalogues import ROOT

SOURCES = ("companies", "vouchers", "config")
HEADER = (
    "# Simplified Chinese for every page and problem. "
    "Sorted by msgid; the glossary fixes the terms."
)
KEYWORDS: dict[str, Any] = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
WIDTH = 100


def _python(path: Path) -> Iterator[tuple[Any, ...]]:
    with path.open("rb") as text:
        yield from extract_python(text, KEYWORDS, (), {})


def _template(path: Path) -> Iterator[tuple[Any, ...]]:
    python = templatize(path.read_text(encoding="utf-8"), origin=str(path))
    flush = "\n".join(line.lstrip() for line in python.splitlines())
    yield from extract_python(io.BytesIO(flush.encode()), KEYWORDS, (), {"encoding": "utf-8"})


def _sources() -> Iterator[tuple[Path, Any]]:
    for folder in SOURCES:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix == ".py" and "migrations" not in path.parts:
                yield path, _python
            elif path.suffix in {".html", ".txt"} and "templates" in path.parts:
                yield path, _template


def _shape(function: str | None, message: Any) -> tuple[Any, str | None] | None:
    """(msgid or its pair, context), from what Babel hands over per call."""
    spec = KEYWORDS[function or "gettext"] or (1,)
    given = message if isinstance(message, tuple) else (message,)
    context, wanted = None, []
    for place in spec:
        index, is_context = (place[0], True) if isinstance(place, tuple) else (place, False)
        text = given[index - 1] if index <= len(given) else None
        if not isinstance(text, str) or not text:
            return None
        if is_context:
            context = text
        else:
            wanted.append(text)
    return (tuple(wanted) if len(wanted) > 1 else wanted[0]), context


def gather(old: Catalog) -> Catalog:
    """A catalogue of what the sources say today, with the old translations."""
    new = Catalog(locale="zh_Hans")
    for path, reader in _sources():
        for _line, function, message, _comments in reader(path):
            shaped = _shape(function, message)
            if shaped is None:
                continue
            msgid, context = shaped
            key = msgid[0] if isinstance(msgid, tuple) else msgid
            known, present = old.get(key, context), new.get(key, context)
            if present is not None and present.pluralizable:
                continue
            if present is not None:
                new.delete(key, context)
            new.add(msgid, _translation(known, msgid), context=context)
    return new


def _translation(known: Any, msgid: Any) -> Any:
    """What we had; the one Chinese form serves a singular and its plural alike."""
    text = known.string if known is not None else ""
    if isinstance(text, tuple | list):
        text = text[0] if text else ""
    return (text,) if isinstance(msgid, tuple) else text


def render(catalogue: Catalog) -> str:
    """The file, byte for byte the same on every machine."""
    out = io.BytesIO()
    write_po(out, catalogue, no_location=True, omit_header=True, sort_output=True, width=WIDTH)
    head = (
        'msgid ""',
        'msgstr ""',
        '"Project-Id-Version: Suanquan 1\\n"',
        '"Language: zh_Hans\\n"',
        '"Plural-Forms: nplurals=1; plural=0;\\n"',
        '"MIME-Version: 1.0\\n"',
        '"Content-Type: text/plain; charset=utf-8\\n"',
        '"Content-Transfer-Encoding: 8bit\\n"',
    )
    return "\n".join((HEADER, *head, "", out.getvalue().decode().strip(), ""))


def load(path: Path) -> Catalog:
    """The catalogue as committed."""
    with path.open("rb") as text:
        return read_po(text, locale="zh_Hans")


class Command(BaseCommand):
    """Write the catalogue, or with --check only say whether it is in step."""

    help = "Gather msgids into locale/*/LC_MESSAGES/django.po; translations are kept."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """--check writes nothing."""
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Gather, compare, write; say what still wants words."""
        path = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
        catalogue = gather(load(path))
        text = render(catalogue)
        if options["check"] and text != path.read_text(encoding="utf-8"):
            raise CommandError("The catalogue is behind the sources: run `manage.py messages`.")
        path.write_text(text, encoding="utf-8")
        empty = [message.id for message in catalogue if message.id and not any(message.string)]
        self.stdout.write(f"{len(catalogue)} messages, {len(empty)} without a translation")
