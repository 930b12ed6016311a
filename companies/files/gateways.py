"""The virus scanner. Never asked inside a transaction."""

from __future__ import annotations

import socket
import struct
from typing import Protocol

from django.conf import settings

from companies.files.checker import reason_to_refuse

CHUNK = 64 * 1024
SECONDS = 30.0


class Scanner(Protocol):
    """Looks at bytes and says why they must not be opened; "" where nothing was found."""

    def scan(self, data: bytes) -> str:
        """Raises OSError where no verdict could be had."""
        ...


class BuiltInScanner:
    """Structure only; always there."""

    def scan(self, data: bytes) -> str:
        """The checker's word."""
        return reason_to_refuse(data)


class ClamdScanner:
    """Structure first, then a clamd daemon (INSTREAM) at a UNIX socket's path or a host:port."""

    def __init__(self, address: str) -> None:
        self.address = address

    def scan(self, data: bytes) -> str:
        """Empty, or the daemon's finding. Raises OSError where it does not answer properly."""
        refused = reason_to_refuse(data)
        if refused:
            return refused
        with self._connect() as peer:
            peer.sendall(b"zINSTREAM\0")
            for begin in range(0, len(data), CHUNK):
                chunk = data[begin : begin + CHUNK]
                peer.sendall(struct.pack("!I", len(chunk)) + chunk)
            peer.sendall(struct.pack("!I", 0))
            answer = b""
            while not answer.endswith(b"\0") and (more := peer.recv(4096)):
                answer += more
        if answer == b"stream: OK\0":
            return ""
        text = answer.rstrip(b"\0").decode("utf-8", "replace").strip()
        if text.endswith(" FOUND"):
            return f"virus: {text}"[:120]
        raise OSError(f"clamd gave no verdict: {text[:80]}")

    def _connect(self) -> socket.socket:
        if not self.address.startswith("/"):
            host, _, port = self.address.rpartition(":")
            return socket.create_connection((host, int(port)), SECONDS)
        peer = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            peer.settimeout(SECONDS)
            peer.connect(self.address)
        except OSError:
            peer.close()
            raise
        return peer


def get_scanner() -> Scanner:
    """The daemon's where one is configured, else ours."""
    address = settings.CLAMD_SOCKET
    return ClamdScanner(address) if address else BuiltInScanner()
