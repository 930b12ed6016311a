"""Reading batches, and which debts are ready to be paid."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet, Sum

from companies.errors import not_found
from companies.registry.models import BankAccount, BankAccountStatus, Company
from companies.registry.selectors import Scope
from companies.users.models import Role
from vouchers.applications.models import Application
from vouchers.programmes.models import Programme
from vouchers.providers.models import Admission
from vouchers.redemptions.models import Redemption, RedemptionStatus
from vouchers.settlement.models import (
    LIVE_LINES,
    PaymentInstruction,
    SettlementBatch,
    SettlementLine,
)

# SETTLED still owes what bounced.
DEBTS = (RedemptionStatus.ACCEPTED, RedemptionStatus.IN_SETTLEMENT, RedemptionStatus.SETTLED)
# Who may verify the account of a company one's body deals with.
MAY_VERIFY = (Role.FINANCE_CLERK, Role.FINANCE_AUTHORISER)


def list_batches(
    scope: Scope, *, status: str = "", programme: str = ""
) -> QuerySet[SettlementBatch]:
    """The batches of this person's agencies, newest first. Payees see their redemptions instead."""
    filters = {"status": status, "programme__code": programme}
    return (
        SettlementBatch.objects.filter(
            agency_id__in=scope.agency_ids, **{k: v for k, v in filters.items() if v}
        )
        .select_related("programme", "drawn_up_by", "follows")
        .order_by("-id")
    )


def get_batch_for(scope: Scope, number: str) -> SettlementBatch:
    """One batch, or NotFound `batch_not_found`."""
    found = list_batches(scope).filter(number=number).first()
    if found is None:
        raise not_found("batch")
    return found


def list_lines(batch: SettlementBatch) -> QuerySet[SettlementLine]:
    """Its lines in order."""
    return batch.lines.select_related(
        "redemption__voucher", "redemption__payee", "redemption__application",
        "voucher_funding__line", "instruction__order__bank_account",
    ).order_by("id")  # fmt: skip


def find_line(
    batch: SettlementBatch, redemption_number: str, line_number: str
) -> SettlementLine | None:
    """The batch's line of this redemption on this budget line, or its only one, or None."""
    lines = batch.lines.filter(redemption__number=redemption_number)
    if line_number:
        lines = lines.filter(voucher_funding__line__number=line_number)
    found = list(lines[:2])
    return found[0] if len(found) == 1 else None


def list_instructions(batch: SettlementBatch) -> QuerySet[PaymentInstruction]:
    """The rows of the payment sheet of this round of signing."""
    return (
        PaymentInstruction.objects.filter(order__batch=batch, order__cycle=batch.cycle)
        .select_related(
            "order__payee", "order__payer", "order__bank_account", "line__appropriation"
        )
        .order_by("row_number")
    )


def is_number_used(agency_id: int, treasury_number: str) -> bool:
    """Whether a 支付凭证号 already stands for a payment of this agency."""
    return PaymentInstruction.objects.filter(
        agency_id=agency_id, treasury_number=treasury_number
    ).exists()


def list_payments(scope: Scope) -> QuerySet[PaymentInstruction]:
    """Every row of every sheet of this person's agencies, newest first."""
    return (
        PaymentInstruction.objects.filter(agency_id__in=scope.agency_ids)
        .select_related("order__payee", "order__batch", "order__bank_account", "line")
        .order_by("-id")
    )


def list_unsettled(programme_id: int) -> QuerySet[Redemption]:
    """Accepted debts of a programme that stand in no live line, oldest first."""
    return (
        Redemption.objects.filter(
            voucher__programme_id=programme_id, status=RedemptionStatus.ACCEPTED
        )
        .exclude(lines__status__in=LIVE_LINES)
        .select_related("payee", "invoice_document")
        .order_by("accepted_at", "id")
    )


def why_not_payable(redemption: Redemption) -> str:
    """A code saying why it cannot be drawn now, or ''."""
    if redemption.status not in DEBTS:
        return "not_accepted"
    if find_verified_account(redemption.payee_id) is None:
        return "no_verified_account"
    document = redemption.invoice_document
    if document is None or document.status != "VERIFIED":
        return "invoice_not_verified"
    return ""


def find_verified_account(company_id: int) -> BankAccount | None:
    """The one account money may go to."""
    return BankAccount.objects.filter(
        company_id=company_id, status=BankAccountStatus.VERIFIED
    ).first()


def list_parties(agency_ids: Iterable[int]) -> QuerySet[Company]:
    """The companies that deal with one of these bodies: by a file handed in, an admission or a
    debt under a programme it leads or finances."""
    bodies = list(agency_ids)
    ours = Programme.objects.filter(Q(agency_id__in=bodies) | Q(finance_agency_id__in=bodies))
    files = Application.objects.filter(programme__in=ours, submitted_at__isnull=False)
    admissions = Admission.objects.filter(programme__in=ours)
    debts = Redemption.objects.filter(voucher__programme__in=ours, status__in=DEBTS)
    return Company.objects.filter(
        Q(pk__in=files.values("company_id"))
        | Q(pk__in=admissions.values("provider__company_id"))
        | Q(pk__in=debts.values("payee_id"))
    )


def list_accounts(scope: Scope) -> QuerySet[BankAccount]:
    """The accounts of one's own companies and of those one's bodies deal with, oldest first."""
    own = Q(company_id__in=scope.company_ids | scope.provider_company_ids)
    return (
        BankAccount.objects.filter(own | Q(company__in=list_parties(scope.agency_ids)))
        .select_related("company", "added_by")
        .order_by("id")
    )


def get_account_for(scope: Scope, credit_code: str, version: int) -> BankAccount:
    """A version of a company's account. Raises NotFound for an absent and for a foreign one."""
    found = list_accounts(scope).filter(company__credit_code=credit_code, version=version).first()
    if found is None:
        raise not_found("bank_account")
    return found


def list_unreplaced(batch: SettlementBatch) -> list[SettlementLine]:
    """Lines that failed or bounced and are not paid anew."""
    return list(
        batch.lines.filter(Q(status="FAILED") | Q(status="RETURNED"), replaced_by__isnull=True)
        .select_related("redemption")
        .order_by("id")
    )


def sum_by_line(batch: SettlementBatch) -> dict[int, tuple[int, int, int]]:
    """Per 指标: (as the channel says, as the lines say, as the ledger says), in fen paid."""
    said = dict(
        list_instructions(batch).filter(status="PAID").order_by("line_id").values_list("line_id")
        .annotate(total=Sum("amount_fen"))
    )  # fmt: skip
    lines = batch.lines.filter(pay_entry__isnull=False)
    paid: dict[int, int] = {}
    booked: dict[int, int] = {}
    for line in lines.select_related("voucher_funding", "pay_entry"):
        key = line.voucher_funding.line_id
        if line.status == "PAID":
            paid[key] = paid.get(key, 0) + line.amount_fen
        if line.pay_entry is not None and not hasattr(line.pay_entry, "reversed_by"):
            posted = sum(line.pay_entry.transfers.values_list("amount_fen", flat=True))
            booked[key] = booked.get(key, 0) + posted
    keys = {*said, *paid, *booked}
    return {key: (said.get(key, 0), paid.get(key, 0), booked.get(key, 0)) for key in sorted(keys)}


def exported(batch: SettlementBatch) -> dict[str, Any]:
    """The columns an event shows before and after."""
    return {
        "status": str(batch.status),
        "total_fen": batch.total_fen,
        "sha256": batch.sha256,
        "sheet_sha256": batch.sheet_sha256,
        "cycle": batch.cycle,
    }
