"""The scheme set up, and one file's acts as short words, so that the story reads as a story."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from companies.foundation.actors import Actor
from companies.local_time import end_of_day, local_date
from config.management.demo import papers, scheme
from config.management.demo.world import World, instant
from vouchers.applications import services as files
from vouchers.applications.models import Application
from vouchers.issuance import services as vouchers
from vouchers.issuance.models import Voucher
from vouchers.programmes import services as programmes
from vouchers.programmes.models import Programme, Round
from vouchers.programmes.seats import COMPACT, STRICT
from vouchers.providers import services as providers
from vouchers.redemptions import services as redemptions
from vouchers.redemptions.models import Redemption, RedemptionStatus
from vouchers.settlement import services as settlement

AUTHORISER = "authoriser"
FIRST_LIFE_MONTHS = 3  # by the first rules a voucher lived a quarter, by the second a year
LIFE_MONTHS = 12


@dataclass
class Scheme:
    """The demo's programme and its rounds."""

    programme: Programme
    first: Round
    second: Round


def set_up_scheme(world: World) -> Scheme:
    """Seat maps, programme, rules, money in two documents, ceiling, rounds, admissions."""
    at = world.begun + timedelta(days=1)
    manager, approver = world.actor("manager"), world.actor("approver2")
    authoriser = world.actor(AUTHORISER)
    _seat_maps(world, at)
    programme = programmes.create_programme(
        actor=manager,
        agency_id=world.lead.pk,
        finance_agency_id=world.finance.pk,
        code=scheme.PROGRAMME,
        name_zh="砚江省算力券（演示）",
        name_en="Yanjiang compute vouchers (demo)",
        summary_zh="支持省内外单位购买本省算力、模型与数据服务（演示，机构均为虚构）。",
        summary_en="Helps organisations buy compute, model and data services (demo, all invented).",
        is_demo=True,
        at=at,
    )
    publish_rules(world, programme, at, life_months=FIRST_LIFE_MONTHS)
    programmes.activate_programme(actor=approver, programme_id=programme.pk, at=at)
    programmes.set_ceiling(
        actor=authoriser,
        programme_id=programme.pk,
        period="2026",
        limit_fen=scheme.CEILING_FEN,
        at=at,
    )
    for order, (number, day, amount_fen) in enumerate(scheme.DOCUMENTS, 1):
        _fund(world, programme, order, number, date.fromisoformat(day), amount_fen)
    first = _round(
        world, programme, "R1", "第一批", "First round", date(2026, 3, 2), date(2026, 4, 1)
    )
    second = _round(
        world, programme, "R2", "第二批", "Second round", date(2026, 8, 3), date(2026, 12, 1)
    )
    _admissions(world, programme, at)
    return Scheme(programme, first, second)


def publish_rules(world: World, programme: Programme, at: datetime, *, life_months: int) -> None:
    """A version drafted by the manager, published by another."""
    document = scheme.demo_rules("strict@1", life_months=life_months)
    rules = programmes.draft_rule_version(
        actor=world.actor("manager"), programme_id=programme.pk, document=document, at=at
    )
    programmes.publish_rule_version(actor=world.actor("approver2"), rule_version_id=rules.pk, at=at)


def _seat_maps(world: World, at: datetime) -> None:
    """Strict and compact, proposed by the lead body, approved by the finance body."""
    manager, authoriser = world.actor("manager"), world.actor(AUTHORISER)
    for code, zh, en, seats in (
        ("strict", "严格", "Strict", STRICT),
        ("compact", "精简", "Compact", COMPACT),
    ):
        proposed = programmes.propose_seat_map(
            actor=manager,
            agency_id=world.lead.pk,
            code=code,
            name_zh=zh,
            name_en=en,
            seats=dict(seats),
            at=at,
        )
        programmes.approve_seat_map(actor=authoriser, seat_map_id=proposed.pk, at=at)


def _admissions(world: World, programme: Programme, at: datetime) -> None:
    """Every provider admitted, its bank account verified; applicants registered where they buy."""
    for index, provider in enumerate(world.providers):
        providers.admit_provider(
            actor=world.actor("approver2"),
            provider_id=provider.pk,
            programme_id=programme.pk,
            valid_from=at,
            valid_until=None,
            at=at,
        )
        settlement.verify_bank_account(
            actor=world.actor("clerk"),
            bank_account_id=provider.company.bank_accounts.get().pk,
            agency_id=world.lead.pk,
            at=at,
        )
        for number, company in enumerate(world.applicants, 1):
            if index == provider_of(number):
                providers.register_usage_account(
                    actor=Actor.person(world.provider_agents[index].pk),
                    provider_id=provider.pk,
                    company_id=company.pk,
                    account_number=account_of(number),
                    at=at,
                )


def provider_of(number: int) -> int:
    """Which provider an applicant buys from: more than half the first, the fifth stays idle."""
    return (0, 0, 1, 0, 2, 0, 1, 0, 3, 0)[number % 10]


def account_of(number: int) -> str:
    """The applicant's account at its provider."""
    return f"demo-acct-{number:04d}"


def _fund(
    world: World, programme: Programme, order: int, number: str, day: date, amount_fen: int
) -> None:
    """One document, its root line in the finance body, its funding line in the lead body."""
    at = instant(day, 15)
    manager, authoriser = world.actor("manager"), world.actor(AUTHORISER)
    document = programmes.record_appropriation(
        actor=manager,
        programme_id=programme.pk,
        document_number=number,
        document_date=day,
        title=f"关于下达算力券专项资金的通知（演示，第 {order} 份）",
        fiscal_year=2026,
        amount_fen=amount_fen,
        at=at,
    )
    codes = {"function_code": "2150805", "economic_code": "50701", "fund_nature": "一般公共预算"}
    lines: list[Any] = []
    for name, body in (("省级指标", world.finance), ("专项指标", world.lead)):
        line = programmes.draft_budget_line(
            actor=manager,
            programme_id=programme.pk,
            agency_id=body.pk,
            appropriation_id=document.pk,
            parent_id=lines[0].pk if lines else None,
            name_zh=f"{name} {order}（演示）",
            name_en=f"Line {order} of {body.code} (demo)",
            payer_id=world.finance.pk,
            channel="TREASURY",
            draw_order=order,
            at=at,
            **codes,
        )
        lines.append(line)
        programmes.approve_budget_line(actor=authoriser, line_id=line.pk, at=at)
    programmes.book_appropriation(
        actor=authoriser, line_id=lines[0].pk, at=at, request_key=f"book-{order}"
    )
    programmes.suballocate(
        actor=authoriser,
        parent_line_id=lines[0].pk,
        child_line_id=lines[1].pk,
        amount_fen=amount_fen,
        at=at,
        request_key=f"suballocate-{order}",
    )


def _round(
    world: World, programme: Programme, code: str, zh: str, en: str, opens: date, closes: date
) -> Round:
    at = world.begun + timedelta(days=1)
    drafted = programmes.create_round(
        actor=world.actor("manager"),
        programme_id=programme.pk,
        code=code,
        name_zh=f"2026 年{zh}",
        name_en=f"2026, {en.lower()}",
        opens_at=instant(opens),
        closes_at=end_of_day(closes),
        at=at,
    )
    return programmes.publish_round(actor=world.actor("approver2"), round_id=drafted.pk, at=at)


class File:
    """One applicant's file; each word is one verb by the right person."""

    def __init__(self, world: World, window: Round, number: int, grant_fen: int) -> None:
        self.world, self.window, self.number = world, window, number
        self.company = world.applicants[number - 1]
        self.agent = Actor.person(world.agents[number - 1].pk)
        self.signatory = Actor.person(world.signatories[number - 1].pk)
        self.seller = provider_of(number)
        self.provider = world.providers[self.seller]
        self.provider_agent = Actor.person(world.provider_agents[self.seller].pk)
        self.price_fen = -(-grant_fen * 10_000 // scheme.RATE_BP)
        self.grant_fen = min(grant_fen, scheme.CAP_FEN)
        self.service = "data" if number % 5 == 3 else "compute"
        self.application: Application

    @property
    def pk(self) -> int:
        """The application's id."""
        return self.application.pk

    def form(self, first: date) -> dict[str, Any]:
        """What the company says."""
        return {
            "purpose": papers.purpose(self.number, self.service),
            "kind": self.service,
            "service_class": self.service,
            "provider_number": self.provider.number,
            "planned_amount_fen": self.price_fen,
            "contract_number": f"DEMO-{self.window.code}-{self.number:04d}",
            "contract_date": first.isoformat(),
            "period_first": first.isoformat(),
            "period_last": date(2026, 12, 31).isoformat(),
            "prior_support_fen": 0,
            "declares_true": True,
        }

    def draft(self, at: datetime) -> None:
        """Draft, fill in, attach the contract."""
        self.application = files.draft_application(
            actor=self.agent, round_id=self.window.pk, company_id=self.company.pk, at=at
        )
        form = self.form(local_date(at))
        files.save_application(actor=self.agent, application_id=self.pk, form=form, at=at)
        paper = papers.contract_pdf(form["contract_number"])
        files.attach_file(
            actor=self.agent,
            application_id=self.pk,
            kind="contract",
            content=paper,
            name="合同（演示）.pdf",
            at=at,
        )

    def submit(self, at: datetime) -> None:
        """The signatory submits."""
        files.submit_application(actor=self.signatory, application_id=self.pk, at=at)

    def screen(self, at: datetime) -> None:
        """Intake takes it."""
        files.take_screening(actor=self.world.actor("intake"), application_id=self.pk, at=at)

    def accept(self, at: datetime) -> None:
        """Papers complete."""
        files.accept_application(actor=self.world.actor("intake"), application_id=self.pk, at=at)

    def recommend(self, at: datetime) -> None:
        """The reviewer advises the award of what the rules give."""
        files.recommend_application(
            actor=self.world.actor("reviewer"),
            application_id=self.pk,
            amount_fen=self.grant_fen,
            reason="材料齐全，符合条件（演示）。",
            at=at,
        )

    def prepare(self, at: datetime) -> Voucher:
        """The voucher, awaiting consent."""
        manager = self.world.actor("manager")
        return vouchers.prepare_voucher(actor=manager, application_id=self.pk, at=at)

    def consent(self, voucher: Voucher, at: datetime) -> None:
        """The signatory consents: ISSUE."""
        vouchers.accept_voucher(
            actor=self.signatory,
            voucher_id=voucher.pk,
            at=at,
            request_key=f"consent-1-{voucher.number}",
        )

    def order(self, voucher: Voucher, serial: int, price_fen: int, at: datetime) -> Redemption:
        """An order at the provider: HOLD."""
        return redemptions.request_redemption(
            actor=self.agent,
            voucher_id=voucher.pk,
            offer_id=self.world.offers[f"{self.seller}:{self.service}"].pk,
            order_number=f"SO-DEMO-{serial:05d}",
            price_fen=price_fen,
            requested_fen=None,
            at=at,
            request_key=f"order-{serial}",
        )

    def confirm(self, redemption: Redemption, at: datetime) -> None:
        """The provider knows the order."""
        redemptions.confirm_order(actor=self.provider_agent, redemption_id=redemption.pk, at=at)

    def prove(self, redemption: Redemption, voucher: Voucher, serial: int, at: datetime) -> None:
        """Invoice, own payment and usage."""
        number, day = papers.invoice_number(serial), local_date(at)
        buyer, seller = self.company.credit_code, self.provider.company.credit_code
        price_fen = redemption.price_fen
        redemptions.submit_evidence(
            actor=self.provider_agent,
            redemption_id=redemption.pk,
            invoice=papers.invoice(number, day, price_fen, seller, buyer),
            payment=papers.receipt(
                f"HD{serial:012d}", day, price_fen - redemption.requested_fen, buyer, seller
            ),
            usage_file=papers.usage_bill(
                amount_fen=price_fen,
                account=account_of(self.number),
                company=self.company.name_zh,
                credit_code=buyer,
                provider=self.provider.company.name_zh,
                invoice_number=number,
                voucher=voucher.number,
                first=day - timedelta(days=4),
                service=self.service,
            ),
            usage_name="usage.csv",
            at=at,
        )

    def countersign(self, redemption: Redemption, at: datetime) -> None:
        """The company agrees."""
        redemptions.countersign(actor=self.agent, redemption_id=redemption.pk, at=at)

    def redeem(self, redemption: Redemption, at: datetime) -> None:
        """查验; then what was not drawn is accepted by rule, the rest by the checker in full."""
        checker = self.world.actor("checker")
        verified = redemptions.verify_invoice(
            actor=checker, redemption_id=redemption.pk, status="VERIFIED", at=at
        )
        if verified.status != RedemptionStatus.UNDER_CHECK:
            return
        redemptions.accept_redemption(
            actor=checker,
            redemption_id=redemption.pk,
            accepted_fen=redemption.requested_fen,
            reason="",
            at=at,
            request_key=f"accept-{redemption.number}",
        )
