"""From the policy to cells: each a route, a method, a role and a target, with its one answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.urls import URLPattern, URLResolver, get_resolver

from tests.access.world import ACTORS

POLICY = Path(__file__).with_name("policy.yaml")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
# Nobody is known: to a page a key is nobody, too.
STRANGERS = ("anonymous", "halfway")
SAMPLE = (*STRANGERS, "company_agent", "provider_key", "approver", "operator")
OK = frozenset({200, 201})
GONE = frozenset({302})


@dataclass(frozen=True)
class Route:
    """An address by its name, what stands in it, and what its view handles."""

    name: str
    parameters: tuple[str, ...]
    methods: tuple[str, ...]
    view: Any

    @property
    def is_api(self) -> bool:
        """Machines are answered by status, people by pages."""
        return self.name.startswith("api:")


@dataclass(frozen=True)
class Cell:
    """Ask `method` of `route` as `actor` about `target`; one of `expected` is the answer."""

    route: Route
    method: str
    act: str
    actor: str
    target: str
    expected: frozenset[int]

    @property
    def is_turned_away(self) -> bool:
        """Whether a page sends a stranger to sign in."""
        strange = self.actor in (*STRANGERS, "provider_key") and not self.route.is_api
        return strange and not policy()["routes"][key_of(self.route)].get("public")

    @property
    def word(self) -> str:
        """Its entry in the policy."""
        return f"{self.method} {self.act}".strip()

    def __str__(self) -> str:
        return f"{self.word} {self.route.name} as {self.actor} on {self.target or '-'}"


def list_routes(patterns: Iterable[Any] | None = None, prefix: str = "") -> Iterator[Route]:
    """Every address the resolver knows, by name and parameters."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from list_routes(pattern.url_patterns, inner)
        elif isinstance(pattern, URLPattern):
            view = getattr(pattern.callback, "view_class", None) or getattr(
                pattern.callback, "cls", None
            )
            names = getattr(view, "http_method_names", ())
            methods = [m for m in METHODS if m.lower() in names and hasattr(view, m.lower())]
            parameters = tuple(pattern.pattern.converters)
            yield Route(f"{prefix}{pattern.name}", parameters, tuple(methods) or ("GET",), view)


@cache
def policy() -> dict[str, Any]:
    """The written policy."""
    found: dict[str, Any] = yaml.safe_load(POLICY.read_text(encoding="utf-8"))
    return found


def key_of(route: Route) -> str:
    """The route's line: a name that has two addresses is told apart by its parameters."""
    whole = f"{route.name}/{'/'.join(route.parameters)}"
    return whole if whole in policy()["routes"] else route.name


def undeclared(routes: Iterable[Route]) -> list[str]:
    """Routes and methods without a line."""
    missing = []
    for route in routes:
        line = policy()["routes"].get(key_of(route))
        if line is None:
            missing.append(key_of(route))
            continue
        said = {word.partition(" ")[0] for word in line if word.isupper() or " " in word}
        missing += [f"{m} {key_of(route)}" for m in route.methods if m not in said]
    return missing


def roles(words: str | None) -> frozenset[str]:
    """Names of roles and groups as roles."""
    found: set[str] = set()
    for word in (words or "").split():
        group = policy()["groups"].get(word)
        found |= roles(group) if group is not None else {word}
    unknown = found - set(ACTORS)
    assert not unknown, f"no such role: {unknown}"
    return frozenset(found)


def list_cells(routes: Iterable[Route], actors: Iterable[str]) -> Iterator[Cell]:
    """All cells of these routes and actors."""
    chosen = list(actors)
    for route in routes:
        line = policy()["routes"][key_of(route)]
        for actor in chosen:
            yield from _of_route(route, line, actor)


def _of_route(route: Route, line: dict[str, Any], actor: str) -> Iterator[Cell]:
    rules = {}
    for word, said in line.items():
        if word.partition(" ")[0] in METHODS:
            rules[word] = Rule(route, line, said, word)
    shut = next(iter(rules.values())).door(actor) is not None
    for word, rule in rules.items():
        if shut and rule.is_later:
            continue
        method, _blank, act = word.partition(" ")
        for target in rule.targets_for(actor):
            yield Cell(route, method, act, actor, target, rule.expected(actor, target))
    # HEAD and OPTIONS pass the same door as GET and POST: these few ask them everywhere.
    if actor in SAMPLE and route.view is not None:
        first = next(iter(rules.values()))
        target = first.targets()[0]
        if first.method == "GET":
            yield Cell(route, "HEAD", "", actor, target, first.expected(actor, target))
        yield Cell(route, "OPTIONS", "", actor, target, first.behind_the_door(actor))


class Rule:
    """One line of the policy, asked what it means for a role and a target."""

    def __init__(self, route: Route, line: dict[str, Any], said: Any, word: str) -> None:
        self.route, self.line, self.method = route, line, word.partition(" ")[0]
        self.said: dict[str, Any] = said if isinstance(said, dict) else {"may": said}
        self.kind: str = line.get("noun", "")
        self.noun: dict[str, Any] = policy()["nouns"].get(self.kind, {})
        self.may = roles(self.said.get("may"))
        acts = [entry for entry in line if entry.startswith("POST ")]
        self.is_later = word in acts[1:]

    def targets(self) -> list[str]:
        """The noun's states to ask about; one cell without a target where there is no noun."""
        if not self.kind:
            return [""]
        state = self.said.get("state", "OWN")
        states = [state, "MISSING", *self.noun.get("foreign", "OTHER_AGENCY").split()]
        if self.method != "GET" and "wrong" in self.said:
            states += self.said["wrong"].split()
        if "WITHDRAWN" in self.noun.get("states", "") and "WITHDRAWN" not in states:
            states.append("WITHDRAWN")
        return states

    def targets_for(self, actor: str) -> list[str]:
        """Those that can make a difference. None where the door is shut before any noun is looked
        at; no other's noun to whom not even one's own is there; no further state, and not the
        rival's noun, to whom may not act on it at all; and of a page's later acts not again what
        its first act found at the same door. A page draws the rival's noun as one's own."""
        targets = self.targets()
        if self.door(actor) is not None:
            return targets[:1]
        if self.kind and not any(self.sees(actor, target) for target in targets):
            return targets[:2]
        states = {*self.said.get("wrong", "").split(), "WITHDRAWN"}
        rivals = {"OTHER_COMPANY"} if self.sees(actor, "OTHER_COMPANY") else set()
        if self.method == "GET":
            left_out = set() if self.route.is_api else {"WITHDRAWN"} | rivals
        else:
            left_out = set() if actor in self.may else states | rivals
            if self.is_later:
                left_out |= set(targets[1:]) - states
        return [target for target in targets if target not in left_out]

    def behind_the_door(self, actor: str) -> frozenset[int]:
        """OPTIONS looks at no noun."""
        if self.line.get("library"):
            return frozenset({200, 302, 403, 404})
        return self.door(actor) or frozenset({self.line.get("options", 200)})

    def door(self, actor: str) -> frozenset[int] | None:
        """What is said before any noun is looked at, or None for whoever passes."""
        if self.line.get("public"):
            return None
        if self.route.is_api:
            return frozenset({401}) if actor in STRANGERS else None
        if actor in (*STRANGERS, "provider_key"):
            return GONE
        gate = self.line.get("gate") or policy()["gates"].get(self.route.name.partition(":")[0])
        return None if gate is None or actor in roles(gate) else frozenset({403})

    def sees(self, actor: str, target: str) -> bool:
        """Whether the noun in this state is there for this role."""
        if target == "MISSING":
            return False
        said = self.line.get("sees") or self.noun.get(target, self.noun.get("sees", "everyone"))
        return actor in roles(said)

    def expected(self, actor: str, target: str) -> frozenset[int]:
        """Door, then the noun, then the right, then its state."""
        if (closed := self.door(actor)) is not None:
            return closed
        if self.kind and not self.sees(actor, target):
            return frozenset({404})
        if actor in roles(self.said.get("hides")):
            return frozenset({404})
        if target == "OTHER_AGENCY" and "foreign" in self.said:
            return _statuses(self.said["foreign"], OK)
        allowed = actor in self.may and target != "OTHER_AGENCY"
        if self.method == "GET" and target in ("OTHER_AGENCY", "OTHER_COMPANY"):
            allowed = actor in self.may
        if not allowed:
            return frozenset({403})
        if target == self.said.get("state", "OWN" if self.kind else ""):
            return _statuses(self.said.get("own"), self._good())
        if self.method == "GET":
            return _statuses(self.said.get(target), self._good())
        if target == "OTHER_COMPANY":
            return _statuses(self.said.get(target), frozenset({200, 201, 302, 409, 422}))
        return _statuses(self.said.get(target), frozenset({409}))

    def _good(self) -> frozenset[int]:
        return OK if self.route.is_api or self.method == "GET" else GONE


def _statuses(said: Any, otherwise: frozenset[int]) -> frozenset[int]:
    if said is None:
        return otherwise
    return frozenset(said if isinstance(said, list) else [said])
