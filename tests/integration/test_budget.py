"""Money enters a budget tree once, goes down only to children, and never more than is there."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from django.db import transaction

from companies.errors import Conflict, InvalidInput, NotAllowed, NotFound
from companies.registry.selectors import Scope, get_scope
from tests.cast import START, Cast, given_cast
from vouchers.ledger.selectors import get_balance, get_money_states, list_entries
from vouchers.programmes import selectors
from vouchers.programmes import services as programmes
from vouchers.programmes.models import Appropriation, BudgetLine, CapScope, LineStatus, Programme

SUM_FEN = 1_000_000_00


class Budget:
    """A draft programme with one recorded document."""

    def __init__(self, at: datetime = START) -> None:
        self.cast: Cast = given_cast(at)
        self.at = at
        self.manager, self.authoriser = self.cast.actor("manager"), self.cast.actor("authoriser")
        self.programme: Programme = programmes.create_programme(
            actor=self.manager, agency_id=self.cast.bodies["lead"].pk,
            finance_agency_id=self.cast.bodies["finance"].pk, code="B-2025", name_zh="测试",
            name_en="Test", summary_zh="", summary_en="", at=at,
        )  # fmt: skip
        self.document = self.record("测指〔2025〕1号")

    def record(self, number: str, amount_fen: int = SUM_FEN) -> Appropriation:
        return programmes.record_appropriation(
            actor=self.manager, programme_id=self.programme.pk, document_number=number,
            document_date=date(2025, 2, 20), title="测试", fiscal_year=2025,
            amount_fen=amount_fen, at=self.at,
        )  # fmt: skip

    def draft(self, body: str, parent: BudgetLine | None = None, **other: Any) -> BudgetLine:
        given: dict[str, Any] = {
            "appropriation_id": self.document.pk, "channel": "TREASURY", "draw_order": 1,
            "agency_id": self.cast.bodies[body].pk, **other,
        }  # fmt: skip
        return programmes.draft_budget_line(
            actor=self.manager, programme_id=self.programme.pk,
            parent_id=parent.pk if parent else None, name_zh="测试指标", name_en="Line",
            function_code="2150805", economic_code="50701", fund_nature="一般公共预算",
            payer_id=self.cast.bodies["finance"].pk, at=self.at, **given,
        )  # fmt: skip

    def approve(self, line: BudgetLine) -> BudgetLine:
        return programmes.approve_budget_line(actor=self.authoriser, line_id=line.pk, at=self.at)

    def book(self, line: BudgetLine, key: str = "book") -> BudgetLine:
        return programmes.book_appropriation(
            actor=self.authoriser, line_id=line.pk, at=self.at, request_key=key
        )

    def give(
        self, parent: BudgetLine, child: BudgetLine, amount_fen: int, key: str = "give"
    ) -> BudgetLine:
        return programmes.suballocate(
            actor=self.authoriser, parent_line_id=parent.pk, child_line_id=child.pk,
            amount_fen=amount_fen, at=self.at, request_key=key,
        )  # fmt: skip

    def booked(self) -> BudgetLine:
        return self.book(self.approve(self.draft("finance")))

    def fund(self, root: BudgetLine, amount_fen: int, key: str, **other: Any) -> BudgetLine:
        child = self.approve(self.draft("lead", root, **other))
        return self.give(root, child, amount_fen, key)


@pytest.fixture
def budget(committed_db: str) -> Budget:
    return Budget()


def balance(line: BudgetLine) -> int:
    return get_balance(int(line.pool_account_id or 0))


def test_a_document_enters_its_root_line_whole_and_once(budget: Budget) -> None:
    root = budget.booked()
    assert root.status == LineStatus.OPEN
    assert balance(root) == SUM_FEN == -get_balance(int(root.source_account_id or 0))
    assert budget.book(root).pk == root.pk  # the same key again: nothing happens
    assert list_entries(f"line:{root.number}").count() == 1
    with pytest.raises(Conflict) as refused:
        budget.book(root, key="another")
    assert refused.value.code == "wrong_state"


def test_freezing_does_not_let_a_document_enter_again(budget: Budget) -> None:
    root = budget.booked()
    frozen = programmes.freeze_line(
        actor=budget.authoriser, line_id=root.pk, reason="检查", at=budget.at
    )
    assert frozen.status == LineStatus.FROZEN
    with pytest.raises(Conflict) as refused:
        budget.book(root, key="another")
    assert refused.value.code == "wrong_state"
    assert balance(root) == SUM_FEN
    thawed = programmes.unfreeze_line(
        actor=budget.authoriser, line_id=root.pk, reason="完毕", at=budget.at
    )
    assert thawed.status == LineStatus.OPEN


def test_a_key_used_for_another_line_is_refused(budget: Budget) -> None:
    budget.booked()
    budget.document = budget.record("测指〔2025〕2号")
    other = budget.approve(budget.draft("finance"))
    with pytest.raises(Conflict) as refused:
        budget.book(other)
    assert refused.value.code == "request_key_reused"


def test_one_document_feeds_one_root(budget: Budget) -> None:
    budget.draft("finance")
    with pytest.raises(Conflict) as refused:
        budget.draft("finance")
    assert refused.value.code == "document_has_root"
    with pytest.raises(Conflict) as refused:
        budget.record("测指〔2025〕1号")
    assert refused.value.code == "document_recorded"


def test_who_drafts_does_not_approve_and_a_child_waits_for_its_parent(budget: Budget) -> None:
    root = budget.draft("finance")
    with pytest.raises(NotAllowed):
        programmes.approve_budget_line(actor=budget.manager, line_id=root.pk, at=budget.at)
    child = budget.draft("lead", root)
    with pytest.raises(Conflict) as refused:
        budget.approve(child)
    assert refused.value.code == "parent_not_approved"
    assert budget.approve(root).source_account_id is not None
    assert budget.approve(child).source_account_id is None


def test_money_goes_down_and_every_line_tells_the_same_sum(budget: Budget) -> None:
    root = budget.booked()
    first = budget.fund(root, 600_000_00, "one", draw_order=2)
    second = budget.fund(root, 300_000_00, "two", draw_order=1)
    assert (balance(root), balance(first), balance(second)) == (10_000_000, 60_000_000, 30_000_000)
    assert budget.give(root, first, 600_000_00, "one").pk == first.pk  # replayed
    assert balance(first) == 60_000_000
    for line in (root, first, second):
        states = get_money_states([int(line.pool_account_id or 0)])
        assert states.received_fen == states.sum_fen
    funding = list(selectors.list_funding_lines(budget.programme.pk))
    assert [line.pk for line in funding] == [second.pk, first.pk]


def test_a_root_without_children_is_a_funding_line(budget: Budget) -> None:
    root = budget.booked()
    assert [line.pk for line in selectors.list_funding_lines(budget.programme.pk)] == [root.pk]


def test_a_refusal_names_the_line_and_what_is_missing(budget: Budget) -> None:
    root = budget.booked()
    child = budget.approve(budget.draft("lead", root))
    with pytest.raises(Conflict) as refused:
        budget.give(root, child, SUM_FEN + 1)
    assert refused.value.code == "insufficient_funds"
    assert refused.value.facts["line"] == root.number
    assert refused.value.facts["missing_fen"] == 1
    child.refresh_from_db()
    assert (child.status, balance(root)) == (LineStatus.APPROVED, SUM_FEN)


def test_money_goes_to_own_children_only_and_never_from_or_to_a_frozen_line(
    budget: Budget,
) -> None:
    root = budget.booked()
    child = budget.fund(root, 1_00, "one")
    with pytest.raises(InvalidInput) as wrong:
        budget.give(child, root, 1_00, "back")
    assert wrong.value.code == "not_a_child"
    for frozen in (child, root):
        programmes.freeze_line(
            actor=budget.authoriser, line_id=frozen.pk, reason="检查", at=budget.at
        )
        with pytest.raises(Conflict) as refused:
            budget.give(root, child, 1_00, "two")
        assert refused.value.code == "wrong_state"
        programmes.unfreeze_line(
            actor=budget.authoriser, line_id=frozen.pk, reason="完毕", at=budget.at
        )


def test_only_the_finance_authoriser_moves_money(budget: Budget) -> None:
    root = budget.approve(budget.draft("finance"))
    for name in ("manager", "clerk", "approver", "releaser"):
        with pytest.raises(NotAllowed) as refused:
            programmes.book_appropriation(
                actor=budget.cast.actor(name), line_id=root.pk, at=budget.at, request_key=name
            )
        assert refused.value.code == "duty_missing"


def test_a_line_belongs_to_the_lead_or_finance_body(budget: Budget) -> None:
    for wrong, code in (
        ({"agency_id": 0}, "line_agency_foreign"), ({"channel": "CASH"}, "channel_unknown"),
    ):  # fmt: skip
        with pytest.raises(InvalidInput) as refused:
            budget.draft("finance", **wrong)
        assert refused.value.code == code


def test_a_ceiling_rises_but_never_lies_below_what_is_used(budget: Budget) -> None:
    def ceiling(limit_fen: int) -> Any:
        return programmes.set_ceiling(
            actor=budget.authoriser, programme_id=budget.programme.pk, period="2025",
            limit_fen=limit_fen, at=budget.at,
        )  # fmt: skip

    cap = ceiling(500_00)
    assert (cap.scope, cap.limit_fen, cap.used_fen) == (CapScope.CEILING, 500_00, 0)
    use(cap, 400_00, budget.at)
    assert ceiling(900_00).pk == cap.pk
    with pytest.raises(Conflict) as refused:
        ceiling(399_99)
    assert refused.value.code == "ceiling_below_use"
    with pytest.raises(InvalidInput):
        ceiling(0)
    [row] = selectors.list_ceilings(budget.programme.pk)
    assert row == {"period": "2025", "limit_fen": 900_00, "used_fen": 400_00}


def use(cap: Any, amount_fen: int, at: datetime) -> None:
    """What a reservation does to a counter."""
    with transaction.atomic():
        programmes.count_cap(
            cap_usage=cap, delta_fen=amount_fen, subject_ref=cap.programme.ref, reason="reserved",
            at=at,
        )  # fmt: skip


def test_lead_and_finance_see_the_whole_tree_and_others_nothing(budget: Budget) -> None:
    root = budget.booked()
    child = budget.fund(root, 1_00, "one")

    def scope(name: str) -> Scope:
        return get_scope(budget.cast.people[name].pk, budget.at)

    for officer in (scope("manager"), scope("authoriser")):
        for line in (root, child):
            assert selectors.get_line_for(officer, line.number).pk == line.pk
    for outsider in (scope("buyer_agent"), get_scope(None, budget.at)):
        with pytest.raises(NotFound) as refused:
            selectors.get_line_for(outsider, root.number)
        assert refused.value.code == "budget_line_not_found"
