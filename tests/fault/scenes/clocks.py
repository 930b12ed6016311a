"""Clocks. For a full run PostgreSQL stands under libfaketime from the start: it passes midnight,
the month's and the year's end together with the service (F-18); then a web process or a worker
believes itself two days off its clock (F-12)."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from django.db.models import F, Q

from companies.agencies.models import Deadline
from companies.foundation.clock import now, set_demo_clock
from companies.local_time import SHANGHAI, local_date
from tests.fault.cluster import Cluster
from tests.fault.drain import DRAIN_SECONDS
from tests.fault.judge import Verdict
from tests.fault.stage import NotRun, Stage, differences, end_server
from vouchers.ledger.models import JournalEntry
from vouchers.redemptions.models import Redemption

BEGIN = datetime(2025, 7, 1, tzinfo=SHANGHAI)  # later than all that the world is built of
BEFORE = timedelta(seconds=12)
LOAD_SECONDS = 20.0
WRONG_SECONDS = 25.0  # of a worker
TWO_DAYS = timedelta(days=2)
# Only the wall clock is false: PostgreSQL waits by the monotonic one.
STARTER = """#!/bin/sh
exec env LD_PRELOAD={library} FAKETIME={seconds:+d} FAKETIME_DONT_FAKE_MONOTONIC=1 NO_FAKE_STAT=1 \\
  {server} "$@"
"""


def library() -> Path | None:
    """Where Debian's package libfaketime has put it."""
    return next(Path("/usr/lib").glob("**/faketime/libfaketime.so.1"), None)


def set_server_clock(cluster: Cluster, at: datetime) -> None:
    """PostgreSQL ends and comes again at this time; its clock may only go forward.

    The programs are links in a folder of their own, but for `postgres`, which starts the true one.
    """
    folder = cluster.state / "programs"
    starter = folder / "postgres"
    if not folder.exists():
        folder.mkdir(mode=0o755)
        for program in cluster.services.bin.iterdir():
            (folder / program.name).symlink_to(program)
        starter.rename(folder / "postgres.true")
        cluster.services.bin = folder
    end_server(cluster)
    seconds = int((at - datetime.now(UTC)).total_seconds())
    server = (folder / "postgres.true").readlink()
    starter.write_text(STARTER.format(library=library(), seconds=seconds, server=server))
    starter.chmod(0o755)
    cluster.services.revive()
    cluster.services.wait()


def begin(cluster: Cluster) -> None:
    """Before there is a single row; where libfaketime is missing, the scenes say so."""
    if library():
        set_server_clock(cluster, BEGIN)


def ends_of_time(stage: Stage) -> Iterator[Verdict]:
    """F-18 midnight, the month's end, the year's end under load."""
    require_false_clock()
    day = local_date(max(now(), BEGIN))
    for name, next_day in (("day", day_after), ("month", month_after), ("year", year_after)):
        day = next_day(day)
        at = datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)
        set_server_clock(stage.cluster, at - BEFORE)
        set_demo_clock(at - BEFORE - timedelta(seconds=1))
        stage.cluster.wait_until_ready()
        yield one_end(stage, name, at)


def require_false_clock() -> None:
    """Raises NotRun."""
    if not library():
        raise NotRun("libfaketime is missing (apt-get install faketime)")


def one_end(stage: Stage, name: str, at: datetime) -> Verdict:
    """Load over the moment; then what lies on either side of it."""
    crowd = stage.crowd(pause=0.3)
    time.sleep(LOAD_SECONDS)
    found = stage.settled(crowd)
    holds = JournalEntry.objects.filter(kind="HOLD", effective_at__gte=at - 2 * BEFORE)
    before, after = holds.filter(effective_at__lt=at), holds.filter(effective_at__gte=at)
    if not before.exists() or not after.exists():
        found.append(f"{before.count()} holds before, {after.count()} after: no load over the end")
    found += [
        f"{one.number} of {one.requested_at}"
        for one in Redemption.objects.filter(requested_at__gte=at - 2 * BEFORE)
        if one.number.split("-")[1] != str(local_date(one.requested_at).year)
    ]
    early = Deadline.objects.filter(outcome="hold_expired", done_at__lt=F("due_at"))
    found += [f"{one.subject_ref} ended before its time" for one in early]
    return Verdict(f"F-18 the end of a {name} under load", found)


def wrong_clocks(stage: Stage) -> Iterator[Verdict]:
    """F-12 the clock of the web process or of the worker is two days wrong."""
    require_false_clock()
    cluster = stage.cluster
    for name, shift in (("ahead", TWO_DAYS), ("behind", -TWO_DAYS)):
        cluster.restart("web", STATE_DIR=str(folder_of(cluster, shift)))
        cluster.wait_until_ready()
        key = f"F12-{name}"
        first = stage.world.buyers["fifth"].ask(key).status
        found = judge_web(cluster, key, first, is_ahead=name == "ahead")
        cluster.restart("web")
        cluster.wait_until_ready()
        again = stage.world.buyers["fifth"].ask(key)
        found += differences((200, True) if first == 201 else (201, False),
                             (again.status, again.is_replay))  # fmt: skip
        yield Verdict(f"F-12 the web's clock two days {name}: {first}, then {again.status}", found)
    for name, shift in (("ahead", TWO_DAYS), ("behind", -TWO_DAYS)):
        cluster.restart("worker", STATE_DIR=str(folder_of(cluster, shift)))
        crowd = stage.crowd(pause=1.0)
        time.sleep(WRONG_SECONDS)
        early = Deadline.objects.filter(due_at__gt=now() + timedelta(minutes=1)).filter(
            Q(attempts__gt=0) | Q(outcome="hold_expired")
        )
        found = [f"{one.kind} of {one.subject_ref} touched before its time" for one in early]
        cluster.restart("worker")
        found += stage.settled(crowd)
        yield Verdict(f"F-12 the worker's clock two days {name}, then right again", found)


def judge_web(cluster: Cluster, key: str, status: int, *, is_ahead: bool) -> list[str]:
    """What lies ahead leaves nothing; what lies behind is stamped by the database."""
    entries = JournalEntry.objects.filter(key__endswith=f"/{key}")
    if is_ahead:
        return differences((503, False), (status, entries.exists()))
    servers = float(cluster.services.sql("SELECT extract(epoch FROM clock_timestamp())"))
    wrong = [abs(one.recorded_at.timestamp() - servers) for one in entries]
    return [] if len(wrong) == 1 and wrong[0] < DRAIN_SECONDS else [f"{status}, off by {wrong} s"]


def folder_of(cluster: Cluster, shift: timedelta) -> Path:
    """A STATE_DIR whose clock is so much off the others'."""
    folder = cluster.state / f"off-by-{shift.days}"
    folder.mkdir(exist_ok=True)
    behind = int((cluster.state / "demo-clock").read_text()) - int(shift.total_seconds())
    (folder / "demo-clock").write_text(str(behind))
    return folder


def day_after(day: date) -> date:
    """Tomorrow."""
    return day + timedelta(days=1)


def month_after(day: date) -> date:
    """The first of the next month."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def year_after(day: date) -> date:
    """The first of the next year."""
    return date(day.year + 1, 1, 1)
