"""Layer B's judge: does some order of the dictionary's commands explain what everyone was told?

Each client's own commands keep their order, and what had ended before another began comes first.
All such orders are tried, until one gives every answer and ends in the state that is there.
"""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.model.bank import DONE, SELLER, Command, Refused
from tests.model.bank_batches import Bank

REPLAYED = "replayed"
OVERTAKEN = "moved_meanwhile"  # somebody else was faster, or its number is unknown: no effect
MAYBE = "maybe"  # cut off, and no key to ask by
FOUND = "found"  # cut off, and its key is known now: done by this very request or an earlier one
MEANS = {MAYBE: (DONE,), FOUND: (DONE, REPLAYED, "request_key_reused")}
NEVER = float("inf")


@dataclass
class Asked:
    """A command, what its sender was told, and between which instants it was under way.

    A claim is named by the key that ordered it: which number it gets is a matter of the order.
    """

    command: Command
    told: str = ""
    begun: float = 0.0
    ended: float = NEVER


@dataclass
class Book(Bank):
    """The dictionary of a crowd: it knows claims by the keys of their orders, too."""

    claim_of: dict[str, str] = field(default_factory=dict)

    def fork(self) -> Book:
        """A copy on which an order is tried."""
        twin = copy.copy(self)
        twin.money = Counter(self.money)
        twin.vouchers = {name: dict(voucher) for name, voucher in self.vouchers.items()}
        twin.claims = {name: dict(claim) for name, claim in self.claims.items()}
        twin.keys, twin.due = dict(self.keys), dict(self.due)
        twin.claim_of = dict(self.claim_of)
        return twin

    def answer(self, command: Command) -> str:
        """Do it; "done", "replayed" or the code of the refusal."""
        was_known = (command.who, command.key) in self.keys
        ordered_on = self.vouchers.get(command.args.get("voucher", ""))
        if command.verb == "request_redemption" and ordered_on:
            if ordered_on["company"] != self.company_of(command.who):
                return "voucher_not_found"
        if ordered_by := command.args.get("claim"):
            claim = self.claim_of.get(ordered_by)
            if claim is None or not self._may_find(command.who, claim):
                return "redemption_not_found"
            command = command.again(args={**command.args, "claim": claim})
        try:
            made = self.tell(command)
        except Refused as refused:
            return refused.code
        if made:
            self.claim_of[command.key] = made
        return REPLAYED if was_known and command.key else DONE

    def _may_find(self, who: str, claim: str) -> bool:
        """Another's order answers like a missing one."""
        company = self.vouchers[self.claims[claim]["voucher"]]["company"]
        return who == SELLER or self.company_of(who) == company

    def ends_as(self) -> dict[str, Any]:
        """What is compared at the end."""
        return {
            "vouchers": {name: it["status"] for name, it in self.vouchers.items()},
            "claims": {
                key: (self.claims[name]["status"], self.claims[name]["held"])
                for key, name in self.claim_of.items()
            },
            "money": {
                key: fen for key, fen in self.money.items() if fen and key[0] in ("VOUCHER", "HELD")
            },
        }  # fmt: skip

    def forget_the_ended(self) -> None:
        """Later stories say no more about what is over."""
        over = {name for name, it in self.claims.items() if it["status"] not in OPEN}
        for key in [key for key, name in self.claim_of.items() if name in over]:
            del self.claim_of[key]
        for name in over:
            self.claims[name] = {"status": "OVER"}  # the name stays taken


OPEN = ("REQUESTED", "CONFIRMED")


def explain(book: Book, scripts: list[list[Asked]], ended: dict[str, Any]) -> Book | None:
    """The dictionary after an order that explains everything, or None where none does."""
    for last in orders(book, scripts, [0] * len(scripts)):
        if last.ends_as() == ended:
            return last
    return None


def orders(book: Book, scripts: list[list[Asked]], at: list[int]) -> Iterator[Book]:
    """Every end that fits the answers."""
    waiting = [
        (index, script[place])
        for index, (script, place) in enumerate(zip(scripts, at, strict=True))
        if place < len(script)
    ]
    if not waiting:
        yield book
    first_end = min((asked.ended for _index, asked in waiting), default=NEVER)
    for index, asked in waiting:
        if asked.begun > first_end:
            continue
        following = [place + (other == index) for other, place in enumerate(at)]
        if asked.told in (OVERTAKEN, MAYBE):
            yield from orders(book, scripts, following)
        if asked.told != OVERTAKEN:
            twin = book.fork()
            said = twin.answer(asked.command)
            if said in MEANS.get(asked.told, (asked.told,)):
                yield from orders(twin, scripts, following)
