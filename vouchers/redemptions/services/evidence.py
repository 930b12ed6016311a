"""Filing what was bought, billed and paid; the sum is worked out here, once."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from companies.agencies.services import require_in_time
from companies.errors import Conflict, InvalidInput
from companies.foundation.actors import Actor
from companies.foundation.states import require_step
from companies.foundation.verbs import verb
from companies.local_time import end_of_day, local_date, start_of_day
from vouchers.applications.fingerprints import invoice_identity, normalise, payment_identity
from vouchers.applications.models import EvidenceKind
from vouchers.applications.services.evidence import (
    claim_evidence,
    register_evidence,
    release_claims,
)
from vouchers.programmes.facts import FactValue
from vouchers.programmes.rules import VoucherTerms, is_eligible_use
from vouchers.providers.models import ServiceClass, UsageAccount
from vouchers.redemptions.focus import FocusFile, FocusRow, parse_focus
from vouchers.redemptions.models import Redemption, RedemptionStatus, UsageRecord
from vouchers.redemptions.rules import Flows, bill_matches, paper_faults, work_out
from vouchers.redemptions.selectors import exported
from vouchers.redemptions.services.steps import (
    close_term,
    find_redemption,
    is_filed_by_company,
    lock_redemption,
    move,
    open_term,
    procedure_of,
    require_filer,
)
from vouchers.redemptions.states import STEPS

METERED = frozenset({ServiceClass.COMPUTE, ServiceClass.MODEL})


def read_usage(content: bytes) -> FocusFile:
    """A bill as it would be read, before anything is filed."""
    return parse_focus(io.BytesIO(content))


def name_deviations(bill: FocusFile) -> list[dict[str, Any]]:
    """What was put right in a bill: each kind of deviation from the standard and its rows."""
    kinds = Counter((found.column, found.code) for found in bill.warnings)
    return [
        {"column": column, "code": code, "rows": rows}
        for (column, code), rows in sorted(kinds.items())
    ]


@verb
def submit_evidence(
    *,
    actor: Actor,
    redemption_id: int,
    invoice: dict[str, Any],
    payment: dict[str, Any],
    usage_file: bytes | None,
    usage_name: str = "",
    at: datetime,
) -> Redemption:
    """File invoice, payment and usage; anew after a return or a dispute.

    Raises NotAllowed, Conflict (`wrong_state`, `deadline_passed`), InvalidInput
    (`evidence_refused` with its places, `duplicate_invoice`, `duplicate_payment`,
    `usage_required`, `usage_refused`, `usage_claimed`, `bill_differs`, `nothing_eligible`,
    `own_share_unpaid`).
    """
    invoice, payment = _plain(invoice), _plain(payment)
    right = require_filer(actor, find_redemption(redemption_id), at)
    redemption = lock_redemption(redemption_id)
    _require_moment(redemption, at)
    terms = VoucherTerms.from_dict(redemption.voucher.terms)
    _require_papers(redemption, invoice, payment, at)
    before = exported(redemption)
    _release_former(redemption, actor, at)
    bill = _read_bill(redemption, usage_file)
    eligible = _claim_usage(redemption, terms, bill, invoice) if bill else None
    if bill is None and not is_eligible_use(
        terms=terms.model_copy(update={"service_categories": ()}),
        service_category="",
        goods={"goods.service_class": str(redemption.offer.service_class)},
    ):
        raise InvalidInput("nothing_eligible", _("Nothing on this bill is covered by the voucher."))
    calculation = work_out(
        terms=terms, invoice=invoice, eligible_yuan=eligible, held_fen=redemption.held_fen,
        rows=[row.number for row in bill.rows] if bill else (),
    )  # fmt: skip
    _require_worth(redemption, calculation, payment)
    _claim_papers(redemption, invoice, payment, actor, at)
    redemption.invoice = invoice
    redemption.eligible_fen = calculation["eligible_fen"]
    redemption.calculation = {
        **calculation, "payment": payment, "deviations": name_deviations(bill) if bill else [],
    }  # fmt: skip
    redemption.is_silent = False
    move(
        redemption, RedemptionStatus.EVIDENCED,
        action="redemption.evidenced", actor=actor, at=at, before=before, right=right,
        usage_name=usage_name, usage_sha256=bill.sha256 if bill else "",
        subsidy_fen=calculation["subsidy_fen"],
    )  # fmt: skip
    close_term(redemption, "redemptions.hold_end", at)
    close_term(redemption, "redemptions.dispute", at)
    open_term(redemption, "redemptions.silence", procedure_of(redemption).terms.silence, at)
    return redemption


def _plain(paper: dict[str, Any]) -> dict[str, Any]:
    """Days as the text that is kept and digested."""
    return {key: str(value) if isinstance(value, date) else value for key, value in paper.items()}


def _require_moment(redemption: Redemption, at: datetime) -> None:
    """An order must be confirmed first, unless the company is paid and there is no order; a hold
    that is over proves nothing any more."""
    require_step(STEPS, redemption.status, RedemptionStatus.EVIDENCED, redemption.number)
    if redemption.status == RedemptionStatus.REQUESTED and not is_filed_by_company(redemption):
        require_step({}, redemption.status, RedemptionStatus.EVIDENCED, redemption.number)
    require_in_time(subject_ref=redemption.ref, kind="redemptions.hold_end", at=at)


def _require_papers(
    redemption: Redemption, invoice: dict[str, Any], payment: dict[str, Any], at: datetime
) -> None:
    flows = Flows(
        company_code=redemption.company.credit_code,
        provider_code=redemption.provider.company.credit_code,
        today=local_date(at),
    )
    if faults := paper_faults(flows, invoice, payment):
        raise InvalidInput(
            "evidence_refused",
            _("Invoice and payment do not fit: %(places)s."),
            errors=[{"field": field, "code": code, "message": code} for field, code in faults],
            places=", ".join(f"{field} ({code})" for field, code in faults),
        )
    if invoice["amount_fen"] > redemption.price_fen:
        raise InvalidInput("bill_above_order", _("The invoice is higher than the order."))


def _release_former(redemption: Redemption, actor: Actor, at: datetime) -> None:
    """What an earlier filing had claimed is free before it is claimed anew."""
    release_claims(subject_ref=redemption.ref, actor=actor, at=at)
    redemption.usage.filter(released_at__isnull=True).update(released_at=at)


def _read_bill(redemption: Redemption, usage_file: bytes | None) -> FocusFile | None:
    if usage_file is None:
        if redemption.offer.service_class in METERED:
            raise InvalidInput("usage_required", _("Metered services need their usage file."))
        return None
    bill = read_usage(usage_file)
    if bill.refusals:
        raise InvalidInput(
            "usage_refused",
            _("The usage file has %(count)s faults; nothing of it was taken."),
            errors=[
                {"field": f"row {r.row} {r.column}".strip(), "code": r.code, "message": r.value}
                for r in bill.refusals[:50]
            ],
            count=len(bill.refusals),
        )
    return bill


def _claim_usage(
    redemption: Redemption, terms: VoucherTerms, bill: FocusFile, invoice: dict[str, Any]
) -> Decimal:
    """Write the rows of this invoice and return what of them is eligible, in yuan."""
    number = invoice_identity(invoice["number"])
    mine = [row for row in bill.rows if normalise(row.invoice_id) == number]
    total = sum((row.billed_cost for row in mine), Decimal(0))
    if not mine or not bill_matches(total, invoice["amount_fen"]):
        raise InvalidInput(
            "bill_differs",
            _("The usage rows of this invoice add up to %(total)s yuan, the invoice does not."),
            total=str(total),
        )
    _require_rows(redemption, terms, mine)
    verdicts = [_is_eligible(terms, redemption, row) for row in mine]
    _write_rows(redemption, bill, list(zip(mine, verdicts, strict=True)))
    first = min(row.period_start for row in mine)
    redemption.use_from_date = local_date(first)
    redemption.use_until_date = local_date(max(row.period_end for row in mine))
    counted = zip(mine, verdicts, strict=True)
    return sum((row.billed_cost for row, is_counted in counted if is_counted), Decimal(0))


def _require_rows(redemption: Redemption, terms: VoucherTerms, rows: Sequence[FocusRow]) -> None:
    """The company's own account, in yuan, used within the voucher's life."""
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
            faults.append((row.number, "other_account", row.account_id))
        else:
            redemption.usage_account = account
        if row.currency != "CNY":
            faults.append((row.number, "other_currency", row.currency))
        if not _is_in_life(terms, row):
            faults.append((row.number, "outside_period", row.period_start.isoformat()))
    if faults:
        raise InvalidInput(
            "usage_refused",
            _("The usage file has %(count)s faults; nothing of it was taken."),
            errors=[{"field": f"row {n}", "code": c, "message": v} for n, c, v in faults[:50]],
            count=len(faults),
        )


def _is_in_life(terms: VoucherTerms, row: FocusRow) -> bool:
    """Use must lie in the rule's period of use where it names one, else in the voucher's life."""
    begins = start_of_day(terms.usage_first) if terms.usage_first else None
    ends = end_of_day(terms.usage_last) if terms.usage_last else None
    if begins is None and ends is None:
        begins, ends = terms.valid_from, terms.valid_until
    return (begins is None or begins <= row.period_start) and (
        ends is None or row.period_end <= ends
    )


def _is_eligible(terms: VoucherTerms, redemption: Redemption, row: FocusRow) -> bool:
    """Usage counts; credits and adjustments are netted where the rule says so; tax never."""
    if row.charge_category not in ("Usage", "Credit", "Adjustment"):
        return False
    if row.billed_cost < 0 and not terms.net_credits:
        return False
    goods: dict[str, FactValue] = {"goods.service_class": str(redemption.offer.service_class)}
    return bool(is_eligible_use(terms=terms, service_category=row.service_category, goods=goods))


def _write_rows(
    redemption: Redemption, bill: FocusFile, rows: Sequence[tuple[FocusRow, bool]]
) -> None:
    marks = {row.number: row.claim_sha256(redemption.provider.number) for row, _is in rows}
    taken = UsageRecord.objects.filter(row_sha256__in=marks.values(), released_at__isnull=True)
    if taken.exists() or len(set(marks.values())) < len(marks):
        raise InvalidInput("usage_claimed", _("Rows of this usage file are claimed already."))
    try:
        UsageRecord.objects.bulk_create(
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
        )
    except IntegrityError as error:
        raise Conflict(
            "usage_claimed", _("Rows of this usage file are claimed already.")
        ) from error


def _require_worth(
    redemption: Redemption, calculation: dict[str, Any], payment: dict[str, Any]
) -> None:
    """Something is covered, and the company has paid what it must."""
    if calculation["subsidy_fen"] <= 0:
        raise InvalidInput("nothing_eligible", _("Nothing on this bill is covered by the voucher."))
    in_full = is_filed_by_company(redemption)
    due_fen = calculation["invoice_fen"] if in_full else calculation["own_fen"]
    if payment["amount_fen"] < due_fen:
        raise InvalidInput(
            "own_share_unpaid",
            _("The receipt shows less than the company's own part."),
            due_fen=due_fen,
        )


def _claim_papers(
    redemption: Redemption,
    invoice: dict[str, Any],
    payment: dict[str, Any],
    actor: Actor,
    at: datetime,
) -> None:
    papers = (
        (EvidenceKind.INVOICE, invoice_identity(invoice["number"]), invoice["amount_fen"]),
        (
            EvidenceKind.PAYMENT,
            payment_identity(payer_code=payment["payer_code"], number=payment["receipt_number"]),
            payment["amount_fen"],
        ),
    )
    documents = []
    for kind, identity, amount_fen in papers:
        document = register_evidence(kind=kind, identity=identity, base_fen=amount_fen, at=at)
        claim_evidence(
            document=document, agency_id=redemption.agency_id, subject_ref=redemption.ref,
            amount_fen=amount_fen, actor=actor, at=at,
        )  # fmt: skip
        documents.append(document)
    redemption.invoice_document, redemption.payment_document = documents
