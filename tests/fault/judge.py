"""What clients were told against the rows, the ledger and every invariant. Safety and liveness are
judged apart: a slow answer is no lost one."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection

from companies.agencies.models import Deadline
from companies.audit.models import AuditEvent, AuditLeaf
from companies.foundation.clock import now
from companies.foundation.locks import long_read
from tests.fault.clients import Told
from vouchers.issuance.models import Voucher
from vouchers.ledger.models import JournalEntry
from vouchers.ledger.selectors import get_balances
from vouchers.oversight.checks import CHECKS, run_check
from vouchers.redemptions.models import Redemption


@dataclass(frozen=True)
class Verdict:
    """One line of the table: what must be nothing, and what was found."""

    name: str
    found: list[str]
    word_if_none: str = "holds"

    @property
    def holds(self) -> bool:
        """Nothing was found."""
        return not self.found

    @property
    def word(self) -> str:
        """As the table shows it."""
        return self.word_if_none if self.holds else f"BROKEN ({len(self.found)})"


def judge(told: list[Told], unreadable: list[str]) -> list[Verdict]:
    """Every line: safety, then liveness."""
    return [*judge_safety(told), *judge_liveness(told, unreadable)]


def judge_safety(told: list[Told]) -> list[Verdict]:
    """Lost, doubled, phantom, contradicted, overspent, invariants."""
    entries = Counter(
        key.split("/")[1] for key in JournalEntry.objects.values_list("key", flat=True)
    )
    orders = Counter(Redemption.objects.values_list("order_number", flat=True))
    return [
        Verdict("lost: told done, and not there", [
            t.key for t in told if t.is_accepted and not entries[t.key]
        ]),
        Verdict("doubled: one key, two effects", [
            *(t.key for t in told if entries[t.key] > 1),
            *(order for order, rows in orders.items() if rows > 1),
        ]),
        Verdict("phantom: told refused, and there", [
            t.key for t in told if t.status >= 400 and entries[t.key]
        ]),
        Verdict("contradicted: a replay told another story", [
            f"{t.key}: {word}" for t in told for word in t.contradictions
        ]),
        Verdict("overspent: more used than the face", list(_overspent())),
        Verdict("invariants", list(broken_invariants())),
    ]  # fmt: skip


def judge_liveness(told: list[Told], unreadable: list[str]) -> list[Verdict]:
    """Every key has its answer, every due row is done, every event sealed."""
    return [
        *judge_answers(told, unreadable),
        Verdict("undone: a due row left over", undone()),
        Verdict("unsealed: events without a leaf", unsealed()),
    ]


def judge_answers(told: list[Told], unreadable: list[str]) -> list[Verdict]:
    """Every key has one, and it can be read."""
    return [
        Verdict("undetermined: a key without an answer", [t.key for t in told if not t.status]),
        Verdict("unreadable: an answer that was no JSON", unreadable),
    ]


def wait_for(is_done: Callable[[], bool], seconds: float) -> float:
    """Seconds until it was so, `seconds` where it never was."""
    begun = time.monotonic()
    while time.monotonic() - begun < seconds:
        if is_done():
            return time.monotonic() - begun
        time.sleep(0.2)
    return seconds


def is_drained() -> bool:
    """Nothing due is left, nothing is unsealed."""
    return not undone() and not unsealed()


def undone() -> list[str]:
    due = Deadline.objects.filter(done_at__isnull=True, paused_at__isnull=True, due_at__lte=now())
    return [f"{row.kind} of {row.subject_ref}, {row.attempts} attempts" for row in due]


def unsealed() -> list[str]:
    waiting = AuditEvent.objects.count() - AuditLeaf.objects.count()
    return [f"{waiting} events"] if waiting else []


def _overspent() -> list[str]:
    """By the accounts' own totals: what is left, held and gone never exceeds the face."""
    found = []
    for voucher in Voucher.objects.prefetch_related("fundings"):
        for funding in voucher.fundings.all():
            accounts = [
                funding.voucher_account_id, funding.held_account_id,
                funding.payable_account_id, funding.paid_account_id,
            ]  # fmt: skip
            balances = get_balances(accounts)
            if min(balances.values()) < 0 or sum(balances.values()) > voucher.face_fen:
                found.append(f"{voucher.number}: {balances}")
    return found


def broken_invariants() -> list[str]:
    at = now()
    connection.close()  # under libfaketime the alarm of its start ends what is idle after a minute
    with long_read(), connection.cursor() as cursor:
        outcomes = [
            run_check(check, cursor=cursor, at=at, is_fast=False)
            for check in CHECKS
            if not check.step
        ]
    return [f"{one.check.id}: {fact}" for one in outcomes for fact in one.sample]
