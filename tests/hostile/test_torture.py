"""Hostile uploads through the real endpoint: judged, kept under their digest, cheap, never run."""

from __future__ import annotations

import contextlib
import http.client
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings

from companies.files.disk import path_of
from companies.files.models import StoredFile
from companies.foundation.clock import set_demo_clock
from tests.given import PAPER, given_draft, given_programme
from tests.hostile.torture import BAD, ODD, REFUSED
from tests.live import House

SECONDS, MEGABYTES = 3, 150
BOUNDARY = "b" * 30


@dataclass
class Visitor:
    """A company's agent with a draft, and the process that serves it."""

    house: House
    cookies: dict[str, str]
    address: str
    process: Path

    def ask(self, method: str, path: str, body: bytes = b"", kind: str = "") -> tuple[Any, bytes]:
        """One request."""
        token = "a" * 32
        cookies = {**self.cookies, settings.CSRF_COOKIE_NAME: token}
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
            "X-CSRFToken": token, "Content-Type": kind,
        }  # fmt: skip
        connection = http.client.HTTPConnection("127.0.0.1", self.house.port, timeout=300)
        try:
            with contextlib.suppress(BrokenPipeError):  # answered before all was read
                connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer, answer.read()
        finally:
            connection.close()

    def upload(self, data: bytes, name: str) -> tuple[int, dict[str, Any]]:
        """As a browser sends it, declared a picture whatever it is."""
        said = name.encode().replace(b'"', b"%22")
        head = b'--%b\r\nContent-Disposition: form-data; name="' % BOUNDARY.encode()
        body = (
            head + b'kind"\r\n\r\ncontract\r\n'
            + head + b'file"; filename="' + said + b'"\r\nContent-Type: image/png\r\n\r\n'
            + data + b"\r\n--%b--\r\n" % BOUNDARY.encode()
        )  # fmt: skip
        kind = f"multipart/form-data; boundary={BOUNDARY}"
        answer, raw = self.ask("POST", self.address, body, kind)
        return answer.status, json.loads(raw)

    def peak(self) -> int:
        """The most memory since the last look, in bytes; the mark is set back."""
        lines = (self.process / "status").read_text().splitlines()
        (most,) = (int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
        (self.process / "clear_refs").write_text("5")
        return most * 1024

    def seconds(self) -> int | float:
        """The processor time it has used."""
        fields = (self.process / "stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / 100


@pytest.fixture(scope="module")
def visitor(module_house: House) -> Iterator[Visitor]:
    """An agent before an open draft."""
    scheme = given_programme()
    draft = given_draft(scheme)
    set_demo_clock(scheme.later())
    master = module_house.processes["web"].pid
    (child,) = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    cookies = module_house.sign_in(scheme.cast.people["buyer_agent"].pk)
    address = f"/api/v1/applications/{draft.number}/attachments"
    yield Visitor(module_house, cookies, address, Path("/proc") / child)


def test_the_set_is_large_enough() -> None:
    assert len(BAD) + len(ODD) + len(REFUSED) >= 120


@pytest.mark.timeout(900)  # a starved machine; what is measured is processor time
def test_no_file_costs_much_or_is_opened_that_should_not(visitor: Visitor) -> None:
    visitor.upload(PAPER, "warm.pdf")
    visitor.peak()
    base = visitor.peak()
    slowest, largest = 0, 0
    for name, (data, called) in {**BAD, **ODD}.items():
        begun, spent = time.monotonic(), visitor.seconds()
        status, stored = visitor.upload(data, called)
        assert status == 201, (name, status, stored)
        assert stored["verdict"] == ("REFUSED" if name in BAD else "CLEAN"), name
        spent, grown = visitor.seconds() - spent, visitor.peak() - base
        assert spent <= SECONDS, (name, spent, time.monotonic() - begun)
        assert grown <= MEGABYTES * 2**20, (name, grown)
        slowest, largest = max(slowest, spent), max(largest, grown)
        row = StoredFile.objects.get(public_id=stored["file"])
        assert row.sha256 == sha256(data).hexdigest() and path_of(row.sha256).read_bytes() == data
        answer, raw = visitor.ask("GET", f"{visitor.address}/{stored['file']}")
        if name in BAD:
            assert (answer.status, json.loads(raw)["code"]) == (409, "file_not_clean"), name
        else:
            assert answer.status == 200 and raw == data, name
            assert_inert(answer)
    print(f"{len(BAD) + len(ODD)} files, at most {slowest:.2f} s and {largest >> 20} MB each")


def assert_inert(answer: Any) -> None:
    """A download a browser neither shows, nor guesses at, nor runs."""
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    policy = [part.strip() for part in answer.headers["Content-Security-Policy"].split(";")]
    assert "sandbox" in policy and "default-src 'none'" in policy
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_file_is_not_kept(visitor: Visitor, name: str) -> None:
    data, called, status = REFUSED[name]
    before = StoredFile.objects.count()
    assert visitor.upload(data, called)[0] == status
    assert StoredFile.objects.count() == before


@pytest.mark.parametrize(
    ("called", "handed_out"),
    [("run.bat", "run.bat.pdf"), ("A.PDF", "A.PDF"), ("x.html", "x.html.pdf"), ("pdf", "pdf.pdf")],
)
def test_a_name_says_what_the_file_is(visitor: Visitor, called: str, handed_out: str) -> None:
    """Whatever it was called, a double click opens it as what its bytes are."""
    stored = visitor.upload(PAPER, called)[1]
    answer, _raw = visitor.ask("GET", f"{visitor.address}/{stored['file']}")
    assert f'filename="{quote(handed_out)}"' in answer.headers["Content-Disposition"]


def test_files_lie_where_no_address_leads(visitor: Visitor) -> None:
    visitor.upload(PAPER, "a.pdf")
    place = path_of(sha256(PAPER).hexdigest())
    assert place.is_file() and Path(settings.STATIC_ROOT) not in place.parents
    for path in (f"/static/../media/{place.name}", f"/media/{place.name}", f"/static/{place}"):
        assert visitor.ask("GET", path)[0].status in (400, 404), path
