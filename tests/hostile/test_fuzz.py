"""The API under schemathesis: every operation, as every role, with numbers that exist.

FUZZ_CASES= asks for more of them; what was counted stands at the end of the run.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from typing import Any

import pytest

from tests.access.asking import Asker
from tests.access.world import ACTORS, World
from tests.hostile.conftest import COUNTED
from tests.hostile.fuzzing import Seeder, faults, generated, operations, prepared, send
from tests.hostile.promises import ABSENT, lead_to, promised
from tests.rollback import rolled_back

pytestmark = pytest.mark.timeout(900)
CASES = int(os.environ.get("FUZZ_CASES", "2500"))
DEEP_PERCENT = 30
PARTS = 8


class Told:
    """What was counted, and what was wrong."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.wrong: list[str] = []
        self.seen: set[int] = set()

    def take(self, who: str, case: Any, request: Any, answer: Any) -> None:
        """One more answer."""
        status = answer.status_code
        self.seen.add(status)
        said = f"{case.method} {request.url} as {who}: {status}"
        if status >= 500:
            self.counts["broken"] += 1
            self.wrong.append(f"{said} {str(request.body)[:300]}")
            return
        for fault in faults(case, request, answer):
            self.counts["undescribed"] += 1
            self.wrong.append(f"{said} {fault}")


@pytest.mark.parametrize("part", range(PARTS))
def test_no_case_breaks_the_service_or_its_description(
    world: World, part: int, record_property: Any
) -> None:
    askers = {actor: Asker(world, actor) for actor in ACTORS}
    every = operations()
    each = -(-CASES // len(every))
    dice = random.Random(part)
    told = Told()
    counts = told.counts
    for number, (operation, route) in list(enumerate(every))[part::PARTS]:
        seeder = Seeder(world, route, dice)
        told.seen = set()
        for place, case in enumerate(generated(operation, each), start=number):
            asker = askers[seeder.actor(case.method, place)]
            seeder.seed(case, asker)
            request = prepared(case)
            with rolled_back():
                answer = send(asker, request)
            told.take(asker.actor, case, request, answer)
            counts["cases"] += 1
            counts["deep"] += answer.status_code not in (400, 404)
            counts[f"={answer.status_code}"] += 1
        said = promised(operation)
        met = said & told.seen
        counts["promised"] += len(said)
        counts["met"] += len(met)
        for status in sorted(said - met):
            if lead_to(status, operation, route, askers):
                counts["led"] += 1
                continue
            counts["absent"] += 1
            if (status, route.name) not in ABSENT:
                told.wrong.append(f"{operation.method} {operation.path}: no way to {status}")
        counts["operations"] += 1
    record_property(COUNTED, dict(counts))
    print(dict(counts))
    assert not told.wrong, f"{len(told.wrong)} wrong:\n" + "\n".join(told.wrong[:20])
    assert counts["cases"] * PARTS >= CASES * 0.9
    assert 100 * counts["deep"] >= DEEP_PERCENT * counts["cases"]
