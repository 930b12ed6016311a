"""`make soak HOURS=n`: the same load and faults for hours, at a bounded rate, with a report.

About three quarters of the rounds are under fire; in the last ones nothing is killed, so that a
process that grows can be seen growing. About every ten minutes the load rests and everything is
judged.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tests.fault import cluster as clusters
from tests.fault.drain import settle

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fault.clients import Crowd
    from tests.fault.judge import Verdict
    from tests.fault.memory import Growth

ROUND_SECONDS = 600.0
FAULT_SECONDS = 50.0  # from one fault to the next, on average
UNDER_FIRE = 0.75


@dataclass
class Soak:
    """What has happened so far."""

    hours: float
    rate: float
    seed: int
    begun: datetime = field(default_factory=lambda: datetime.now(UTC))
    faults: Counter[str] = field(default_factory=Counter)
    keys: int = 0
    acknowledged: int = 0
    orders: int = 0
    tries: int = 0
    fiery_rounds: int = 0
    drains: list[float] = field(default_factory=list)
    found: dict[str, list[str]] = field(default_factory=dict)
    growth: list[Growth] = field(default_factory=list)

    def add(self, crowd: Crowd, drained: float, verdicts: list[Verdict]) -> None:
        """One round more."""
        self.keys += len(crowd.told)
        self.acknowledged += sum(one.is_accepted for one in crowd.told)
        self.orders += sum(one.is_accepted and "voucher" in one.body for one in crowd.told)
        self.tries += sum(one.tries for one in crowd.told)
        self.drains.append(drained)
        for verdict in verdicts:
            self.found.setdefault(verdict.name, []).extend(verdict.found)

    @property
    def is_right(self) -> bool:
        """Every verdict held in every round."""
        return not any(self.found.values())


def main() -> int:
    """Parse, run, write the report."""
    parser = argparse.ArgumentParser(prog="python -m tests.fault.soak", description=__doc__)
    parser.add_argument("--hours", type=float, default=8.0)
    parser.add_argument("--rate", type=float, default=8.0, help="requests a second, at most")
    parser.add_argument("--seed", type=int, default=20250303)
    parser.add_argument("--report", type=Path, default=clusters.ROOT / "docs" / "soak.md")
    options = parser.parse_args()
    commit = commit_of(clusters.ROOT)
    soak = Soak(options.hours, options.rate, options.seed)

    def work(cluster: clusters.Cluster) -> bool:
        run(cluster, soak)
        options.report.write_text(report(soak, commit, server_of(cluster)), encoding="utf-8")
        print(f"report: {options.report}")
        return soak.is_right

    return clusters.run_on_own(work)


def run(cluster: clusters.Cluster, soak: Soak) -> None:
    """Round after round on one instance; the first that breaks something is the last."""
    from tests.fault import faults, judge
    from tests.fault.clients import CLIENTS, Crowd
    from tests.fault.memory import Readings
    from tests.fault.world import given_world

    chance = random.Random(soak.seed)
    buyers = given_world(cluster).load
    cluster.revive()
    cluster.wait_until_ready()
    crowd, readings = None, None
    rounds = max(4, round(soak.hours * 3600 / ROUND_SECONDS))
    fiery = soak.fiery_rounds = round(rounds * UNDER_FIRE)
    seconds = soak.hours * 3600 / rounds
    kinds = iter(faults.drawn(chance, fiery * int(seconds / FAULT_SECONDS)))
    for number in range(1, rounds + 1):
        ends_at = time.monotonic() + seconds
        crowd = Crowd(buyers, soak.seed, pause=CLIENTS / soak.rate, former=crowd)
        for _ in moments(chance, seconds) if number <= fiery else ():
            fault = next(kinds)
            fault(cluster, chance)
            soak.faults[fault.__name__] += 1
            cluster.revive()
        if number > fiery and readings is None:
            readings = Readings(cluster)
            readings.start()
        time.sleep(max(0.0, ends_at - time.monotonic()))
        soak.add(crowd, settle(cluster, crowd), judge.judge(crowd.told, crowd.unreadable))
        print(
            f"round {number} of {rounds}: {soak.faults.total()} faults, {soak.acknowledged} "
            f"acknowledged, drained in {soak.drains[-1]:.1f} s, "
            f"{'all hold' if soak.is_right else 'BROKEN'}",
            flush=True,
        )
        if not soak.is_right:
            break
    if readings:
        readings.ends.set()
        readings.join()
        soak.growth = readings.growth()


def moments(chance: random.Random, seconds: float) -> Iterator[int]:
    """Wait for each fault's moment: one in every stretch of FAULT_SECONDS, somewhere in it."""
    begun = time.monotonic()
    for place in range(int(seconds / FAULT_SECONDS)):
        at = begun + (place + chance.uniform(0.1, 0.8)) * FAULT_SECONDS
        time.sleep(max(0.0, at - time.monotonic()))
        yield place


def commit_of(root: Path) -> str:
    """The commit of the tree this runs from, and whether it was changed."""
    words = ["git", "-C", str(root), "describe", "--always", "--dirty", "--abbrev=12"]
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()


def server_of(cluster: clusters.Cluster) -> str:
    """PostgreSQL's own number."""
    return cluster.services.sql("SHOW server_version")


def report(soak: Soak, commit: str, server: str) -> str:
    """What docs/soak.md says."""
    seconds = (datetime.now(UTC) - soak.begun).total_seconds()
    kills = soak.faults.total()
    lines = [
        "# Soak",
        "",
        "Written by `make soak HOURS=n` (`tests/fault/README.md` says what the faults do and what",
        f"each line means). The first {soak.fiery_rounds} rounds are under fire, one fault in",
        f"every {FAULT_SECONDS:.0f} seconds; in the others nothing is killed and memory is read.",
        "",
        "| | |",
        "|---|---|",
        f"| Begun, lasted | {soak.begun:%Y-%m-%d %H:%M} UTC, {seconds / 3600:.2f} h |",
        f"| Commit, seed | {commit}, {soak.seed} |",
        f"| Machine | {os.cpu_count()} cores, PostgreSQL {server}, Python "
        f"{sys.version.split()[0]} |",
        f"| Load | at most {soak.rate:g} requests a second of 8 clients on 4 vouchers |",
        f"| Faults | {kills} |",
        f"| Keys, tries | {soak.keys}, {soak.tries} |",
        f"| Acknowledged | {soak.acknowledged}, {soak.orders} of them holds |",
        f"| Drained after each round (s) | {', '.join(f'{one:.1f}' for one in soak.drains)} |",
        f"| Bound | a fault that does harm is rarer than 3/{kills} = {3 / max(kills, 1):.3f} "
        "a kill (95 %) |",
        "",
        "| Fault | times |",
        "|---|---|",
        *(f"| `{name}` | {times} |" for name, times in sorted(soak.faults.items())),
        "",
        f"| Verdict, in each of {len(soak.drains)} rounds | found |",
        "|---|---|",
        *(f"| {name} | {len(found) or 'nothing'} |" for name, found in soak.found.items()),
        "",
        *(f"* {fact}" for found in soak.found.values() for fact in found[:20]),
        "## Memory",
        "",
        "Private memory of a process and its children under load, without a kill, from the sixth",
        "minute on; the slope is that of a straight line through all readings. The goal, below",
        "1 MB/h, can only be judged over many hours: a short soak shows warming up, too.",
        "",
        "| Process | first MB | last MB | MB/h | over minutes |",
        "|---|---|---|---|---|",
        *(
            f"| {one.name} | {one.first:.1f} | {one.last:.1f} | {one.an_hour:+.1f} "
            f"| {one.minutes:.0f} |"
            for one in soak.growth
        ),
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
