"""A usage bill behind a claim: its rows are matched, claimed once, and counted or left out."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from companies.errors import Conflict, InvalidInput
from companies.local_time import end_of_day, local_date, start_of_day
from vouchers.applications.fingerprints import invoice_identity, normalise
from vouchers.applications.services.facts import goods_bought
from vouchers.programmes.facts import FactValue
from vouchers.programmes.rules import VoucherTerms, is_eligible_use
from vouchers.providers.models import ServiceClass, UsageAccount
from vouchers.redemptions.focus import Deviation, FocusFile, FocusRow, parse_focus
from vouchers.redemptions.models import Redemption, UsageRecord
from vouchers.redemptions.rules import bill_matches

METERED = frozenset({ServiceClass.COMPUTE, ServiceClass.MODEL})
COUNTING = frozenset({"Usage", "Credit", "Adjustment"})


@dataclass(frozen=True)
class ClaimedUsage:
    """What a bill comes to: eligible yuan (None: nothing metered), the rows that count."""

    eligible_yuan: Decimal | None
    counted: tuple[int, ...]
    deviations: list[dict[str, Any]]
    sha256: str


def read_usage(content: bytes) -> FocusFile:
    """A bill as it would be read, before anything is filed."""
    return parse_focus(io.BytesIO(content))


def name_deviations(found: Iterable[Deviation]) -> list[dict[str, Any]]:
    """What was put right or looks odd: each kind of deviation and how many rows show it."""
    kinds = Counter((one.column, one.code) for one in found)
    return [
        {"column": column, "code": code, "rows": rows}
        for (column, code), rows in sorted(kinds.items())
    ]


def claim_usage(
    *,
    redemption: Redemption,
    terms: VoucherTerms,
    usage_file: bytes | None,
    invoice: dict[str, Any],
) -> ClaimedUsage:
    """Write the rows of this invoice. Raises InvalidInput (`usage_required`, `usage_refused`,
    `bill_differs`, `nothing_eligible`), Conflict `usage_claimed`.
    """
    goods = goods_bought(
        redemption.application, redemption.provider, str(redemption.offer.service_class)
    )
    bill = _read_bill(redemption, usage_file)
    if bill is None:
        unmetered = terms.model_copy(update={"service_categories": ()})
        if not is_eligible_use(terms=unmetered, service_category="", goods=goods):
            raise InvalidInput(
                "nothing_eligible", _("Nothing on this bill is covered by the voucher.")
            )
        return ClaimedUsage(None, (), [], "")
    mine = _rows_of(bill, invoice)
    _require_rows(redemption, mine)
    eligible = [row for row in mine if _counts(terms, goods, row)]
    counted = [row for row in eligible if _is_in_life(terms, row)]
    taken = {row.number for row in counted}
    outside = [
        Deviation(row.number, "ChargePeriodStart", "outside_period")
        for row in eligible
        if row.number not in taken
    ]
    _write_rows(redemption, bill, [(row, row.number in taken) for row in mine])
    redemption.use_from_date = local_date(min(row.period_start for row in mine))
    redemption.use_until_date = local_date(max(row.period_end for row in mine))
    return ClaimedUsage(
        sum((row.billed_cost for row in counted), Decimal(0)),
        tuple(row.number for row in counted),
        name_deviations([*bill.warnings, *outside, *_oddities(redemption, mine)]),
        bill.sha256,
    )


def _read_bill(redemption: Redemption, usage_file: bytes | None) -> FocusFile | None:
    if usage_file is None:
        if redemption.offer.service_class in METERED:
            raise InvalidInput("usage_required", _("Metered services need their usage file."))
        return None
    bill = read_usage(usage_file)
    if bill.refusals:
        raise _refused(
            [(f"row {r.row} {r.column}".strip(), r.code, r.value) for r in bill.refusals]
        )
    return bill


def _rows_of(bill: FocusFile, invoice: dict[str, Any]) -> list[FocusRow]:
    """Every charge on the invoice, tax included, adds up to what it says."""
    number = invoice_identity(invoice["number"])
    mine = [row for row in bill.rows if normalise(row.invoice_id) == number]
    total = sum((row.billed_cost for row in mine), Decimal(0))
    if not mine or not bill_matches(total, invoice["amount_fen"]):
        raise InvalidInput(
            "bill_differs",
            _("The usage rows of this invoice add up to %(total)s yuan, the invoice does not."),
            total=f"{total:,.2f}",
        )
    return mine


def _require_rows(redemption: Redemption, rows: Sequence[FocusRow]) -> None:
    """Every row is of the company's own account, in yuan."""
    accounts = {
        account.account_number: account
        for account in UsageAccount.objects.filter(
            provider_id=redemption.provider_id, company_id=redemption.company_id
        )
    }
    faults = []
    for row in rows:
        account = accounts.get(row.sub_account_id) or accounts.get(row.account_id)
        if account is None:
            faults.append((f"row {row.number}", "other_account", row.account_id))
        else:
            redemption.usage_account = account
        if row.currency != "CNY":
            faults.append((f"row {row.number}", "other_currency", row.currency))
    if faults:
        raise _refused(faults)


def _refused(faults: Sequence[tuple[str, str, str]]) -> InvalidInput:
    return InvalidInput(
        "usage_refused",
        _("The usage file has %(count)s faults; nothing of it was taken."),
        errors=[{"field": f, "code": code, "message": text} for f, code, text in faults[:50]],
        count=len(faults),
    )


def _is_in_life(terms: VoucherTerms, row: FocusRow) -> bool:
    """Use counts within the rule's period of use where it names one, else the voucher's life."""
    begins = start_of_day(terms.usage_first) if terms.usage_first else None
    ends = end_of_day(terms.usage_last) if terms.usage_last else None
    if begins is None and ends is None:
        begins, ends = terms.valid_from, terms.valid_until
    return (begins is None or begins <= row.period_start) and (
        ends is None or row.period_end <= ends
    )


def _counts(terms: VoucherTerms, goods: dict[str, FactValue], row: FocusRow) -> bool:
    """Usage counts; credits and adjustments are netted where the rule says so; tax never. What
    corrects an earlier bill may lower this claim, but raise it only as a claim of its own."""
    if row.charge_category not in COUNTING:
        return False
    if row.billed_cost < 0 and not terms.net_credits:
        return False
    if row.billed_cost > 0 and row.charge_class == "Correction":
        return False
    return bool(is_eligible_use(terms=terms, service_category=row.service_category, goods=goods))


def _oddities(redemption: Redemption, rows: Sequence[FocusRow]) -> list[Deviation]:
    """What a checker should look at; none of it decides."""
    names = {redemption.provider.company.name_zh, redemption.provider.company.name_en}
    odd = []
    for row in rows:
        if row.issuer_name and row.issuer_name not in names:
            odd.append(Deviation(row.number, "InvoiceIssuerName", "other_issuer"))
        if row.voucher_number and row.voucher_number != redemption.voucher.number:
            odd.append(Deviation(row.number, "x_VoucherNumber", "other_voucher"))
        if row.beneficiary_code and row.beneficiary_code != redemption.company.credit_code:
            odd.append(Deviation(row.number, "x_BeneficiaryUSCC", "other_beneficiary"))
        if row.charge_class == "Correction":
            odd.append(Deviation(row.number, "ChargeClass", "correction"))
    return odd


def _write_rows(
    redemption: Redemption, bill: FocusFile, rows: Sequence[tuple[FocusRow, bool]]
) -> None:
    """Each row is claimed once. Rows of one bill that share a key, say a use and its credit, are
    told apart by their order: together they are held against the invoice's sum."""
    seen: Counter[str] = Counter()
    marks: dict[int, str] = {}
    for row, _counted in rows:
        key = row.claim_sha256(redemption.provider.number)
        marks[row.number] = row.claim_sha256(redemption.provider.number, seen[key])
        seen[key] += 1
    taken = UsageRecord.objects.filter(row_sha256__in=marks.values(), released_at__isnull=True)
    if taken.exists():
        raise InvalidInput("usage_claimed", _("Rows of this usage file are claimed already."))
    try:
        UsageRecord.objects.bulk_create(
            [
                UsageRecord(
                    agency_id=redemption.agency_id,
                    redemption=redemption,
                    row_number=row.number,
                    row_sha256=marks[row.number],
                    period_start=row.period_start,
                    period_end=row.period_end,
                    resource_id=row.resource_id[:200],
                    sku_id=row.sku_id[:200],
                    invoice_number=row.invoice_id[:40],
                    service_category=row.service_category[:60],
                    charge_category=row.charge_category,
                    quantity=row.quantity,
                    unit=row.unit[:40],
                    billed_cost=row.billed_cost,
                    is_eligible=is_counted,
                    file_sha256=bill.sha256,
                )
                for row, is_counted in rows
            ],
            batch_size=5000,
        )
    except IntegrityError as error:
        raise Conflict(
            "usage_claimed", _("Rows of this usage file are claimed already.")
        ) from error
