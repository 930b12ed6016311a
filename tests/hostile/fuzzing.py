"""Cases by schemathesis, made to go deep: numbers that exist, bodies that are nearly right."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
import schemathesis
import yaml
from django.urls import resolve
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from schemathesis.core.failures import FailureGroup
from schemathesis.core.transport import Response
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.access.asking import Asker
from tests.access.cells import Route, key_of, list_routes, policy, roles
from tests.access.world import ACTORS, World
from tests.hostile.payloads import TEXTS

ROOT = Path(__file__).resolve().parents[2]
CHECKS = [status_code_conformance, content_type_conformance, response_schema_conformance]
# Documents that a text would only make unreadable: they are changed inside.
DOCUMENTS = ("form", "document", "seats")


@cache
def operations() -> list[tuple[Any, Route]]:
    """Each operation of the description with its route."""
    described = yaml.safe_load((ROOT / "docs" / "openapi.yaml").read_text(encoding="utf-8"))
    routes: dict[str, Route] = {route.name: route for route in list_routes()}
    found = []
    for result in schemathesis.openapi.from_dict(described).get_all_operations():
        operation = result.ok()
        path = operation.path
        for parameter in operation.path_parameters:
            path = path.replace("{" + parameter.name + "}", "1")
        found.append((operation, routes[resolve(path).view_name]))
    return found


def generated(operation: Any, count: int) -> list[Any]:
    """This many cases of one operation, the same in every run."""
    cases: list[Any] = []

    @hypothesis_settings(
        max_examples=count, database=None, deadline=None, derandomize=True,
        phases=[Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy())
    def collect(case: Any) -> None:
        cases.append(case)

    collect()
    return cases[:count]


class Seeder:
    """Turns what was drawn into what somebody who knows the house would send."""

    def __init__(self, world: World, route: Route, dice: random.Random) -> None:
        self.world, self.route, self.dice = world, route, dice
        self.line = policy()["routes"][key_of(route)]
        self.states = list(world.nouns.get(self.line.get("noun", ""), {}))

    def said(self, method: str) -> dict[str, Any]:
        """The policy's entry for this method."""
        said = self.line.get(method, {})
        return said if isinstance(said, dict) else {"may": said}

    def actor(self, method: str, place: int) -> str:
        """Everybody in turn, and every other time somebody who may."""
        able = sorted(roles(self.said(method).get("may")))
        if place % 2 and able:
            return able[place // 2 % len(able)]
        return ACTORS[place // 2 % len(ACTORS)]

    def seed(self, case: Any, asker: Asker) -> None:
        """Nine times of ten a number that exists; two times of three a body that is nearly right"""
        dice, said = self.dice, self.said(case.method)
        state = said.get("state", "OWN")
        if self.states and dice.random() < 0.9:
            target = state if dice.random() < 0.6 else dice.choice(self.states)
            noun = self.world.nouns[self.line["noun"]][target]
            for name in case.path_parameters or {}:
                case.path_parameters[name] = str(noun[name])
        if case.headers and dice.random() < 0.95:  # a signature drawn by lot never holds
            case.headers.pop("Signature-Input", None)
        if isinstance(case.body, dict):
            self._seed_body(case, asker.filled(said.get("body", {}), state))
        for name in case.query or {}:
            if dice.random() < 0.3:
                case.query[name] = dice.choice(TEXTS).replace("\ud800", "\ufffd")

    def _seed_body(self, case: Any, good: dict[str, Any]) -> None:
        dice, drawn = self.dice, dict(case.body)
        if good and dice.random() < 0.7:
            body = json.loads(json.dumps(good))
            for name in dice.sample(sorted(drawn), min(len(drawn), dice.choice((0, 1, 1, 2)))):
                body[name] = drawn[name]
        else:
            body = drawn
        texts = [name for name, value in body.items() if isinstance(value, str)]
        if texts and dice.random() < 0.4:
            body[dice.choice(texts)] = dice.choice(TEXTS)
        for name in DOCUMENTS:
            if isinstance(body.get(name), dict) and dice.random() < 0.5:
                self._spoil(body[name])
        case.body = body

    def _spoil(self, document: dict[str, Any]) -> None:
        """One value somewhere inside becomes another."""
        place = self.dice.choice(sorted(document)) if document else "x"
        inner = document.get(place)
        if isinstance(inner, dict) and inner and self.dice.random() < 0.7:
            self._spoil(inner)
        else:
            document[place] = self.dice.choice([*TEXTS, None, 0, -1, 2**53, 0.5, [], {}, True])


def prepared(case: Any) -> requests.PreparedRequest:
    """The request as it goes over the wire."""
    told = case.as_transport_kwargs(base_url="http://testserver")
    told = {name: told[name] for name in told if name not in ("cookies", "timeout", "verify")}
    return requests.Request(**told).prepare()


def send(asker: Asker, request: requests.PreparedRequest) -> Any:
    """Put to the application by this actor; a key signs what goes over the wire."""
    place = urlsplit(request.url)
    path = place.path + (f"?{place.query}" if place.query else "")
    headers = {name.lower(): value for name, value in request.headers.items()}
    for name in ("content-length", "cookie"):
        headers.pop(name, None)
    body = request.body or b""
    raw = body.encode() if isinstance(body, str) else bytes(body)
    return asker.send(str(request.method), path, raw, **headers)


def faults(case: Any, request: requests.PreparedRequest, answer: Any) -> Iterator[str]:
    """Where the answer is unlike its description."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    response = Response(
        answer.status_code, {name: [value] for name, value in answer.items()}, body, request,
        elapsed=0.0, verify=False,
    )  # fmt: skip
    try:
        case.validate_response(response, checks=CHECKS)
    except FailureGroup as found:
        yield from (str(failure)[:600] for failure in found.exceptions)
