"""G17: sixteen clients on one voucher, many orders sent again: `python -m bench.crowd`.

Prints what must be nothing: every way in which sums, balances, entries and answers disagree.
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

CLIENTS, ORDERS, PART_FEN = 16, 400, 300


def main() -> None:
    """Let them in, then count."""
    import django

    django.setup()
    from django.conf import settings
    from django.db import connections

    from bench.world import facts
    from companies.errors import Conflict
    from companies.foundation.actors import Actor
    from vouchers.issuance.models import Voucher
    from vouchers.issuance.selectors import voucher_money
    from vouchers.ledger.models import JournalEntry
    from vouchers.redemptions.models import Redemption
    from vouchers.redemptions.services import request_redemption

    known = facts(Path(settings.STATE_DIR))
    actor, at = Actor.person(known["user"]), datetime.fromisoformat(known["at"])
    voucher = Voucher.objects.get(pk=known["voucher"])
    before = voucher_money(voucher)

    def work(client: int) -> dict[str, str]:
        """Each client sends its own orders and, again, its neighbour's."""
        answers = {}
        for serial in range(ORDERS // CLIENTS):
            for owner in (client, (client + 1) % CLIENTS):
                key = f"crowd-{owner}-{serial}"
                try:
                    answers[key] = request_redemption(
                        actor=actor, voucher_id=voucher.pk, offer_id=known["offer"],
                        order_number=key, price_fen=1000, at=at, request_key=key,
                    ).number  # fmt: skip
                except Conflict as refused:
                    answers[key] = refused.code
        connections.close_all()
        return answers

    with ThreadPoolExecutor(CLIENTS) as pool:
        told = list(pool.map(work, range(CLIENTS)))
    after = voucher_money(voucher)
    numbers: dict[str, set[str]] = {}
    for answers in told:
        for key, number in answers.items():
            numbers.setdefault(key, set()).add(number)
    orders = Redemption.objects.filter(voucher=voucher)
    entries = JournalEntry.objects.filter(key__startswith=f"{actor.ref}/crowd-")
    faults = {
        "keys answered twice": [key for key, said in numbers.items() if len(said) != 1],
        "orders": orders.count() - ORDERS,
        "entries": entries.count() - ORDERS,
        "held": after["held"] - before["held"] - ORDERS * PART_FEN,
        "available": before["available"] - after["available"] - ORDERS * PART_FEN,
    }
    print(json.dumps({name: fault for name, fault in faults.items() if fault}))


if __name__ == "__main__":
    main()
