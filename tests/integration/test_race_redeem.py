"""Many hands on one voucher: threads on the verbs, then requests over HTTP. Exact to the fen."""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from django.db import connections, transaction

from companies.errors import Conflict
from companies.foundation.clock import set_demo_clock
from companies.foundation.locks import lock_rows
from tests.given_http import Machine, given_machine
from tests.given_money import FACE_FEN, Sale, findings, given_sale
from tests.live import House
from vouchers.issuance.selectors import voucher_money
from vouchers.ledger.models import Account, JournalEntry
from vouchers.redemptions import services as redemptions
from vouchers.redemptions.models import Redemption

PRICE_FEN = 200_000
PART_FEN = PRICE_FEN * 3 // 10
FITTING = FACE_FEN // PART_FEN
LONGER_THAN_A_LOCK_IS_WAITED_FOR = 2.5


def assert_exact(sale: Sale, taken: int) -> None:
    """As many holds as answers said, the voucher neither short nor over, nothing amiss."""
    money = voucher_money(sale.voucher)
    assert (money["held"], money["available"]) == (taken * PART_FEN, FACE_FEN - taken * PART_FEN)
    assert Redemption.objects.filter(voucher=sale.voucher, status="REQUESTED").count() == taken
    assert JournalEntry.objects.filter(kind="HOLD").count() == taken


def order_in_thread(sale: Sale, number: int, at: datetime) -> str:
    """One thread's own connection and order; what came of it."""
    try:
        redemptions.request_redemption(
            actor=sale.actor("agent"), voucher_id=sale.voucher.pk, offer_id=sale.scheme.offer.pk,
            order_number=f"SO-{number}", price_fen=PRICE_FEN, requested_fen=PART_FEN, at=at,
            request_key=f"race-{number}",
        )  # fmt: skip
    except Conflict as refused:
        return refused.code
    finally:
        connections.close_all()
    return "held"


def test_sixty_four_threads_take_what_is_there_and_not_a_fen_more(committed_db: str) -> None:
    sale = given_sale()
    at = sale.scheme.later()
    with ThreadPoolExecutor(64) as pool:
        said = Counter(pool.map(lambda number: order_in_thread(sale, number, at), range(64)))
    assert said == {"held": FITTING, "insufficient_funds": 64 - FITTING}
    assert_exact(sale, FITTING)
    assert findings(sale.scheme) == {}


def test_one_key_from_many_threads_is_one_order(committed_db: str) -> None:
    sale = given_sale()
    at = sale.scheme.later()
    with ThreadPoolExecutor(16) as pool:
        said = Counter(pool.map(lambda _number: order_in_thread(sale, 7, at), range(16)))
    assert said == {"held": 16}
    assert_exact(sale, 1)


def test_a_verb_waits_out_a_lock_on_its_account_and_then_succeeds(committed_db: str) -> None:
    """The timeout strikes inside the ledger's own function; the verb tries again."""
    sale = given_sale()
    account = sale.voucher.fundings.get().voucher_account_id
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            lock_rows(Account.objects.filter(pk=account))
            waiting = pool.submit(order_in_thread, sale, 1, sale.scheme.later())
            time.sleep(LONGER_THAN_A_LOCK_IS_WAITED_FOR)
            assert not waiting.done()
        assert waiting.result() == "held"
    assert_exact(sale, 1)


def order(machine: Machine, sale: Sale, number: int, key: str) -> tuple[int, bool, str]:
    """(status, whether it was a replay, code of the refusal)."""
    body = {
        "voucher": sale.voucher.number, "provider": sale.scheme.provider.number,
        "offer": sale.scheme.offer.code, "order_number": f"SO-{number}", "price_fen": PRICE_FEN,
        "requested_fen": PART_FEN,
    }  # fmt: skip
    answer = machine.post("/api/v1/redemptions", body, key=key)
    return answer.status, answer.is_replay, str(answer.body.get("code", ""))


def test_two_hundred_requests_at_once_take_what_is_there(live_house: House) -> None:
    sale = given_sale()
    machine = given_machine(live_house, sale)
    set_demo_clock(sale.scheme.later())
    with ThreadPoolExecutor(200) as pool:
        said = Counter(
            pool.map(lambda number: order(machine, sale, number, f"http-{number}"), range(200))
        )
    assert said == {
        (201, False, ""): FITTING,
        (409, False, "insufficient_funds"): 200 - FITTING,
    }, live_house.log("web")[-4000:]
    assert_exact(sale, FITTING)
    sale.scheme.later()
    assert findings(sale.scheme) == {}


def test_one_key_twenty_times_at_once_has_one_effect(live_house: House) -> None:
    sale = given_sale()
    machine = given_machine(live_house, sale)
    set_demo_clock(sale.scheme.later())
    with ThreadPoolExecutor(20) as pool:
        said = Counter(pool.map(lambda _number: order(machine, sale, 1, "one"), range(20)))
    assert said == {(201, False, ""): 1, (200, True, ""): 19}, live_house.log("web")[-4000:]
    assert_exact(sale, 1)
    assert order(machine, sale, 2, "one") == (409, False, "request_key_reused")
    assert order(machine, sale, 3, "") == (422, False, "idempotency_key_required")
    assert_exact(sale, 1)
