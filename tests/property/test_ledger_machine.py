"""The ledger against a dictionary: whatever is posted in whatever order, both say the same."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from companies.agencies.models import Agency
from companies.agencies.services import load_regions, register_agency
from companies.errors import Conflict
from tests.cast import PLACE, SETUP, START
from vouchers.ledger.chart import MOVES, AccountKind, EntryKind, Lines, Move
from vouchers.ledger.models import JournalEntry, Transfer
from vouchers.ledger.selectors import get_balances, get_entry, get_money_states
from vouchers.ledger.services import Leg, Request, open_account, post_entry, reverse_entry

ON_ONE_LINE = [move for move in MOVES if move.lines == Lines.SAME]
PERMITTED = {(move.entry, move.debit, move.credit) for move in ON_ONE_LINE}
WAY = [
    move
    for entry in ("APPROPRIATE", "RESERVE", "ISSUE", "HOLD", "ACCEPT", "PAY")
    for move in ON_ONE_LINE
    if (move.entry == entry and move.credit != "VOUCHER") or move.entry == entry == "ISSUE"
]
STEPS_MOST = 40


class LedgerMachine(RuleBasedStateMachine):
    """One budget line; `model` holds what each account should show."""

    agency: Agency
    serial = count(1)

    @initialize()
    def open_line(self) -> None:
        pool = open_account(AccountKind.POOL, agency_id=self.agency.pk, label="pool")
        self.accounts = {AccountKind.POOL: pool.pk}
        for kind in AccountKind:
            if kind != AccountKind.POOL:
                account = open_account(kind, agency_id=self.agency.pk, label=kind, pool=pool)
                self.accounts[kind] = account.pk
        self.model = dict.fromkeys(self.accounts, 0)
        self.paid: list[int] = []
        self.last: tuple[Request, Move, int] | None = None
        self.entries = JournalEntry.objects.count()

    def post(self, move: Move, legs: list[Leg], request: Request) -> int:
        with transaction.atomic():
            return post_entry(
                move.entry, request=request, agency_id=self.agency.pk, legs=legs, at=START,
                actor=SETUP, subject_ref="line:test",
            ).entry_id  # fmt: skip

    def request(self) -> Request:
        return Request.of(SETUP, f"machine-{next(self.serial)}", {})

    def leg(self, move: Move, amount_fen: int) -> Leg:
        return Leg(self.accounts[move.debit], self.accounts[move.credit], amount_fen)

    @rule(amount_fen=st.integers(1, 10_000))
    def appropriate(self, amount_fen: int) -> None:
        self.move(
            Move(EntryKind.APPROPRIATE, AccountKind.APPROPRIATION, AccountKind.POOL), amount_fen
        )

    @rule(move=st.sampled_from(ON_ONE_LINE), amount_fen=st.integers(1, 4_000))
    def move(self, move: Move, amount_fen: int) -> None:
        """Goes through where the money is there, and else changes nothing."""
        request = self.request()
        is_there = move.debit == AccountKind.APPROPRIATION or self.model[move.debit] >= amount_fen
        if not is_there:
            with pytest.raises(Conflict, match="insufficient_funds"):
                self.post(move, [self.leg(move, amount_fen)], request)
            return
        entry = self.post(move, [self.leg(move, amount_fen)], request)
        self.model[move.debit] -= amount_fen
        self.model[move.credit] += amount_fen
        self.entries += 1
        self.last = (request, move, amount_fen)
        if move.entry == EntryKind.PAY:
            self.paid.append(entry)

    @rule(amount_fen=st.integers(1, 3_000), steps=st.integers(1, len(WAY)))
    def carry(self, amount_fen: int, steps: int) -> None:
        """Along the usual way, as far as it goes."""
        for move in WAY[:steps]:
            self.move(move, amount_fen)

    @rule(parts=st.lists(st.integers(1, 2_000), min_size=2, max_size=4))
    def hold_in_parts(self, parts: list[int]) -> None:
        """Several legs stand or fall together."""
        move = Move(EntryKind.HOLD, AccountKind.VOUCHER, AccountKind.HELD)
        legs = [self.leg(move, part) for part in parts]
        if self.model[AccountKind.VOUCHER] < sum(parts):
            with pytest.raises(Conflict, match="insufficient_funds"):
                self.post(move, legs, self.request())
            return
        self.post(move, legs, self.request())
        self.model[AccountKind.VOUCHER] -= sum(parts)
        self.model[AccountKind.HELD] += sum(parts)
        self.entries += 1

    @precondition(lambda self: self.last)
    @rule()
    def repeat(self) -> None:
        """A key posts once."""
        request, move, amount_fen = self.last
        with pytest.raises(Conflict, match=r"request_key_reused|insufficient_funds"):
            self.post(move, [self.leg(move, amount_fen)], request)

    @precondition(lambda self: self.paid)
    @rule(again=st.booleans())
    def bounce(self, again: bool) -> None:
        """A payment is mirrored exactly, once, while what it paid is still there."""
        entry = get_entry(self.paid[-1])
        amount_fen = Transfer.objects.get(entry=entry).amount_fen
        if self.model[AccountKind.PAID] < amount_fen:
            return
        self.mirror(entry)
        self.paid.pop()
        self.model[AccountKind.PAID] -= amount_fen
        self.model[AccountKind.PAYABLE] += amount_fen
        self.entries += 1
        if again:
            with pytest.raises((IntegrityError, Conflict)):
                self.mirror(entry)

    def mirror(self, entry: JournalEntry) -> None:
        with transaction.atomic():
            reverse_entry(entry, EntryKind.BOUNCE, request=self.request(), at=START, actor=SETUP)

    @rule(
        kind=st.sampled_from(EntryKind), debit=st.sampled_from(AccountKind),
        credit=st.sampled_from(AccountKind),
    )  # fmt: skip
    def stray(self, kind: EntryKind, debit: AccountKind, credit: AccountKind) -> None:
        """What the chart does not know is refused by the database."""
        if (kind, debit, credit) in PERMITTED:
            return
        move = Move(kind, debit, credit)
        with pytest.raises((IntegrityError, Conflict)):
            self.post(move, [self.leg(move, 1)], self.request())

    @invariant()
    def both_say_the_same(self) -> None:
        if not hasattr(self, "model"):
            return
        said = get_balances(self.accounts.values())
        assert {kind: said[pk] for kind, pk in self.accounts.items()} == self.model
        assert sum(said.values()) == 0
        states = get_money_states([self.accounts[AccountKind.POOL]])
        assert states.received_fen == states.sum_fen == -self.model[AccountKind.APPROPRIATION]
        assert JournalEntry.objects.count() == self.entries


@pytest.mark.django_db
def test_the_ledger_and_a_dictionary_agree_whatever_is_posted() -> None:
    load_regions(actor=SETUP, at=START)
    LedgerMachine.agency = register_agency(
        actor=SETUP, code="T-LEDGER", name_zh="测试", name_en="Test", kind="LEAD",
        region_code=PLACE, parent_id=None, is_demo=True, at=START,
    )  # fmt: skip
    checks: Any = settings(
        max_examples=8, stateful_step_count=STEPS_MOST, deadline=None, derandomize=True,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    run_state_machine_as_test(LedgerMachine, settings=checks)
