"""Every scanner keeps one contract, and whatever gives no verdict leaves a file unopened."""

from __future__ import annotations

import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from companies.errors import Conflict
from companies.files.checker import EICAR, MAX_BYTES
from companies.files.gateways import BuiltInScanner, ClamdScanner, Scanner, get_scanner
from companies.files.management.commands.clamd_sandbox import sandbox_clamd
from companies.files.selectors import open_file
from companies.files.services import scan_pending, store_file
from tests.cast import START, given_cast
from tests.given import PAPER
from tests.hostile.torture import full_of, office, pdf


@contextmanager
def serving(server: Any) -> Iterator[Any]:
    """The server on a thread of its own, until the end."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(params=["built in", "clamd at a path", "clamd at a port"])
def scanner(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Scanner]:
    """Each scanner there is, as the setting chooses it."""
    if request.param == "built in":
        with override_settings(CLAMD_SOCKET=""):
            yield get_scanner()
        return
    address = f"{tmp_path}/clamd" if "path" in request.param else "127.0.0.1:0"
    with serving(sandbox_clamd(address)) as server:
        if not address.startswith("/"):
            address = f"127.0.0.1:{server.server_address[1]}"
        with override_settings(CLAMD_SOCKET=address):
            yield get_scanner()


def test_every_scanner_keeps_the_contract(scanner: Scanner) -> None:
    assert isinstance(scanner, (BuiltInScanner, ClamdScanner))
    assert scanner.scan(PAPER) == scanner.scan(office({})) == ""
    assert scanner.scan(full_of(b" ", MAX_BYTES)) == ""
    for data in (EICAR, pdf(EICAR), pdf(b"<</S/JavaScript>>"), b"", b"MZ\0"):
        assert 0 < len(scanner.scan(data)) <= 120


def test_clamd_is_asked_about_what_structure_does_not_show(tmp_path: Path) -> None:
    """The daemon's own word counts: here it knows one virus more."""

    def find_all(self: Any) -> None:
        self.request.recv(1 << 20)
        self.request.sendall(b"stream: Win.Trojan.Agent-1 FOUND\0")

    with answering(tmp_path, find_all) as address:
        assert ClamdScanner(address).scan(PAPER) == "virus: stream: Win.Trojan.Agent-1 FOUND"


@contextmanager
def answering(folder: Path, handle: Any) -> Iterator[str]:
    """A daemon that does nothing but this."""
    handler = type("Handler", (socketserver.BaseRequestHandler,), {"handle": handle})
    address = f"{folder}/clamd"
    with serving(socketserver.ThreadingUnixStreamServer(address, handler)):
        yield address


def say(words: bytes) -> Any:
    """Read something, answer this, hang up."""

    def handle(self: Any) -> None:
        self.request.recv(1 << 20)
        self.request.sendall(words)
        self.request.shutdown(socket.SHUT_RDWR)

    return handle


@pytest.mark.parametrize(
    "words",
    [
        b"",
        b"\0",
        b"INSTREAM size limit exceeded. ERROR\0",
        b"stream: BROKE\0",
        b"stream: O",
        b"\xff",
    ],
)
def test_no_clear_answer_is_no_verdict(tmp_path: Path, words: bytes) -> None:
    with answering(tmp_path, say(words)) as address, pytest.raises(OSError):
        ClamdScanner(address).scan(PAPER)


def test_nobody_there_is_no_verdict(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    for address in (f"{tmp_path}/nobody", f"127.0.0.1:{port}"):
        with pytest.raises(OSError):
            ClamdScanner(address).scan(PAPER)


def test_a_file_without_a_verdict_stays_shut_until_the_scanner_is_back(
    committed_db: str, tmp_path: Path
) -> None:
    import io

    cast = given_cast()
    with override_settings(CLAMD_SOCKET=f"{tmp_path}/clamd"):
        stored = store_file(
            actor=cast.actor("buyer_agent"), content=io.BytesIO(PAPER), name="a.pdf",
            owner_ref="application:AP-1", at=START,
        )  # fmt: skip
        assert stored.verdict == "PENDING"
        with pytest.raises(Conflict, match="file_not_clean"):
            open_file(stored)
        assert scan_pending(at=START) == 0
        with serving(sandbox_clamd(f"{tmp_path}/clamd")):
            assert scan_pending(at=START) == 1
        stored.refresh_from_db()
        assert open_file(stored).read() == PAPER
