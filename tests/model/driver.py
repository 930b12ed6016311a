"""Which command comes next, what it does on both sides, and the shortest story that differs.

A command is drawn by what the dictionary holds: mostly one that should go through, else a repeated
request, the same key with another body, a reader, or anything by anybody on anything.
"""

from __future__ import annotations

import copy
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from itertools import count
from typing import Any

from django.db import connection

from tests.cast import OFFICERS
from tests.model.bank import DONE, SELLER, Command, Refused
from tests.model.bank_batches import Bank
from tests.model.house import NAMED, act, made_by
from tests.model.offers import offers
from tests.model.watch import shown
from tests.model.world import World, given_model
from tests.rollback import rolled_back
from vouchers.ledger.selectors import get_money_states
from vouchers.oversight.checks import CHECKS, run_check

BUYERS = ("buyer", "rival")
PEOPLE = (*OFFICERS, SELLER, "seller_cashier", *(f"{b}_{r}" for b in BUYERS for r in
          ("agent", "signatory")))  # fmt: skip
MOVABLE = ("reviewer2", "approver3", "checker")  # whose duty comes and goes
READERS = ("auditor", "intake", "buyer_agent", "rival_signatory", SELLER, "reviewer2")
PLANNED_FEN, AWARD_FEN = 10_000_003, 2_900_001
NOTICE_SECONDS = 8 * 86_400
ROUND_ENDS = 0.03  # with it all drafting ends
SHORTENING_SECONDS = 120.0
EVERY = 100  # steps between two looks at each line's conservation
# The seal waits for finished transactions, a late duty for the sweeper: layer B has both.
NEED_COMMITS = ("INV-29", "INV-32")
Story = list[Command]
Answers = Counter[tuple[str, str]]


class Difference(AssertionError):
    """The service and the dictionary say two things; where and which."""


def step(world: World, bank: Bank, command: Command) -> str:
    """Both are told; they must answer alike and show alike. Returns the answer."""
    try:
        made = bank.tell(command)
        expected = DONE
    except Refused as refused:
        made, expected = None, refused.code
    try:
        said, result = act(world, command)
    except KeyError:
        raise  # a shortened story names what was never made
    except Exception as error:
        raise Difference(f"{command}: {error!r}, the dictionary {expected}") from error
    if said != expected:
        raise Difference(f"{command}: the service says {said}, the dictionary {expected}")
    if made:
        world.bind(made, made_by(world, command, result))
        if NAMED[command.verb] == "claim":
            bank.drawn[made] = world.is_drawn(made)
    if command.verb == "read":
        compare(command, result, bank.sees(command.who))
    compare(command, shown(world), bank.shown())
    if sum(bank.money.values()):
        raise Difference(f"after {command} the dictionary itself has lost or made money")
    return said


def given_live_model() -> tuple[World, Bank]:
    """Both companies hold a voucher; the second's rests on two lines. Told by commands, too."""
    world, bank = given_model()
    for number, company in enumerate(BUYERS, start=1):
        file = {"file": f"file{number}"}
        for command in (
            Command("draft_application", f"{company}_agent", {"company": company}),
            Command("save_application", f"{company}_agent", {**file, "planned_fen": PLANNED_FEN}),
            Command("attach_file", f"{company}_agent", file),
            Command("submit_application", f"{company}_signatory", file),
            Command("take_screening", "intake", file),
            Command("accept_application", "intake", file),
            Command("recommend_application", "reviewer", {**file, "amount_fen": AWARD_FEN}),
        ):
            require_done(world, bank, command)
    require_done(
        world, bank, Command("post_notice", "approver", {"files": ["file1", "file2"]}, "first")
    )
    for number, company in enumerate(BUYERS, start=1):
        file, voucher = {"file": f"file{number}"}, {"voucher": f"voucher{number}"}
        ended = {"subject": f"file{number}", "kind": "applications.notice_end"}
        for command in (
            Command("carry_out_deadline", "system", ended, wait=NOTICE_SECONDS),
            Command("prepare_voucher", "manager", file),
            Command("accept_voucher", f"{company}_signatory", voucher, f"yes-{number}"),
        ):
            require_done(world, bank, command)
    return world, bank


def require_done(world: World, bank: Bank, command: Command) -> None:
    """A step that goes through."""
    assert step(world, bank, command) == DONE, command


def compare(command: Command, service: dict[str, Any], dictionary: dict[str, Any]) -> None:
    """Raises Difference, naming what differs."""
    for part, told in dictionary.items():
        if service[part] != told:
            theirs, ours = service[part], told
            if isinstance(told, dict):
                theirs = {k: v for k, v in service[part].items() if told.get(k) != v}
                ours = {k: v for k, v in told.items() if service[part].get(k) != v}
            raise Difference(f"after {command}, {part}: service {theirs}, dictionary {ours}")


def look_at_sums(world: World) -> None:
    """What came into a line is the sum of what it shows, to every reader of it."""
    for pool, name in world.pools.items():
        states = get_money_states([pool])
        if states.received_fen != states.sum_fen:
            raise Difference(f"{name}: {states}")


def look_at_invariants(world: World) -> None:
    """Every check that is one statement; nothing may be found."""
    with connection.cursor() as cursor:
        for check in CHECKS:
            if check.has_sql and check.id not in NEED_COMMITS:
                outcome = run_check(check, cursor=cursor, at=world.scheme.at, is_fast=True)
                if outcome.findings:
                    raise Difference(f"{outcome.check.id}: {outcome.sample}")


def tell_story(
    world: World, bank: Bank, commands: Iterator[Command] | Sequence[Command], told: Story
) -> Answers:
    """One after the other, each kept in `told` before it is tried. Raises Difference."""
    answers: Answers = Counter()
    for command in commands:
        told.append(command)
        answers[command.verb, step(world, bank, command)] += 1
        if len(told) % EVERY == 0:
            look_at_sums(world)
    look_at_sums(world)
    look_at_invariants(world)
    return answers


def try_story(world: World, bank: Bank, story: Sequence[Command]) -> str:
    """What differs when this story is told from here, or ''; afterwards nothing has happened."""
    with rolled_back():
        try:
            tell_story(world.copy(), copy.deepcopy(bank), story, [])
        except Difference as difference:
            return str(difference)
        except KeyError:
            return ""
    return ""


def shorten(story: Story, differs: Callable[[Story], bool]) -> Story:
    """Leave out ever smaller pieces as long as it still differs, and as there is time."""
    size, until = len(story) // 2, time.monotonic() + SHORTENING_SECONDS
    while size:
        for start in range(len(story) - size, -1, -size):
            shorter = story[:start] + story[start + size :]
            if time.monotonic() < until and differs(shorter):
                story = shorter
        size //= 2
    return story


class Fate:
    """Draws commands from a seed."""

    def __init__(self, seed: str, bank: Bank) -> None:
        self.random = random.Random(seed)
        self.bank = bank
        self.serial = count(1)
        self.sent: Story = []

    def commands(self, amount: int) -> Iterator[Command]:
        """So many, each drawn when the former has been done."""
        for _ in range(amount):
            command = self.draw()
            if command.key and command.verb != "read":
                self.sent.append(command)
            yield command

    def draw(self) -> Command:
        """The mixture: see the head of this file."""
        kind = self.random.random()
        if kind < 0.22 and (lawful := self.lawful()):
            return self.pick(lawful)
        if kind < 0.48 and self.sent:
            return self.pick(self.sent).again(wait=1)
        if kind < 0.60 and self.sent:
            former = self.pick(self.sent)
            return self.pick(self.sent).again(key=former.key, who=former.who, wait=1)
        if kind < 0.80:
            return Command("read", self.pick(READERS), wait=1)
        if kind < 0.83:
            return self.day_passes()
        return self.anything()

    def pick(self, several: Sequence[Any]) -> Any:
        """One of them."""
        return self.random.choice(several)

    def key(self) -> str:
        """A new one."""
        return f"key-{next(self.serial)}"

    def day_passes(self) -> Command:
        """To the next promise, a little before or after; or somebody's duty comes or goes."""
        officer = self.pick(MOVABLE)
        if self.random.random() < 0.4:
            verb = "grant_duty" if officer in self.bank.off_duty else "end_duty"
            return Command(verb, "setup", {"officer": officer})
        may_end_round = self.random.random() < ROUND_ENDS
        waiting = [
            (due, *key) for key, due in self.bank.due.items()
            if may_end_round or key[1] != "applications.round_end"
        ]  # fmt: skip
        if not waiting:
            return Command("read", "auditor", wait=86_400)
        due, subject, kind = min(waiting)
        left = int((due - self.bank.at) / timedelta(seconds=1))
        return Command(
            "carry_out_deadline", "system", {"subject": subject, "kind": kind},
            wait=max(left + self.pick((-60, 0, 0, 0)), 1),
        )  # fmt: skip

    def anything(self) -> Command:
        """Any lawful command of any moment, by somebody or about something else."""
        command = self.pick(offers(self.bank, self.random, self.key, only_lawful=False))
        return command.again(who=self.pick(PEOPLE)) if self.random.random() < 0.5 else command

    def lawful(self) -> Story:
        """What should go through now."""
        return offers(self.bank, self.random, self.key, only_lawful=True)
