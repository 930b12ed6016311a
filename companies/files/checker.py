"""The built-in look into a file: what it is by its first bytes, and whether it could act.

Structure only. Names and declared types are never believed.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO

MAX_BYTES = 25 * 1024 * 1024
MAX_RATIO = 100
MAX_UNPACKED = 200 * 1024 * 1024
MAX_MEMBERS = 2000

# The harmless test pattern every scanner must know, in halves so that no scanner bites this file.
_EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + rb"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
# What every action that acts must name. Shorter names (/JS, /AA) would turn up by chance in the
# bytes of any large scan, and an /OpenAction alone only chooses the first page shown.
_ACTIVE_PDF = re.compile(
    rb"/(JavaScript|Launch|EmbeddedFiles?|RichMedia|SubmitForm|ImportData|XFA)(?![A-Za-z])"
)
_OBJECTS = re.compile(rb"/ObjStm(?:(?!endobj).)*?stream\r?\n", re.DOTALL)
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_MACROS = ("vbaproject.bin", "/macros/")

PDF = "application/pdf"
ZIP = "application/zip"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_MAGIC = (
    (b"%PDF-", PDF),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
)
TYPES = frozenset({PDF, XLSX, DOCX, "image/png", "image/jpeg", "text/csv"})


def type_of(data: bytes) -> str:
    """The type by content; "" where it is none we take."""
    for magic, name in _MAGIC:
        if data.startswith(magic):
            return name
    if data.startswith(b"PK\x03\x04"):
        return _office_type(data)
    return "text/csv" if _is_plain_text(data) else ""


def reason_to_refuse(data: bytes) -> str:
    """Why the file must not be opened, as a short code; "" where nothing was found."""
    if not data or len(data) > MAX_BYTES:
        return "size"
    if _EICAR in data:
        return "test_virus"
    kind = type_of(data)
    if kind not in TYPES:
        return "type"
    if kind == PDF:
        return _judge_pdf(data)
    if kind in (XLSX, DOCX):
        return _judge_zip(data)
    return ""


def _judge_pdf(data: bytes) -> str:
    if b"%%EOF" not in data[-2048:]:
        return "truncated"
    if b"/Encrypt" in data:
        return "encrypted"
    if any(_is_active(part) for part in (data, *_packed_objects(data))):
        return "active_pdf"
    return ""


def _is_active(part: bytes) -> bool:
    """A PDF name may spell any letter as #xx."""
    plain = _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), part)
    return _ACTIVE_PDF.search(plain) is not None


def _packed_objects(data: bytes) -> Iterator[bytes]:
    """Object streams, unpacked: dictionaries may hide there."""
    left = MAX_UNPACKED
    for found in _OBJECTS.finditer(data):
        try:
            part = zlib.decompressobj().decompress(data[found.end() :], max(left, 1))
        except zlib.error:
            continue
        left -= len(part)
        yield part


def _judge_zip(data: bytes) -> str:
    try:
        members = zipfile.ZipFile(BytesIO(data)).infolist()
    except (zipfile.BadZipFile, ValueError, OSError):
        return "truncated"
    unpacked = sum(member.file_size for member in members)
    if len(members) > MAX_MEMBERS or unpacked > MAX_UNPACKED or unpacked > MAX_RATIO * len(data):
        return "zip_ratio"
    for member in members:
        name = member.filename.lower()
        if member.flag_bits & 1:
            return "encrypted"
        if name.startswith("/") or ".." in name.split("/"):
            return "zip_path"
        if any(mark in name for mark in _MACROS):
            return "macros"
    return ""


def _office_type(data: bytes) -> str:
    try:
        names = zipfile.ZipFile(BytesIO(data)).namelist()
    except (zipfile.BadZipFile, ValueError, OSError):
        return ZIP
    if "xl/workbook.xml" in names:
        return XLSX
    return DOCX if "word/document.xml" in names else ZIP


def _is_plain_text(data: bytes) -> bool:
    """UTF-8 or GB 18030 text without control characters or markup at its head."""
    if b"\x00" in data or data.lstrip()[:1] == b"<" or data.startswith((b"MZ", b"#!", b"\x7fELF")):
        return False
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return all(char.isprintable() or char in "\r\n\t\u3000\ufeff" for char in text[:65536])
    return False
