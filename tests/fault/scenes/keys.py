"""A key and what became of it: F-3, F-5, F-6, F-7, F-8."""

from __future__ import annotations

import json
import socket
import struct
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

from celery import current_app

from companies.agencies.models import Deadline
from companies.audit.models import AuditEvent
from tests.fault import judge
from tests.fault.judge import Verdict
from tests.fault.stage import Stage, differences
from tests.fault.world import LATE_HOLDS, ORDERS
from tests.given_http import Answer, post_as
from tests.live import session_of
from vouchers.issuance.selectors import voucher_money
from vouchers.ledger.models import JournalEntry
from vouchers.redemptions.models import Redemption

RACERS = 64
RACE_PRICE_FEN = 200_000
LEAVERS = 24
RESET_AT_ONCE = struct.pack("ii", 1, 0)  # SO_LINGER: no farewell


def at_once(*acts: Callable[[], Answer]) -> list[Answer]:
    """Each in a thread, all let go at one moment."""
    gate = Barrier(len(acts))

    def run(act: Callable[[], Answer]) -> Answer:
        gate.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def one_key(stage: Stage) -> Iterator[Verdict]:
    """F-5 one key: twenty at once, another body, a restart, 25 hours."""
    buyer = stage.world.buyers["fifth"]
    first = at_once(*[lambda: buyer.ask("F5", key="one-key")] * 20)
    said = Counter((answer.status, answer.is_replay) for answer in first)
    yield Verdict(
        "F-5  one key twenty times at once", differences({(201, False): 1, (200, True): 19}, said)
    )
    other = buyer.ask("F5-other", key="one-key")
    found = differences((409, "request_key_reused"), (other.status, other.body.get("code")))
    yield Verdict("F-5  the same key with another body", found)
    number = next(answer.body["result"]["number"] for answer in first)
    for name in ("web", "worker", "redis", "postgres"):
        stage.cluster.kill(name)
    stage.cluster.wait_until_ready()
    yield Verdict("F-5  the same key after a restart", _replays(buyer.ask, number))
    stage.world.move_clock(timedelta(hours=25))  # the late holds are over from here on
    yield Verdict("F-5  the same key after 25 hours", _replays(buyer.ask, number))


def _replays(ask: Callable[..., Answer], number: str) -> list[str]:
    answer = ask("F5", key="one-key")
    found = (answer.status, answer.is_replay, answer.body.get("result", {}).get("number"))
    return differences((200, True, number), found)


def delivered_twice(stage: Stage) -> Iterator[Verdict]:
    """F-3 duplicate delivery: twenty wakes for one row, and a worker killed before it says so."""
    ended = AuditEvent.objects.filter(action="redemption.hold_expired")
    due = Deadline.objects.filter(
        kind="redemptions.hold_end", subject_ref__in=[
            one.ref for one in Redemption.objects.filter(
                voucher=stage.world.sales["fifth"].voucher, order_number__startswith="SO-")
        ]
    )  # fmt: skip
    ids = list(due.values_list("pk", flat=True))
    for _ in range(20):
        for pk in ids:
            current_app.send_task("redemptions.due", kwargs={"deadline_id": pk})
    judge.wait_for(lambda: not due.filter(done_at=None).exists(), 60)
    entries = JournalEntry.objects.filter(
        key__regex=f"/hold-end-.*-({'|'.join(map(str, ids))})$"
    ).count()
    events = ended.filter(subject_ref__in=due.values("subject_ref")).count()
    left = due.filter(done_at=None).count()
    yield Verdict(
        f"F-3  {LATE_HOLDS} rows, each woken twenty times",
        differences((LATE_HOLDS, LATE_HOLDS, LATE_HOLDS, 0), (len(ids), entries, events, left)),
    )


def killed_before_it_says_so(stage: Stage) -> Iterator[Verdict]:
    """F-3 a worker killed between commit and acknowledgement."""
    place = "seal_events.committed"
    stage.cluster.restart("worker", FAILPOINT=f"{place}:kill")
    stage.world.buyers["fifth"].ask("F3-seal")
    worker = stage.cluster.processes["worker"]
    died = judge.wait_for(lambda: worker.poll() is not None, 60) < 60
    stage.cluster.restart("worker")
    judge.wait_for(judge.is_drained, 60)
    found = [] if died else [f"{place} was never reached"]
    if not judge.is_drained():
        found.append("not drained in 60 s")
    yield Verdict("F-3  killed between commit and acknowledgement", found)


def client_leaves(stage: Stage) -> Iterator[Verdict]:
    """F-6 the client leaves at a random byte, and asks again."""
    buyer = stage.world.buyers["fifth"]
    found = []
    for number in range(LEAVERS):
        key = f"F6-{number}"
        raw = json.dumps(buyer.order(key)).encode()
        headers = buyer.machine.sign(
            "POST", ORDERS, raw, {"content-type": "application/json"}, key
        ) | {"Host": f"127.0.0.1:{stage.cluster.port}", "Content-Length": str(len(raw))}
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        whole = f"POST {ORDERS} HTTP/1.1\r\n{lines}\r\n".encode() + raw
        sent = len(whole) if number % 3 == 0 else stage.chance.randrange(1, len(whole))
        with socket.create_connection(("127.0.0.1", stage.cluster.port), 5) as wire:
            if number % 2:
                wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_AT_ONCE)
            wire.sendall(whole[:sent])
            time.sleep(stage.chance.uniform(0, 0.05))
        first, again = buyer.ask(key), buyer.ask(key)
        same = first.body.get("result", {}).get("number") == again.body["result"]["number"]
        rows = Redemption.objects.filter(order_number=key).count()
        if first.status not in (200, 201) or not again.is_replay or not same or rows != 1:
            found.append(f"{sent} of {len(whole)} bytes: {first.status}, {again.status}, {rows}")
    yield Verdict(f"F-6  {LEAVERS} clients leave at a random byte", found)


def race_to_the_fen(stage: Stage) -> Iterator[Verdict]:
    """F-7 sixty-four redeemers on one balance."""
    buyer, voucher = stage.world.buyers["sixth"], stage.world.sales["sixth"].voucher
    before_fen = voucher_money(voucher)["available"]
    part_fen = RACE_PRICE_FEN * 3 // 10
    said = Counter(
        answer.body.get("code", answer.status)
        for answer in at_once(*(
            lambda n=n: buyer.ask(f"F7-{n}", price_fen=RACE_PRICE_FEN) for n in range(RACERS)
        ))
    )  # fmt: skip
    fitting = before_fen // part_fen
    left_fen = voucher_money(voucher)["available"]
    yield Verdict(
        f"F-7  {RACERS} redeemers, {fitting} of them fit",
        differences({201: fitting, "insufficient_funds": RACERS - fitting}, said)
        + differences(before_fen - fitting * part_fen, left_fen),
    )


def two_officers(stage: Stage) -> Iterator[Verdict]:
    """F-8 two officers accept one claim at once."""
    claim = stage.world.claims[1]
    sessions = {
        who: session_of(stage.world.scheme.cast.people[who].pk) for who in ("checker", "checker2")
    }
    body: dict[str, Any] = {"accepted_fen": claim.requested_fen, "reason": ""}
    answers = at_once(*(
        lambda who=who: post_as(
            stage.cluster.port, sessions[who], f"{ORDERS}/{claim.number}/accept-redemption", body,
            key=f"F8-{who}",
        )
        for who in sessions
    ))  # fmt: skip
    said = Counter((answer.status, answer.body.get("code")) for answer in answers)
    entries = JournalEntry.objects.filter(kind="ACCEPT", subject_ref=claim.ref).count()
    yield Verdict(
        "F-8  two officers accept one claim at once",
        differences({(200, None): 1, (409, "wrong_state"): 1}, said) + differences(1, entries),
    )
