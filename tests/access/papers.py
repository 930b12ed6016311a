"""What the offices hold in the world of the cells: drafts, accounts, batches, budget lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from companies.alerts.services import raise_alert
from companies.foundation.verbs import verb
from companies.registry.services import add_bank_account
from tests.given import DAY, Scheme
from tests.given_money import Sale, answered, closed, drawn_up, sent, signed
from vouchers.programmes import services as programmes
from vouchers.programmes.seats import STRICT
from vouchers.settlement import services as settlement
from vouchers.settlement.models import SettlementBatch

if TYPE_CHECKING:
    from tests.access.world import World

PRICE_FEN = 200_000


def put_batch(world: World, state: str, batch: SettlementBatch) -> None:
    """The batch, and the line a request may name."""
    line = batch.lines.select_related("redemption").first()
    world.put("batch", state, batch.number)
    world.names[f"batch_{state}_redemption"] = line.redemption.number if line else ""
    world.names[f"batch_{state}_line"] = str(line.pk) if line else ""


def drafts(world: World, scheme: Scheme, state: str) -> None:
    """A programme, rules, a round, a seat map: drafted and proposed, nothing more."""
    manager, cast, code = scheme.actor("manager"), scheme.cast, scheme.programme.code
    draft = programmes.create_programme(
        actor=manager, agency_id=cast.bodies["lead"].pk,
        finance_agency_id=cast.bodies["finance"].pk, code=f"NEXT-2025{cast.suffix}",
        name_zh="测试来年", name_en="Next", summary_zh="", summary_en="", is_demo=True,
        at=scheme.later(),
    )  # fmt: skip
    world.put("draft_programme", state, draft.code)
    rules = programmes.draft_rule_version(
        actor=manager, programme_id=scheme.programme.pk, at=scheme.later(),
        document=scheme.programme.rule_versions.get(version=1).document,
    )  # fmt: skip
    world.put("rule_version", state, f"{code}@{rules.version}")
    world.names["rule_version_which"] = str(rules.version)
    world.put("rule_version", f"{state}_PUBLISHED", f"{code}@1")
    programmes.create_round(
        actor=manager, programme_id=scheme.programme.pk, code="R9", name_zh="待发布",
        name_en="Draft", opens_at=scheme.at, closes_at=scheme.at + DAY, at=scheme.later(),
    )  # fmt: skip
    world.put("round", state, f"{code}@R9")
    world.put("open_round", state, f"{code}@R1")
    proposed = programmes.propose_seat_map(
        actor=manager, agency_id=cast.bodies["lead"].pk, code=f"wide{cast.suffix}",
        name_zh="测试岗位", name_en="Seats", seats=dict(STRICT), at=scheme.later(),
    )  # fmt: skip
    world.put("seat_map", state, f"{proposed.code}@1")
    world.put("seat_map", f"{state}_APPROVED", "strict@1")
    line = scheme.lines[0]
    world.put("line", state, line.parent.number if line.parent else line.number)
    world.names[f"child_{state}"] = line.number


@verb
def doubt(*, world: World, scheme: Scheme, state: str) -> None:
    """An alert about the scheme's first line."""
    raised = raise_alert(
        agency_id=scheme.programme.agency_id, code="just_under", severity="WARNING",
        subject_ref=f"line:{scheme.lines[0].number}", facts={}, at=scheme.later(),
    )  # fmt: skip
    world.put("alert", state, raised.number)


def account(world: World, scheme: Scheme, state: str, company: str) -> None:
    """An account to be verified, beside the verified one where there is one."""
    theirs = scheme.cast.companies[company]
    who = "seller_cashier" if company == "seller" else f"{company}_agent"
    account = add_bank_account(
        actor=scheme.actor(who), company_id=theirs.pk, account_name=theirs.name_zh,
        account_number=f"62220000{theirs.pk:08d}", bank_name="测试银行", cnaps="",
        at=scheme.later(),
    )  # fmt: skip
    lead = scheme.cast.bodies["lead"].code
    world.put("account", state, theirs.credit_code, version=account.version, agency=lead)
    if account.version > 1:
        world.put("account", f"{state}_VERIFIED", theirs.credit_code, version=1, agency=lead)
    world.names[f"account_{state}_which"] = f"{theirs.credit_code}@{account.version}"


def batches(world: World, sale: Sale) -> None:
    """A batch at each of its stations, each with one debt."""
    scheme = sale.scheme

    def one() -> SettlementBatch:
        sale.accepted(PRICE_FEN)
        return drawn_up(scheme)

    def sign(batch: SettlementBatch, who: str, act: str) -> None:
        settlement.sign_batch(
            actor=scheme.actor(who), batch_id=batch.pk, act=act, at=scheme.later()
        )

    for state in ("LOCKED", "IN_AUTHORISATION", "IN_RELEASE"):
        batch = one()
        settlement.lock_batch(actor=scheme.actor("clerk"), batch_id=batch.pk, at=scheme.later())
        if state != "LOCKED":
            sign(batch, "approver2", "BATCH_APPROVE")
        if state == "IN_RELEASE":
            sign(batch, "authoriser", "AUTHORISE")
        put_batch(world, state, batch)
    put_batch(world, "RELEASED", signed(scheme, one()))
    batch = sent(scheme, one())
    put_batch(world, "SENT", batch)
    row = batch.orders.get().instructions.get()
    world.names["results"] = [{
        "row_number": row.row_number, "paid": True, "treasury_number": "T-1",
        "paid_on": scheme.at.date().isoformat(), "receipt_sha256": "a" * 64,
        "account": row.order.bank_account.account_number,
    }]  # fmt: skip
    put_batch(world, "PAID", answered(scheme, sent(scheme, one())))
    batch = answered(scheme, sent(scheme, one()))
    settlement.reconcile_batch(
        actor=scheme.actor("authoriser"), batch_id=batch.pk, at=scheme.later()
    )
    put_batch(world, "RECONCILED", batch)
    put_batch(world, "FAILED", answered(scheme, sent(scheme, one()), failed=[1]))
    put_batch(world, "CLOSED", closed(scheme, answered(scheme, sent(scheme, one()))))
    batch = one()
    for who in ("authoriser", "manager"):
        settlement.abort_batch(
            actor=scheme.actor(who), batch_id=batch.pk, reason="误建", at=scheme.later()
        )
    put_batch(world, "WITHDRAWN", batch)


def budget(world: World) -> None:
    """Lines of a second document: a draft, an approved root, an open root with a waiting child."""
    scheme = world.scheme
    cast, programme = scheme.cast, scheme.programme
    manager, authoriser = cast.actor("manager"), cast.actor("authoriser")

    def document(number: str) -> Any:
        return programmes.record_appropriation(
            actor=manager, programme_id=programme.pk, document_number=number,
            document_date=scheme.at.date(), title="测试", fiscal_year=2025, amount_fen=500,
            at=scheme.later(),
        )  # fmt: skip

    def line(paper: Any, body: str, parent: Any = None) -> Any:
        return programmes.draft_budget_line(
            actor=manager, programme_id=programme.pk, agency_id=cast.bodies[body].pk,
            appropriation_id=paper.pk, parent_id=parent.pk if parent else None,
            name_zh="测试", name_en="Line", function_code="2150805", economic_code="50701",
            fund_nature="一般公共预算", payer_id=cast.bodies["finance"].pk, channel="TREASURY",
            draw_order=9, at=scheme.later(),
        )  # fmt: skip

    def approve(drafted: Any) -> Any:
        return programmes.approve_budget_line(
            actor=authoriser, line_id=drafted.pk, at=scheme.later()
        )

    world.names["document"] = document("测指〔2025〕7号").document_number
    world.put("line", "DRAFT", line(document("测指〔2025〕8号"), "finance").number)
    world.put("line", "APPROVED", approve(line(document("测指〔2025〕9号"), "finance")).number)
    paper = document("测指〔2025〕10号")
    root = approve(line(paper, "finance"))
    programmes.book_appropriation(
        actor=authoriser, line_id=root.pk, at=scheme.later(), request_key="book-10"
    )
    world.put("line", "OPEN", root.number)
    world.names["child"] = approve(line(paper, "lead", root)).number
