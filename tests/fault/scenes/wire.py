"""F-10: the wire between the web process and PostgreSQL is cut, slow, silent, or breaks off inside
the reply to COMMIT. A small TCP proxy in this process stands between them."""

from __future__ import annotations

import contextlib
import random
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from tests.fault.cluster import DATABASE
from tests.fault.judge import Verdict
from tests.fault.stage import Stage

SECONDS = 3.0  # of each kind
SLOW_SECONDS = 0.1  # each packet
CUT_EVERY_SECONDS = 0.5
CUT_SHARE = 0.3  # of the replies to COMMIT


class Proxy:
    """Passes bytes on between TCP and the server's Unix socket, as `mode` says: pass, slow, hole
    (nothing gets through), commit (the reply to some COMMITs is cut in its midst)."""

    def __init__(self, server: Path, seed: int) -> None:
        self.server, self.chance = server, random.Random(seed)
        self.mode = "pass"
        self.cuts = 0
        self.pairs: set[tuple[socket.socket, socket.socket]] = set()
        self.door = socket.create_server(("127.0.0.1", 0))
        self.port = self.door.getsockname()[1]
        self._spawn(self._accept)

    def cut(self) -> None:
        """Every connection ends, without a farewell from the other side."""
        for pair in list(self.pairs):
            self._end(pair)

    def close(self) -> None:
        """No more."""
        self.door.close()
        self.cut()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _address = self.door.accept()
                far = socket.socket(socket.AF_UNIX)
                pair = (near, far)
                try:
                    far.connect(str(self.server))
                except OSError:
                    self._end(pair)
                    continue
                self.pairs.add(pair)
                asked = threading.Event()  # a COMMIT whose reply shall be cut is under way
                self._spawn(self._pass_on, near, far, pair, asked, True)
                self._spawn(self._pass_on, far, near, pair, asked, False)

    def _pass_on(
        self,
        source: socket.socket,
        target: socket.socket,
        pair: tuple[socket.socket, socket.socket],
        asked: threading.Event,
        is_question: bool,
    ) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                while self.mode == "hole" and pair in self.pairs:
                    time.sleep(0.05)
                if self.mode == "slow":
                    time.sleep(SLOW_SECONDS)
                if is_question and self.mode == "commit" and b"COMMIT" in data:
                    if self.chance.random() < CUT_SHARE:
                        asked.set()
                elif not is_question and asked.is_set():
                    self.cuts += 1
                    target.sendall(data[: self.chance.randrange(len(data))])
                    break
                target.sendall(data)
        self._end(pair)

    def _end(self, pair: tuple[socket.socket, socket.socket]) -> None:
        self.pairs.discard(pair)
        for one in pair:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _spawn(self, work, *arguments) -> None:
        threading.Thread(target=work, args=arguments, daemon=True).start()


def broken_wire(stage: Stage) -> Iterator[Verdict]:
    """F-10 the wire to the database breaks."""
    proxy = Proxy(stage.cluster.services.sockets / ".s.PGSQL.5432", stage.seed)
    address = f"postgresql://sq_app@127.0.0.1:{proxy.port}/{DATABASE}"
    try:
        stage.cluster.restart("web", DATABASE_URL=address)
        stage.cluster.wait_until_ready()
        for name, what in (
            ("commit", "cut inside the reply to COMMIT"), ("cut", "cut"), ("slow", "slow"),
            ("hole", "a black hole"),
        ):  # fmt: skip
            before = proxy.cuts
            crowd = stage.crowd()
            proxy.mode = name
            until = time.monotonic() + SECONDS
            while time.monotonic() < until:
                time.sleep(CUT_EVERY_SECONDS)
                if name == "cut":
                    proxy.cut()
            proxy.mode = "pass"
            if name == "hole":
                proxy.cut()  # the two sides learn that nobody is there
            found = stage.settled(crowd) if name == "hole" else stage.answered(crowd)
            cuts = proxy.cuts - before
            if name == "commit" and not cuts:
                found.append("no reply was cut: this test has no teeth")
            told = f" {cuts} times" if name == "commit" else ""
            yield Verdict(f"F-10 the wire to the database: {what}{told}", found)
    finally:
        stage.cluster.restart("web")
        stage.cluster.wait_until_ready()
        proxy.close()
