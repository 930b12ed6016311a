"""Compile locale/*/LC_MESSAGES/django.po with Babel; `.mo` files are never committed."""

from __future__ import annotations

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent


def compile_all() -> None:
    """Write each catalogue's `.mo` where the `.po` is newer."""
    for source in sorted((ROOT / "locale").glob("*/LC_MESSAGES/django.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as text:
            catalogue = read_po(text, locale=source.parent.parent.name)
        temporary = target.with_suffix(".new")
        with temporary.open("wb") as out:
            write_mo(out, catalogue)
        temporary.replace(target)


if __name__ == "__main__":
    compile_all()
