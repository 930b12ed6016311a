"""The package: CSV files, their descriptor and the manifest, in a zip that is always the same.

The same scope at the same leaf gives the same bytes, hence no time of request anywhere.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from companies.foundation.failpoints import failpoint

BOM = b"\xef\xbb\xbf"
BEGINNING = (1980, 1, 1, 0, 0, 0)
MANIFEST = "manifest.json"
APOSTROPHE = (
    "文本首字符可能被表格软件当作公式的，前加一个撇号；以撇号开头的文本去掉一个撇号即为原值。"
    "Text that a spreadsheet could run has an apostrophe before it: where text begins with an "
    "apostrophe, taking one off gives the value."
)
FIELD_TYPES = {
    "text": "string",
    "integer": "integer",
    "fen": "integer",
    "yuan": "number",
    "time": "string",
    "date": "date",
    "boolean": "boolean",
}


class Digesting:
    """A file that knows its digest and size as it grows; COPY writes into it."""

    def __init__(self, target: BinaryIO) -> None:
        self.target = target
        self.digest = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes) -> int:
        """Called by COPY with each chunk."""
        self.digest.update(data)
        self.size += len(data)
        return self.target.write(data)


def write_lines(target: Digesting, lines: Iterable[str]) -> None:
    """A text file, UTF-8, LF."""
    for line in lines:
        target.write(f"{line}\n".encode())


def descriptor(title: str, tables: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The Frictionless Data Package of the CSV files."""
    return {
        "profile": "tabular-data-package",
        "name": "suanquan-export",
        "title": title,
        "description": APOSTROPHE,
        "resources": [
            {
                "name": table["dataset"],
                "path": table["name"],
                "profile": "tabular-data-resource",
                "format": "csv",
                "encoding": "utf-8-sig",
                "bytes": table["bytes"],
                "hash": f"sha256:{table['sha256']}",
                "schema": {
                    "primaryKey": table["key"],
                    "fields": [
                        {"name": name, "type": FIELD_TYPES[kind]} | _true_and_false(kind)
                        for name, kind in table["columns"]
                    ],
                },
            }
            for table in tables
        ],
    }


def _true_and_false(kind: str) -> dict[str, Any]:
    """PostgreSQL writes t and f."""
    return {"trueValues": ["t"], "falseValues": ["f"]} if kind == "boolean" else {}


def json_bytes(content: dict[str, Any]) -> bytes:
    """Sorted and indented: people read it, too."""
    text = json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True)
    return f"{text}\n".encode()


def write_zip(path: Path, folder: Path, names: Sequence[str]) -> None:
    """All files of the folder into one zip: temporary, fsync, rename."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".new")
    with temporary.open("wb") as target:
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
            for name in names:
                entry = zipfile.ZipInfo(name, BEGINNING)
                entry.compress_type = zipfile.ZIP_DEFLATED
                with (folder / name).open("rb") as source, package.open(entry, "w") as inside:
                    while chunk := source.read(1 << 20):
                        inside.write(chunk)
        target.flush()
        os.fsync(target.fileno())
    failpoint("package.temporary")
    temporary.replace(path)
    failpoint("package.renamed")


def read_manifest(path: Path) -> dict[str, Any]:
    """What the package says of itself."""
    with zipfile.ZipFile(path) as package:
        content: dict[str, Any] = json.loads(package.read(MANIFEST))
    return content


def package_faults(path: Path) -> Iterator[str]:
    """Whatever in the package does not recompute: digests, rows, sums, files too many or few."""
    manifest = read_manifest(path)
    with zipfile.ZipFile(path) as package:
        there = set(package.namelist()) - {MANIFEST}
        named = {file["name"] for file in manifest["files"]}
        for name in sorted(there ^ named):
            yield f"{name}: in the package or in the manifest, not in both"
        for file in manifest["files"]:
            if file["name"] in there:
                yield from _file_faults(package, file)


def _file_faults(package: zipfile.ZipFile, file: dict[str, Any]) -> Iterator[str]:
    data = package.read(file["name"])
    if hashlib.sha256(data).hexdigest() != file["sha256"]:
        yield f"{file['name']}: the digest differs"
    if "columns" not in file:
        return
    reader = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    sums = dict.fromkeys(file["sums"], 0)
    rows = 0
    for row in reader:
        rows += 1
        for name in sums:
            sums[name] += int(row[name] or 0)
    if [*(reader.fieldnames or [])] != [name for name, _kind in file["columns"]]:
        yield f"{file['name']}: the columns differ"
    if rows != file["rows"]:
        yield f"{file['name']}: {rows} rows instead of {file['rows']}"
    for name, total in sums.items():
        if total != file["sums"][name]:
            yield f"{file['name']}: {name} sums to {total} instead of {file['sums'][name]}"
