"""The world the commands act in, and how a name of the model finds its row."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from companies.letters.models import Letter
from tests.given import Scheme, given_programme, test_rules
from tests.given_money import given_account
from tests.model.bank_batches import Bank
from vouchers.applications.models import Application, PublicNotice
from vouchers.issuance.models import Voucher
from vouchers.programmes import services as programmes
from vouchers.programmes.models import BudgetLine
from vouchers.redemptions.models import Redemption
from vouchers.sampling import is_drawn
from vouchers.settlement.models import SettlementBatch, SettlementLine

FUNDS_FEN = (4_000_001, 2_500_003)
LATER_FEN = 3_000_007
CEILING_FEN = 8_000_000
DRAWN_BP = 5_000
NOUNS = {
    "file": Application, "voucher": Voucher, "claim": Redemption, "batch": SettlementBatch,
    "notice": PublicNotice, "letter": Letter, "line": BudgetLine,
}  # fmt: skip


@dataclass
class World:
    """The scheme, and the two ways between names and rows."""

    scheme: Scheme
    rows: dict[str, Any] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    pools: dict[int, str] = field(default_factory=dict)

    def bind(self, name: str, row: Any) -> None:
        """From now on the row has this name."""
        self.rows[name] = row
        self.names[row.number] = name

    def pk(self, name: str) -> int:
        """The row's id."""
        return int(self.rows[name].pk)

    def line_pk(self, row: tuple[str, str, str]) -> int:
        """The settlement line of a batch, a claim and a budget line."""
        found = SettlementLine.objects.filter(
            batch=self.pk(row[0]), redemption=self.pk(row[1]),
            voucher_funding__line=self.pk(row[2]),
        ).first()  # fmt: skip
        if found is None:
            raise KeyError(row)
        return found.pk

    def is_drawn(self, claim: str) -> bool:
        """Whether the published draw takes this claim for a check."""
        seed = f"{self.scheme.programme.code}|{self.rows[claim].number}"
        return is_drawn(seed, DRAWN_BP)

    def copy(self) -> World:
        """As it is now: what an example binds is forgotten with it."""
        return World(
            copy.copy(self.scheme), dict(self.rows), dict(self.names), dict(self.pools)
        )  # fmt: skip


def given_model(**options: Any) -> tuple[World, Bank]:
    """Two funded lines, a third document not yet booked; the dictionary says the same."""
    procedure = copy.deepcopy(test_rules("STRICT")["procedure"])
    procedure["object"] = "contract"
    procedure["redemption_draw_bp"] = DRAWN_BP
    procedure["voucher_life"] = {"n": 1, "unit": "months"}
    scheme = given_programme(
        funds_fen=FUNDS_FEN, ceiling_fen=CEILING_FEN, rules_changed={"procedure": procedure},
        **options,
    )  # fmt: skip
    given_account(scheme)
    world = World(scheme)
    bank = Bank(at=scheme.at, closes=scheme.round.closes_at, ceiling=CEILING_FEN)
    for order, leaf in enumerate(scheme.lines, start=1):
        name_lines(world, bank, order, leaf.parent, leaf)
        bank.move(
            FUNDS_FEN[order - 1], ("APPROPRIATION", f"root{order}", f"root{order}"),
            ("POOL", f"leaf{order}", f"leaf{order}"),
        )  # fmt: skip
    name_lines(world, bank, 3, *later_document(scheme))
    bank.at = scheme.at
    return world, bank


def name_lines(world: World, bank: Bank, order: int, root: BudgetLine, leaf: BudgetLine) -> None:
    """A document's two lines, as they stand."""
    for name, line, parent in ((f"root{order}", root, ""), (f"leaf{order}", leaf, f"root{order}")):
        world.bind(name, line)
        world.pools[line.pool_account_id] = name
        bank.lines[name] = {
            "status": str(line.status), "parent": parent, "document": LATER_FEN,
        }  # fmt: skip


def later_document(scheme: Scheme) -> list[BudgetLine]:
    """Recorded, its lines approved; the money has not come."""
    at, cast = scheme.later(timedelta(minutes=1)), scheme.cast
    document = programmes.record_appropriation(
        actor=scheme.actor("manager"), programme_id=scheme.programme.pk,
        document_number="测指〔2025〕3号", document_date=date(2025, 2, 20), title="后续指标",
        fiscal_year=2025, amount_fen=LATER_FEN, at=at,
    )  # fmt: skip
    lines: list[BudgetLine] = []
    for body in ("finance", "lead"):
        line = programmes.draft_budget_line(
            actor=scheme.actor("manager"), programme_id=scheme.programme.pk,
            agency_id=cast.bodies[body].pk, appropriation_id=document.pk,
            parent_id=lines[0].pk if lines else None, name_zh="后续", name_en="Later",
            function_code="2150805", economic_code="50701", fund_nature="一般公共预算",
            payer_id=cast.bodies["finance"].pk, channel="TREASURY", draw_order=3, at=at,
        )  # fmt: skip
        lines.append(
            programmes.approve_budget_line(
                actor=scheme.actor("authoriser"), line_id=line.pk, at=at
            )
        )  # fmt: skip
    return lines
