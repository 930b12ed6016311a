"""A practice clamd: the real one's protocol, and one virus, the harmless EICAR pattern."""

from __future__ import annotations

import socketserver
import struct
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from companies.files.checker import EICAR, MAX_BYTES


class Answering(socketserver.StreamRequestHandler):
    """One command per connection, as clamd's clients begin them: with a z, ended by a NUL."""

    timeout = 30

    def handle(self) -> None:
        """PING, VERSION or INSTREAM."""
        command = self._until_nul()
        answers = {b"zPING": b"PONG", b"zVERSION": b"ClamAV sandbox"}
        said = self._scan() if command == b"zINSTREAM" else answers.get(command, b"UNKNOWN COMMAND")
        self.wfile.write(said + b"\0")

    def _scan(self) -> bytes:
        data = bytearray()
        while size := struct.unpack("!I", self.rfile.read(4))[0]:
            data += self.rfile.read(size)
            if len(data) > MAX_BYTES:
                return b"INSTREAM size limit exceeded. ERROR"
        return b"stream: Eicar-Test-Signature FOUND" if EICAR in data else b"stream: OK"

    def _until_nul(self) -> bytes:
        command = b""
        while len(command) < 20 and (byte := self.rfile.read(1)) not in (b"", b"\0"):
            command += byte
        return command


class UnixClamd(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    """On a UNIX socket."""

    daemon_threads = True


class TcpClamd(socketserver.ThreadingTCPServer):
    """On a port of this machine."""

    daemon_threads = allow_reuse_address = True


def sandbox_clamd(address: str) -> Any:
    """A server on this address: a path, or host:port."""
    if address.startswith("/"):
        Path(address).unlink(missing_ok=True)
        return UnixClamd(address, Answering)
    host, _, port = address.rpartition(":")
    return TcpClamd((host, int(port)), Answering)


class Command(BaseCommand):
    """`manage.py clamd_sandbox ADDRESS`, the address as in SQ_CLAMD_SOCKET; until interrupted."""

    help = "Answer scans as clamd would."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to listen."""
        parser.add_argument("address")

    def handle(self, *args: Any, address: str, **options: Any) -> None:
        """Serve."""
        with sandbox_clamd(address) as server:
            self.stdout.write(f"listening at {address}")
            server.serve_forever()
