"""The hot verbs and their plain-ORM oracle: one story told by both leaves the same rows, all of
them, in every table; what the one refuses the other refuses by the same code. And few statements.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from companies.agencies.models import Deadline
from companies.agencies.selectors import is_workday
from companies.agencies.services import load_calendar
from companies.errors import DomainError
from companies.local_time import deadline_at, end_of_day, local_date
from companies.registry.models import RelatedPair
from tests.cast import SETUP
from tests.given import DAY
from tests.given import test_rules as given_rules
from tests.given_money import PRICE_FEN, Sale, given_sale
from tests.oracle import redemptions as oracle
from vouchers.issuance import services as vouchers
from vouchers.redemptions import services as product
from vouchers.redemptions.models import Redemption

pytestmark = pytest.mark.django_db

STATEMENTS = 4
# Chance, the transaction and the database's own clock: never the same twice.
OWN = {"salt", "payload_sha256", "tx", "recorded_at"}
Rows = dict[str, set[str]]
Story = Callable[[Sale, Any], Any]


def rows() -> Rows:
    """Every row of every table, without the columns nobody could foretell."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        found: Rows = {}
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT to_jsonb(t)::text FROM "{table}" AS t')
            found[table] = {plain(json.loads(row)) for (row,) in cursor.fetchall()}
    return found


def plain(row: dict[str, Any]) -> str:
    return json.dumps({key: row[key] for key in sorted(row.keys() - OWN)}, ensure_ascii=False)


@contextmanager
def undone() -> Iterator[None]:
    """Whatever verbs do inside is rolled back."""
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined] a durable verb may open inside
    with block:
        yield
        transaction.set_rollback(True)


def told(owner: Any, story: Story, sale: Sale, verbs: Any) -> tuple[Any, Rows, Rows]:
    """What came of it, the rows that are new or changed, and those that are gone; then undone.
    The sequences stand afterwards as before, so that the next teller counts alike."""
    with owner().cursor() as cursor:
        cursor.execute("SELECT schemaname || '.' || sequencename, last_value FROM pg_sequences")
        counters = cursor.fetchall()
        at, before = sale.scheme.at, rows()
        with undone():
            said = outcome(story, sale, verbs)
            after = rows()
        sale.scheme.at = at
        for name, value in counters:
            cursor.execute("SELECT setval(%s, %s, %s)", [name, value or 1, value is not None])
    new = {table: after[table] - before[table] for table in after if after[table] - before[table]}
    gone = {table: before[table] - after[table] for table in after if before[table] - after[table]}
    return said, new, gone


def outcome(story: Story, sale: Sale, verbs: Any) -> Any:
    """The redemption's own columns, or the code of the refusal."""
    try:
        redemption = story(sale, verbs)
    except DomainError as refused:
        return refused.code
    return {field.attname: getattr(redemption, field.attname) for field in Redemption._meta.fields}


def order(**changes: Any) -> Story:
    def tell(sale: Sale, verbs: Any) -> Redemption:
        words: dict[str, Any] = {
            "actor": sale.actor("agent"), "voucher_id": sale.voucher.pk,
            "offer_id": sale.scheme.offer.pk, "order_number": " SO-7 ", "price_fen": PRICE_FEN,
            "at": sale.scheme.later(), "request_key": "hot",
        }  # fmt: skip
        return verbs.request_redemption(**{**words, **changes})

    return tell


def twice(first: Story, second: Story) -> Story:
    def tell(sale: Sale, verbs: Any) -> Any:
        first(sale, verbs)
        return second(sale, verbs)

    return tell


def acceptance(given_fen: int = 0, *, who: str = "checker", **changes: Any) -> Story:
    """The claim waits as the sale's last redemption; `given_fen` less than all is asked for."""

    def tell(sale: Sale, verbs: Any) -> Redemption:
        claim = Redemption.objects.latest("id")
        words: dict[str, Any] = {
            "actor": sale.actor(who), "redemption_id": claim.pk,
            "accepted_fen": claim.calculation["subsidy_fen"] - given_fen,
            "reason": "少给" if given_fen else "", "at": sale.scheme.later(),
            "request_key": f"hot-{who}",
        }  # fmt: skip
        return verbs.accept_redemption(**{**words, **changes})

    return tell


def suspended(sale: Sale) -> None:
    vouchers.suspend_voucher(
        actor=sale.actor("approver"),
        voucher_id=sale.voucher.pk,
        reason="查",
        at=sale.scheme.later(),
    )


def related(sale: Sale) -> None:
    pair = sorted(sale.scheme.cast.companies[name].pk for name in ("buyer", "seller"))
    RelatedPair.objects.create(low_id=pair[0], high_id=pair[1])


def both(owner: Callable[[], Any], sale: Sale, story: Story) -> Any:
    """What the product says, once its rows and its words were found to be the oracle's."""
    said = told(owner, story, sale, product)
    assert said == told(owner, story, sale, oracle)
    return said[0] if isinstance(said[0], str) else "done"


def given_two_lines() -> Sale:
    return given_sale(funds_fen=(1_000_000, 5_000_000), face_fen=3_000_000)


def test_an_order_leaves_the_rows_of_its_oracle(owner: Callable[[], Any]) -> None:
    sale = given_two_lines()
    for expected, story in (
        ("done", order()),
        ("done", order(requested_fen=12_345)),
        ("done", order(price_fen=1_999_999)),
        ("done", twice(order(price_fen=9_000_000), order(request_key="the rest"))),
        ("done", twice(order(), order())),
        ("request_key_reused", twice(order(), order(price_fen=1))),
        ("idempotency_key_required", order(request_key="")),
        ("amount_not_positive", order(price_fen=0)),
        ("order_too_small", order(price_fen=1)),
        ("amount_above_rate", order(requested_fen=PRICE_FEN)),
        ("voucher_not_found", order(voucher_id=0)),
        ("offer_not_found", order(offer_id=0)),
        ("membership_missing", order(actor=sale.actor("seller_sales"))),
        ("membership_missing", order(actor=sale.actor("rival_agent"))),
    ):
        assert both(owner, sale, story) == expected


@pytest.mark.parametrize(
    ("change", "code"), [(suspended, "voucher_not_usable"), (related, "related_companies")]
)
def test_an_order_is_refused_as_by_its_oracle(
    owner: Callable[[], Any], change: Callable[[Sale], None], code: str
) -> None:
    sale = given_sale()
    change(sale)
    assert both(owner, sale, order()) == code


def test_an_acceptance_leaves_the_rows_of_its_oracle(owner: Callable[[], Any]) -> None:
    sale = given_two_lines()
    sale.verify(sale.countersigned(500_000))
    for expected, story in (
        ("done", acceptance()),
        ("done", acceptance(1)),
        ("done", acceptance(149_999)),
        ("reason_missing", acceptance(1, reason=" ")),
        ("amount_too_high", acceptance(-1)),
        ("duty_missing", acceptance(who="agent")),
        ("seat_taken", acceptance(who="reviewer")),
        ("redemption_not_found", acceptance(redemption_id=0)),
        ("done", twice(acceptance(), acceptance())),
        ("wrong_state", twice(acceptance(), acceptance(request_key="other"))),
    ):
        assert both(owner, sale, story) == expected


def test_two_signatures_leave_the_rows_of_their_oracle(owner: Callable[[], Any]) -> None:
    sale = given_two_lines()
    sale.verify(sale.countersigned(8_000_000))
    for expected, story in (
        ("done", acceptance()),
        ("done", twice(acceptance(), acceptance(who="reviewer2"))),
        ("sum_differs", twice(acceptance(), acceptance(1, who="reviewer2"))),
        ("duty_missing", twice(acceptance(), acceptance(request_key="again"))),
    ):
        assert both(owner, sale, story) == expected


def test_the_comparison_sees_a_single_fen(owner: Callable[[], Any]) -> None:
    sale = given_sale()
    said = [told(owner, order(price_fen=price), sale, product) for price in (100_000, 100_001)]
    assert said[0] != said[1]
    assert set(said[0][1]) == set(said[1][1]) >= {
        "redemptions_redemption", "redemptions_redemptionfunding", "ledger_journalentry",
        "ledger_transfer", "ledger_account", "audit_auditevent", "audit_auditpayload",
        "agencies_deadline", "notifications_notification",
    }  # fmt: skip


def test_a_hot_verb_needs_few_statements() -> None:
    sale = given_sale()
    claim = sale.verify(sale.countersigned(500_000))
    for act in (lambda: sale.accept(claim), sale.order):
        with CaptureQueriesContext(connection) as seen:
            act()
        inside = [query["sql"] for query in seen if "SAVEPOINT" not in query["sql"]]
        assert 1 < len(inside) <= STATEMENTS, inside


def test_a_hold_in_working_days_reads_the_calendar_as_loaded() -> None:
    rules = given_rules("STRICT")
    rules["procedure"]["terms"]["hold"] = {"days": 3, "unit": "working"}
    sale = given_sale(rules_changed={"procedure": rules["procedure"]})
    today = local_date(sale.scheme.at)
    load_calendar(
        actor=SETUP, days=[(today + n * DAY, n == 20, "测试") for n in range(21)], at=sale.scheme.at
    )
    promised = Deadline.objects.get(subject_ref=sale.order().ref)
    assert promised.due_at == deadline_at(today, 3, "working", is_workday)
    assert promised.due_at > end_of_day(today + 21 * DAY)
