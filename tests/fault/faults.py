"""What can happen to a process. Each fault is drawn from the run's seed and told in one word."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Callable

from tests.fault.cluster import Cluster, send

FROZEN_SECONDS = 2.0


def web_child(cluster: Cluster, chance: random.Random) -> None:
    """F-1: a web process dies in the middle of requests."""
    if children := cluster.children("web"):
        send(chance.choice(children), signal.SIGKILL)


def web(cluster: Cluster, chance: random.Random) -> None:
    """The whole web server dies."""
    cluster.kill("web")


def worker(cluster: Cluster, chance: random.Random) -> None:
    """F-3, F-17: the worker dies between effect and acknowledgement; it is the sealer, too."""
    cluster.kill("worker")


def beat(cluster: Cluster, chance: random.Random) -> None:
    """The alarm clock dies."""
    cluster.kill("beat")


def redis(cluster: Cluster, chance: random.Random) -> None:
    """F-4: the broker dies."""
    cluster.kill("redis")


def redis_emptied(cluster: Cluster, chance: random.Random) -> None:
    """F-4: the broker comes back without a single message."""
    cluster.services.empty_redis()


def postmaster(cluster: Cluster, chance: random.Random) -> None:
    """F-2: the database server dies with its children."""
    cluster.kill("postgres")


def backend(cluster: Cluster, chance: random.Random) -> None:
    """F-2: one of PostgreSQL's processes dies; the server drops all others and recovers."""
    if children := cluster.children("postgres"):
        send(chance.choice(children), signal.SIGKILL)


def frozen(cluster: Cluster, chance: random.Random) -> None:
    """F-13: a web process lives but does nothing."""
    for child in cluster.children("web")[:1]:
        send(child, signal.SIGSTOP)
        time.sleep(FROZEN_SECONDS)
        send(child, signal.SIGCONT)


def everything(cluster: Cluster, chance: random.Random) -> None:
    """F-2: the machine goes dark."""
    for name in ("web", "worker", "beat", "redis", "postgres"):
        cluster.kill(name)


# How often each is drawn.
WEIGHTS: dict[Callable[[Cluster, random.Random], None], int] = {
    web_child: 6,
    web: 2,
    worker: 3,
    beat: 1,
    redis: 2,
    redis_emptied: 2,
    postmaster: 3,
    backend: 4,
    frozen: 1,
    everything: 1,
}


def drawn(chance: random.Random, cycles: int) -> list[Callable[[Cluster, random.Random], None]]:
    """Every fault at least once, then by weight, in an order of the seed's."""
    faults = list(WEIGHTS)
    rest = chance.choices(faults, list(WEIGHTS.values()), k=max(0, cycles - len(faults)))
    chosen = (faults + rest)[:cycles]
    chance.shuffle(chosen)
    return chosen
