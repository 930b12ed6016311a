"""The world every measurement starts from: one sale by verbs, thousands of vouchers by SQL."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from bench.ground import WORLD, Ground

SQL = Path(__file__).resolve().parent / "sql"
ONE, MANY, EACH = 2000, 100, 20
BEFORE = 8  # seconds of work that lie in the tables before anything is measured


def build(ground: Ground) -> None:
    """Fill the world; what drivers must know stands in `facts.json`."""
    import django

    django.setup()
    from django.db import connections

    from companies.foundation.clock import set_demo_clock
    from tests.given_http import given_machine
    from tests.given_money import given_sale
    from tests.sealing import seal_all

    sale = given_sale(funds_fen=(10**13,))
    machine = given_machine(SimpleNamespace(url=""), sale)  # type: ignore[arg-type] no house yet
    known = {
        "user": sale.actor("agent").user_id,
        "offer": sale.scheme.offer.pk,
        "voucher": sale.voucher.pk,
        "at": sale.scheme.later(timedelta(days=1)).isoformat(),
        "programme": sale.scheme.programme.pk,
        "provider": sale.scheme.provider.number,
        "offer_code": sale.scheme.offer.code,
        "key": machine.key_id,
        "private_key": machine.private_key.hex(),
    }
    set_demo_clock(sale.scheme.at)
    (ground.state / "facts.json").write_text(json.dumps(known))
    ground.sql_file(WORLD, SQL / "world.sql", one=ONE, many=MANY, each=EACH)
    ground.sql_file(WORLD, SQL / "lean.sql")
    # Some work lies in the tables before anything is measured: with autovacuum off, plans made for
    # tables of one page would be kept while they grow.
    ground.pgbench(
        WORLD, SQL / "redeem.pgbench", clients=2, seconds=BEFORE, first=1, last=ONE,
        user=known["user"], offer=known["offer"], at=known["at"],
    )  # fmt: skip
    ground.pgbench(WORLD, SQL / "lean.pgbench", clients=2, seconds=1)
    seal_all(sale.scheme.later())  # a package is built of a record sealed whole
    for alias in connections:
        connections[alias].close()
    ground.services.sql("VACUUM ANALYZE", WORLD)


def facts(state: Path) -> dict[str, Any]:
    """What `build` wrote down."""
    return dict(json.loads((state / "facts.json").read_text()))
