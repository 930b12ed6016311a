"""`make fault`: load, faults from a seed, a drain, a verdict. Exits 1 where one does not hold."""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from tests.fault import cluster as clusters

if TYPE_CHECKING:
    from tests.fault.clients import Client
    from tests.fault.judge import Verdict

DRAIN_SECONDS = 60.0
BREATH = (0.3, 1.2)  # seconds of undisturbed load between two faults


def main() -> int:
    """Parse, run in a folder of its own, tell."""
    parser = argparse.ArgumentParser(prog="python -m tests.fault", description=__doc__)
    parser.add_argument("--cycles", type=int, default=60)
    parser.add_argument("--seed", type=int, default=20250303)
    options = parser.parse_args()
    state = Path(tempfile.mkdtemp(prefix="sq-fault-", dir="/tmp"))
    state.chmod(0o711)
    cluster = clusters.start(state)
    try:
        import django

        django.setup()
        is_right = run(cluster, options.cycles, options.seed)
    finally:
        cluster.stop()
    if is_right:
        shutil.rmtree(state, ignore_errors=True)
    else:
        print(f"logs: {state}")
    return 0 if is_right else 1


def run(cluster: clusters.Cluster, cycles: int, seed: int) -> bool:
    """One whole run; True where every verdict holds."""
    from django.db import connection

    from tests.fault import judge
    from tests.fault.clients import CLIENTS, Client
    from tests.fault.world import given_world

    buyers = given_world(cluster)
    cluster.revive()
    cluster.wait_until_ready()
    ends = threading.Event()
    crowd = [Client(number, buyers[number % len(buyers)], seed, ends) for number in range(CLIENTS)]
    for client in crowd:
        client.start()
    told_faults, seconds = fire(cluster, random.Random(seed), cycles)
    ends.set()
    for client in crowd:
        client.give_up_at = time.monotonic() + DRAIN_SECONDS
    cluster.wait_until_ready()
    connection.close()  # ours died with the server
    last_fault = time.monotonic()
    for client in crowd:
        client.join(DRAIN_SECONDS + 60)
    left = DRAIN_SECONDS - (time.monotonic() - last_fault)
    judge.wait_for(judge.is_drained, left)
    drained = time.monotonic() - last_fault
    told = [one for client in crowd for one in client.told]
    unreadable = [word for client in crowd for word in client.unreadable]
    verdicts = [*judge.judge_safety(told), *judge.judge_liveness(told, unreadable)]
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
    crowd: Iterable[Client],
    drained: float,
    verdicts: list[Verdict],
) -> None:
    """The table a stranger reads."""
    told = [one for client in crowd for one in client.told]
    accepted = sum(one.is_accepted for one in told)
    tries = sum(one.tries for one in told)
    kills = counted.total()
    print(
        f"{kills} faults in {seconds:.0f} s: " + ", ".join(f"{n} {c}" for n, c in counted.items())
    )
    print(f"{len(told)} keys, {accepted} acknowledged, {tries} tries; drained in {drained:.1f} s")
    for verdict in verdicts:
        word = "holds" if verdict.holds else f"BROKEN ({len(verdict.found)})"
        print(f"  {verdict.name:<44} {word}")
        for fact in verdict.found[:5]:
            print(f"      {fact}")
    print(f"a fault that does harm is rarer than {3 / max(kills, 1):.3f} a kill (95 %)")


if __name__ == "__main__":
    sys.exit(main())
