"""F-11: the disk is full: under the tables, under the WAL, under the files. A small tmpfs is put in
the place of each, filled to the last byte with random ones, and emptied again."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from companies.errors import TryAgain
from companies.files.services import store_file
from companies.foundation.clock import now
from config.embedded import CannotStart
from tests.fault.cluster import Cluster
from tests.fault.judge import Verdict
from tests.fault.stage import NotRun, Stage, differences, end_server
from tests.given import PAPER

FULL_SECONDS = 8.0
MUCH_WAL = """
    SELECT count(pg_logical_emit_message(false, 'fire', repeat('x', 1000000)))
    FROM generate_series(1, 100)"""
ROOM_BYTES = 24 * 2**20  # beyond what lies there already


def full_disk(stage: Stage) -> Iterator[Verdict]:
    """F-11 the disk is full."""
    if os.geteuid() or not shutil.which("mount"):
        raise NotRun("mounting a small disk needs root")
    home = stage.cluster.services.home
    yield full_tables(stage, home / "postgres" / "base")
    yield full_wal(stage, home / "postgres" / "pg_wal")
    yield full_media(stage, Path(settings.STATE_DIR) / "media")


def full_tables(stage: Stage, place: Path) -> Verdict:
    """Writing is 503, reading goes on; with room again every key has its answer."""
    buyer = stage.world.buyers["fifth"]
    with small_disk(stage.cluster, place):
        crowd = stage.crowd()
        filler, said = fill(place), said_full(stage.cluster)
        until, read, refused = time.monotonic() + FULL_SECONDS, 0, 0
        while time.monotonic() < until:
            time.sleep(0.2)
            read += buyer.machine.get(f"/api/v1/vouchers/{buyer.voucher}").status == 200
            refused += buyer.ask(f"F11-{time.monotonic_ns()}").status == 503
        filler.unlink()
        found = stage.settled(crowd)
        said = said_full(stage.cluster) - said
    if not read:
        found.append("nothing could be read meanwhile")
    if not refused or not said:
        found.append("nothing was refused for want of room: this test has no teeth")
    return Verdict(f"F-11 no room for tables: {refused} refused, {read} read", found)


def full_wal(stage: Stage, place: Path) -> Verdict:
    """The server breaks down again and again until there is room; nothing told is lost."""
    buyer = stage.world.buyers["fifth"]
    refused = 0
    with small_disk(stage.cluster, place):
        crowd = stage.crowd()
        filler, said = fill(place), said_full(stage.cluster)
        until = time.monotonic() + FULL_SECONDS
        while time.monotonic() < until:
            with contextlib.suppress(CannotStart):
                stage.cluster.services.sql(MUCH_WAL)
            with contextlib.suppress(OSError):
                refused += buyer.ask(f"F11-{time.monotonic_ns()}").status == 503
            stage.cluster.revive()
        filler.unlink()
        found = stage.settled(crowd)
        said = said_full(stage.cluster) - said
    if not refused or not said:
        found.append("nothing was refused for want of room: this test has no teeth")
    return Verdict(f"F-11 no room for the WAL: {refused} refused", found)


def full_media(stage: Stage, place: Path) -> Verdict:
    """An upload is told to come again later; money goes on; then the same upload is kept."""
    buyer = stage.world.buyers["fifth"]
    place.mkdir(exist_ok=True)
    with small_disk(stage.cluster, place, has_server=False):
        filler = fill(place)
        told = upload(stage)
        order = buyer.ask("F11-media")
        filler.unlink()
        again = upload(stage)
    found = differences(("storage_full", 201, "CLEAN"), (told, order.status, again))
    return Verdict("F-11 no room for files", found)


def said_full(cluster: Cluster) -> int:
    """How often PostgreSQL has complained of it."""
    return (cluster.services.home / "postgres.log").read_bytes().count(b"No space left")


def upload(stage: Stage) -> str:
    """A paper is brought: the verdict on it, or the code of the refusal."""
    try:
        return str(store_file(
            actor=stage.world.scheme.actor("fifth_agent"), content=io.BytesIO(PAPER + b"%% F11"),
            name="F11.pdf", owner_ref=stage.world.sales["fifth"].voucher.ref, at=now(),
        ).verdict)  # fmt: skip
    except TryAgain as refused:
        return refused.code


def fill(place: Path) -> Path:
    """Random bytes to the last free one; what could be packed would leave room."""
    filler = place / "filler"
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(os.urandom(2**20))
    with filler.open("ab", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(os.urandom(512))
    return filler


@contextlib.contextmanager
def small_disk(cluster: Cluster, place: Path, *, has_server: bool = True) -> Iterator[None]:
    """A tmpfs in the place of this folder, with what lay there; afterwards it lies there again."""
    beside = place.with_name(f"{place.name}.beside")
    status = place.stat()
    size = sum(path.stat().st_size for path in place.rglob("*") if path.is_file()) + ROOM_BYTES
    options = f"size={size},uid={status.st_uid},gid={status.st_gid},mode={status.st_mode & 0o777:o}"
    if has_server:
        end_server(cluster)
    copy(place, beside)
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)], check=False
    ).returncode:
        shutil.rmtree(beside)
        cluster.wait_until_ready()
        raise NotRun("this machine refuses to mount a small disk")
    try:
        copy(beside, place)
        cluster.wait_until_ready()
        yield
    finally:
        if has_server:
            end_server(cluster)
        shutil.rmtree(beside)
        copy(place, beside)
        subprocess.run(["umount", "-l", str(place)], check=True)
        shutil.rmtree(place)
        beside.rename(place)
        cluster.wait_until_ready()


def copy(source: Path, target: Path) -> None:
    """With owners, modes and all."""
    target.mkdir(exist_ok=True)
    subprocess.run(["cp", "-a", f"{source}/.", str(target)], check=True)
