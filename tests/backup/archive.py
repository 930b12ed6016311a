"""PostgreSQL's own tools around a running cluster: archive, base backup, restore, checksums."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path

from config import embedded

COPY = (
    "test ! -f {place}/%f && cp %p {place}/%f.part && sync {place}/%f.part"
    " && mv {place}/%f.part {place}/%f"
)


def begin_archiving(services: embedded.Services, place: Path) -> None:
    """Every finished WAL segment goes to `place`, synced before it counts. Restarts the server."""
    make_own(place)
    add_settings(
        services.home / "postgres",
        "archive_mode = on",
        f"archive_command = '{COPY.format(place=place)}'",
    )
    services.postgres.terminate()  # smart shutdown: our own connections are closed before
    services.postgres.wait(30)
    services.revive()
    wait_until_primary(services)


def base_backup(services: embedded.Services, target: Path) -> None:
    """A base backup with its manifest, verified against it."""
    make_own(target)
    run(
        services, "pg_basebackup", "-h", str(services.sockets), "-U", "postgres",
        "-D", str(target), "--checkpoint=fast", "--wal-method=stream",
    )  # fmt: skip
    run(services, "pg_verifybackup", "-q", str(target))


def restore(backup: Path, state: Path, place: Path, point: str) -> embedded.Services:
    """A second cluster from the backup and the archive, as of the named restore point."""
    state.mkdir(mode=0o711)
    data = state / "postgres"
    shutil.copytree(backup, data, symlinks=True)
    hand_over(data)
    add_settings(
        data,
        f"restore_command = 'cp {place}/%f %p'",
        f"recovery_target_name = '{point}'",
        "recovery_target_action = 'promote'",
        "archive_mode = off",
    )
    (data / "recovery.signal").touch()
    hand_over(data)
    services = embedded.start(state, durable=True)
    wait_until_primary(services)
    return services


def wait_until_primary(services: embedded.Services) -> None:
    """Until it takes writes. Raises TimeoutError."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            if services.sql("SELECT pg_is_in_recovery()") == "f":
                return
        except embedded.CannotStart:
            pass  # not yet answering
        time.sleep(0.2)
    raise TimeoutError("the cluster does not come up")


def flip_a_byte(services: embedded.Services, database: str, table: str) -> None:
    """One byte of a table's file, on a stopped server, past the page's header."""
    path = services.sql(f"SELECT pg_relation_filepath('{table}')", database)
    services.stop()
    file = services.home / "postgres" / path
    raw = bytearray(file.read_bytes())
    raw[4096] ^= 0x01
    file.write_bytes(raw)


def checksums_hold(services: embedded.Services) -> bool:
    """pg_checksums over a stopped cluster."""
    command = [services.bin / "pg_checksums", "--check", "-D", services.home / "postgres"]
    done = subprocess.run(
        [*embedded.as_server("TERM"), *command],
        env=embedded.CLEAN, cwd="/", capture_output=True, check=False,
    )  # fmt: skip
    return done.returncode == 0


def run(services: embedded.Services, program: str, *words: str) -> str:
    """One of PostgreSQL's programs, as the user the server runs as. Raises on failure."""
    done = subprocess.run(
        [*embedded.as_server("TERM"), services.bin / program, *words],
        env=embedded.CLEAN, cwd="/", capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{program}: {done.stderr.strip()}")
    return done.stdout


def add_settings(data: Path, *lines: str) -> None:
    """Appended to the cluster's own settings; the last word on a name counts."""
    with (data / "postgresql.auto.conf").open("a") as settings:
        settings.writelines(f"{line}\n" for line in lines)


def make_own(place: Path) -> None:
    """A private folder of the server's user."""
    place.mkdir(mode=0o700)
    hand_over(place)


def hand_over(place: Path) -> None:
    """As root, the server runs as nobody: what is copied must be its own."""
    if os.geteuid() == 0:
        for path in (place, *place.rglob("*")):
            os.chown(path, embedded.NOBODY, embedded.NOBODY)
