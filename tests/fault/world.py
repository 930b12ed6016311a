"""What the load acts on: one programme, live vouchers, holds whose time is over, and claims."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from companies.agencies.models import Deadline
from companies.foundation.clock import now, set_demo_clock
from tests.cast import add_company, add_officer
from tests.fault.cluster import Cluster
from tests.given import DAY, Scheme, given_live_voucher
from tests.given_http import Answer, Machine, given_machine
from tests.given_money import Sale, given_sale
from vouchers.redemptions.models import Redemption

COMPANIES = ("buyer", "rival", "third", "fourth")  # the load's
OTHERS = ("fifth", "sixth")  # the scenes'
HOLDS_TO_END = 10  # on each voucher
LATE_HOLDS = 6  # on the fifth's, over a day later than the others
PRICE_FEN = 20_000
ORDERS = "/api/v1/redemptions"


@dataclass(frozen=True)
class Buyer:
    """A company's machine, its voucher and what it may order."""

    machine: Machine
    voucher: str
    provider: str
    offer: str

    def order(self, number: str, price_fen: int = PRICE_FEN) -> dict[str, Any]:
        """The body that asks for a hold."""
        return {
            "voucher": self.voucher, "provider": self.provider, "offer": self.offer,
            "order_number": number, "price_fen": price_fen,
        }  # fmt: skip

    def ask(self, number: str, *, key: str = "", price_fen: int = PRICE_FEN) -> Answer:
        """Order; the key is the order's number where none is given."""
        return self.machine.post(ORDERS, self.order(number, price_fen), key=key or number)


@dataclass(frozen=True)
class World:
    """`buyers` by company; two claims of the first buyer wait for an officer."""

    scheme: Scheme
    sales: dict[str, Sale]
    buyers: dict[str, Buyer]
    claims: list[Redemption]

    @property
    def load(self) -> list[Buyer]:
        """Those the crowd uses."""
        return [self.buyers[name] for name in COMPANIES]

    def catch_up(self) -> None:
        """Our own people's clock shows what the interfaces' does."""
        self.scheme.at = max(self.scheme.at, now())

    def move_clock(self, step: timedelta) -> None:
        """Let the interfaces' clock jump."""
        set_demo_clock(now() + step)


def given_world(cluster: Cluster) -> World:
    """Built by verbs, in the past; the clock then stands where every old hold has ended."""
    sale = given_sale()
    scheme = sale.scheme
    for number, name in enumerate((*COMPANIES[2:], *OTHERS), start=4):
        add_company(scheme.cast, name, number, scheme.at)
    add_officer(scheme.cast, "checker2", "intake", "lead", scheme.at)
    sales = {"buyer": sale} | {
        name: Sale(scheme, given_live_voucher(scheme, name), name)
        for name in (*COMPANIES[1:], *OTHERS)
    }
    claims = [sale.verify(sale.countersigned()) for _ in range(2)]
    for name in COMPANIES:
        for _ in range(HOLDS_TO_END):
            sales[name].order(PRICE_FEN)
    buyers = {
        name: Buyer(
            given_machine(cluster, each, name), each.voucher.number, scheme.provider.number,
            scheme.offer.code,
        )
        for name, each in sales.items()
    }  # fmt: skip
    last = Deadline.objects.filter(kind="redemptions.hold_end").latest("due_at")
    scheme.at += 2 * DAY
    for _ in range(LATE_HOLDS):
        sales["fifth"].order(PRICE_FEN)
    set_demo_clock(max(scheme.at, last.due_at + DAY))
    return World(scheme, sales, buyers, claims)
