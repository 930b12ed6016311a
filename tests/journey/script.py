"""The words of the journey: who does what, checked step by step."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from companies.foundation.clock import now
from tests.journey.house import Person, Refused, set_clock

ACT_ROLES = {
    "SCREEN": ("intake",),
    "REVIEW": ("reviewer",),
    "APPROVE": ("approver",),
    "ACCEPT": ("checker",),
    "BUILD": ("clerk",),
    "BATCH_APPROVE": ("approver2",),
    "AUTHORISE": ("authoriser",),
    "RELEASE": ("releaser",),
}
# With the compact map one person does what shares a seat.
COMPACT_PEOPLE = {
    "SCREEN": "intake",
    "ACCEPT": "intake",
    "REVIEW": "reviewer",
    "BATCH_APPROVE": "reviewer",
    "APPROVE": "approver",
    "AUTHORISE": "approver",
    "BUILD": "clerk",
    "RELEASE": "releaser",
}


# The duties by which an act may be done at all: without one, the refusal is another (duty_missing).
DUTIES = {
    "SCREEN": {"intake"},
    "REVIEW": {"reviewer"},
    "APPROVE": {"approver"},
    "ACCEPT": {"reviewer", "intake"},
    "BUILD": {"finance_clerk"},
    "BATCH_APPROVE": {"approver", "reviewer"},
    "AUTHORISE": {"finance_authoriser", "approver"},
    "RELEASE": {"finance_releaser"},
}


class Script:
    """Who sits where on the main file, the clock, and the lines printed."""

    def __init__(self, url: str, seats: dict[str, str], sign_in: Callable[[str], Person]) -> None:
        self.url, self.seats, self._sign_in = url, seats, sign_in
        self.people: dict[str, Person] = {}
        self.sat: dict[str, str] = {}
        self.step = 0
        self.refusals = 0
        self.at: datetime

    def who(self, username: str) -> Person:
        """This person, signed in once."""
        if username not in self.people:
            self.people[username] = self._sign_in(username)
        return self.people[username]

    def officer(self, act: str) -> Person:
        """Who does this act under the chosen seat map."""
        if os.environ.get("SEATS", "strict") == "compact":
            return self.who(COMPACT_PEOPLE[act])
        return self.who(ACT_ROLES[act][0])

    def clock(self, at: datetime) -> None:
        """Time passes."""
        set_clock(self.url, at)
        self.at = at

    @contextmanager
    def from_day(self, at: datetime) -> Iterator[None]:
        """The story's time; afterwards the instance's own again, where its other files live on."""
        present = now()
        self.clock(at)
        try:
            yield
        finally:
            set_clock(self.url, present)

    def later(self, **delta: int) -> None:
        """Some time passes."""
        self.clock(self.at + timedelta(**delta))

    def act(
        self, act: str, path: str, body: dict[str, Any] | None = None, *, main: bool = True
    ) -> dict[str, Any]:
        """An officer's act. On the main file, whoever sits elsewhere tries first and is refused."""
        person = self.officer(act)
        if main:
            for username, seat in self.sat.items():
                if seat != self.seats[act] and self.roles_of(username) & DUTIES[act]:
                    self.expect_seat_taken(username, act, path, body)
            self.sat[person.username] = self.seats[act]
        return self.say(f"{act:<14}", person.do(path, body), person)

    def roles_of(self, username: str) -> set[str]:
        """The duties this person holds."""
        return {duty["role"] for duty in self.who(username).get("me")["duties"]}

    def expect_seat_taken(
        self, username: str, act: str, path: str, body: dict[str, Any] | None
    ) -> None:
        """Raises SystemExit unless the refusal is 403 `seat_taken`."""
        try:
            self.who(username).do(path, body)
        except Refused as refused:
            if (refused.status, refused.code) == (403, "seat_taken"):
                self.refusals += 1
                return
            raise SystemExit(f"journey: {username} trying {act}: {refused}") from refused
        raise SystemExit(f"journey: {username} could do {act} on a file where he sits elsewhere")

    def say(self, word: str, told: dict[str, Any], person: Person) -> dict[str, Any]:
        """Print the step with its state and ledger entries; returns the noun."""
        noun = told.get("result", told)
        entries = ", ".join(f"{e['kind']} {e['number']}" for e in told.get("entries", []))
        self.step += 1
        name = noun.get("number") or noun.get("code") or noun.get("document_number") or ""
        print(
            f"{self.step:>3}  {self.at:%Y-%m-%d %H:%M}  {person.username:<12} {word:<28} "
            f"{name:<18} {noun.get('status', ''):<18} {entries}",
            flush=True,
        )
        return dict(noun)

    def do(
        self, username: str, word: str, path: str, body: dict[str, Any] | None = None, key: str = ""
    ) -> dict[str, Any]:
        """An act that needs no seat."""
        person = self.who(username)
        return self.say(word, person.do(path, body, key), person)

    def wait_for(self, username: str, path: str, status: str) -> dict[str, Any]:
        """A worker's turn: until the noun has this status, a minute at most."""
        for _ in range(240):
            noun = self.who(username).get(path)
            if noun["status"] == status:
                return self.say("(worker)", noun, self.who(username))
            time.sleep(0.25)
        raise SystemExit(f"journey: {path} stays {noun['status']}, expected {status}")
