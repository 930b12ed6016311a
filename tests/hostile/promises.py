"""Each status an operation is described with, and the way that leads to it.

Not here: 429 (test_pace.py keeps paces, the matrix has none) and 503 (the suites that take the
database away).
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import reverse

from tests.access.asking import Asker
from tests.access.cells import Cell, Route, key_of, list_cells, list_routes, policy
from tests.access.world import ACTORS
from tests.given import PAPER
from tests.rollback import rolled_back

ELSEWHERE = {429, 503}
# By how it is sent, whoever is meant: what of the request is changed.
SPOILED: dict[int, dict[str, str]] = {
    406: {"accept": "text/html"},
    413: {"content_length": str(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)},
    415: {"content_type": "text/plain"},
}

# Acts that another act makes possible: it comes first.
AFTER = {
    "api:resume-programme": "api:pause-programme",
    "api:unfreeze-line": "api:freeze-line",
    "api:export-package": "api:exports",
}
# Described for the whole family, without a case in this world, and why.
ABSENT = {
    (200, "api:approve-application"): "these rules ask for a public notice: test_review.py",
    (200, "api:resume-provider"): "another approver than who suspended: test_providers.py",
    (409, "api:attachment"): "every file here is clean: test_torture.py",
    (409, "api:certificate"): "stands with every voucher here",
    (403, "api:revoke-api-key"): "another's key is not there for anybody",
    (403, "api:attach-file"): "a draft is there for those only who may add to it",
    (404, "api:api-keys"): "one's own key names nothing else",
    **dict.fromkeys(
        [
            (409, f"api:{name}")
            for name in (
                "exports", "lodge-objection", "draft-rule-version", "set-ceiling",
                "publish-offer", "register-centre", "propose-seat-map", "add-bank-account",
                "revoke-api-key", "suballocate",
            )
        ],
        "has no wrong moment in this world",
    ),
}  # fmt: skip


def promised(operation: Any) -> set[int]:
    """The statuses of the description that can be met here."""
    return {int(status) for status, _response in operation.responses.items()} - ELSEWHERE


def lead_to(status: int, operation: Any, route: Route, askers: dict[str, Asker]) -> bool:
    """Whether some way leads there, to an answer of the right kind."""
    for answer in ways(status, operation.method.upper(), route, askers):
        kind = answer.get("Content-Type", "")
        if answer.status_code == status:
            return status < 400 or kind == "application/problem+json"
    return False


def ways(status: int, method: str, route: Route, askers: dict[str, Asker]) -> Iterator[Any]:
    """Answers to what should lead there."""
    cells = [cell for cell in list_cells([route], ACTORS) if cell.method == method]
    good = [cell for cell in cells if cell.expected & {200, 201} or cell.expected == {409}]
    for cell in (good or cells)[:1]:
        way = Way(cell, askers[cell.actor])
        if status == 400 and route.name == "api:attach-file":
            yield way.asked(content_type="multipart/form-data")  # without its boundary
        elif status == 400:
            yield way.asked("?x=%00" if method == "GET" else "", raw=b"{")
        elif status in SPOILED:
            yield way.asked(**SPOILED[status])
        elif status == 422:
            yield way.asked("?limit=0", body={**way.body, "id": 1})
        elif status == 404:
            for name in way.body:
                yield way.asked(body={**way.body, name: "NO-SUCH-1"})
        elif status in (200, 409) and method == "POST":
            yield from way.twice(uuid.uuid4().hex)
            yield from way.twice("")
            yield from way.of_others()
    if route.name in AFTER:
        yield second(method, route, askers)
    for cell in cells:
        if status in cell.expected:
            asker = askers[cell.actor]
            with ExitStack() as stack:
                if method != "POST":
                    stack.enter_context(rolled_back())
                yield asker.answer(cell, asker.noun_of(cell))


def second(method: str, route: Route, askers: dict[str, Asker]) -> Any:
    """The answer after what must come first; of what was made, by its number."""
    before = next(one for one in list_routes() if one.name == AFTER[route.name])
    cell = next(
        one
        for one in list_cells([before], ACTORS)
        if one.method == "POST" and one.expected <= {200, 201}
    )
    way = Way(cell, askers[cell.actor])
    with rolled_back():
        made = json.loads(way.send("", way.body, None, {}).content)
        made = made.get("result", made)
        noun = askers[cell.actor].noun_of(cell) or {"number": made.get("number")}
        path = reverse(route.name, kwargs={name: noun[name] for name in route.parameters})
        said = policy()["routes"][key_of(route)][method]
        body = way.asker.filled(said.get("body", {})) if isinstance(said, dict) else {}
        return way.asker.send(method, path, json.dumps(body).encode() if body else b"")


class Way:
    """A cell that is good, to be spoilt."""

    def __init__(self, cell: Cell, asker: Asker) -> None:
        self.asker, self.method, self.route = asker, cell.method, cell.route
        noun = asker.noun_of(cell)
        given = {name: noun[name] for name in cell.route.parameters}
        self.path = reverse(cell.route.name, kwargs=given)
        said = policy()["routes"][key_of(cell.route)].get(cell.method)
        body = said.get("body", {}) if isinstance(said, dict) else {}
        self.body: dict[str, Any] = asker.filled(body, cell.target)

    def send(self, tail: str, body: Any, raw: bytes | None, headers: dict[str, str]) -> Any:
        """The answer; files go as a form."""
        if self.route.name == "api:attach-file":
            upload = {**body, "file": SimpleUploadedFile("a.pdf", PAPER, "application/pdf")}
            told = raw or encode_multipart(BOUNDARY, upload)
            headers = {"content-type": MULTIPART_CONTENT, **headers}
        else:
            told = raw or json.dumps(body).encode()
        return self.asker.send(self.method, self.path + tail, told, **headers)

    def asked(
        self, tail: str = "", *, body: Any = None, raw: bytes | None = None, **headers: str
    ) -> Any:
        """Once, and undone."""
        with rolled_back():
            sent = self.body if body is None else body
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            return self.send(tail if self.method == "GET" else "", sent, raw, named)

    def twice(self, key: str) -> Iterator[Any]:
        """The same again: a replay under the same key, else a second act."""
        headers = {"idempotency-key": key} if key else {}
        with rolled_back():
            self.send("", self.body, None, dict(headers))
            yield self.send("", self.body, None, dict(headers))

    def of_others(self) -> Iterator[Any]:
        """With a noun of the body in each of its other states."""
        for name, value in self.body.items():
            for states in self.asker.world.nouns.values():
                numbers = {noun["number"] for noun in states.values()}
                if isinstance(value, str) and value in numbers:
                    for other in sorted(numbers - {value}):
                        yield self.asked(body={**self.body, name: other})
