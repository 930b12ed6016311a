"""Redemptions and batches up to a moment, by verbs; and what must balance at the end."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from django.db import connection

from companies.agencies.models import Deadline
from companies.audit.services import seal_events
from companies.foundation.numbers import next_number
from companies.local_time import SHANGHAI, local_date
from companies.registry.models import BankAccount, Company
from companies.registry.services import add_bank_account
from tests.given import DAY, HOUR, Scheme, given_live_voucher, given_programme
from vouchers.applications import services as files
from vouchers.issuance import services as vouchers
from vouchers.issuance.models import Voucher
from vouchers.oversight.checks import CHECKS, run_check
from vouchers.redemptions import services as redemptions
from vouchers.redemptions.models import Redemption
from vouchers.sampling import is_drawn
from vouchers.settlement import services as settlement
from vouchers.settlement.models import SettlementBatch
from vouchers.settlement.selectors import list_instructions

FACE_FEN = 3_000_000
PRICE_FEN = 2_000_000
_SERIAL = count(1)


@dataclass
class Sale:
    """A live voucher and what is bought with it; words move it on by the right person."""

    scheme: Scheme
    voucher: Voucher
    company: str = "buyer"

    def actor(self, name: str) -> Any:
        """The person of this name; "agent" is the company's own."""
        return self.scheme.actor(f"{self.company}_{name}" if name == "agent" else name)

    def order(self, price_fen: int = PRICE_FEN, *, key: str = "", **more: Any) -> Redemption:
        """HOLD."""
        serial = next(_SERIAL)
        return redemptions.request_redemption(
            actor=self.actor("agent"), voucher_id=self.voucher.pk, offer_id=self.scheme.offer.pk,
            order_number=f"SO-{serial}", price_fen=price_fen, at=self.scheme.later(),
            request_key=key or f"order-{serial}", **more,
        )  # fmt: skip

    def confirmed(self, price_fen: int = PRICE_FEN) -> Redemption:
        """The provider knows the order."""
        return redemptions.confirm_order(
            actor=self.actor("seller_sales"), redemption_id=self.order(price_fen).pk,
            at=self.scheme.later(),
        )  # fmt: skip

    def prove(self, redemption: Redemption, **changes: Any) -> Redemption:
        """Invoice, own payment and usage; `changes` replace what the papers would say."""
        papers = {**self.papers(redemption), **changes}
        return redemptions.submit_evidence(
            actor=self.actor("seller_sales"), redemption_id=redemption.pk, usage_name="usage.csv",
            at=self.scheme.later(), **papers,
        )  # fmt: skip

    def papers(self, redemption: Redemption) -> dict[str, Any]:
        """Six days later: an invoice, a receipt and a bill that fit."""
        self.scheme.later(6 * DAY)
        serial, day = next(_SERIAL), local_date(self.scheme.at).isoformat()
        number, price_fen = f"2599{serial:016d}", redemption.price_fen
        company = self.scheme.cast.companies[self.company].credit_code
        seller = self.scheme.cast.companies["seller"].credit_code
        own_fen = price_fen - redemption.requested_fen
        return {
            "invoice": {
                "number": number, "date": day, "amount_fen": price_fen, "tax_fen": 0,
                "seller_code": seller, "buyer_code": company,
            },
            "payment": {
                "receipt_number": f"HD-{serial}", "date": day, "amount_fen": max(own_fen, 1),
                "payer_code": company, "payee_code": seller,
            },
            "usage_file": usage_bill(
                [price_fen], invoice=number, account=f"acct-{self.company}",
                first=self.scheme.at - 5 * DAY,
            ),
        }  # fmt: skip

    def evidenced(self, price_fen: int = PRICE_FEN) -> Redemption:
        """Everything filed; the company has not answered."""
        return self.prove(self.confirmed(price_fen))

    def countersigned(self, price_fen: int = PRICE_FEN, *, drawn: bool = True) -> Redemption:
        """The company agrees; `drawn` decides whether a reviewer must look."""
        turn_fate(self.scheme, drawn=drawn)
        redemption = self.evidenced(price_fen)
        return redemptions.countersign(
            actor=self.actor("agent"), redemption_id=redemption.pk, at=self.scheme.later()
        )

    def verify(self, redemption: Redemption, status: str = "VERIFIED") -> Redemption:
        """查验."""
        return redemptions.verify_invoice(
            actor=self.actor("checker"), redemption_id=redemption.pk, status=status,
            at=self.scheme.later(),
        )  # fmt: skip

    def accept(
        self, redemption: Redemption, accepted_fen: int | None = None, *, who: str = "checker",
        reason: str = "", key: str = "",
    ) -> Redemption:  # fmt: skip
        """HELD → PAYABLE."""
        return redemptions.accept_redemption(
            actor=self.actor(who), redemption_id=redemption.pk, at=self.scheme.later(),
            accepted_fen=redemption.requested_fen if accepted_fen is None else accepted_fen,
            reason=reason, request_key=key or f"accept-{redemption.number}-{who}",
        )  # fmt: skip

    def accepted(self, price_fen: int = PRICE_FEN) -> Redemption:
        """A debt."""
        return self.accept(self.verify(self.countersigned(price_fen)))


def given_sale(*, face_fen: int = FACE_FEN, **options: Any) -> Sale:
    """A live voucher whose seller has a verified account."""
    scheme = given_programme(**options)
    voucher = given_live_voucher(scheme, face_fen=face_fen)
    given_account(scheme)
    return Sale(scheme, voucher)


def given_account(scheme: Scheme, number: str = "6222000011112222") -> BankAccount:
    """The seller's account, entered by its cashier, verified by the finance clerk."""
    seller: Company = scheme.cast.companies["seller"]
    account = add_bank_account(
        actor=scheme.actor("seller_cashier"), company_id=seller.pk, account_name=seller.name_zh,
        account_number=number, bank_name="测试银行", cnaps="102100099996", at=scheme.later(),
    )  # fmt: skip
    return settlement.verify_bank_account(
        actor=scheme.actor("clerk"), bank_account_id=account.pk,
        agency_id=scheme.programme.agency_id, at=scheme.later(),
    )  # fmt: skip


def turn_fate(scheme: Scheme, *, drawn: bool) -> None:
    """Use up numbers until the next redemption's seed is drawn for a check, or is not."""
    from vouchers.redemptions.services.answer import COMPACT_DRAW_BP as SHARE_BP

    while True:
        prefix, year, serial = next_number("RD", scheme.at).split("-")
        following = f"{prefix}-{year}-{int(serial) + 1:06d}"
        if is_drawn(f"{scheme.programme.code}|{following}", SHARE_BP) == drawn:
            return


def usage_bill(costs_fen: Sequence[int], *, invoice: str, account: str, first: datetime) -> bytes:
    """A FOCUS bill of one hour per cost from `first` on."""
    out = io.StringIO()
    rows = []
    start = first.astimezone(SHANGHAI).replace(minute=0, second=0, microsecond=0)
    for index, fen in enumerate(costs_fen):
        cost = str(Decimal(fen) / 100)
        row = dict.fromkeys(("BilledCost", "ContractedCost", "EffectiveCost", "ListCost"), cost)
        row |= dict.fromkeys(("InvoiceIssuerName", "ProviderName", "PublisherName"), "测试算力")
        row |= {
            "BillingAccountId": account, "BillingCurrency": "CNY", "ChargeCategory": "Usage",
            "BillingPeriodStart": _utc(start), "BillingPeriodEnd": _utc(start + 30 * DAY),
            "ChargePeriodStart": _utc(start + index * HOUR),
            "ChargePeriodEnd": _utc(start + (index + 1) * HOUR),
            "ServiceCategory": "AI and Machine Learning", "ServiceName": "训练",
            "InvoiceId": invoice, "ResourceId": f"job-{invoice[-6:]}-{index}", "SkuId": "gpu",
        }  # fmt: skip
        rows.append(row)
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def _utc(at: datetime) -> str:
    shifted = at - (at.utcoffset() or timedelta())
    return shifted.replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def run_due(scheme: Scheme, subject_ref: str, kind: str) -> None:
    """Wait for a promise of a redemption to be over, and let its app carry it out."""
    row = Deadline.objects.get(subject_ref=subject_ref, kind=kind, done_at__isnull=True)
    scheme.at = max(scheme.at, row.due_at)
    _carry_out(row, scheme.at)


def _carry_out(row: Deadline, at: datetime) -> None:
    verbs = {
        "applications": files, "issuance": vouchers, "redemptions": redemptions,
        "settlement": settlement,
    }[row.kind.partition(".")[0]]  # fmt: skip
    verbs.carry_out_deadline(deadline_id=row.pk, at=at)


def drawn_up(scheme: Scheme) -> SettlementBatch:
    """An open batch of all that can be paid."""
    return settlement.draw_up_batch(
        actor=scheme.actor("clerk"), programme_id=scheme.programme.pk, at=scheme.later()
    )


def signed(scheme: Scheme, batch: SettlementBatch) -> SettlementBatch:
    """Locked, approved, authorised, released: four people."""
    settlement.lock_batch(actor=scheme.actor("clerk"), batch_id=batch.pk, at=scheme.later())
    for who, act in (
        ("approver2", "BATCH_APPROVE"), ("authoriser", "AUTHORISE"), ("releaser", "RELEASE"),
    ):  # fmt: skip
        batch = settlement.sign_batch(
            actor=scheme.actor(who), batch_id=batch.pk, act=act, at=scheme.later()
        )
    return batch


def sent(scheme: Scheme, batch: SettlementBatch) -> SettlementBatch:
    """Handed to the channel."""
    return settlement.send_batch(
        actor=scheme.actor("releaser"), batch_id=signed(scheme, batch).pk, at=scheme.later()
    )


def answered(
    scheme: Scheme, batch: SettlementBatch, *, failed: Sequence[int] = (), key: str = ""
) -> SettlementBatch:
    """The channel's answer: every row paid but those in `failed`."""
    results = [
        {"row_number": row.row_number, "paid": False, "reason": "账户不存在"}
        if row.row_number in failed
        else {
            "row_number": row.row_number, "paid": True, "paid_on": local_date(scheme.at),
            "treasury_number": f"{batch.number}-{row.row_number}", "receipt_sha256": "a" * 64,
            "account": row.order.bank_account.account_number,
        }
        for row in list_instructions(batch)
    ]  # fmt: skip
    return settlement.record_results(
        actor=scheme.actor("clerk"), batch_id=batch.pk, results=results, at=scheme.later(),
        request_key=key or f"results-{batch.number}",
    )  # fmt: skip


def closed(scheme: Scheme, batch: SettlementBatch) -> SettlementBatch:
    """Reconciled and closed."""
    settlement.reconcile_batch(
        actor=scheme.actor("authoriser"), batch_id=batch.pk, at=scheme.later()
    )
    return settlement.close_batch(
        actor=scheme.actor("releaser"), batch_id=batch.pk, at=scheme.later()
    )


def findings(scheme: Scheme) -> dict[str, tuple[str, ...]]:
    """What the invariants find once all that is due is done; {} is how every story must end."""
    at = scheme.later()
    for row in Deadline.objects.filter(due_at__lte=at, done_at__isnull=True).order_by("due_at"):
        _carry_out(row, at)
    seal_events(at=at)
    found = {}
    with connection.cursor() as cursor:
        for check in CHECKS:
            if check.has_sql:
                outcome = run_check(check, cursor=cursor, at=at, is_fast=True)
                if outcome.findings:
                    found[check.id] = outcome.sample
    return found
