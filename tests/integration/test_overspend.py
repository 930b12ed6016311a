"""Where Python's own checks are passed over, the database alone keeps money from running out."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from companies.errors import Conflict
from companies.foundation.actors import Actor
from companies.foundation.verbs import constraint_name
from tests.given import given_programme
from tests.given_money import FACE_FEN, PRICE_FEN, Sale, given_sale
from vouchers.ledger.chart import EntryKind
from vouchers.ledger.models import JournalEntry
from vouchers.ledger.selectors import get_balance
from vouchers.ledger.services import Leg, Request, post_entry
from vouchers.programmes.models import CapUsage
from vouchers.programmes.services.caps import count_cap

pytestmark = pytest.mark.django_db

FORGER = Actor.system("forger")


def forge(sale: Sale, kind: EntryKind, legs: list[Leg]) -> int:
    """Post without any verb, policy or lock of ours."""
    request = Request.of(FORGER, f"forged-{JournalEntry.objects.count()}", {})
    with transaction.atomic():
        return post_entry(
            kind, request=request, agency_id=sale.voucher.agency_id, legs=legs, actor=FORGER,
            subject_ref=sale.voucher.ref, at=sale.scheme.later(),
        ).entry_id  # fmt: skip


def refused_by(sale: Sale, kind: EntryKind, legs: list[Leg]) -> str:
    """The name of what refused it."""
    with pytest.raises((Conflict, DatabaseError)) as refusal:
        forge(sale, kind, legs)
    error = refusal.value
    if isinstance(error, Conflict):
        assert isinstance(error.__cause__, DatabaseError)
        return constraint_name(error.__cause__)
    return constraint_name(error)


def test_no_account_is_overdrawn_by_a_fen() -> None:
    sale = given_sale()
    sale.accepted()
    part = sale.voucher.fundings.get()
    pool = part.line.pool_account_id
    left = get_balance(part.voucher_account_id)
    too_much: list[tuple[EntryKind, int, int, int]] = [
        (EntryKind.HOLD, part.voucher_account_id, part.held_account_id, left + 1),
        (EntryKind.RELEASE, part.held_account_id, part.voucher_account_id, 1),
        (EntryKind.ACCEPT, part.held_account_id, part.payable_account_id, 1),
        (EntryKind.PAY, part.payable_account_id, part.paid_account_id, PRICE_FEN * 3 // 10 + 1),
        (EntryKind.BOUNCE, part.paid_account_id, part.payable_account_id, 1),
        (EntryKind.EXPIRE, part.voucher_account_id, pool, left + 1),
    ]
    for kind, debit, credit, amount in too_much:
        assert refused_by(sale, kind, [Leg(debit, credit, amount)]) == "account_not_overdrawn", kind
    assert forge(sale, EntryKind.HOLD, [Leg(part.voucher_account_id, part.held_account_id, left)])


def test_legs_that_fit_alone_do_not_fit_together() -> None:
    sale = given_sale()
    part = sale.voucher.fundings.get()
    half = Leg(part.voucher_account_id, part.held_account_id, FACE_FEN // 2 + 1)
    assert refused_by(sale, EntryKind.HOLD, [half, half]) == "account_not_overdrawn"
    assert get_balance(part.voucher_account_id) == FACE_FEN


@pytest.mark.parametrize("amount_fen", [0, -1])
def test_nothing_and_less_is_no_transfer(amount_fen: int) -> None:
    sale = given_sale()
    part = sale.voucher.fundings.get()
    leg = Leg(part.voucher_account_id, part.held_account_id, amount_fen)
    assert refused_by(sale, EntryKind.HOLD, [leg]) == "transfer_amount_positive"


def test_money_takes_no_short_cut() -> None:
    sale = given_sale()
    part = sale.voucher.fundings.get()
    for kind in EntryKind:
        leg = Leg(part.voucher_account_id, part.paid_account_id, 1)
        assert refused_by(sale, kind, [leg]) == "transfer_follows_chart", kind


def test_money_of_one_line_pays_nothing_of_another() -> None:
    sale = given_sale(funds_fen=(1_000_000, 5_000_000))
    one, two = sale.voucher.fundings.order_by("id")
    leg = Leg(one.voucher_account_id, two.held_account_id, 1)
    assert refused_by(sale, EntryKind.HOLD, [leg]) == "transfer_follows_chart"


def test_a_counter_goes_neither_above_its_limit_nor_below_nothing() -> None:
    scheme = given_programme()
    ceiling = CapUsage.objects.get(programme=scheme.programme, scope="CEILING")
    for delta_fen in (ceiling.limit_fen + 1, -1):
        with pytest.raises(DatabaseError, match="cap_"), transaction.atomic():
            count_cap(
                cap_usage=ceiling, delta_fen=delta_fen, subject_ref="x", reason="x",
                at=scheme.later(),
            )  # fmt: skip


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_account SET credits_fen = credits_fen + 1 WHERE id = %s",
        "UPDATE ledger_transfer SET amount_fen = amount_fen + 1 WHERE credit_account_id = %s",
        "DELETE FROM ledger_transfer WHERE credit_account_id = %s",
        "INSERT INTO ledger_transfer (entry_id, debit_account_id, credit_account_id, amount_fen)"
        " SELECT min(id), %s, %s, 1 FROM ledger_journalentry",
    ],
)
def test_the_applications_own_role_writes_no_balance_by_hand(statement: str) -> None:
    sale = given_sale()
    account = sale.voucher.fundings.get().voucher_account_id
    values: list[Any] = [account] * statement.count("%s")
    before = get_balance(account)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
    assert get_balance(account) == before
