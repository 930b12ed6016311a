"""F-15: the database server is lost for good, and a standby takes its place."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from django.db import connections

from config import embedded
from tests.fault import judge
from tests.fault.clients import Crowd
from tests.fault.cluster import DATABASE, Cluster, send
from tests.fault.judge import Verdict
from tests.fault.stage import Stage, end_server
from vouchers.ledger.models import JournalEntry

LOAD_SECONDS = 5.0
WRITABLE_SECONDS = 30.0
KEYS = f"SELECT split_part(key, '/', 2) FROM {JournalEntry._meta.db_table}"


def another_server(stage: Stage) -> Iterator[Verdict]:
    """F-15 the database server is lost under load, a standby takes over."""
    with standby_of(stage) as standby:
        yield stalled(stage, standby)
        keep_in_step(stage.cluster.services, standby)
        crowd = stage.crowd()
        time.sleep(LOAD_SECONDS)
        before = sum(one.is_accepted for one in crowd.told)
        seconds = take_over(stage, standby)
        found = stage.settled(crowd)
    after = sum(one.is_accepted for one in crowd.told) - before
    if not before or not after:
        found.append(f"{before} acknowledged before, {after} after: this test has no teeth")
    if seconds >= WRITABLE_SECONDS:
        found.append(f"an order was taken after {seconds:.1f} s only")
    yield Verdict(
        f"F-15 a synchronous standby: {before} told before, taken again in {seconds:.1f} s", found
    )


def stalled(stage: Stage, standby: embedded.Services) -> Verdict:
    """The control: a standby that nobody waits for lacks what clients were told."""
    receiver = int(standby.sql("SELECT pid FROM pg_stat_wal_receiver"))
    send(receiver, signal.SIGSTOP)
    try:
        crowd = stage.crowd()
        time.sleep(LOAD_SECONDS)
        found = stage.settled(crowd)
        lost = lacking(crowd, standby)
    finally:
        send(receiver, signal.SIGCONT)
    if not lost:
        found.append("the control lacks nothing: this test has no teeth")
    return Verdict(f"F-15 control: an asynchronous, stalled one lacks {lost} told", found)


def lacking(crowd: Crowd, server: embedded.Services) -> int:
    """How many acknowledged keys this server knows nothing of."""
    known = set(server.sql(KEYS, DATABASE).split("\n"))
    return sum(one.is_accepted and one.key not in known for one in crowd.told)


def keep_in_step(primary: embedded.Services, standby: embedded.Services) -> None:
    """From now on a commit waits for the standby. Raises TimeoutError where none keeps up."""
    primary.sql("ALTER SYSTEM SET synchronous_standby_names = '*'")
    primary.sql("SELECT pg_reload_conf()")
    state = "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'"
    if judge.wait_for(lambda: primary.sql(state) == "1", 30) >= 30:
        raise TimeoutError("the standby does not keep up")


def take_over(stage: Stage, standby: embedded.Services) -> float:
    """The primary dies and its data are out of reach; seconds until an order is taken again."""
    cluster, buyer = stage.cluster, stage.world.buyers["fifth"]
    services = cluster.services
    begun = time.monotonic()
    with cluster.hand:
        cluster.kill("postgres")
        (services.home / "postgres").rename(services.home / "postgres.lost")
        services.postgres = standby.postgres  # what `revive` finds alive
    standby.sql("SELECT pg_promote()")
    tries = iter(range(1000))

    def is_taken() -> bool:
        with contextlib.suppress(OSError):
            return buyer.ask(f"F15-{next(tries)}").status == 201
        return False

    judge.wait_for(is_taken, WRITABLE_SECONDS)
    return time.monotonic() - begun


@contextlib.contextmanager
def standby_of(stage: Stage) -> Iterator[embedded.Services]:
    """A streaming copy behind a socket of its own; every process knows both addresses and wants
    the one that writes. What has taken over at the end stays, at the old address."""
    cluster, services = stage.cluster, stage.cluster.services
    data, sockets = services.home / "standby", Path(tempfile.mkdtemp(prefix="sq-", dir="/tmp"))
    for folder in (data, sockets):
        folder.mkdir(mode=0o700, exist_ok=True)
        shutil.chown(folder, *owner_of(services.home / "postgres"))
    subprocess.run(
        [*embedded.as_server("TERM"), services.bin / "pg_basebackup", "-h", services.sockets,
         "-U", "postgres", "-D", data, "-R", "--checkpoint=fast", "--wal-method=stream"],
        env=embedded.CLEAN, cwd="/", check=True, capture_output=True,
    )  # fmt: skip
    server = embedded.start_postgres(services.bin, data, sockets, durable=True)
    standby = replace(services, sockets=sockets, postgres=server)
    try:
        if judge.wait_for(lambda: is_streaming(standby), 60) >= 60:
            raise TimeoutError("the standby does not come up")
        with both_addresses(stage, f"{services.sockets},{sockets}"):
            try:
                yield standby
            finally:
                bring_home(cluster, server, data)
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(30)
        for folder in (data, sockets, services.home / "postgres.lost"):
            shutil.rmtree(folder, ignore_errors=True)


def is_streaming(standby: embedded.Services) -> bool:
    """It answers, and it follows."""
    with contextlib.suppress(embedded.CannotStart):
        return standby.sql("SELECT status FROM pg_stat_wal_receiver") == "streaming"
    return False


def bring_home(cluster: Cluster, server: subprocess.Popen[bytes], data: Path) -> None:
    """Who serves now serves at the old address from here on, alone."""
    services = cluster.services
    with cluster.hand:
        if services.postgres is not server:
            services.sql("ALTER SYSTEM RESET synchronous_standby_names")
        end_server(cluster)
        if services.postgres is server:
            data.rename(services.home / "postgres")
        services.revive()
    services.wait()


@contextlib.contextmanager
def both_addresses(stage: Stage, hosts: str) -> Iterator[None]:
    """For web, worker and ourselves."""
    cluster = stage.cluster
    url = f"postgresql://sq_app@/{DATABASE}?host={hosts}&target_session_attrs=read-write"
    ours = connections["default"].settings_dict["OPTIONS"]
    former = dict(ours)
    names = ("web", "worker")
    for name in names:
        cluster.restart(name, DATABASE_URL=url)
    connections.close_all()
    ours.update(host=hosts, target_session_attrs="read-write")
    cluster.wait_until_ready()
    try:
        yield
    finally:
        connections.close_all()
        ours.clear()
        ours.update(former)
        for name in names:
            cluster.restart(name)
        cluster.wait_until_ready()


def owner_of(path: Path) -> tuple[int, int]:
    """Who may read it."""
    status = os.stat(path)
    return status.st_uid, status.st_gid
