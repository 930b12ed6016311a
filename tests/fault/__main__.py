"""`make fault`: load, faults from a seed, a drain, a verdict. Exits 1 where one does not hold."""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from typing import TYPE_CHECKING

from tests.fault import cluster as clusters
from tests.fault.drain import settle

if TYPE_CHECKING:
    from tests.fault.clients import Crowd
    from tests.fault.judge import Verdict

BREATH = (0.3, 1.2)  # seconds of undisturbed load between two faults


def main() -> int:
    """Parse, run in a folder of its own, tell."""
    parser = argparse.ArgumentParser(prog="python -m tests.fault", description=__doc__)
    parser.add_argument("--cycles", type=int, default=60)
    parser.add_argument("--seed", type=int, default=20250303)
    options = parser.parse_args()
    return clusters.run_on_own(lambda cluster: run(cluster, options.cycles, options.seed))


def run(cluster: clusters.Cluster, cycles: int, seed: int) -> bool:
    """One whole run; True where every verdict holds."""
    from tests.fault import judge
    from tests.fault.clients import Crowd
    from tests.fault.world import given_world

    buyers = given_world(cluster)
    cluster.revive()
    cluster.wait_until_ready()
    crowd = Crowd(buyers, seed)
    told_faults, seconds = fire(cluster, random.Random(seed), cycles)
    drained = settle(cluster, crowd)
    verdicts = judge.judge(crowd.told, crowd.unreadable)
    tell(told_faults, seconds, crowd, drained, verdicts)
    return all(verdict.holds for verdict in verdicts)


def fire(
    cluster: clusters.Cluster, chance: random.Random, cycles: int
) -> tuple[Counter[str], float]:
    """One fault after the other, each followed by a supervisor's hand."""
    from tests.fault import faults

    begun = time.monotonic()
    counted: Counter[str] = Counter()
    for fault in faults.drawn(chance, cycles):
        time.sleep(chance.uniform(*BREATH))
        fault(cluster, chance)
        counted[fault.__name__] += 1
        cluster.revive()
    return counted, time.monotonic() - begun


def tell(
    counted: Counter[str],
    seconds: float,
    crowd: Crowd,
    drained: float,
    verdicts: list[Verdict],
) -> None:
    """The table a stranger reads."""
    told = crowd.told
    accepted = sum(one.is_accepted for one in told)
    tries = sum(one.tries for one in told)
    kills = counted.total()
    print(
        f"{kills} faults in {seconds:.0f} s: " + ", ".join(f"{n} {c}" for n, c in counted.items())
    )
    print(f"{len(told)} keys, {accepted} acknowledged, {tries} tries; drained in {drained:.1f} s")
    for verdict in verdicts:
        print(f"  {verdict.name:<44} {verdict.word}")
        for fact in verdict.found[:5]:
            print(f"      {fact}")
    print(f"a fault that does harm is rarer than {3 / max(kills, 1):.3f} a kill (95 %)")


if __name__ == "__main__":
    sys.exit(main())
