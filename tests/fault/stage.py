"""What a scene is given, and how it is told: one line for each thing that must hold."""

from __future__ import annotations

import os
import random
import signal
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.conf import settings
from django.db import connections

from tests.fault import judge
from tests.fault.clients import Crowd
from tests.fault.cluster import Cluster
from tests.fault.drain import DRAIN_SECONDS, settle
from tests.fault.judge import Verdict
from tests.fault.world import World


class NotRun(Exception):
    """This machine cannot do it; the reason stands in the table."""


@dataclass
class Stage:
    """A running instance, its world, and the crowd that was last on it."""

    cluster: Cluster
    world: World
    chance: random.Random
    seed: int
    former: Crowd | None = None

    def crowd(self, *, pause: float = 0.0) -> Crowd:
        """The load begins."""
        self.former = Crowd(self.world.load, self.seed, pause=pause, former=self.former)
        return self.former

    def settled(self, crowd: Crowd) -> list[str]:
        """The load ends: whatever was lost, doubled, contradicted or is not done in time."""
        seconds = settle(self.cluster, crowd)
        late = [f"drained in {seconds:.0f} s"] if seconds >= DRAIN_SECONDS else []
        return late + facts(judge.judge(crowd.told, crowd.unreadable))

    def answered(self, crowd: Crowd) -> list[str]:
        """The load ends: the same, without a look at what the worker has still to do; a scene's
        last stretch is `settled`."""
        crowd.end(DRAIN_SECONDS)
        self.cluster.wait_until_ready()
        crowd.join(DRAIN_SECONDS + 60)
        return facts([
            *judge.judge_safety(crowd.told), *judge.judge_answers(crowd.told, crowd.unreadable)
        ])  # fmt: skip


def facts(verdicts: list[Verdict]) -> list[str]:
    """The first ones of each line that does not hold."""
    return [f"{verdict.name}: {fact}" for verdict in verdicts for fact in verdict.found[:5]]


Scene = Callable[[Stage], Iterator[Verdict]]


def play(scene: Scene, stage: Stage) -> Iterator[Verdict]:
    """Its lines; one that says so where it could not be played, or broke off."""
    connections.close_all()  # a former scene may have killed the server
    try:
        yield from scene(stage)
    except NotRun as reason:
        found = [f"with CI set it must: {reason}"] if os.environ.get("CI") else []
        yield Verdict(first_line(scene), found, word_if_none=f"NOT RUN: {reason}")
    except Exception as error:
        traceback.print_exc()
        yield Verdict(first_line(scene), [f"broke off: {error!r}"])


def first_line(scene: Scene) -> str:
    """What the scene's own words say it is."""
    return (scene.__doc__ or scene.__name__).split("\n")[0].rstrip(".")


def differences(expected: object, found: object) -> list[str]:
    """Nothing, or both."""
    return [] if expected == found else [f"expected {expected}, found {found}"]


def dies_at(place: str, act: Callable[[], object]) -> bool:
    """Do it in a child process that is killed at this place; True where it was."""
    connections.close_all()
    pid = os.fork()
    if not pid:
        settings.FAILPOINT = f"{place}:kill"
        try:
            act()
        finally:
            os._exit(0)
    _, status = os.waitpid(pid, 0)
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def end_server(cluster: Cluster) -> None:
    """PostgreSQL ends in good order, where it still runs."""
    connections.close_all()
    server = cluster.services.postgres
    if server.poll() is None:
        server.send_signal(signal.SIGINT)
        server.wait(30)
