"""Every address of the resolver, asked by strangers and people: none answers without headers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test.utils import override_settings
from django.urls import reverse

from tests.access.asking import Asker, _body
from tests.access.cells import Route, Rule, key_of, list_routes, policy
from tests.access.world import ACTORS, World
from tests.integration.test_headers import INLINE, POLICY
from tests.rollback import rolled_back

pytestmark = pytest.mark.timeout(300)
YEAR = 31_536_000
EXPECTED = {
    "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY", "Strict-Transport-Security": f"max-age={YEAR}",
}  # fmt: skip
# Of the service itself: the same for everybody, whoever is signed in.
FOR_ALL = re.compile(r"\w+ /(livez|readyz|metrics|demo/)")


def faults(answer: Any, *, is_known: bool) -> Iterator[str]:
    """What the headers lack."""
    policy = {part.strip() for part in answer.get("Content-Security-Policy", "").split(";")}
    if policy - {"sandbox"} != POLICY:
        yield f"content policy {policy ^ POLICY}"
    for name, value in EXPECTED.items():
        if answer.get(name) != value:
            yield f"{name}: {answer.get(name)}"
    for name in ("Permissions-Policy", "X-Request-Id"):
        if not answer.get(name):
            yield f"no {name}"
    if is_known and "no-store" not in answer.get("Cache-Control", ""):
        yield f"Cache-Control: {answer.get('Cache-Control')}"
    attached = answer.get("Content-Disposition", "").startswith("attachment")
    if attached != ("sandbox" in policy):
        yield "a download without its sandbox"
    if "html" in answer.get("Content-Type", "") and INLINE.search(_body(answer).decode()):
        yield "inline style or script"
    for cookie in answer.cookies.values():
        if not cookie["samesite"] or (cookie.key == "sessionid" and not cookie["httponly"]):
            yield f"cookie {cookie.key}"


def visitors(route: Route) -> list[str]:
    """A stranger, somebody who may look, and somebody who may not."""
    line = policy()["routes"][key_of(route)]
    rules = [
        Rule(route, line, said, word)
        for word, said in line.items()
        if word.partition(" ")[0] in ("GET", "POST")
    ]
    known = [actor for actor in ACTORS if actor not in ("anonymous", "halfway", "provider_key")]
    able = [actor for actor in known if actor in rules[0].may]
    shut = [actor for actor in known if actor not in rules[0].may]
    return ["anonymous", *able[:1], *shut[:1]]


def answers(world: World) -> Iterator[tuple[str, str, Any]]:
    """Each route asked with GET and, where it is an act, with an empty POST."""
    askers = {actor: Asker(world, actor) for actor in ACTORS}
    for route in list_routes():
        line = policy()["routes"][key_of(route)]
        states = world.nouns.get(line.get("noun", ""), {})
        noun = {**next(iter(states.values()), {}), **line.get("with", {})}
        path = reverse(route.name, kwargs={name: noun[name] for name in route.parameters})
        method = "POST" if route.methods == ("POST",) else "GET"
        for actor in visitors(route):
            asker = askers[actor]
            with rolled_back():
                request = asker.factory.generic(method, path, secure=True)
                yield actor, f"{method} {path}", asker.get_response(request)


def test_no_address_answers_without_its_headers(world: World) -> None:
    asked, found = 0, []
    with override_settings(SECURE_HSTS_SECONDS=YEAR):
        for who, address, answer in answers(world):
            asked += 1
            if answer.status_code >= 500:
                found.append((who, address, answer.status_code))
            known = who != "anonymous" and not FOR_ALL.match(address)
            found += [(who, address, fault) for fault in faults(answer, is_known=known)]
    print(f"{asked} answers")
    assert not found, (len(found), found[:12])
    assert asked > 600
