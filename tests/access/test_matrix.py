"""Every cell of the matrix has the answer the policy says."""

from __future__ import annotations

import pytest

from tests.access.asking import wrong_answers
from tests.access.cells import list_cells, list_routes, undeclared
from tests.access.world import ACTORS, World

pytestmark = pytest.mark.timeout(600)
ROUTES = list(list_routes())
CELLS_AT_LEAST = 5_000


@pytest.mark.parametrize("part", ["api", "pages"])
@pytest.mark.parametrize("actor", ACTORS)
def test_each_cell_has_its_answer(world: World, actor: str, part: str) -> None:
    routes = [route for route in ROUTES if route.is_api == (part == "api")]
    wrong = wrong_answers(world, actor, routes)
    assert not wrong, f"{len(wrong)} wrong:\n" + "\n".join(wrong)


def test_every_route_and_method_has_its_line() -> None:
    assert undeclared(ROUTES) == []


def test_the_matrix_is_large() -> None:
    assert len(list(list_cells(ROUTES, ACTORS))) >= CELLS_AT_LEAST
