"""Steps of redemptions and batches, the draw, the four flows, and the payment channel's files."""

from datetime import date
from decimal import Decimal

import pytest

from vouchers.programmes.rules import VoucherTerms
from vouchers.redemptions.models import FINAL, RedemptionStatus
from vouchers.redemptions.rules import Flows, bill_matches, paper_faults, work_out, yuan_to_fen
from vouchers.redemptions.states import STEPS
from vouchers.sampling import is_drawn
from vouchers.settlement.gateways import FileDropChannel, SandboxTreasury, SheetRow

FLOWS = Flows(company_code="A", provider_code="B", agreed=date(2025, 5, 31), today=date(2025, 6, 1))
INVOICE = {
    "number": "1" * 20, "date": "2025-05-31", "amount_fen": 100_00, "tax_fen": 6_00,
    "seller_code": "B", "buyer_code": "A",
}  # fmt: skip
PAYMENT = {
    "receipt_number": "R1", "date": "2025-06-01", "amount_fen": 70_00,
    "payer_code": "A", "payee_code": "B",
}  # fmt: skip


def test_final_statuses_lead_nowhere_and_all_others_somewhere():
    assert set(RedemptionStatus.values) - set(STEPS) == set(FINAL)


def test_four_flows_agree_or_every_wrong_place_is_named():
    assert paper_faults(FLOWS, INVOICE, PAYMENT) == []
    wrong = {**INVOICE, "seller_code": "X", "tax_fen": 100_00, "date": "2025-06-02"}
    assert {field for field, _code in paper_faults(FLOWS, wrong, PAYMENT)} == {
        "invoice.seller_code", "invoice.tax_fen", "invoice.date",
    }  # fmt: skip


@pytest.mark.parametrize("field", ["invoice", "payment"])
def test_a_paper_older_than_the_contract_proves_nothing(field):
    papers = {"invoice": INVOICE, "payment": PAYMENT}
    papers[field] = {**papers[field], "date": "2025-05-30"}
    assert paper_faults(FLOWS, **papers) == [(f"{field}.date", "before_contract")]


def test_a_net_base_is_rounded_with_the_subsidy_once():
    terms = VoucherTerms.model_construct(
        invoice="net", rate_bp=3_000, rounding_mode="down", rounding_unit_fen=1
    )
    invoice = {"amount_fen": 20_00, "tax_fen": 1_13}
    # 10.53 yuan of it count: 993.5055 fen without tax, 30 % of them 298.05; of 993 fen 297.9
    sheet = work_out(terms=terms, invoice=invoice, eligible_yuan=Decimal("10.53"), held_fen=10_00)
    assert (sheet["eligible_fen"], sheet["subsidy_fen"]) == (9_93, 2_98)


def test_a_bill_matches_within_one_fen():
    assert bill_matches(Decimal("100.01"), 100_00)
    assert not bill_matches(Decimal("100.011"), 100_00)
    assert yuan_to_fen(Decimal("0.005")) == 1


def test_a_draw_can_be_repeated_and_meets_its_share():
    seeds = [f"P|RD-2025-{n:06d}" for n in range(5_000)]
    drawn = [seed for seed in seeds if is_drawn(seed, 2_000)]
    assert drawn == [seed for seed in seeds if is_drawn(seed, 2_000)]
    assert 900 < len(drawn) < 1_100
    assert not any(is_drawn(seed, 0) for seed in seeds)


def test_channel_and_sandbox_speak_the_same_files(tmp_path):
    channel = FileDropChannel(tmp_path)
    rows = [
        SheetRow(n, "GZ", "公司", account, "行", "黔财〔2025〕1号", "2060101", "31205", 100, "x")
        for n, account in ((1, "6222001"), (2, "6222990000"))
    ]
    first = channel.write_sheet("SB-2025-000001", rows)
    assert channel.write_sheet("SB-2025-000001", rows) == first
    treasury = SandboxTreasury(tmp_path)
    (answers,) = treasury.answer(today=date(2025, 6, 2))
    paid, failed = channel.read_results(answers)
    assert paid.is_paid and paid.account == "6222001" and paid.paid_on == date(2025, 6, 2)
    assert not failed.is_paid and failed.reason
    assert treasury.answer(today=date(2025, 6, 3)) == []
