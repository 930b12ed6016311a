"""`python -m tests.model --under-fire`: layer B while processes are killed. `--commands N`: layer A
for longer, from a fresh seed. Exits 1 where the service and the dictionary differ."""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import secrets
import subprocess
import sys
import threading
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

from tests.fault import cluster as clusters

if TYPE_CHECKING:
    from tests.given_http import Answer
    from tests.model.crowd import Crowd
    from tests.model.together import Asked

STORIES = 60
KILLS = 30
BREATH = (0.3, 1.2)  # seconds of undisturbed load between two faults
ASK_AGAIN = (0.5, 0.5)  # a commit already on its way may land after the cut
NOT_AN_ANSWER = {408, 429, 500, 502, 503, 504}


def main() -> int:
    """Parse, run, tell."""
    parser = argparse.ArgumentParser(prog="python -m tests.model", description=__doc__)
    parser.add_argument("--under-fire", action="store_true")
    parser.add_argument("--commands", type=int, default=100_000)
    parser.add_argument("--stories", type=int, default=STORIES)
    parser.add_argument("--kills", type=int, default=KILLS)
    parser.add_argument("--seed", default=secrets.token_hex(4))
    options = parser.parse_args()
    if not options.under_fire:
        words = ["-q", "-s", "tests/model/test_alone.py", "-k", "fresh"]
        return subprocess.run(
            [sys.executable, "-m", "pytest", *words, "-o", "timeout=0"],
            env={**os.environ, "MODEL_COMMANDS": str(options.commands)},
            check=False,
        ).returncode
    return clusters.run_on_own(
        lambda cluster: under_fire(cluster, options.seed, options.stories, options.kills)
    )


def under_fire(cluster: clusters.Cluster, seed: str, stories: int, kills: int) -> bool:
    """Stories one after the other, faults from the seed meanwhile; the table at the end."""
    from django.db import connection

    from tests.fault import judge
    from tests.model.crowd import given_crowd

    unknown: Counter[str] = Counter()

    def send(machine: Any, path: str, body: dict[str, Any], key: str) -> tuple[str, Answer | None]:
        return pursue(machine, path, body, key, unknown)

    crowd = given_crowd(cluster, seed, send)
    cluster.revive()
    cluster.wait_until_ready()
    connection.close()  # it dies with the server; the teller has one of its own
    teller = Teller(crowd, stories)
    teller.start()
    begun, counted = time.monotonic(), burn(cluster, seed, kills)
    teller.may_end.set()
    while teller.is_alive():
        cluster.wait_until_ready()
        teller.join(1)
    judge.wait_for(judge.is_drained, 60)
    broken = [verdict for verdict in judge.judge_safety([]) if verdict.found]
    differs = teller.differs or ("" if teller.told >= stories else "the teller has died")
    print(f"seed {seed}: {teller.told} stories, {counted.total()} faults in "
          f"{time.monotonic() - begun:.0f} s: " + ", ".join(f"{n} {c}" for n, c in
          sorted(counted.items())))  # fmt: skip
    print("outcomes unknown at first: " + (", ".join(f"{n} {c}" for n, c in unknown.items()) or
          "none"))  # fmt: skip
    print(f"  every story explained by an order            {'BROKEN' if differs else 'holds'}")
    print(f"  invariants                                   {'BROKEN' if broken else 'holds'}")
    for line in [differs, *(f"{verdict.name}: {verdict.found[:5]}" for verdict in broken)]:
        print(line) if line else None
    return not differs and not broken


class Teller(threading.Thread):
    """Plays story after story. The main thread starts what has died: a process lives no longer
    than the thread that made it."""

    def __init__(self, crowd: Crowd, stories: int) -> None:
        super().__init__(daemon=True)
        self.crowd, self.stories = crowd, stories
        self.told, self.differs, self.may_end = 0, "", threading.Event()

    def run(self) -> None:
        """Until the fire is out and enough is told, or one story differs."""
        while not self.differs and not (self.may_end.is_set() and self.told >= self.stories):
            self.differs = self._judged(self.crowd.play())
            self.told += 1

    def _judged(self, scripts: list[list[Asked]]) -> str:
        """The verdict; read again where the database died meanwhile."""
        from django.db import DatabaseError, connection

        while True:
            try:
                return self.crowd.judge(scripts)
            except DatabaseError:
                connection.close()
                time.sleep(0.2)


def burn(cluster: clusters.Cluster, seed: str, kills: int) -> Counter[str]:
    """One fault after the other, each followed by a supervisor's hand."""
    from tests.fault import faults

    chance, counted = random.Random(seed), Counter[str]()
    for fault in faults.drawn(chance, kills):
        time.sleep(chance.uniform(*BREATH))
        fault(cluster, chance)
        counted[fault.__name__] += 1
        cluster.revive()
        cluster.wait_until_ready()
    return counted


def pursue(
    machine: Any, path: str, body: dict[str, Any], key: str, unknown: Counter[str]
) -> tuple[str, Answer | None]:
    """An answer; else what the key tells once the house stands again; else "maybe"."""
    from tests.model.crowd import answer_of
    from tests.model.together import FOUND, MAYBE, OVERTAKEN

    if answer := ask(lambda: machine.post(path, body, key=key)):
        return answer_of(answer), answer
    if not key:
        unknown["no key to ask by"] += 1
        return MAYBE, None
    for pause in ASK_AGAIN:
        time.sleep(pause)
        while (found := ask(lambda: machine.get(f"/api/v1/requests/by-key/{key}"))) is None:
            time.sleep(0.2)
        if found.status == 200:
            unknown["found done by its key"] += 1
            number = found.body["subject_ref"].partition(":")[2]
            return FOUND, found.__class__(200, {}, {"result": {"number": number}})
    unknown["found undone by its key"] += 1
    return OVERTAKEN, None


def ask(send: Any) -> Answer | None:
    """The answer, or None where none came or it was none."""
    try:
        answer: Answer = send()
    except (OSError, http.client.HTTPException, json.JSONDecodeError, AssertionError):
        return None
    return None if answer.status in NOT_AN_ANSWER else answer


if __name__ == "__main__":
    sys.exit(main())
