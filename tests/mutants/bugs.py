"""The bugs: where, what stands there, what a tired person might write, and which tests must notice.

The text must stand in its file exactly once, else the bug says that it no longer fits.
"""

from __future__ import annotations

from dataclasses import dataclass

APPLICATIONS = "vouchers/applications/services"
REDEMPTIONS = "vouchers/redemptions/services"


@dataclass(frozen=True)
class Bug:
    """`tests`: what pytest is given; at least one of them must fail."""

    name: str
    file: str
    right: str
    wrong: str
    tests: str


BUGS = (
    Bug(
        "the overdraft check compares nothing",
        "vouchers/ledger/migrations/0001_initial.py",
        '("debits_fen__lte", models.F("credits_fen"))',
        '("debits_fen__gte", 0)',
        "tests/integration/test_overspend.py",
    ),
    Bug(
        "totals are raised on one side only",
        "vouchers/ledger/sql/transfer_raises_totals.sql",
        "THEN\n    UPDATE public.ledger_account SET debits_fen = debits_fen + NEW.amount_fen",
        "THEN\n    UPDATE public.ledger_account SET debits_fen = debits_fen",
        "tests/integration/test_overspend.py",
    ),
    Bug(
        "any move of money is on the chart",
        "vouchers/ledger/sql/transfer_follows_chart.sql",
        "NOT FOUND OR NOT seen.is_granted",
        "NOT FOUND",
        "tests/integration/test_overspend.py",
    ),
    Bug(
        "the same key with another body is a replay",
        "vouchers/ledger/services.py",
        "if body_sha256 != request.sha256:",
        "if not body_sha256:",
        "tests/integration/test_idempotency.py",
    ),
    Bug(
        "rows are read and not locked",
        "companies/foundation/locks.py",
        '.select_for_update(no_key=True, of=("self",))',
        "",
        "tests/integration/test_race_redeem.py tests/integration/test_idempotency.py"
        " tests/integration/test_race_verbs.py",
    ),
    Bug(
        "a list forgets whose rows it may show",
        "vouchers/redemptions/selectors.py",
        "Redemption.objects.filter(seen, **",
        "Redemption.objects.filter(**",
        "tests/integration/test_doors.py",
    ),
    Bug(
        "a subsidy is rounded up",
        "vouchers/money.py",
        '"down": False,',
        '"down": rest > 0,',
        "tests/unit/test_money.py tests/unit/test_rules_worked_numbers.py",
    ),
    Bug(
        "parts of a split do not add up",
        "vouchers/money.py",
        "for i in by_rest[: amount_fen - sum(parts)]:",
        "for i in by_rest[:0]:",
        "tests/unit/test_money.py",
    ),
    Bug(
        "a second seat on one file is not noticed",
        f"{APPLICATIONS}/seats.py",
        "if look.taken not in (None, wanted):",
        "if look.taken not in (None, wanted, look.taken):",
        "tests/integration/test_review.py tests/integration/test_accept.py",
    ),
    Bug(
        "a released hold stays on the redemption",
        f"{REDEMPTIONS}/steps.py",
        "    redemption.fundings.update(held_fen=0)\n    redemption.held_fen = 0\n",
        "    redemption.fundings.update(held_fen=0)\n",
        "tests/integration/test_redeem.py tests/integration/test_accept.py",
    ),
    Bug(
        "the public counter of a cap is not raised",
        "vouchers/programmes/sql/cap_counts_entries.sql",
        "used_fen + NEW.delta_fen",
        "used_fen + 0",
        "tests/integration/test_overspend.py tests/integration/test_publicise.py",
    ),
    Bug(
        "the log's leaves are hashed without their prefix",
        "companies/audit/merkle.py",
        'return sha256(b"\\x00" + data).digest()',
        "return sha256(data).digest()",
        "tests/unit",
    ),
)
