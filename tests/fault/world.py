"""What the load acts on: one programme, four live vouchers, and holds whose time is over."""

from __future__ import annotations

from dataclasses import dataclass

from companies.agencies.models import Deadline
from companies.foundation.clock import set_demo_clock
from tests.cast import add_company
from tests.fault.cluster import Cluster
from tests.given import DAY, given_live_voucher
from tests.given_http import Machine, given_machine
from tests.given_money import Sale, given_sale

COMPANIES = ("buyer", "rival", "third", "fourth")
HOLDS_TO_END = 10  # on each voucher
PRICE_FEN = 20_000


@dataclass(frozen=True)
class Buyer:
    """A company's machine, its voucher and what it may order."""

    machine: Machine
    voucher: str
    provider: str
    offer: str


def given_world(cluster: Cluster) -> list[Buyer]:
    """Built by verbs, in the past; the clock then stands where every old hold has ended."""
    sale = given_sale()
    scheme = sale.scheme
    for number, name in enumerate(COMPANIES[2:], start=4):
        add_company(scheme.cast, name, number, scheme.at)
    sales = [
        sale,
        *(Sale(scheme, given_live_voucher(scheme, name), name) for name in COMPANIES[1:]),
    ]
    for each in sales:
        for _ in range(HOLDS_TO_END):
            each.order(PRICE_FEN)
    buyers = [
        Buyer(
            given_machine(cluster, each, each.company), each.voucher.number,
            scheme.provider.number, scheme.offer.code,
        )
        for each in sales
    ]  # fmt: skip
    last = Deadline.objects.filter(kind="redemptions.hold_end").latest("due_at")
    set_demo_clock(max(scheme.at, last.due_at) + DAY)
    return buyers
