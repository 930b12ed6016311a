"""Every form and every query of every page, with what hostile visitors write into fields."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import count, islice
from typing import Any
from urllib.parse import urlencode

import pytest
from django.http import HttpResponse
from django.urls import reverse

from tests.access.asking import Asker, form_of
from tests.access.cells import Cell, Route, Rule, key_of, list_routes, policy
from tests.access.world import World
from tests.hostile.payloads import TEXTS
from tests.rollback import rolled_back

pytestmark = pytest.mark.timeout(300)
PARTS = 4
# Of each field and query; the next one goes on where this one ended, so that all are used.
EACH = 5
MARKS = tuple(text for text in TEXTS if text.startswith(("<", '"><')))
QUERIES = (
    "code company number page ledger programme provider q round row selected status view"
).split()
FORM = "application/x-www-form-urlencoded"


def fault(answer: Any) -> str:
    """What is wrong with an answer: ours to have foreseen, or a text come out as markup."""
    if answer.status_code >= 500:
        return f"{answer.status_code}"
    if answer.streaming or "html" not in answer.get("Content-Type", ""):
        return ""
    html = answer.content.decode()
    return next((f"holds {mark}" for mark in MARKS if mark in html), "")


def pages(part: int) -> list[Route]:
    """A share of the pages."""
    return [route for route in list_routes() if route.view and not route.is_api][part::PARTS]


def rules_of(route: Route) -> Iterator[tuple[str, Rule]]:
    """Its GET and its acts, each with somebody who may."""
    line = policy()["routes"][key_of(route)]
    for word, said in line.items():
        if word.partition(" ")[0] in ("GET", "POST"):
            rule = Rule(route, line, said, word)
            if rule.may:
                yield word, rule


def field_names(route: Route, act: str) -> tuple[str, ...]:
    """What its form asks, also what may stay empty."""
    forms = {one.name: one.form for one in getattr(route.view, "acts", ())}
    form = forms.get(act) if act else getattr(route.view, "form_class", None)
    return tuple(form.base_fields) if form else ()


class Visitor:
    """Asks, counts, and remembers what was wrong."""

    def __init__(self, world: World) -> None:
        self.world, self.askers = world, dict[str, Asker]()
        self.turn, self.asked, self.wrong = count(), Counter[int](), list[str]()

    def next_texts(self) -> list[str]:
        """One that would be markup, and the next of the others."""
        turn = next(self.turn)
        return [MARKS[turn % len(MARKS)], *islice(TEXTS * 2, *_window(turn))]

    def ask(self, who: str, method: str, path: str, sent: dict[str, Any]) -> None:
        """As a browser sends it; a lone surrogate goes as the bytes a broken program would send."""
        asker = self.askers.get(who) or self.askers.setdefault(who, Asker(self.world, who))
        words = urlencode(sent, errors="surrogatepass")
        if method == "GET":
            request = asker.factory.generic("GET", path, QUERY_STRING=words)
        else:
            request = asker.factory.generic("POST", path, words.encode(), FORM)
        with rolled_back():
            answer = asker.get_response(request)
        self.asked[answer.status_code] += 1
        if said := fault(answer):
            self.wrong.append(f"{method} {path} as {who} {str(sent)[:200]}: {said}")

    def visit(self, route: Route, word: str, rule: Rule) -> None:
        """Each field in turn, the others as somebody honest fills them in."""
        who = min(rule.may)
        method, _blank, act = word.partition(" ")
        asker = self.askers.get(who) or self.askers.setdefault(who, Asker(self.world, who))
        target = rule.targets()[0]
        noun = asker.noun_of(Cell(route, method, act, who, target, frozenset()))
        path = reverse(route.name, kwargs={name: noun[name] for name in route.parameters})
        if method == "GET":
            for text in self.next_texts():
                self.ask(who, "GET", path, dict.fromkeys(QUERIES, text))
            return
        honest = asker.filled(rule.said.get("body", {}), target)
        honest = {name: value for name, value in honest.items() if not isinstance(value, bytes)}
        for name in {**honest, **dict.fromkeys(field_names(route, act))}:
            for text in self.next_texts():
                self.ask(who, "POST", path, form_of({**honest, name: text}, act))


def _window(turn: int) -> tuple[int, int]:
    start = turn * (EACH - 1) % len(TEXTS)
    return start, start + EACH - 1


@pytest.mark.parametrize("part", range(PARTS))
def test_no_text_breaks_a_page_or_comes_out_as_markup(world: World, part: int) -> None:
    visitor = Visitor(world)
    for route in pages(part):
        for word, rule in rules_of(route):
            visitor.visit(route, word, rule)
    print(dict(visitor.asked))
    assert not visitor.wrong, f"{len(visitor.wrong)} wrong:\n" + "\n".join(visitor.wrong[:20])
    assert visitor.asked.total() > 200
    # A refusal of the form, or an act that went through: past the doors, not turned away at them.
    assert visitor.asked[200] + visitor.asked[302] + visitor.asked[422] > 150


def test_a_fault_would_be_seen() -> None:
    assert fault(HttpResponse(status=500)) == "500"
    assert fault(HttpResponse(f"<p>{MARKS[0]}</p>")) == f"holds {MARKS[0]}"
    assert fault(HttpResponse("<p>&lt;script&gt;</p>", status=422)) == ""
