"""Eight buyers' machines that keep every key until it has a final answer, and write down what they
were told."""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.fault.world import ORDERS, Buyer
from tests.given_http import Answer

CLIENTS = 8
REPLAYED = 0.1
CANCELLED = 0.5
NOT_FINAL = {408, 429, 500, 502, 503, 504}


@dataclass
class Told:
    """One key and what its holder was told; `status` 0: nothing final yet."""

    key: str
    path: str
    body: dict[str, Any]
    status: int = 0
    code: str = ""
    number: str = ""
    entries: tuple[str, ...] = ()
    tries: int = 0
    contradictions: list[str] = field(default_factory=list)

    @property
    def is_accepted(self) -> bool:
        """Whether the service said that it was done."""
        return self.status in (200, 201)


class Client(threading.Thread):
    """Orders, and takes back about every second one, or one where the voucher is used up; repeats
    one request in ten."""

    def __init__(
        self, number: int, buyer: Buyer, seed: int, ends: threading.Event, pause: float = 0.0
    ) -> None:
        super().__init__(name=f"client-{number}", daemon=True)
        self.number, self.buyer, self.ends, self.pause = number, buyer, ends, pause
        self.random = random.Random(f"{seed}/{number}")
        self.told: list[Told] = []
        self.held: list[str] = []
        self.unreadable: list[str] = []
        self.give_up_at = float("inf")

    def run(self) -> None:
        """Until told to end; then the open key is still pursued until `give_up_at`."""
        for number in self._serials():
            order = self._ask(
                f"order-{self.number}-{number}",
                ORDERS,
                self.buyer.order(f"FIRE-{self.number}-{number}"),
            )
            if order.is_accepted:
                self.held.append(order.number)
            is_empty = order.code == "insufficient_funds"
            if self.held and (is_empty or self.random.random() < CANCELLED):
                held = self.held.pop(self.random.randrange(len(self.held)))
                path = f"{ORDERS}/{held}/cancel-redemption"
                self._ask(f"cancel-{self.number}-{number}", path, {})

    def _serials(self) -> Iterator[int]:
        serial = 0
        while not self.ends.is_set():
            serial += 1
            yield serial

    def _ask(self, key: str, path: str, body: dict[str, Any]) -> Told:
        if self.pause:
            self.ends.wait(self.pause * self.random.uniform(0.5, 1.5))
        told = Told(key, path, body)
        self.told.append(told)
        answer = self._pursue(told)
        if answer is None:
            return told
        told.status, told.code = answer.status, str(answer.body.get("code", ""))
        told.number, told.entries = _effect(answer)
        if told.is_accepted and self.random.random() < REPLAYED:
            self._replay(told)
        return told

    def _pursue(self, told: Told) -> Answer | None:
        """The same key again until the answer is final; None where time is up."""
        wait = 0.05
        while time.monotonic() < self.give_up_at:
            told.tries += 1
            answer = self._send(told)
            if answer is not None and answer.status not in NOT_FINAL:
                return answer
            time.sleep(wait * self.random.uniform(0.5, 1.5))
            wait = min(wait * 2, 1.0)
        return None

    def _send(self, told: Told) -> Answer | None:
        try:
            return self.buyer.machine.post(told.path, told.body, key=told.key)
        except (OSError, http.client.HTTPException):
            return None  # cut off: the key will tell
        except json.JSONDecodeError as error:
            self.unreadable.append(f"{told.key}: {error.doc[:200]}")
            return None

    def _replay(self, told: Told) -> None:
        answer = self._pursue(told)
        if answer is None:
            return
        if answer.status != 200 or not answer.is_replay:
            told.contradictions.append(f"replay answered {answer.status} {answer.body.get('code')}")
        elif _effect(answer) != (told.number, told.entries):
            told.contradictions.append(f"replay told {_effect(answer)}")


class Crowd:
    """All clients of one stretch of load; `former` hands over what it still holds.

    `pause` is the seconds a client waits on average before each request.
    """

    def __init__(
        self, buyers: list[Buyer], seed: int, *, pause: float = 0.0, former: Crowd | None = None
    ) -> None:
        self.ends = threading.Event()
        first = former.clients[-1].number + 1 if former else 0
        self.clients = [
            Client(first + place, buyers[place % len(buyers)], seed, self.ends, pause)
            for place in range(CLIENTS)
        ]
        if former:
            for client, before in zip(self.clients, former.clients, strict=True):
                client.held = before.held
        for client in self.clients:
            client.start()

    def end(self, seconds: float) -> None:
        """No new key; open ones are pursued for so long."""
        self.ends.set()
        for client in self.clients:
            client.give_up_at = time.monotonic() + seconds

    def join(self, seconds: float) -> None:
        """Wait for every client, at most so long for each."""
        for client in self.clients:
            client.join(seconds)

    @property
    def told(self) -> list[Told]:
        """Every key and what its holder was told."""
        return [one for client in self.clients for one in client.told]

    @property
    def unreadable(self) -> list[str]:
        """Answers that were no JSON."""
        return [word for client in self.clients for word in client.unreadable]


def _effect(answer: Answer) -> tuple[str, tuple[str, ...]]:
    """The noun's number and the entries' numbers an answer names."""
    number = str(answer.body.get("result", {}).get("number", ""))
    return number, tuple(entry["number"] for entry in answer.body.get("entries", ()))
