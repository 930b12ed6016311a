"""The plain-text ledgers, word for word."""

from __future__ import annotations

from datetime import date

from vouchers.reports.writers.journal import (
    LedgerAccount,
    LedgerEntry,
    amount_text,
    beancount_lines,
    journal_lines,
)

POOL = LedgerAccount(1, "POOL", "BL-2025-000001", 'line "one"', 5)
PAID = LedgerAccount(2, "PAID", "BL-2025-000001", "voucher:VC-2025-000001", -5)
FOREIGN = LedgerAccount(3, "POOL", "Line-9", "another's", None)
ENTRY = LedgerEntry("JV-2025-000001", date(2025, 3, 3), "PAY", "voucher:VC-1", ((1, 2, 5),))


def test_amounts_are_exact_and_keep_their_sign() -> None:
    assert [amount_text(fen) for fen in (0, 5, -5, -12_345)] == [
        "0.00 CNY",
        "0.05 CNY",
        "-0.05 CNY",
        "-123.45 CNY",
    ]


def test_from_is_debit_and_closing_balances_are_asserted() -> None:
    text = list(journal_lines([POOL, PAID, FOREIGN], [ENTRY], is_demo=False))
    assert text[2:4] == ["commodity CNY", "    format 1000.00 CNY"]
    assert text[8:12] == [
        "2025-03-03 * (JV-2025-000001) PAY",
        "    ; subject: voucher:VC-1",
        "    Pool:BL-2025-000001:A1  0.05 CNY",
        "    Paid:BL-2025-000001:A2  -0.05 CNY",
    ]
    assert text[-2:] == [
        "    Pool:BL-2025-000001:A1  0.00 CNY = 0.05 CNY",
        "    Paid:BL-2025-000001:A2  0.00 CNY = -0.05 CNY",
    ]


def test_beancount_has_english_names_and_chinese_metadata() -> None:
    text = list(beancount_lines([POOL, PAID], [ENTRY], is_demo=True))
    assert text[0].startswith('option "title" "演示 · DEMO')
    assert '  name_zh: "可用指标:line \\"one\\""' in text
    assert text[-1] == "2025-03-04 balance Expenses:Paid:BL-2025-000001:A2  -0.05 ~ 0.00 CNY"


def test_a_programme_without_entries_closes_nothing() -> None:
    assert "CLOSING" not in "".join(journal_lines([POOL], [], is_demo=False))
    assert len(list(beancount_lines([POOL], [], is_demo=False))) == 3
