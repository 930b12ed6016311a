"""Layer B's clients: short scripts, each on a thread, signed requests to a running house."""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection

from companies.foundation.clock import set_demo_clock
from companies.registry.services import grant_membership
from companies.users.services import create_user, register_api_key
from tests.cast import SETUP
from tests.given import Scheme
from tests.given_http import Answer, Machine
from tests.live import House, session_of
from tests.model.bank import DONE, SELLER, Command
from tests.model.driver import BUYERS, given_live_model
from tests.model.together import OPEN, OVERTAKEN, REPLAYED, Asked, Book, explain
from tests.model.world import World

PRICES = (1_000_000, 2_000_003, 3_333_334, 7_000_000)
SHAPES = ((2, 2), (3, 2), (2, 1, 1), (2, 2, 1), (1, 1, 1, 1), (1, 1, 1))
OFFICERS_ASKED = ("approver", "approver3")
CSRF = "c" * 32
Send = Callable[[Any, str, dict[str, Any], str], tuple[str, Answer | None]]


@dataclass
class Crowd:
    """The machines by the person they stand for, and what the dictionary holds."""

    world: World
    book: Book
    machines: dict[str, Machine | Officer]
    luck: random.Random
    send: Send
    numbers: dict[str, str] = field(default_factory=dict)  # of claims, by the order's key
    serial: count[int] = field(default_factory=lambda: count(1))

    def play(self) -> list[list[Asked]]:
        """One story: draw the scripts, let them run at once."""
        scripts = [self.script(length) for length in self.luck.choice(SHAPES)]
        gate = threading.Barrier(len(scripts))
        threads = [threading.Thread(target=self.act, args=(s, gate)) for s in scripts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return scripts

    def script(self, length: int) -> list[Asked]:
        """Somebody's few commands; the second may be about what the first has ordered."""
        commands: list[Command] = []
        for _ in range(length):
            commands.append(self.command(commands))
        return [Asked(command) for command in commands]

    def command(self, before: list[Command]) -> Command:
        """Orders and what ends them, replays, and a voucher stopped meanwhile."""
        kind, key = self.luck.random(), f"c-{next(self.serial)}"
        stopped = [n for n, v in self.book.vouchers.items() if v["status"] == "SUSPENDED"]
        known = [*self.book.claim_of, *(c.key for c in before if c.verb == "request_redemption")]
        if stopped and kind < 0.5:
            return Command("resume_voucher", "approver3", {"voucher": self.luck.choice(stopped)})
        if kind < 0.08:
            voucher = self.luck.choice(sorted(self.book.vouchers))
            return Command("suspend_voucher", "approver", {"voucher": voucher})
        if kind < 0.16 and self.book.keys:
            sent = self.luck.choice(sorted(self.book.keys)[-12:])
            verb, args = self.book.keys[sent]
            if verb == "request_redemption":
                return Command(verb, sent[0], self.luck.choice((args, self.order()[1])), sent[1])
        if kind < 0.55 or not known:
            who, args = self.order()
            return Command("request_redemption", who, args, key)
        return self.about(self.luck.choice(known), key)

    def order(self) -> tuple[str, dict[str, Any]]:
        """By whom, and what."""
        number = self.luck.choice((1, 1, 1, 2))
        args = {
            "voucher": f"voucher{number}", "price_fen": self.luck.choice(PRICES),
            "requested_fen": None,
        }  # fmt: skip
        return f"{BUYERS[number - 1]}_agent", args

    def about(self, claim: str, key: str) -> Command:
        """Something that befalls an order."""
        verb = self.luck.choice(("cancel_redemption",) * 4 + ("decline_order", "confirm_order"))
        who = self.luck.choice((*(f"{b}_agent" for b in BUYERS), SELLER, SELLER))
        if verb != "cancel_redemption":
            who = SELLER
        return Command(verb, who, {"claim": claim}, "" if verb == "confirm_order" else key)

    def act(self, script: list[Asked], gate: threading.Barrier) -> None:
        """One client; a number it does not know yet it cannot ask about."""
        gate.wait()
        for asked in script:
            if asked.command.args.get("claim") not in (None, *self.numbers):
                asked.told = OVERTAKEN
                continue
            path, body = self.request(asked.command)
            asked.begun = time.monotonic()
            asked.told, answer = self.send(
                self.machines[asked.command.who], path, body, asked.command.key
            )
            asked.ended = time.monotonic()
            if answer and asked.command.verb == "request_redemption" and answer.status < 300:
                self.numbers[asked.command.key] = answer.body["result"]["number"]

    def request(self, command: Command) -> tuple[str, dict[str, Any]]:
        """The address and the body of a command."""
        args, verb = command.args, command.verb.replace("_", "-")
        reason = {"reason": "核对"}
        if command.verb == "request_redemption":
            return "/api/v1/redemptions", {
                "voucher": self.world.rows[args["voucher"]].number,
                "provider": self.world.scheme.provider.number,
                "offer": self.world.scheme.offer.code, "order_number": command.key,
                "price_fen": args["price_fen"],
            }  # fmt: skip
        if "claim" in args:
            number = self.numbers[args["claim"]]
            body = reason if command.verb == "decline_order" else {}
            return f"/api/v1/redemptions/{number}/{verb}", body
        number = self.world.rows[args["voucher"]].number
        body = reason if command.verb == "suspend_voucher" else {}
        return f"/api/v1/vouchers/{number}/{verb}", body

    def judge(self, scripts: list[list[Asked]]) -> str:
        """'' where an order explains the story, which is then how things stand; else the story."""
        keys = {asked.command.key for script in scripts for asked in script}
        former = {key for _who, key in self.book.keys}
        ended = self.stands([*self.book.claim_of, *(keys - former)])
        found = explain(self.book, scripts, ended)
        if found is None:
            lines = [f"  {asked}" for script in scripts for asked in (*script, "")]
            return "\n".join(["no order explains", *lines, f"ended {ended}"])
        self.book = found
        self.book.forget_the_ended()
        return ""

    def stands(self, keys: list[str]) -> dict[str, Any]:
        """As `Book.ends_as`, by the rows: these orders, and whatever else is open."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT number, status FROM issuance_voucher")
            vouchers = {self.world.names[number]: status for number, status in cursor.fetchall()}
            cursor.execute(
                "SELECT order_number, status, held_fen FROM redemptions_redemption"
                " WHERE status = ANY(%s) OR order_number = ANY(%s)",
                [list(OPEN), keys],
            )
            claims = {key: (status, held) for key, status, held in cursor.fetchall()}
            cursor.execute(
                "SELECT kind, label, line_group, credits_fen - debits_fen FROM ledger_account"
                " WHERE kind IN ('VOUCHER', 'HELD') AND credits_fen <> debits_fen"
            )
            money = {
                (kind, self.world.names[label], self.world.pools[pool]): fen
                for kind, label, pool, fen in cursor.fetchall()
            }
        return {"vouchers": vouchers, "claims": claims, "money": money}


def answer_of(answer: Answer) -> str:
    """In the words of the dictionary."""
    if answer.is_replay:
        return REPLAYED
    return DONE if answer.status < 300 else str(answer.body["code"])


def send_once(machine: Any, path: str, body: dict[str, Any], key: str) -> tuple[str, Answer]:
    """Where nothing is killed, every answer is one."""
    answer = machine.post(path, body, key=key)
    return answer_of(answer), answer


@dataclass(frozen=True)
class Officer:
    """A person in a browser's session: a public duty takes no machine's key."""

    house: House
    cookies: dict[str, str]

    def post(self, path: str, body: dict[str, Any], *, key: str = "") -> Answer:
        """POST with the session and its token."""
        cookies = {**self.cookies, "csrftoken": CSRF}
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
            "X-CSRFToken": CSRF, "Content-Type": "application/json",
        }  # fmt: skip
        wire = http.client.HTTPConnection("127.0.0.1", self.house.port, timeout=60)
        try:
            wire.request("POST", path, body=json.dumps(body), headers=headers)
            answer = wire.getresponse()
            return Answer(answer.status, {}, json.loads(answer.read()))
        finally:
            wire.close()


def given_crowd(house: House, seed: str, send: Send = send_once) -> Crowd:
    """Two live vouchers, and a machine for each person of the scripts."""
    world, bank = given_live_model()
    book = Book(**vars(bank))
    scheme = world.scheme
    machines: dict[str, Machine | Officer] = {
        f"{b}_agent": given_key(house, scheme, f"{b}_agent") for b in BUYERS
    }
    machines[SELLER] = given_key(house, scheme, SELLER)
    for person in OFFICERS_ASKED:
        machines[person] = Officer(house, session_of(scheme.cast.people[person].pk))
    set_demo_clock(scheme.later())
    book.at = scheme.at
    return Crowd(world, book, machines, random.Random(seed), send)


def given_key(house: House, scheme: Scheme, person: str) -> Machine:
    """A machine account with this person's right, and its key."""
    at, company, name = scheme.later(), person.partition("_")[0], f"{person}-machine"
    user = create_user(
        actor=SETUP, username=name, name_zh="测试机器", name_en="Machine", email="",
        employer_id=None, password_hash="!", is_machine=True, is_demo=True, at=at,
    )  # fmt: skip
    grant_membership(
        actor=SETUP, user_id=user.pk, company_id=scheme.cast.companies[company].pk,
        role="provider_agent" if person == SELLER else "company_agent", at=at,
    )  # fmt: skip
    key = Ed25519PrivateKey.generate()
    register_api_key(
        actor=SETUP, user_id=user.pk, key_id=name, public_key=key.public_key().public_bytes_raw(),
        scopes=["read", "write"], expires_at=datetime.now(UTC) + timedelta(days=1), at=at,
    )  # fmt: skip
    return Machine(house, name, key.private_bytes_raw())
