"""`make fault`: load, faults from a seed, a drain; then the staged faults; one table of verdicts.

Exits 1 where a line does not hold. `--full` is longer and plays the scenes that take minutes, too.
"""

from __future__ import annotations

import argparse
import logging
import os
import random
import subprocess
import sys
import time
from collections import Counter
from typing import TYPE_CHECKING

from tests.fault import cluster as clusters

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.fault.clients import Crowd
    from tests.fault.judge import Verdict
    from tests.fault.stage import Scene, Stage

BREATH = (0.1, 0.7)  # seconds between two faults
LET_UP = 0.3  # of them find the service up again
# What of the table of faults is done by chance, under load.
DRAWN = {
    "F-1  the web process dies in the middle of requests": ("web_child", "web"),
    "F-2  everything dies at random": ("postmaster", "backend", "worker", "beat", "everything"),
    "F-4  the broker is lost, with all its messages": ("redis", "redis_emptied"),
    "F-13 a process lives and does nothing": ("frozen",),
}


def main() -> int:
    """Parse, run in a folder of its own, tell."""
    parser = argparse.ArgumentParser(prog="python -m tests.fault", description=__doc__)
    parser.add_argument("--cycles", type=int)
    parser.add_argument("--seed", type=int, default=20250303)
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--clocks", action="store_true", help="the scenes of wrong clocks alone")
    parser.add_argument("--only", default="", help="one scene alone, by its function's name")
    options = parser.parse_args()
    cycles = options.cycles or (500 if options.full else 60)
    if options.clocks:
        # An alarm that wakes a waiting PostgreSQL under libfaketime shows it the true time: each
        # of its time limits would be over. The owner's profile has none that is set all the time.
        os.environ["DB_PROFILE"] = "owner"
        return clusters.run_on_own(lambda cluster: run_clocks(cluster, options.seed))
    code = clusters.run_on_own(
        lambda cluster: run(cluster, cycles, options.seed, full=options.full, only=options.only)
    )
    if options.full and not options.only:  # on an instance of their own
        words = [sys.executable, "-m", "tests.fault", "--clocks", "--seed", str(options.seed)]
        code = subprocess.run(words, check=False).returncode or code
    return code


def run(cluster: clusters.Cluster, cycles: int, seed: int, *, full: bool, only: str = "") -> bool:
    """One whole run; True where every verdict holds."""
    from tests.fault import judge
    from tests.fault.scenes import FULL, SHORT

    scenes = (*SHORT, *FULL) if full or only else SHORT
    stage = begin(cluster, seed)
    verdicts = show([] if only else under_fire(stage, cycles))
    judge.wait_for(judge.is_drained, 60)  # of the holds whose time was over from the start
    return end(stage, verdicts, [s for s in scenes if only in ("", s.__name__)])


def run_clocks(cluster: clusters.Cluster, seed: int) -> bool:
    """PostgreSQL under libfaketime, before there is a single row."""
    from tests.fault.scenes import CLOCKS, clocks

    clocks.begin(cluster)
    return end(begin(cluster, seed), [], CLOCKS)


def begin(cluster: clusters.Cluster, seed: int) -> Stage:
    """The world, and every process; our own warnings would only break up the table."""
    logging.disable(logging.WARNING)
    from tests.fault.stage import Stage
    from tests.fault.world import given_world

    stage = Stage(cluster, given_world(cluster), random.Random(seed), seed)
    cluster.revive()
    cluster.wait_until_ready()
    return stage


def end(stage: Stage, verdicts: list[Verdict], scenes: Iterable[Scene]) -> bool:
    """Scene by scene, then what must be so at the very end."""
    from tests.fault import judge
    from tests.fault.judge import Verdict
    from tests.fault.stage import play

    for scene in scenes:
        verdicts += show(list(play(scene, stage)))
    stage.cluster.wait_until_ready()
    judge.wait_for(judge.is_drained, 60)
    verdicts += show([
        Verdict("after all scenes: invariants", list(judge.broken_invariants())),
        Verdict("after all scenes: a due row left over", judge.undone()),
        Verdict("after all scenes: events without a leaf", judge.unsealed()),
    ])  # fmt: skip
    broken = sum(not verdict.holds for verdict in verdicts)
    print(f"{len(verdicts)} lines, {broken} broken")
    return not broken


def under_fire(stage: Stage, cycles: int) -> list[Verdict]:
    """Load and faults by chance: what clients were told, and each kind of fault."""
    from tests.fault import judge
    from tests.fault.drain import settle
    from tests.fault.judge import Verdict

    crowd = stage.crowd()
    counted, seconds = fire(stage.cluster, random.Random(stage.seed), cycles)
    drained = settle(stage.cluster, crowd)
    tell(counted, seconds, crowd, drained)
    verdicts = judge.judge(crowd.told, crowd.unreadable)
    broken = [verdict.name for verdict in verdicts if not verdict.holds]
    return verdicts + [
        Verdict(f"{name}, {sum(counted[kind] for kind in kinds)} times", broken)
        for name, kinds in DRAWN.items()
    ]


def fire(
    cluster: clusters.Cluster, chance: random.Random, cycles: int
) -> tuple[Counter[str], float]:
    """One fault after the other, each followed by a supervisor's hand. Where faults come too fast
    nothing is under way that they could break: three in ten wait until the service is up."""
    from tests.fault import faults

    begun = time.monotonic()
    counted: Counter[str] = Counter()
    for fault in faults.drawn(chance, cycles):
        if chance.random() < LET_UP:
            cluster.wait_until_ready()
        time.sleep(chance.uniform(*BREATH))
        fault(cluster, chance)
        counted[fault.__name__] += 1
        cluster.revive()
    return counted, time.monotonic() - begun


def tell(counted: Counter[str], seconds: float, crowd: Crowd, drained: float) -> None:
    """What was done to it."""
    told = crowd.told
    accepted = sum(one.is_accepted for one in told)
    tries = sum(one.tries for one in told)
    kills = counted.total()
    print(
        f"{kills} faults in {seconds:.0f} s: " + ", ".join(f"{n} {c}" for n, c in counted.items())
    )
    print(f"{len(told)} keys, {accepted} acknowledged, {tries} tries; drained in {drained:.1f} s")
    print(f"a fault that does harm is rarer than {3 / max(kills, 1):.3f} a kill (95 %)")


def show(verdicts: list[Verdict]) -> list[Verdict]:
    """Lines of the table a stranger reads."""
    for verdict in verdicts:
        print(f"  {verdict.name:<64} {verdict.word}", flush=True)
        for fact in verdict.found[:5]:
            print(f"      {fact}")
    return verdicts


if __name__ == "__main__":
    sys.exit(main())
