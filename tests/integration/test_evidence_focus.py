"""Usage bills of the shared data, filed for a redemption: over HTTP, and by the verb."""

from __future__ import annotations

import base64
import csv
import io
from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from companies.errors import InvalidInput
from companies.foundation.clock import set_demo_clock
from companies.local_time import SHANGHAI
from tests.cast import PLACE
from tests.given import given_approved_application, given_programme
from tests.given_http import given_machine
from tests.given_money import Sale, findings, given_account
from tests.live import House
from vouchers.issuance import services as vouchers
from vouchers.providers.services import register_usage_account
from vouchers.redemptions import services as redemptions
from vouchers.redemptions.models import Redemption, UsageRecord

INVOICE = "26332000000123456789"
BILLED_FEN = 240_000
SUBSIDY_FEN = BILLED_FEN * 3 // 10


def at_day(year: int, month: int, day: int) -> datetime:
    """Nine in the morning."""
    return datetime(year, month, day, 9, tzinfo=SHANGHAI)


def given_order_of_may(
    rules_changed: dict[str, Any] | None = None, **answers: Any
) -> tuple[Sale, Redemption]:
    """A voucher that lives in May 2026 and a confirmed order of 2,400.00 yuan."""
    scheme = given_programme(rules_changed=rules_changed)
    file = given_approved_application(scheme, **answers)
    scheme.at = at_day(2025, 7, 1)
    voucher = vouchers.prepare_voucher(
        actor=scheme.actor("manager"), application_id=file.pk, at=scheme.at
    )
    voucher = vouchers.accept_voucher(
        actor=scheme.actor("buyer_signatory"), voucher_id=voucher.pk, at=scheme.later(),
        request_key="consent",
    )  # fmt: skip
    given_account(scheme)
    register_usage_account(
        actor=scheme.actor("seller_sales"), provider_id=scheme.provider.pk,
        company_id=scheme.cast.companies["buyer"].pk, account_number="acct-7781",
        at=scheme.later(),
    )  # fmt: skip
    sale = Sale(scheme, voucher)
    scheme.at = at_day(2026, 5, 19)
    return sale, sale.confirmed(BILLED_FEN)


def papers_of_may(sale: Sale, redemption: Redemption, usage_file: bytes) -> dict[str, Any]:
    """The invoice the bill names, in full, and the company's own share."""
    papers = sale.papers(redemption)
    papers["invoice"]["number"] = INVOICE
    return {**papers, "usage_file": usage_file}


def test_the_clean_bill_is_accepted_over_http_and_matched_to_its_redemption(
    live_house: House, shared_dir: Path
) -> None:
    sale, redemption = given_order_of_may()
    raw = (shared_dir / "data/focus/cn_provider_focus.csv").read_bytes()
    papers = papers_of_may(sale, redemption, raw)
    machine = given_machine(live_house, sale, "seller", "provider_agent")
    set_demo_clock(sale.scheme.later())
    address = f"/api/v1/redemptions/{redemption.number}/submit-evidence"
    body = {**papers, "usage_file": base64.b64encode(raw).decode(), "usage_name": "五月.csv"}
    answer = machine.post(address, body)
    assert answer.status == 200, answer.body
    assert answer.body["status"] == "EVIDENCED"
    assert answer.body["calculation"]["counted_fen"] == BILLED_FEN
    assert answer.body["calculation"]["subsidy_fen"] == SUBSIDY_FEN
    assert answer.body["calculation"]["deviations"] == [
        {"column": "InvoiceIssuerName", "code": "other_issuer", "rows": 24},
        {"column": "x_BeneficiaryUSCC", "code": "other_beneficiary", "rows": 24},
        {"column": "x_VoucherNumber", "code": "other_voucher", "rows": 24},
    ]
    rows = UsageRecord.objects.filter(redemption=redemption, released_at=None)
    assert rows.count() == len(set(rows.values_list("row_sha256", flat=True))) == 24
    assert sum(rows.values_list("billed_cost", flat=True)) == Decimal(2400)
    assert set(rows.values_list("invoice_number", flat=True)) == {INVOICE}
    again = machine.post(address, body)
    assert (again.status, again.body["code"]) == (409, "wrong_state")
    sale.scheme.later()
    assert findings(sale.scheme) == {}


@pytest.mark.django_db
def test_the_clean_bill_becomes_a_debt(shared_dir: Path) -> None:
    sale, redemption = given_order_of_may()
    raw = (shared_dir / "data/focus/cn_provider_focus.csv").read_bytes()
    sale.prove(redemption, **papers_of_may(sale, redemption, raw))
    redemption = redemptions.countersign(
        actor=sale.actor("agent"), redemption_id=redemption.pk, at=sale.scheme.later()
    )
    redemption = sale.verify(redemption)
    if redemption.status == "UNDER_CHECK":
        redemption = sale.accept(redemption)
    assert (redemption.status, redemption.accepted_fen) == ("ACCEPTED", SUBSIDY_FEN)
    assert findings(sale.scheme) == {}


def changed(shared_dir: Path, changes: dict[int, dict[str, str]]) -> bytes:
    """The clean bill with some cells written anew, by row from 0."""
    text = (shared_dir / "data/focus/cn_provider_focus.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    for number, cells in changes.items():
        rows[number].update(cells)
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


@pytest.mark.django_db
def test_a_credit_on_a_use_is_netted_tax_is_left_out_and_both_count_for_the_invoice(
    shared_dir: Path,
) -> None:
    sale, redemption = given_order_of_may()
    key = ("ResourceId", "SkuId", "ChargePeriodStart", "ChargePeriodEnd")
    text = (shared_dir / "data/focus/cn_provider_focus.csv").read_text(encoding="utf-8")
    first = next(csv.DictReader(io.StringIO(text, newline="")))
    raw = changed(
        shared_dir,
        {
            21: {"ChargeClass": "Correction"},
            22: {"ChargeCategory": "Tax", "BilledCost": "300", "ResourceId": "", "SkuId": "",
                 "ChargePeriodStart": "2020-05-01T00:00:00Z"},
            23: {name: first[name] for name in key}
            | {"ChargeCategory": "Credit", "BilledCost": "-100"},
        },
    )  # fmt: skip
    papers = papers_of_may(sale, redemption, raw)
    papers["payment"]["amount_fen"] = 180_000
    redemption = sale.prove(redemption, **papers)
    # 21 uses less the credit; the correction of an earlier bill raises nothing here
    assert redemption.calculation["counted_fen"] == 200_000
    assert redemption.calculation["usage_rows"] == [*range(1, 22), 24]
    assert UsageRecord.objects.filter(released_at=None).count() == 24
    named = {kind["code"] for kind in redemption.calculation["deviations"]}
    assert named >= {"key_repeated", "correction", "other_voucher"}


@pytest.mark.django_db
def test_use_is_asked_what_its_file_was_asked_the_place_and_the_chips(shared_dir: Path) -> None:
    cards = {
        "id": "goods",
        "clause": "goods",
        "when": {
            "all": [
                {"fact": "goods.facility_region", "op": "within", "value": PLACE},
                {"fact": "goods.chip_class", "op": "in", "value": ["GPU", "NPU"]},
            ]
        },
    }
    sale, redemption = given_order_of_may({"goods": cards}, chip_class="GPU")
    raw = (shared_dir / "data/focus/cn_provider_focus.csv").read_bytes()
    redemption = sale.prove(redemption, **papers_of_may(sale, redemption, raw))
    assert redemption.calculation["counted_fen"] == BILLED_FEN


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"BillingAccountId": "acct-9"}, "other_account"),
        ({"BillingCurrency": "USD"}, "other_currency"),
    ],
)
def test_a_row_of_another_account_or_currency_refuses_the_bill(
    shared_dir: Path, cells: dict[str, str], code: str
) -> None:
    sale, redemption = given_order_of_may()
    raw = changed(shared_dir, {3: cells})
    with pytest.raises(InvalidInput, match="usage_refused") as refusal:
        sale.prove(redemption, **papers_of_may(sale, redemption, raw))
    assert [(e["field"], e["code"]) for e in refusal.value.errors] == [("row 4", code)]
    assert not UsageRecord.objects.exists()


@pytest.mark.django_db
def test_rows_outside_the_vouchers_life_do_not_count_but_the_rest_of_the_bill_does(
    shared_dir: Path,
) -> None:
    sale, redemption = given_order_of_may()
    begins, ends = sale.voucher.prepared_at, sale.voucher.valid_until
    first, last = (f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" for at in (begins, ends))
    second = timedelta(seconds=1)
    early = f"{(begins - second).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    late = f"{(ends + second).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    raw = changed(
        shared_dir,
        {
            0: {"ChargePeriodStart": early}, 1: {"ChargePeriodStart": first},
            2: {"ChargePeriodEnd": last}, 3: {"ChargePeriodEnd": late},
        },
    )  # fmt: skip
    papers = papers_of_may(sale, redemption, raw)
    papers["payment"]["amount_fen"] = BILLED_FEN
    redemption = sale.prove(redemption, **papers)
    assert redemption.calculation["counted_fen"] == BILLED_FEN * 22 // 24
    assert redemption.calculation["usage_rows"] == [2, 3, *range(5, 25)]
    assert {
        "column": "ChargePeriodStart", "code": "outside_period", "rows": 2,
    } in redemption.calculation["deviations"]  # fmt: skip
    rows = UsageRecord.objects.filter(redemption=redemption, released_at=None)
    assert set(rows.filter(is_eligible=False).values_list("row_number", flat=True)) == {1, 4}
    assert findings(sale.scheme) == {}


@pytest.mark.django_db
def test_the_bad_bill_is_refused_row_by_row_and_nothing_of_it_is_taken(shared_dir: Path) -> None:
    sale, redemption = given_order_of_may()
    raw = (shared_dir / "data/focus/cn_provider_bad.csv").read_bytes()
    with pytest.raises(InvalidInput, match="usage_refused") as refusal:
        sale.prove(redemption, **papers_of_may(sale, redemption, raw))
    places = {(error["field"], error["message"]) for error in refusal.value.errors}
    assert places == {
        place
        for number in range(1, 25)
        for place in (
            (f"row {number} BillingCurrency", "RMB"),
            (f"row {number} ServiceCategory", "人工智能"),
        )
    }
    assert refusal.value.facts["count"] == 48
    redemption.refresh_from_db()
    assert redemption.status == "CONFIRMED"
    assert not UsageRecord.objects.exists()


@pytest.mark.django_db
def test_a_real_bill_is_read_whole_with_every_deviation_named(shared_dir: Path) -> None:
    raw = (shared_dir / "data/focus/focus_sample_700.csv").read_bytes()
    bill = redemptions.read_usage(raw)
    assert (bill.totals.rows, bill.refusals) == (700, ())
    assert bill.totals.billed == Decimal("13.52512369")
    named = redemptions.name_deviations(bill.warnings)
    codes: Counter[str] = Counter()
    for kind in named:
        codes[kind["code"]] += kind["rows"]
    assert codes == {
        "null_as_text": 6402, "instant_without_t_or_z": 2800, "column_missing": 1,
        "column_unknown": 1,
    }  # fmt: skip
    assert {"column": "InvoiceId", "code": "column_missing", "rows": 1} in named


@pytest.mark.django_db
def test_a_real_bill_that_names_no_invoice_proves_none(shared_dir: Path) -> None:
    sale, redemption = given_order_of_may()
    raw = (shared_dir / "data/focus/focus_sample_700.csv").read_bytes()
    with pytest.raises(InvalidInput, match="bill_differs"):
        sale.prove(redemption, **papers_of_may(sale, redemption, raw))
