"""The built-in look into a file: what it is by its first bytes, and whether it could act.

Structure only. Names and declared types are never believed. Whatever the bytes, one pass over them
and a few megabytes must do: nothing is unpacked whole, and no expression walks back.
"""

from __future__ import annotations

import codecs
import re
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from io import BytesIO

MAX_BYTES = 25 * 1024 * 1024
MAX_RATIO = 100
MAX_UNPACKED = 200 * 1024 * 1024
MAX_MEMBERS = 2000
MAX_PACKS = 10_000
MAX_PACKED = 64 * 1024 * 1024  # of the dictionaries in a PDF
MAX_PIXELS = 100_000_000
PIECE = 64 * 1024

# The harmless test pattern every scanner must know, in halves so that no scanner bites this file.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + rb"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
# What every action that acts must name. Shorter names (/JS, /AA) would turn up by chance in the
# bytes of any large scan, and an /OpenAction alone only chooses the first page shown.
_ACTS = re.compile(
    rb"/(?:JavaScript|Launch|EmbeddedFiles?|RichMedia|SubmitForm|ImportData|XFA)(?![A-Za-z])"
)
_ACT_HEADS = [
    b"/JavaScript",
    b"/Launch",
    b"/Embedded",
    b"/RichMedia",
    b"/Submit",
    b"/Import",
    b"/XFA",
]
_LETTERS = frozenset("JavaScriptLaunchEmbeddedFilesRichMediaSubmitFormImportDataXFAObjStmEncrypt")
_LONGEST_NAME = 40
_MACROS = ("vbaproject.bin", "/macros/", "/activex/", "oleobject")
_ENTITIES = re.compile(rb"<!(?:DOCTYPE|ENTITY)")
_LINK = 0o120000  # a symbolic link's mode, as archives keep it
_PACK = b"/ObjStm"
_CATALOGUED = b"PK\x01\x02"

PDF = "application/pdf"
ZIP = "application/zip"
PNG = "image/png"
JPEG = "image/jpeg"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
CSV = "text/csv"
_MAGIC = ((b"%PDF-", PDF), (b"\x89PNG\r\n\x1a\n", PNG), (b"\xff\xd8\xff", JPEG))
# What each type's name may end in: a file is handed out under a name that says what it is.
ENDINGS = {
    PDF: (".pdf",),
    XLSX: (".xlsx",),
    DOCX: (".docx",),
    PNG: (".png",),
    JPEG: (".jpg", ".jpeg"),
    CSV: (".csv", ".txt"),
}
# Text that some program would run or open as its own.
_NOT_PLAIN = (b"<", b"MZ", b"#!", b"\x7fELF", b"{\\rt", b"%!PS", b"[InternetShortcut]")
# What zipfile raises on archives that are none.
_BROKEN = (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, struct.error, zlib.error)
_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})  # JPEG markers that tell the size


def type_of(data: bytes) -> str:
    """The type by content; "" where it is none we take."""
    for magic, name in _MAGIC:
        if data.startswith(magic):
            return name
    if data.startswith(b"PK\x03\x04"):
        return _office_type(data)
    return CSV if _is_plain_text(data) else ""


def name_for(name: str, kind: str) -> str:
    """The name a file of this type is handed out under: nothing a double click would run."""
    endings = ENDINGS.get(kind, (".bin",))
    return name if name.lower().endswith(endings) else name + endings[0]


def reason_to_refuse(data: bytes) -> str:
    """Why the file must not be opened, as a short code; "" where nothing was found."""
    if not data or len(data) > MAX_BYTES:
        return "size"
    if EICAR in data:
        return "test_virus"
    kind = type_of(data)
    judge = {
        PDF: _judge_pdf,
        XLSX: _judge_zip,
        DOCX: _judge_zip,
        PNG: _judge_png,
        JPEG: _judge_jpeg,
    }
    if kind in judge:
        return judge[kind](data)
    return "" if kind == CSV else "type"


def _judge_pdf(data: bytes) -> str:
    plain = _unescaped(data)
    packs = data.count(_PACK)
    if b"%%EOF" not in data[-2048:]:
        return "truncated"
    if b"/Encrypt" in plain:
        return "encrypted"
    hides = packs > MAX_PACKS or plain.count(_PACK) != packs  # nobody honest spells it otherwise
    if hides or _acts(plain):
        return "active_pdf"
    left = MAX_PACKED
    for piece in _packed_objects(data):
        left -= len(piece)
        if left < 0:
            return "zip_ratio"
        if _acts(_unescaped(piece)):
            return "active_pdf"
    return ""


def _acts(plain: bytes) -> bool:
    """Whether a name stands there that acts; the plain look first, for it is quick."""
    return any(head in plain for head in _ACT_HEADS) and _ACTS.search(plain) is not None


def _unescaped(data: bytes) -> bytes:
    """A PDF name may spell any letter as #xx, in digits of either case."""
    if b"#" in data:
        for letter in _LETTERS:
            for digits in {f"#{ord(letter):x}", f"#{ord(letter):X}"}:
                data = data.replace(digits.encode(), letter.encode())
    return data


def _packed_objects(data: bytes) -> Iterator[bytes]:
    """Object streams, unpacked piece by piece: dictionaries may hide there."""
    place = 0
    while (head := data.find(_PACK, place)) >= 0:
        begin = data.find(b"stream", head)
        if begin < 0:
            return
        place = begin + len(b"stream")
        ends = data[place : place + 2]
        yield from _inflated(data, place + len(ends) - len(ends.lstrip(b"\r\n")))


def _inflated(data: bytes, place: int) -> Iterator[bytes]:
    """What is packed from here on; each piece begins with the end of the one before."""
    reader, tail, step = zlib.decompressobj(), b"", 256
    fed = b""
    while not reader.eof:
        if not fed:
            fed = data[place : place + step]
            place, step = place + step, min(2 * step, PIECE)
            if not fed:
                return
        try:
            piece = reader.decompress(fed, PIECE)
        except zlib.error:
            return
        fed = reader.unconsumed_tail
        if piece:
            yield tail + piece
            tail = piece[-_LONGEST_NAME:]


def _judge_zip(data: bytes) -> str:
    try:
        archive = zipfile.ZipFile(BytesIO(data))
        members = archive.infolist()
        unpacked = sum(member.file_size for member in members)
        if unpacked > MAX_UNPACKED or unpacked > MAX_RATIO * len(data):
            return "zip_ratio"
        return next(filter(None, (_judge_member(archive, member) for member in members)), "") or (
            "zip_path" if max(Counter(archive.namelist()).values()) > 1 else ""
        )
    except _BROKEN:
        return "truncated"


def _judge_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> str:
    name = member.orig_filename.replace("\\", "/").lower()
    if member.flag_bits & 1:
        return "encrypted"
    if name.startswith("/") or {"..", ""} & {*name.removesuffix("/").split("/")} or ":" in name:
        return "zip_path"
    if "\0" in name or (member.external_attr >> 16) & 0o170000 == _LINK:
        return "zip_path"
    if any(mark in name for mark in _MACROS):
        return "macros"
    if name.endswith((".xml", ".rels")):
        with archive.open(member) as opened:
            if _ENTITIES.search(opened.read(PIECE).replace(b"\0", b"")):
                return "entities"
    return ""


def _office_type(data: bytes) -> str:
    if data.count(_CATALOGUED) > MAX_MEMBERS:  # before each becomes an object
        return ZIP
    try:
        names = zipfile.ZipFile(BytesIO(data)).namelist()
    except _BROKEN:
        return ZIP
    if "xl/workbook.xml" in names:
        return XLSX
    return DOCX if "word/document.xml" in names else ZIP


def _judge_pixels(pixels: int) -> str:
    return "pixels" if pixels > MAX_PIXELS else "" if pixels else "truncated"


def _judge_png(data: bytes) -> str:
    if data[12:16] != b"IHDR" or len(data) < 24:
        return "truncated"
    width, height = struct.unpack(">II", data[16:24])
    return _judge_pixels(width * height)


def _judge_jpeg(data: bytes) -> str:
    """By the largest size any frame claims."""
    place, largest = 2, 0
    while place + 9 <= len(data) and data[place] == 0xFF:
        marker = data[place + 1]
        if marker == 0xFF or 0xD0 <= marker <= 0xD8:
            place += 1 if marker == 0xFF else 2
            continue
        if marker == 0xDA:  # the picture itself begins
            break
        length, height, width = struct.unpack(">H x HH", data[place + 2 : place + 9])
        if marker in _FRAMES:
            largest = max(largest, width * height)
        place += 2 + length
    return _judge_pixels(largest)


def _is_plain_text(data: bytes) -> bool:
    """UTF-8 or GB 18030 text without control characters or markup at its head."""
    head = data[:1024].removeprefix(codecs.BOM_UTF8).lstrip()
    if b"\x00" in data or head.startswith(_NOT_PLAIN) or b"%PDF-" in head:
        return False
    return any(_reads_as(data, encoding) for encoding in ("utf-8-sig", "gb18030"))


def _reads_as(data: bytes, encoding: str) -> bool:
    """Whether all of it can be decoded, and its beginning be shown."""
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for place in range(0, len(data), PIECE):
            text = decoder.decode(data[place : place + PIECE])
            shown = (char.isprintable() or char in "\r\n\t\u3000\ufeff" for char in text)
            if place == 0 and not all(shown):
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
