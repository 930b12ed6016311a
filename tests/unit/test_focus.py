"""Usage bills: what is plain is put right and said, the rest refused row by row."""

import csv
import io
from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from companies.errors import InvalidInput
from tests.unit.shared import shared_file
from vouchers.redemptions.focus import FocusLimits, parse_focus

ROW = {
    "BilledCost": "100.00",
    "BillingAccountId": "acct-1",
    "BillingCurrency": "CNY",
    "BillingPeriodStart": "2025-05-01T00:00:00Z",
    "BillingPeriodEnd": "2025-06-01T00:00:00Z",
    "ChargeCategory": "Usage",
    "ChargePeriodStart": "2025-05-20T00:00:00Z",
    "ChargePeriodEnd": "2025-05-20T01:00:00Z",
    "ContractedCost": "100.00",
    "EffectiveCost": "100.00",
    "InvoiceIssuerName": "云公司",
    "ListCost": "120.00",
    "ProviderName": "云公司",
    "PublisherName": "云公司",
    "ServiceCategory": "Compute",
    "ServiceName": "训练",
    "InvoiceId": "26332000000123456789",
    "ResourceId": "job-1",
    "SkuId": "gpu",
}

LIMITS = FocusLimits()


def bill(*changes, limits=LIMITS, start=""):
    out = io.StringIO()
    rows = [{**ROW, **change} for change in changes]
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return parse_focus(io.BytesIO((start + out.getvalue()).encode()), limits=limits)


def codes(found):
    return [(d.row, d.column, d.code) for d in found]


def test_the_clean_bill_is_accepted_whole():
    with shared_file("focus/cn_provider_focus.csv").open("rb") as stream:
        found = parse_focus(stream)
    assert (found.totals.rows, found.refusals, found.warnings) == (24, (), ())
    assert found.totals.billed == Decimal("2400.00")
    assert found.totals.billed_by_invoice == {"26332000000123456789": Decimal("2400.00")}
    assert len({row.claim_sha256("P-1") for row in found.rows}) == 24


def test_the_bad_bill_is_refused_row_by_row():
    with shared_file("focus/cn_provider_bad.csv").open("rb") as stream:
        found = parse_focus(stream)
    assert found.rows == ()
    expected = {(n, c) for n in range(1, 25) for c in ("BillingCurrency", "ServiceCategory")}
    assert {(d.row, d.column) for d in found.refusals} == expected
    assert {d.value for d in found.refusals} == {"RMB", "人工智能"}


def test_real_bills_come_in_with_every_deviation_named():
    with shared_file("focus/focus_sample_700.csv").open("rb") as stream:
        found = parse_focus(stream)
    assert found.refusals == ()
    assert found.totals.rows == 700
    assert found.totals.billed == Decimal("13.52512369")
    assert found.totals.effective == Decimal("9.00")
    assert found.totals.by_charge == {"Usage": 699, "Credit": 1}
    assert found.totals.by_service["Compute"] == 324
    eligible = [
        row.billed_cost
        for row in found.rows
        if row.charge_category == "Usage"
        and row.service_category in ("Compute", "AI and Machine Learning")
    ]
    assert sum(eligible) == Decimal("14.1504318939")
    assert Counter(d.code for d in found.warnings) == {
        "null_as_text": 6402,
        "instant_without_t_or_z": 2800,
        "column_missing": 1,
        "column_unknown": 1,
    }


def test_a_byte_order_mark_and_odd_spelling_are_put_right():
    found = bill({"ChargeCategory": "usage", "ChargeFrequency": "Usage-based"}, start="\ufeff")
    assert found.rows[0].charge_category == "Usage"
    assert codes(found.warnings) == [
        (1, "ChargeCategory", "spelling"),
        (1, "ChargeFrequency", "spelling"),
    ]


def test_what_a_chinese_spreadsheet_saves_is_read_and_named():
    out = io.StringIO()
    writer = csv.DictWriter(out, list(ROW), lineterminator="\r\n")
    writer.writeheader()
    writer.writerow({**ROW, "BilledCost": " 100.00 "})
    found = parse_focus(io.BytesIO(out.getvalue().encode("gb18030")))
    assert (found.rows[0].issuer_name, found.rows[0].billed_cost) == ("云公司", Decimal("100.00"))
    assert codes(found.warnings) == [(0, "", "not_utf8"), (1, "BilledCost", "spelling")]


def test_charges_that_share_a_key_are_told_apart_by_their_order():
    row = bill({}).rows[0]
    marks = {row.claim_sha256("P-1"), row.claim_sha256("P-1", 0), row.claim_sha256("P-1", 1)}
    assert len(marks) == 2


def test_shanghai_time_is_converted():
    found = bill({"ChargePeriodStart": "2025-05-20T07:00:00+08:00"})
    assert found.rows[0].period_start == datetime(2025, 5, 19, 23, tzinfo=UTC)
    assert codes(found.warnings) == [(1, "ChargePeriodStart", "instant_not_utc")]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"BilledCost": "NULL"}, "null_not_allowed"),
        ({"BilledCost": "NaN"}, "number_malformed"),
        ({"BilledCost": "1e300"}, "number_malformed"),
        ({"BilledCost": "1_000"}, "number_malformed"),
        ({"BilledCost": "1,234.50"}, "number_malformed"),
        ({"BilledCost": "１００"}, "number_malformed"),
        ({"BilledCost": "=1+1"}, "number_malformed"),
        ({"BilledCost": "0.123456789012"}, "too_many_places"),
        ({"BillingCurrency": "RMB"}, "currency_unknown"),
        ({"ChargePeriodStart": "2025-13-01T00:00:00Z"}, "instant_malformed"),
        ({"ChargePeriodEnd": "2025-05-20T00:00:00Z"}, "period_backward"),
        ({"ChargeCategory": "Gift"}, "value_not_allowed"),
    ],
)
def test_a_row_that_cannot_be_understood_is_refused_alone(change, code):
    found = bill(change, {})
    assert [d.code for d in found.refusals] == [code]
    assert [row.number for row in found.rows] == [2]


def test_a_repeated_row_is_refused_and_a_repeated_key_is_shown():
    found = bill({}, {}, {"BilledCost": "1.00"})
    assert codes(found.refusals) == [(2, "ResourceId", "row_repeated")]
    assert codes(found.warnings) == [(3, "ResourceId", "key_repeated")]
    assert found.totals.billed == Decimal("101.00")


def test_a_long_field_refuses_its_row_and_says_only_its_beginning():
    found = bill({"ServiceName": "长" * 9000})
    assert codes(found.refusals) == [(1, "ServiceName", "field_too_long")]
    assert len(found.refusals[0].value) == 80


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "bill_columns_missing"),
        (b"BilledCost\n1\n", "bill_columns_missing"),
        (b"\xff\xfe\x00", "bill_not_utf8"),
        ("BilledCost".encode("utf-16"), "bill_not_utf8"),
        (b"a,a\n", "bill_header_wrong"),
        (b'"', "bill_not_csv"),
        (b"a\x00b\n", "bill_not_text"),
        (b"x" * 5000, "bill_too_large"),
    ],
)
def test_what_is_no_bill_is_refused_whole(raw, code):
    with pytest.raises(InvalidInput) as refusal:
        parse_focus(io.BytesIO(raw), limits=FocusLimits(bytes_max=4000))
    assert refusal.value.code == code


def test_too_many_rows_are_refused():
    with pytest.raises(InvalidInput):
        bill({}, {"ResourceId": "2"}, limits=FocusLimits(rows_max=1))
