"""The world up to a moment, built by verbs only. Time starts on 2025-03-03 at nine and moves on."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from companies.agencies.models import Deadline
from companies.foundation.actors import Actor
from tests.cast import PLACE, START, Cast, given_cast
from vouchers.applications import services as files
from vouchers.applications.models import Application, PublicNotice
from vouchers.issuance import services as vouchers
from vouchers.issuance.models import Voucher
from vouchers.programmes import services as programmes
from vouchers.programmes.models import BudgetLine, Programme, Round
from vouchers.programmes.scheme_templates import load_template
from vouchers.programmes.seats import COMPACT, STRICT
from vouchers.providers import services as providers
from vouchers.providers.models import Offer, Provider

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
FUNDS_FEN = 100_000_000
PAPER = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
_SERIAL = count(1)


@dataclass
class Scheme:
    """An active programme with its people, money, open round, provider and offer."""

    cast: Cast
    programme: Programme
    round: Round
    lines: list[BudgetLine]
    provider: Provider
    offer: Offer
    at: datetime

    def actor(self, name: str) -> Actor:
        """The person of this name, acting."""
        return self.cast.actor(name)

    def later(self, step: timedelta = HOUR) -> datetime:
        """Time moves on; returns the new moment."""
        self.at += step
        return self.at


def test_rules(seats: str, *, notice: bool = True, consent: bool = True) -> dict[str, Any]:
    """A published scheme's rules, one signature for an award, the seat map of the test."""
    document = copy.deepcopy(load_template("guizhou_2026"))
    document["code"] = "test-2025"
    procedure = document["procedure"]
    procedure["fast"] = None
    procedure["seat_map"] = f"{seats.lower()}@1"
    procedure["signatures"] = [
        {"act": "APPROVE", "from_fen": 0, "people": 1},
        {"act": "APPROVE", "from_fen": 50_000_000, "people": 2},
        {"act": "CONFIRM", "from_fen": 0, "people": 0},
        {"act": "CONFIRM", "from_fen": 2_000_000, "people": 1},
        {"act": "BATCH_APPROVE", "from_fen": 0, "people": 1},
    ]
    if not notice:
        procedure["notice"] = []
    for kind in document["kinds"]:
        kind["consent"] = consent
    return document


test_rules.__test__ = False  # type: ignore[attr-defined] pytest collects what is called so


def given_programme(
    seats: str = "STRICT",
    *,
    funds_fen: tuple[int, ...] = (FUNDS_FEN,),
    ceiling_fen: int = 10 * FUNDS_FEN,
    notice: bool = True,
    consent: bool = True,
    rules_changed: dict[str, Any] | None = None,
    cast: Cast | None = None,
) -> Scheme:
    """An active programme: one funding line per sum, a ceiling, an open round, one provider."""
    cast, at = cast or given_cast(), START + HOUR
    manager, approver = cast.actor("manager"), cast.actor("approver3")
    authoriser, lead = cast.actor("authoriser"), cast.bodies["lead"]
    seat_map = programmes.propose_seat_map(
        actor=manager, agency_id=lead.pk, code=seats.lower(), name_zh="测试岗位", name_en="Seats",
        seats={"STRICT": STRICT, "COMPACT": COMPACT}[seats], at=at,
    )  # fmt: skip
    programmes.approve_seat_map(actor=authoriser, seat_map_id=seat_map.pk, at=at)
    programme = programmes.create_programme(
        actor=manager, agency_id=lead.pk, finance_agency_id=cast.bodies["finance"].pk,
        code=f"TEST-2025{cast.suffix}", name_zh="测试算力券", name_en="Test vouchers",
        summary_zh="", summary_en="", is_demo=True, at=at,
    )  # fmt: skip
    rules = programmes.draft_rule_version(
        actor=manager, programme_id=programme.pk,
        document=test_rules(seats, notice=notice, consent=consent) | (rules_changed or {}), at=at,
    )  # fmt: skip
    programmes.publish_rule_version(actor=approver, rule_version_id=rules.pk, at=at)
    programmes.activate_programme(actor=approver, programme_id=programme.pk, at=at)
    programmes.set_ceiling(
        actor=authoriser, programme_id=programme.pk, period="2025", limit_fen=ceiling_fen, at=at
    )
    lines = [
        _fund(cast, programme, order, amount_fen, at)
        for order, amount_fen in enumerate(funds_fen, start=1)
    ]
    window = programmes.create_round(
        actor=manager, programme_id=programme.pk, code="R1", name_zh="第一批", name_en="First",
        opens_at=at, closes_at=at + 60 * DAY, at=at,
    )  # fmt: skip
    window = programmes.publish_round(actor=approver, round_id=window.pk, at=at)
    provider, offer = given_provider(cast, programme, at)
    programme.refresh_from_db()
    return Scheme(cast, programme, window, lines, provider, offer, at)


def given_draft(
    scheme: Scheme, company: str = "buyer", *, planned_fen: int = 100_000_00, **answers: Any
) -> Application:
    """A complete draft with its contract; 30 % of what is planned can be granted."""
    agent = scheme.actor(f"{company}_agent")
    application = files.draft_application(
        actor=agent, round_id=scheme.round.pk, company_id=scheme.cast.companies[company].pk,
        at=scheme.later(),
    )  # fmt: skip
    form = {
        "purpose": "训练行业模型",
        "service_class": "compute",
        "provider_number": scheme.provider.number,
        "planned_amount_fen": planned_fen,
        "contract_number": f"HT-2025-{next(_SERIAL):04d}",
        "contract_date": "2025-03-01",
        "period_first": "2025-04-01",
        "period_last": "2025-12-31",
        "declares_true": True,
        **answers,
    }
    files.save_application(actor=agent, application_id=application.pk, form=form, at=scheme.later())
    files.attach_file(
        actor=agent, application_id=application.pk, kind="contract", content=PAPER,
        name="合同.pdf", at=scheme.later(),
    )  # fmt: skip
    application.refresh_from_db()
    return application


def given_submitted_application(
    scheme: Scheme, company: str = "buyer", *, planned_fen: int = 100_000_00, **answers: Any
) -> Application:
    """Handed in by its signatory."""
    draft = given_draft(scheme, company, planned_fen=planned_fen, **answers)
    return files.submit_application(
        actor=scheme.actor(f"{company}_signatory"), application_id=draft.pk, at=scheme.later()
    )


def given_recommended_application(
    scheme: Scheme, company: str = "buyer", *, amount_fen: int | None = None, **answers: Any
) -> Application:
    """Screened by intake, recommended by the reviewer for all the rules grant (or less)."""
    file = given_submitted_application(scheme, company, **answers)
    files.take_screening(actor=scheme.actor("intake"), application_id=file.pk, at=scheme.later())
    files.accept_application(
        actor=scheme.actor("intake"), application_id=file.pk, at=scheme.later()
    )
    granted = file.assessment["grant_fen"] if amount_fen is None else amount_fen
    return files.recommend_application(
        actor=scheme.actor("reviewer"), application_id=file.pk, amount_fen=granted, reason="属实",
        at=scheme.later(),
    )  # fmt: skip


def given_notice(scheme: Scheme, *applications: Application) -> PublicNotice:
    """These files on public notice, their money reserved."""
    return files.post_notice(
        actor=scheme.actor("approver"), application_ids=[file.pk for file in applications],
        title_zh="拟支持名单公示", title_en="Proposed awards", at=scheme.later(),
        request_key=f"notice-{applications[0].number}",
    )  # fmt: skip


def given_approved_application(
    scheme: Scheme, company: str = "buyer", **answers: Any
) -> Application:
    """Approved when its notice ended without an objection."""
    file = given_recommended_application(scheme, company, **answers)
    notice = given_notice(scheme, file)
    scheme.at = max(scheme.at, notice.ends_at)
    carry_out(scheme, file.ref, "applications.notice_end")
    file.refresh_from_db()
    return file


def given_pending_voucher(scheme: Scheme, company: str = "buyer", **answers: Any) -> Voucher:
    """Prepared, waiting for the signatory."""
    file = given_approved_application(scheme, company, **answers)
    return vouchers.prepare_voucher(
        actor=scheme.actor("manager"), application_id=file.pk, at=scheme.later()
    )


def given_live_voucher(
    scheme: Scheme | None = None, company: str = "buyer", *, face_fen: int = 30_000_00
) -> Voucher:
    """An active voucher of this face; its plan is what 30 % of make the face."""
    scheme = scheme or given_programme()
    voucher = given_pending_voucher(
        scheme, company, planned_fen=-(-face_fen * 10 // 3), amount_fen=face_fen
    )
    return vouchers.accept_voucher(
        actor=scheme.actor(f"{company}_signatory"), voucher_id=voucher.pk, at=scheme.later(),
        request_key=f"consent-{voucher.number}",
    )  # fmt: skip


def carry_out(scheme: Scheme, subject_ref: str, kind: str) -> None:
    """What the sweeper does with one due row, by the verb of its app."""
    row = Deadline.objects.get(subject_ref=subject_ref, kind=kind, done_at__isnull=True)
    verbs = {"applications": files, "issuance": vouchers}[kind.partition(".")[0]]
    verbs.carry_out_deadline(deadline_id=row.pk, at=scheme.at)


def _fund(
    cast: Cast, programme: Programme, order: int, amount_fen: int, at: datetime
) -> BudgetLine:
    """A document, its root in the finance body, its funding line in the lead body."""
    manager, authoriser = cast.actor("manager"), cast.actor("authoriser")
    document = programmes.record_appropriation(
        actor=manager, programme_id=programme.pk, document_number=f"测指〔2025〕{order}号",
        document_date=date(2025, 2, 20), title="测试指标", fiscal_year=2025,
        amount_fen=amount_fen, at=at,
    )  # fmt: skip
    lines: list[BudgetLine] = []
    for body in ("finance", "lead"):
        line = programmes.draft_budget_line(
            actor=manager, programme_id=programme.pk, agency_id=cast.bodies[body].pk,
            appropriation_id=document.pk, parent_id=lines[0].pk if lines else None,
            name_zh=f"测试指标{order}", name_en=f"Line {order}", function_code="2150805",
            economic_code="50701", fund_nature="一般公共预算",
            payer_id=cast.bodies["finance"].pk, channel="TREASURY", draw_order=order, at=at,
        )  # fmt: skip
        lines.append(programmes.approve_budget_line(actor=authoriser, line_id=line.pk, at=at))
    programmes.book_appropriation(
        actor=authoriser, line_id=lines[0].pk, at=at, request_key=f"book-{order}"
    )
    return programmes.suballocate(
        actor=authoriser, parent_line_id=lines[0].pk, child_line_id=lines[1].pk,
        amount_fen=amount_fen, at=at, request_key=f"sub-{order}",
    )  # fmt: skip


def given_provider(
    cast: Cast, programme: Programme, at: datetime, seller: str = "seller"
) -> tuple[Provider, Offer]:
    """Approved, admitted, with a centre, a price and an account for each applicant."""
    sales = cast.actor(f"{seller}_sales")
    provider = providers.apply_as_provider(
        actor=sales, agency_id=programme.agency_id, company_id=cast.companies[seller].pk, at=at
    )
    providers.check_provider(actor=cast.actor("reviewer2"), provider_id=provider.pk, at=at)
    providers.approve_provider(actor=cast.actor("approver3"), provider_id=provider.pk, at=at)
    providers.admit_provider(
        actor=cast.actor("approver3"), provider_id=provider.pk, programme_id=programme.pk,
        valid_from=at, valid_until=None, at=at,
    )  # fmt: skip
    providers.register_centre(
        actor=sales, provider_id=provider.pk, name_zh="测试智算中心", name_en="Test centre",
        region_code=PLACE, capacity_pflops=Decimal(100), pledged_hours=Decimal(1000), at=at,
    )  # fmt: skip
    offer = providers.publish_offer(
        actor=sales, provider_id=provider.pk, code="gpu-hour", name_zh="算力", name_en="Compute",
        service_class="compute", unit="卡时", unit_price=Decimal("20.5"), valid_from=at, at=at,
    )  # fmt: skip
    for buyer in ("buyer", "rival"):
        providers.register_usage_account(
            actor=sales, provider_id=provider.pk, company_id=cast.companies[buyer].pk,
            account_number=f"acct-{buyer}", at=at,
        )  # fmt: skip
    return provider, offer
