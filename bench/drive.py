"""One process of a load: `python -m bench.drive WHAT NUMBER SECONDS`. WHAT: post, redeem, oracle.

Says "ready" once warm, waits for a line, works, says how much was done and its own CPU seconds.
"""

from __future__ import annotations

import os
import random
import resource
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

WARM = 40
Act = Callable[[str], object]


def main() -> None:
    """Warm up, wait, work."""
    what, number, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    import django

    django.setup()
    act = acts()[what]
    prefix = f"{what}-{os.getpid()}-{number}"
    for turn in range(WARM):
        act(f"{prefix}-warm-{turn}")
    print("ready", flush=True)
    sys.stdin.readline()
    before, until, done = _cpu(), time.monotonic() + seconds, 0
    while time.monotonic() < until:
        act(f"{prefix}-{done}")
        done += 1
    print(done, _cpu() - before, flush=True)


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def acts() -> dict[str, Act]:
    """What may be driven, each by the key of its request."""
    from django.conf import settings
    from django.db import connection, transaction

    from bench.world import facts
    from companies.audit.services import recording
    from companies.foundation.actors import Actor
    from tests.oracle import redemptions as oracle
    from vouchers.issuance.models import Voucher
    from vouchers.ledger.chart import EntryKind
    from vouchers.ledger.services import Leg, Request, post_entry
    from vouchers.redemptions import services as product

    known = facts(Path(settings.STATE_DIR))
    actor, at = Actor.person(known["user"]), datetime.fromisoformat(known["at"])
    agency_id = Voucher.objects.get(pk=known["voucher"]).agency_id
    with connection.cursor() as cursor:
        cursor.execute("SELECT voucher, usable, held FROM bench_voucher WHERE NOT is_of_many")
        places = cursor.fetchall()

    def post(key: str) -> None:
        voucher, usable, held = random.choice(places)
        subject, request = f"voucher:B-{voucher}", Request.of(actor, key, {"voucher": voucher})
        with transaction.atomic(durable=True):
            post_entry(
                EntryKind.HOLD, request=request, agency_id=agency_id, legs=[Leg(usable, held, 1)],
                at=at, actor=actor, subject_ref=subject,
                beside=[
                    recording(
                        "redemption.requested", actor=actor, subject_ref=subject,
                        agency_id=agency_id, at=at, request_ref=request.ref, amount_fen=1,
                    )
                ],
            )  # fmt: skip

    def redeem_by(verbs: object) -> Act:
        def redeem(key: str) -> None:
            verbs.request_redemption(  # type: ignore[attr-defined]
                actor=actor, voucher_id=random.choice(places)[0], offer_id=known["offer"],
                order_number="SO", price_fen=1000, at=at, request_key=key,
            )  # fmt: skip

        return redeem

    return {"post": post, "redeem": redeem_by(product), "oracle": redeem_by(oracle)}


if __name__ == "__main__":
    main()
