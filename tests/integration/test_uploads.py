"""Papers over HTTP: judged by their bytes, opened only when found clean, by whoever may see."""

from __future__ import annotations

import random
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from companies.files.checker import reason_to_refuse
from companies.foundation.actors import Actor
from companies.foundation.clock import set_demo_clock
from tests.given import PAPER, Scheme, given_draft, given_live_voucher, given_programme
from vouchers.applications import services as files
from vouchers.applications.models import Application
from vouchers.applications.selectors import current_papers

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + rb"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def pdf(inner: bytes) -> bytes:
    """A PDF with something inside."""
    return PAPER.replace(b"endobj", inner + b" endobj", 1)


def packed(inner: bytes) -> bytes:
    """The same inside an object stream, where dictionaries are compressed."""
    body = zlib.compress(inner)
    head = b"\n5 0 obj<</Type/ObjStm/Filter/FlateDecode/N 1/First 4/Length %d>>stream\n" % len(body)
    return PAPER.replace(b"trailer", head + body + b"\nendstream endobj\ntrailer")


def office(members: dict[str, bytes]) -> bytes:
    """A workbook with these members."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in {"xl/workbook.xml": b"<workbook/>", **members}.items():
            archive.writestr(name, data)
    return out.getvalue()


FILES: dict[str, tuple[bytes, str]] = {
    "plain": (PAPER, ""),
    "first page chosen": (pdf(b"<</OpenAction[3 0 R/Fit]>>"), ""),
    "table": ("日期,金额\n2025-03-03,1\n".encode("gb18030"), ""),
    "workbook": (office({}), ""),
    "EICAR": (EICAR, "test_virus"),
    "EICAR inside": (pdf(EICAR), "test_virus"),
    "script": (pdf(b"<</S/JavaScript/JS(app.alert(1))>>"), "active_pdf"),
    "script, spelt": (pdf(b"<</S/J#61vaScript/JS(app.alert(1))>>"), "active_pdf"),
    "script, packed": (packed(b"6 0 <</S/JavaScript/JS(app.alert(1))>>"), "active_pdf"),
    "launch": (pdf(b"<</S/Launch/F(cmd.exe)>>"), "active_pdf"),
    "attachment": (pdf(b"<</Names<</EmbeddedFiles 7 0 R>>>>"), "active_pdf"),
    "encrypted": (pdf(b"<</Encrypt 9 0 R>>"), "encrypted"),
    "cut off": (PAPER[:-8], "truncated"),
    "zip bomb": (office({"xl/sharedStrings.xml": b"0" * 50_000_000}), "zip_ratio"),
    "zip slip": (office({"../../etc/passwd": b"x"}), "zip_path"),
    "macros": (office({"xl/vbaProject.bin": b"x"}), "macros"),
    "archive": (office({}).replace(b"xl/workbook.xml", b"xx/workbook.xml"), "type"),
    "page": (b"<!doctype html><script>alert(1)</script>", "type"),
    "drawing": (b"\n <svg onload=alert(1) />", "type"),
    "program": (b"MZ" + bytes(64), "type"),
    "shell": (b"#!/bin/sh\nrm -rf /\n", "type"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_what_its_bytes_say(name: str) -> None:
    data, reason = FILES[name]
    assert reason_to_refuse(data) == reason


def test_a_large_scan_is_not_taken_for_a_script_by_chance() -> None:
    """Three letters turn up in twenty megabytes of picture; the names that act do not."""
    noise = random.Random(7).randbytes(20_000_000)
    assert reason_to_refuse(pdf(b"<<>>stream\n" + noise + b"\nendstream")) == ""


@pytest.fixture
def scheme(db: None) -> Iterator[Scheme]:
    """An open round, and the interfaces' clock at its time."""
    scheme = given_programme()
    yield scheme
    (Path(settings.STATE_DIR) / "demo-clock").unlink(missing_ok=True)


def client_of(scheme: Scheme, who: str) -> APIClient:
    """A person past the door."""
    client = APIClient(raise_request_exception=False)
    user = scheme.cast.people[who]
    client.force_authenticate(user=user, token=Actor.person(user.pk))  # type: ignore[arg-type]
    set_demo_clock(scheme.later())
    return client


def put(client: APIClient, draft: Application, data: bytes, name: str, **more: Any) -> Any:
    """Upload a paper."""
    upload = SimpleUploadedFile(name, data, "text/html")
    address = f"/api/v1/applications/{draft.number}/attachments"
    return client.post(address, {"kind": "contract", "file": upload, **more}, format="multipart")


def test_a_clean_paper_comes_back_as_an_attachment_to_whoever_may_see_the_file(
    scheme: Scheme,
) -> None:
    draft = given_draft(scheme)
    client = client_of(scheme, "buyer_agent")
    stored = put(client, draft, PAPER, "合同.html")
    assert (stored.status_code, stored.json()["verdict"]) == (201, "CLEAN")
    papers = client.get(f"/api/v1/applications/{draft.number}").json()["attachments"]
    assert stored.json() in papers
    address = f"/api/v1/applications/{draft.number}/attachments/{stored.json()['file']}"
    opened = client.get(address)
    assert b"".join(opened.streaming_content) == PAPER
    assert opened["Content-Type"] == "application/octet-stream"
    assert opened["Content-Disposition"].startswith("attachment;")
    assert opened["X-Content-Type-Options"] == "nosniff"
    assert opened["Cache-Control"] == "no-store"
    for who in ("rival_agent", "seller_sales"):
        assert client_of(scheme, who).get(address).json()["code"] == "application_not_found"
    other = f"/api/v1/applications/{draft.number}/attachments/{'0' * 32}"
    assert client_of(scheme, "buyer_agent").get(other).json()["code"] == "file_not_found"


def test_what_was_refused_stays_shut(scheme: Scheme) -> None:
    draft = given_draft(scheme)
    client = client_of(scheme, "buyer_agent")
    stored = put(client, draft, EICAR, "a.pdf").json()
    assert stored["verdict"] == "REFUSED"
    answer = client.get(f"/api/v1/applications/{draft.number}/attachments/{stored['file']}")
    assert (answer.status_code, answer.json()["code"]) == (409, "file_not_clean")


def test_strange_uploads_are_refused(scheme: Scheme) -> None:
    draft = given_draft(scheme)
    client = client_of(scheme, "buyer_agent")
    for data, name, more, status in (
        (b"", "a.pdf", {}, 422),
        (PAPER, "x" * 250, {}, 422),
        (PAPER, "a.pdf", {"verdict": "CLEAN"}, 422),
        (PAPER, "a.pdf", {"kind": "x" * 41}, 422),
        (PAPER, "a.pdf", {f"f{n}": BytesIO(PAPER) for n in range(10)}, 413),
    ):
        answer = put(client, draft, data, name, **more)
        assert answer.status_code == status, (name, more, answer.content)
        assert answer["Content-Type"] == "application/problem+json"
    for said, kept in (("../../../etc/passwd", "passwd"), ("a\u202efdp.exe", "afdp.exe")):
        renamed = put(client, draft, PAPER, said)
        assert (renamed.status_code, renamed.json()["name"]) == (201, kept)
    address = f"/api/v1/applications/{draft.number}/attachments"
    bare = client.post(address, {"kind": "contract"}, format="multipart")
    assert [place["code"] for place in bare.json()["errors"]] == ["required"]


def test_a_certificate_is_for_whoever_may_see_the_voucher(scheme: Scheme) -> None:
    voucher = given_live_voucher(scheme)
    address = f"/api/v1/vouchers/{voucher.number}/certificate"
    mine = client_of(scheme, "buyer_agent").get(address)
    assert mine.content.startswith(b"%PDF-") and mine["Content-Type"] == "application/pdf"
    assert mine["Content-Disposition"].startswith("attachment;")
    assert client_of(scheme, "rival_agent").get(address).json()["code"] == "voucher_not_found"


@pytest.mark.django_db
def test_a_clean_paper_stays_until_a_clean_one_replaces_it() -> None:
    scheme = given_programme()
    file = given_draft(scheme)
    agent = {"actor": scheme.actor("buyer_agent"), "application_id": file.pk, "kind": "contract"}

    def brings(name: str, content: bytes) -> list[str]:
        files.attach_file(content=content, name=name, at=scheme.later(), **agent)
        return [paper.file.original_name for paper in current_papers(file)]

    assert brings("first.pdf", PAPER) == ["first.pdf"]
    assert brings("bad.pdf", FILES["script"][0]) == ["first.pdf"]
    assert brings("worse.pdf", EICAR) == ["first.pdf"]
    waiting = file.attachments.filter(replaced_at=None).order_by("id")
    assert [paper.file.original_name for paper in waiting] == ["first.pdf", "worse.pdf"]
    files.submit_application(
        actor=scheme.actor("buyer_signatory"), application_id=file.pk, at=scheme.later()
    )
    assert [row["name"] for row in file.versions.get().attachments] == ["first.pdf"]
    assert waiting.all().count() == 1


@pytest.mark.django_db
def test_the_second_clean_paper_replaces_the_first() -> None:
    scheme = given_programme()
    file = given_draft(scheme)
    for name in ("first.pdf", "second.pdf"):
        files.attach_file(
            actor=scheme.actor("buyer_agent"), application_id=file.pk, kind="contract",
            content=PAPER, name=name, at=scheme.later(),
        )  # fmt: skip
    assert [paper.file.original_name for paper in current_papers(file)] == ["second.pdf"]
    assert file.attachments.filter(replaced_at=None).count() == 1
