"""Put a cell to the application, inside a savepoint, and compare the answer with the policy."""

from __future__ import annotations

import base64
import contextlib
import io
import json
import re
import uuid
import zipfile
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import count
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.handlers.base import BaseHandler
from django.db import transaction
from django.test import RequestFactory
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import reverse

from companies.users.signatures import sign_request
from tests.access.cells import Cell, Route, key_of, list_cells, policy
from tests.access.nouns import NEIGHBOURS_SECRET, RIVALS_SECRET
from tests.access.world import World
from tests.given import PAPER

# Each question comes from a network of its own: doors keep a pace per network.
NETWORKS = count()
SIGN_IN = ("/account/login/", "/account/2fa/")
VARYING = ("Date", "X-Request-Id", "Set-Cookie")
# What a page makes anew each time: masked tokens, request ids and keys, sealed cursors.
FRESH = re.compile(rb"\b(?:[A-Za-z0-9]{64}|[0-9a-f]{20}|[0-9a-f]{32})\b|\b(?:page|ledger)=[^\"&]+")


@contextlib.contextmanager
def undone() -> Iterator[None]:
    """A block in which verbs may open their transaction, rolled back at its end."""
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined] # as Django's own TestCase does
    with block:
        yield
        transaction.set_rollback(True)


class Asker:
    """One actor's way of asking; remembers what a missing noun was answered."""

    def __init__(self, world: World, actor: str) -> None:
        self.world, self.actor = world, actor
        self.factory = RequestFactory()
        self.handler = BaseHandler()
        self.handler.load_middleware()
        self.missing: dict[tuple[str, str, str], Any] = {}
        self.forbidden = self._forbidden()

    def mismatch(self, cell: Cell) -> str:
        """What is wrong with the answer to this cell; '' where nothing is."""
        noun = self.noun_of(cell)
        answer = self.answer(cell, noun)
        status = answer.status_code
        if status not in cell.expected:
            return f"{cell}: {status}, not {sorted(cell.expected)} {_why(answer)}"
        if cell.is_turned_away and answer["Location"].partition("?")[0] not in SIGN_IN:
            return f"{cell}: sent to {answer['Location']}"
        if status == 404 and noun and cell.method != "HEAD" and not self.is_nested(cell):
            if differs := self._unlike_missing(cell, noun, answer):
                return f"{cell}: unlike a missing one ({differs})"
        return self.leak(cell, noun, answer)

    def is_nested(self, cell: Cell) -> bool:
        """Whether what is not there is another noun, named in the body."""
        said = policy()["routes"][key_of(cell.route)].get(cell.word, {})
        return isinstance(said, dict) and ("hides" in said or "foreign" in said)

    def leak(self, cell: Cell, noun: dict[str, Any], answer: Any) -> str:
        """Something of others in the answer; what was asked for by name is no news."""
        if policy()["routes"][key_of(cell.route)].get("public"):
            return ""
        body = _body(answer).decode(errors="replace")
        asked = {str(value) for value in noun.values()}
        found = [text for text in self.forbidden if text in body and text not in asked]
        return f"{cell}: the answer holds {found[0]}" if found else ""

    def noun_of(self, cell: Cell) -> dict[str, Any]:
        """What fills the address."""
        line = policy()["routes"][key_of(cell.route)]
        states = self.world.nouns.get(line.get("noun", ""), {})
        return {**states.get(cell.target, {}), **line.get("with", {})} if states else dict(
            line.get("with", {})
        )  # fmt: skip

    def answer(self, cell: Cell, noun: dict[str, Any]) -> Any:
        """Asked, and what it did undone."""
        with undone() if cell.method == "POST" else contextlib.nullcontext():
            return self.ask(cell, noun)

    def ask(self, cell: Cell, noun: dict[str, Any]) -> Any:
        """The answer."""
        given = {name: noun[name] for name in cell.route.parameters}
        path = reverse(cell.route.name, kwargs=given)
        word = cell.word.replace("HEAD", "GET")
        said = policy()["routes"][key_of(cell.route)].get(word, {})
        body = self.filled(said.get("body", {}), cell.target) if isinstance(said, dict) else {}
        if isinstance(said, dict) and "query" in said:
            path += "?" + self.filled(said["query"], cell.target)
        if cell.method != "POST":
            return self.send(cell.method, path)
        if not cell.route.is_api:
            if "usage" in body:
                body["usage"] = SimpleUploadedFile("usage.csv", self.world.names["usage"])
            return self.get_response(self.factory.post(path, form_of(body, cell.act)))
        if cell.route.name == "api:attach-file":
            return self.send_form(path, body)
        return self.send("POST", path, json.dumps(body).encode())

    def send(self, method: str, path: str, body: bytes = b"", **headers: str) -> Any:
        """JSON, signed where the actor is a key."""
        sent = {"content-type": "application/json", **headers}
        if method == "POST":
            sent.setdefault("idempotency-key", uuid.uuid4().hex)
        if self.actor == "provider_key":
            sent = sign_request(
                method=method, url=f"http://testserver{path}", body=body, key_id="matrix-key-0001",
                headers=sent, private_key=self.world.private_key, at=datetime.now(UTC),
            )  # fmt: skip
        kind = sent.pop("content-type", "application/json")
        return self.get_response(self.factory.generic(method, path, body, kind, headers=sent))

    def get_response(self, request: Any) -> Any:
        """Through all middleware; no client between, which would copy every template's context."""
        request.COOKIES = dict(self.world.cookies.get(self.actor, {}))
        request._dont_enforce_csrf_checks = True
        number = next(NETWORKS)
        request.META["REMOTE_ADDR"] = f"10.{number // 250}.{number % 250}.7"
        return self.handler.get_response(request)

    def send_form(self, path: str, body: dict[str, Any]) -> Any:
        """A file with its kind; a key signs the very bytes."""
        upload = {**body, "file": SimpleUploadedFile("a.pdf", PAPER, "application/pdf")}
        raw = encode_multipart(BOUNDARY, upload)
        return self.send("POST", path, raw, **{"content-type": MULTIPART_CONTENT})

    def filled(self, value: Any, target: str = "") -> Any:
        """$names of the policy as the world knows them; TARGET in one is the cell's own."""
        if isinstance(value, dict):
            return {name: self.filled(inner, target) for name, inner in value.items()}
        if isinstance(value, list):
            return [self.filled(inner, target) for inner in value]
        if isinstance(value, str) and "$" in value:
            value = value.replace("TARGET", target)
            names = {**self.world.names, "fresh": uuid.uuid4().hex[:12]}
            if value[1:] in names:
                found = names[value[1:]]
                return base64.b64encode(found).decode() if isinstance(found, bytes) else found
            return re.sub(r"\$(\w+)", lambda m: str(names.get(m[1], m[0])), value)
        return value

    def _unlike_missing(self, cell: Cell, noun: dict[str, Any], answer: Any) -> str:
        key = (key_of(cell.route), cell.method, cell.act)
        here = (_headers(answer), plain(answer, noun))
        if cell.target == "MISSING":
            self.missing[key] = here
            return ""
        if key not in self.missing:
            absent = Cell(cell.route, cell.method, cell.act, cell.actor, "MISSING", frozenset())
            there = self.noun_of(absent)
            other = self.answer(absent, there)
            self.missing[key] = (_headers(other), plain(other, there))
        headers, body = self.missing[key]
        if headers != here[0]:
            return f"headers {set(headers.items()) ^ set(here[0].items())}"
        return "" if body == here[1] else "body"

    def _forbidden(self) -> list[str]:
        """Numbers and words that must never stand in an answer to this actor."""
        hidden = [NEIGHBOURS_SECRET]
        foreign = ["OTHER_AGENCY"]
        if self.actor in policy()["outside"].split():
            hidden.append(RIVALS_SECRET)
            foreign.append("OTHER_COMPANY")
        for kind in policy()["secret"].split():
            hidden += [
                str(states[state]["number"])
                for state in foreign
                if (states := self.world.nouns[kind]) and state in states
            ]
        return [text for text in hidden if text]


def wrong_answers(world: World, actor: str, routes: Iterable[Route]) -> list[str]:
    """The cells of these routes whose answer to this actor is not the policy's."""
    asker = Asker(world, actor)
    with undone():
        return [said for cell in list_cells(routes, [actor]) if (said := asker.mismatch(cell))]


def form_of(body: dict[str, Any], act: str) -> dict[str, Any]:
    """A page's form: the fields of one act among several begin with its name."""
    key = {"request_key": uuid.uuid4().hex}
    if not act:
        return {**body, **key}
    return {"act": act, **{f"{act}-{name}": value for name, value in body.items()}, **key}


def _body(answer: Any) -> bytes:
    """What was sent; of a package, what its files hold."""
    if not answer.streaming:
        return bytes(answer.content)
    body = b"".join(answer.streaming_content)
    if not zipfile.is_zipfile(io.BytesIO(body)):
        return body
    with zipfile.ZipFile(io.BytesIO(body)) as package:
        return b"".join(package.read(name) for name in package.namelist())


def _headers(answer: Any) -> dict[str, str]:
    return {name: value for name, value in answer.items() if name not in VARYING}


def plain(answer: Any, noun: dict[str, Any]) -> bytes:
    """The body without what is made anew each time, and without the number asked for."""
    body = FRESH.sub(b"", _body(answer))
    for value in sorted({str(v) for v in noun.values()}, key=len, reverse=True):
        body = body.replace(value.encode(), b"*")
    return body


def _why(answer: Any) -> str:
    if answer.streaming:
        return ""
    text = answer.content.decode(errors="replace")
    if answer["Content-Type"].endswith("json"):
        with contextlib.suppress(ValueError):
            said = json.loads(text)
            return f"{said.get('code')} {said.get('errors')} {said.get('facts')}"
    words = re.findall(r'class="(?:callout__title|field__error|error)[^>]*>([^<]*)', text)
    return " | ".join(words)[:200]
