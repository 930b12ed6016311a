"""The auditors' tables: one SELECT each, scoped to a programme, streamed by COPY as they are.

Money stands twice, as yuan numeric(18,2) and as fen; times are Shanghai's, with their offset. A
text that a spreadsheet would take for a formula gets an apostrophe before it: one whose first
character (after NFKC, past blanks and marks without a width) is an operator, or that begins with a
TAB, CR, LF. So does one that begins with an apostrophe: taking one off always gives the value.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

ColumnKind = Literal["text", "integer", "fen", "time", "date", "boolean"]


class Column(NamedTuple):
    """`source` is an SQL expression over the dataset's FROM."""

    name: str
    kind: ColumnKind
    source: str


@dataclass(frozen=True)
class Dataset:
    """`key` is the column that tells rows apart; `rows` everything from FROM on."""

    name: str
    key: str
    columns: tuple[Column, ...]
    rows: str
    order: str

    def fields(self) -> list[tuple[str, ColumnKind | Literal["yuan"]]]:
        """The columns as written: a fen column is followed by its yuan."""
        return [(name, kind) for name, kind, _source in self._written()]

    def select(self) -> str:
        """What COPY runs."""
        chosen = ", ".join(f'{source} AS "{name}"' for name, _kind, source in self._written())
        return f"SELECT {chosen} {self.rows} ORDER BY {self.order}"

    def totals(self) -> str:
        """Row count, then the sum of each fen column."""
        sums = [f"coalesce(sum({c.source}), 0)" for c in self.columns if c.kind == "fen"]
        return f"SELECT {', '.join(['count(*)', *sums])} {self.rows}"

    def sum_names(self) -> list[str]:
        """The fen columns, in the order of `totals`."""
        return [column.name for column in self.columns if column.kind == "fen"]

    def _written(self) -> Iterator[tuple[str, Any, str]]:
        for name, kind, source in self.columns:
            yield name, kind, _WRITTEN.get(kind, "{}").format(source)
            if kind == "fen":
                yuan = name.removesuffix("_fen") + "_yuan"
                yield yuan, "yuan", f"({source} * 0.01)::numeric(18,2)"


# Skipped by programs that look for a formula: controls, blanks and marks that NFKC leaves.
UNSEEN = (
    r"\x01-\x20\x7f-\xa0\u00ad\u034f\u061c\u115f\u1160\u1680\u180e\u2000-\u200f\u2028-\u202f"
    r"\u205f-\u206f\u3000\ufe00-\ufe0f\ufeff"
)
FORMULA = rf"^([''\t\r\n]|[{UNSEEN}]*[-=+@\u2212])"  # doubled quote: it stands in an SQL text
# Digits keep microseconds: rows of one second keep their order in a spreadsheet, too.
_WRITTEN = {
    "text": (
        f"(CASE WHEN normalize({{0}}::text, NFKC) ~ '{FORMULA}' THEN '''' ELSE '' END || {{0}})"
    ),
    "time": (
        "(to_char({0} AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD\"T\"HH24:MI:SS.US') || '+08:00')"
    ),
}

LINES = "(SELECT pool_account_id FROM programmes_budgetline WHERE programme_id = %(programme)s)"

LEDGER = Dataset(
    "ledger",
    "transfer",
    (
        Column("transfer", "integer", "t.id"),
        Column("entry", "text", "e.number"),
        Column("kind", "text", "e.kind"),
        Column("effective_at", "time", "e.effective_at"),
        Column("recorded_at", "time", "e.recorded_at"),
        Column("from_account", "text", "d.label"),
        Column("from_kind", "text", "d.kind"),
        Column("to_account", "text", "c.label"),
        Column("to_kind", "text", "c.kind"),
        Column("amount_fen", "fen", "t.amount_fen"),
        Column("subject", "text", "e.subject_ref"),
        Column("actor", "text", "e.actor_ref"),
        Column("reverses", "text", "undone.number"),
    ),
    "FROM ledger_transfer AS t JOIN ledger_journalentry AS e ON e.id = t.entry_id "
    "LEFT JOIN ledger_journalentry AS undone ON undone.id = e.reverses_id "
    "JOIN ledger_account AS d ON d.id = t.debit_account_id "
    "JOIN ledger_account AS c ON c.id = t.credit_account_id "
    f"WHERE d.line_group IN {LINES} OR c.line_group IN {LINES}",
    "t.id",
)

VOUCHERS = Dataset(
    "vouchers",
    "number",
    (
        Column("number", "text", "v.number"),
        Column("application", "text", "file.number"),
        Column("company_code", "text", "company.credit_code"),
        Column("company_name", "text", "company.name_zh"),
        Column("kind", "text", "v.kind"),
        Column("side", "text", "v.side"),
        Column("mode", "text", "v.mode"),
        Column("status", "text", "v.status"),
        Column("face_fen", "fen", "v.face_fen"),
        Column("available_fen", "fen", "money.available"),
        Column("held_fen", "fen", "money.held"),
        Column("payable_fen", "fen", "money.payable"),
        Column("paid_fen", "fen", "money.paid"),
        Column("issued_at", "time", "v.issued_at"),
        Column("valid_until", "time", "v.valid_until"),
        Column("is_demo", "boolean", "v.is_demo"),
    ),
    "FROM issuance_voucher AS v "  # noqa: S608 our own text only
    "JOIN applications_application AS file ON file.id = v.application_id "
    "JOIN registry_company AS company ON company.id = v.company_id "
    "CROSS JOIN LATERAL (SELECT "
    + ", ".join(
        f"coalesce(sum(a.credits_fen - a.debits_fen) FILTER (WHERE a.kind = '{kind}'), 0)::bigint "
        f"AS {name}"
        for kind, name in (
            ("VOUCHER", "available"),
            ("HELD", "held"),
            ("PAYABLE", "payable"),
            ("PAID", "paid"),
        )
    )
    + " FROM issuance_voucherfunding AS f JOIN ledger_account AS a ON a.id IN "
    "(f.voucher_account_id, f.held_account_id, f.payable_account_id, f.paid_account_id) "
    "WHERE f.voucher_id = v.id) AS money WHERE v.programme_id = %(programme)s",
    "v.id",
)

REDEMPTIONS = Dataset(
    "redemptions",
    "number",
    (
        Column("number", "text", "r.number"),
        Column("voucher", "text", "v.number"),
        Column("company_code", "text", "company.credit_code"),
        Column("provider", "text", "provider.number"),
        Column("payee_code", "text", "payee.credit_code"),
        Column("order_number", "text", "r.order_number"),
        Column("status", "text", "r.status"),
        Column("price_fen", "fen", "r.price_fen"),
        Column("rate_bp", "integer", "r.rate_bp"),
        Column("requested_fen", "fen", "r.requested_fen"),
        Column("held_fen", "fen", "r.held_fen"),
        Column("eligible_fen", "fen", "r.eligible_fen"),
        Column("accepted_fen", "fen", "r.accepted_fen"),
        Column("requested_at", "time", "r.requested_at"),
        Column("accepted_at", "time", "r.accepted_at"),
        Column("settled_at", "time", "r.settled_at"),
        Column("invoice_number", "text", "(r.invoice->>'number')"),
        Column("is_silent", "boolean", "r.is_silent"),
        Column("is_demo", "boolean", "r.is_demo"),
    ),
    "FROM redemptions_redemption AS r JOIN issuance_voucher AS v ON v.id = r.voucher_id "
    "JOIN registry_company AS company ON company.id = r.company_id "
    "JOIN registry_company AS payee ON payee.id = r.payee_id "
    "JOIN providers_provider AS provider ON provider.id = r.provider_id "
    "WHERE v.programme_id = %(programme)s",
    "r.id",
)

PAYMENTS = Dataset(
    "payments",
    "instruction",
    (
        Column("instruction", "integer", "i.id"),
        Column("batch", "text", "b.number"),
        Column("order", "text", "o.number"),
        Column("row_number", "integer", "i.row_number"),
        Column("payee_code", "text", "payee.credit_code"),
        Column("payee_name", "text", "payee.name_zh"),
        Column("budget_line", "text", "line.number"),
        Column("function_code", "text", "line.function_code"),
        Column("economic_code", "text", "i.economic_code"),
        Column("amount_fen", "fen", "i.amount_fen"),
        Column("status", "text", "i.status"),
        Column("treasury_number", "text", "i.treasury_number"),
        Column("paid_on", "date", "i.paid_on"),
        Column("receipt_sha256", "text", "i.receipt_sha256"),
        Column("failure_reason", "text", "i.failure_reason"),
        Column("is_demo", "boolean", "b.is_demo"),
    ),
    "FROM settlement_paymentinstruction AS i "
    "JOIN settlement_paymentorder AS o ON o.id = i.order_id "
    "JOIN settlement_settlementbatch AS b ON b.id = o.batch_id "
    "JOIN programmes_budgetline AS line ON line.id = i.line_id "
    "JOIN registry_company AS payee ON payee.id = o.payee_id "
    "WHERE b.programme_id = %(programme)s",
    "i.id",
)

DATASETS = {d.name: d for d in (LEDGER, VOUCHERS, REDEMPTIONS, PAYMENTS)}

JOURNAL_ACCOUNTS = f"""
SELECT a.id, a.kind, coalesce(line.number, 'Line-' || a.line_group), a.label,
       a.debits_fen - a.credits_fen, a.line_group IN {LINES}
FROM ledger_account AS a
LEFT JOIN programmes_budgetline AS line ON line.pool_account_id = a.line_group
WHERE a.line_group IN {LINES} OR a.id IN (
  SELECT unnest(ARRAY[t.debit_account_id, t.credit_account_id]) FROM ledger_transfer AS t
  JOIN ledger_account AS d ON d.id = t.debit_account_id
  JOIN ledger_account AS c ON c.id = t.credit_account_id
  WHERE d.line_group IN {LINES} OR c.line_group IN {LINES})
ORDER BY a.id
"""  # noqa: S608 our own text only

JOURNAL_ENTRIES = f"""
SELECT e.number, (e.effective_at AT TIME ZONE 'Asia/Shanghai')::date, e.kind, e.subject_ref,
       array_agg(ARRAY[t.debit_account_id, t.credit_account_id, t.amount_fen] ORDER BY t.id)
FROM ledger_journalentry AS e JOIN ledger_transfer AS t ON t.entry_id = e.id
JOIN ledger_account AS d ON d.id = t.debit_account_id
JOIN ledger_account AS c ON c.id = t.credit_account_id
WHERE d.line_group IN {LINES} OR c.line_group IN {LINES}
GROUP BY e.id ORDER BY 2, e.id
"""  # noqa: S608 our own text only
