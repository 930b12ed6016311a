"""The smallest programme with money in it: one line, five entries, by the ledger's own face."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from django.db import transaction

from companies.agencies.models import Agency, Region
from companies.audit.services import record_event
from companies.foundation.actors import Actor
from companies.users.models import User
from vouchers.ledger.chart import AccountKind as A
from vouchers.ledger.chart import EntryKind as E
from vouchers.ledger.services import Leg, Request, open_account, post_entry
from vouchers.programmes.models import Appropriation, BudgetLine, Programme

AT = datetime(2025, 3, 3, 1, tzinfo=UTC)
ACTOR = Actor.system("test")


def given_programme_with_money() -> Programme:
    """1,000,000.00 appropriated, 2,000.00 reserved and issued, 600.00 held, 500.00 accepted."""
    with transaction.atomic():
        programme, accounts = _programme()
        steps = (
            (E.APPROPRIATE, A.APPROPRIATION, A.POOL, 100_000_000),
            (E.RESERVE, A.POOL, A.RESERVED, 200_000),
            (E.ISSUE, A.RESERVED, A.VOUCHER, 200_000),
            (E.HOLD, A.VOUCHER, A.HELD, 60_000),
            (E.ACCEPT, A.HELD, A.PAYABLE, 50_000),
        )
        for days, (kind, source, target, fen) in enumerate(steps):
            at = AT + timedelta(days=days * 20)
            request = Request.of(ACTOR, f"key-{days}", {})
            post_entry(
                kind, request=request, agency_id=programme.agency_id, at=at, actor=ACTOR,
                legs=[Leg(accounts[source], accounts[target], fen)], subject_ref=programme.ref,
            )  # fmt: skip
            record_event(
                "check.ran", actor=ACTOR, subject_ref=programme.ref, agency_id=programme.agency_id,
                at=at, request_ref=request.ref,
            )  # fmt: skip
    return programme


def _programme() -> tuple[Programme, dict[A, int]]:
    region = Region.objects.create(
        code="990000", name_zh="云岭省", valid_from=date(2000, 1, 1), source="演示"
    )
    agency = Agency.objects.create(code="A1", name_zh="=云岭省数据局", kind="LEAD", region=region)
    people = [User.objects.create(username=f"u{n}", name_zh=f"人{n}") for n in range(2)]
    programme = Programme.objects.create(
        agency=agency, finance_agency=agency, code="yunling-2025", name_zh="算力券",
        status="ACTIVE", created_by=people[0], is_demo=True,
    )  # fmt: skip
    document = Appropriation.objects.create(
        agency=agency, programme=programme, document_number="演财〔2025〕1号", title="下达",
        document_date=AT.date(), fiscal_year=2025, amount_fen=100_000_000, booked_at=AT,
    )  # fmt: skip
    pool = open_account(A.POOL, agency_id=agency.pk, label="line:BL-2025-000001")
    accounts = {A.POOL: pool.pk}
    for kind in (A.APPROPRIATION, A.RESERVED, A.VOUCHER, A.HELD, A.PAYABLE):
        label = "=1+1" if kind == A.HELD else f"line:{kind.lower()}"
        accounts[kind] = open_account(kind, agency_id=agency.pk, label=label, pool=pool).pk
    BudgetLine.objects.create(
        agency=agency, number="BL-2025-000001", programme=programme, appropriation=document,
        name_zh="省级", fiscal_year=2025, function_code="2150517", economic_code="50799",
        fund_nature="一般公共预算", payer=agency, channel="TREASURY", draw_order=1, status="OPEN",
        drafted_by=people[0], approved_by=people[1], pool_account_id=accounts[A.POOL],
        source_account_id=accounts[A.APPROPRIATION],
    )  # fmt: skip
    return programme, accounts
