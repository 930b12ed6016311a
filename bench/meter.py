"""CPU seconds from the operating system's accounting, rounds in random order, medians."""

from __future__ import annotations

import os
import random
import statistics
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Sample:
    """What one candidate did in one round: operations, CPU seconds (servers and clients), time."""

    done: int
    cpu: float
    seconds: float

    @property
    def cpu_each(self) -> float:
        """CPU seconds of one operation."""
        return self.cpu / self.done

    @property
    def rate(self) -> float:
        """Operations per second of the wall's clock."""
        return self.done / self.seconds


Candidate = Callable[[], Sample]


def tree_cpu(pid: int) -> float:
    """CPU seconds of a process, its living descendants, and those it has waited for."""
    try:
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        below = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return 0.0
    own = sum(int(word) for word in words[11:15]) / TICK
    return own + sum(tree_cpu(int(child)) for child in below)


def run_timed(command: list[str], environment: Mapping[str, str]) -> tuple[str, float]:
    """What a program printed, and the CPU seconds it took itself."""
    process = subprocess.Popen(command, env=dict(environment), stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    said = process.stdout.read()
    _pid, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{command[0]} ended with {process.returncode}: {said[-500:]}")
    return said, used.ru_utime + used.ru_stime


def in_rounds(candidates: Mapping[str, Candidate], rounds: int) -> dict[str, list[Sample]]:
    """Every candidate once per round, each round in another order."""
    samples: dict[str, list[Sample]] = {name: [] for name in candidates}
    for number in range(rounds):
        order = list(candidates)
        random.shuffle(order)
        for name in order:
            samples[name].append(candidates[name]())
            sample = samples[name][-1]
            print(
                f"  round {number + 1} {name:<24} {1e6 * sample.cpu_each:9.0f} µs CPU each"
                f" {sample.rate:9.0f} /s",
                flush=True,
            )
    return samples


def cpu_ratio(samples: dict[str, list[Sample]], limit: str, name: str) -> float:
    """Median over the rounds of CPU of the limit ÷ CPU of the candidate, per operation."""
    pairs = zip(samples[limit], samples[name], strict=True)
    return statistics.median(a.cpu_each / b.cpu_each for a, b in pairs)


def rate_ratio(samples: dict[str, list[Sample]], name: str, base: str) -> float:
    """Median over the rounds of operations per second, candidate ÷ base."""
    pairs = zip(samples[name], samples[base], strict=True)
    return statistics.median(a.rate / b.rate for a, b in pairs)


def median_us(samples: list[Sample]) -> float:
    """Median CPU microseconds of one operation."""
    return 1e6 * statistics.median(sample.cpu_each for sample in samples)
