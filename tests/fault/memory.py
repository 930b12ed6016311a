"""How much memory each process holds for itself, read while the load runs."""

from __future__ import annotations

import contextlib
import threading
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from statistics import linear_regression

from tests.fault.cluster import Cluster

EVERY_SECONDS = 15.0
WARM_UP_SECONDS = 300.0


@dataclass(frozen=True)
class Growth:
    """One process with its children: MB at the first and last reading, and MB an hour between."""

    name: str
    first: float
    last: float
    an_hour: float
    minutes: float


class Readings(threading.Thread):
    """Reads every quarter of a minute until told to end; kept are those of the same processes."""

    def __init__(self, cluster: Cluster) -> None:
        super().__init__(name="memory", daemon=True)
        self.cluster = cluster
        self.ends = threading.Event()
        self.begun = time.monotonic()
        self.read: dict[str, list[tuple[float, float]]] = defaultdict(list)

    def run(self) -> None:
        """(hours since the start, MB) by process name, once each has warmed up."""
        self.ends.wait(WARM_UP_SECONDS)
        while not self.ends.wait(EVERY_SECONDS):
            hours = (time.monotonic() - self.begun) / 3600
            for name, pids in self.cluster.pids().items():
                self.read[name].append((hours, sum(map(private_mb, pids))))

    def growth(self) -> list[Growth]:
        """The slope of a straight line through each process's readings."""
        found = []
        for name, points in self.read.items():
            if len(points) < 3:
                continue
            hours, megabytes = zip(*points, strict=True)
            slope = linear_regression(hours, megabytes).slope
            minutes = (hours[-1] - hours[0]) * 60
            found.append(Growth(name, megabytes[0], megabytes[-1], slope, minutes))
        return found


def private_mb(pid: int) -> float:
    """Memory no file stands behind, its share of what is shared; 0 for a process that is gone."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Pss_Anon:"):
                return int(line.split()[1]) / 1024
    return 0.0
