"""Mass assignment: what a request may not set is refused by name, and nothing is written."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.urls import reverse

from tests.access.asking import Asker
from tests.access.cells import Route, key_of, policy, roles
from tests.access.world import World

NEVER = ("id", "pk", "agency", "agency_id", "status", "is_demo", "at", "user_id")
# Documents whose keys are the applicant's or the rules' own.
FREE = ("form", "document", "seats")


def swallowed(world: World, routes: Iterable[Route]) -> list[str]:
    """Fields that were not refused with 422 `unknown_field`, over all POSTs of the API."""
    askers: dict[str, Asker] = {}
    found = []
    for route in routes:
        said = policy()["routes"][key_of(route)].get("POST")
        if not route.is_api or said is None:
            continue
        said = said if isinstance(said, dict) else {"may": said}
        actor = min(roles(said["may"]) - {"halfway", "provider_key"})
        asker = askers.setdefault(actor, Asker(world, actor))
        for where, name, body in _bodies(route, asker.filled(said.get("body", {}), _state(said))):
            answer = _post(asker, route, said, body)
            errors = json.loads(answer.content).get("errors", [])
            named = {(error["field"], error["code"]) for error in errors}
            if answer.status_code != 422 or (where + name, "unknown_field") not in named:
                found.append(f"{route.name} {where}{name}: {answer.status_code} {sorted(named)}")
    return found


def _state(said: dict[str, Any]) -> str:
    return str(said.get("state", "OWN"))


def _post(asker: Asker, route: Route, said: dict[str, Any], body: dict[str, Any]) -> Any:
    line = policy()["routes"][key_of(route)]
    noun = asker.world.nouns.get(line.get("noun", ""), {}).get(_state(said), {})
    path = reverse(route.name, kwargs={name: noun[name] for name in route.parameters})
    if route.name == "api:attach-file":
        return asker.send_form(path, body)
    return asker.send("POST", path, json.dumps(body).encode())


def _bodies(route: Route, body: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """The body with one field too many: those of the answer, and those nobody sets."""
    asked = set(getattr(getattr(route.view, "input", None), "_declared_fields", {}))
    told = set(getattr(getattr(route.view, "output", None), "_declared_fields", {}))
    for name in sorted((told | set(NEVER)) - asked):
        yield "", name, {**body, name: 1}
    for place, value in body.items():
        inner = value[0] if isinstance(value, list) and value else value
        if isinstance(inner, dict) and place not in FREE:
            changed = copy.deepcopy(body)
            (changed[place][0] if isinstance(value, list) else changed[place])["agency_id"] = 1
            yield f"{place}.0." if isinstance(value, list) else f"{place}.", "agency_id", changed
