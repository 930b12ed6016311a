"""Filing what was bought, billed and paid; the sum is worked out here, once."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from companies.agencies.services import require_in_time
from companies.errors import InvalidInput
from companies.foundation.actors import Actor
from companies.foundation.states import require_step
from companies.foundation.verbs import verb
from companies.local_time import local_date
from vouchers.applications.fingerprints import invoice_identity, payment_identity
from vouchers.applications.models import EvidenceKind
from vouchers.applications.services.evidence import (
    claim_evidence,
    register_evidence,
    release_claims,
)
from vouchers.programmes.rules import VoucherTerms
from vouchers.redemptions.models import Redemption, RedemptionStatus
from vouchers.redemptions.rules import Flows, paper_faults, work_out
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
from vouchers.redemptions.services.usage import claim_usage
from vouchers.redemptions.states import STEPS


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
    claimed = claim_usage(
        redemption=redemption, terms=terms, usage_file=usage_file, invoice=invoice
    )
    calculation = work_out(
        terms=terms, invoice=invoice, eligible_yuan=claimed.eligible_yuan,
        held_fen=redemption.held_fen, rows=claimed.counted,
    )  # fmt: skip
    _require_worth(redemption, calculation, payment)
    _claim_papers(redemption, invoice, payment, actor, at)
    redemption.invoice = invoice
    redemption.eligible_fen = calculation["eligible_fen"]
    redemption.calculation = {
        **calculation, "payment": payment, "deviations": claimed.deviations,
    }  # fmt: skip
    redemption.is_silent = False
    move(
        redemption, RedemptionStatus.EVIDENCED,
        action="redemption.evidenced", actor=actor, at=at, before=before, right=right,
        usage_name=usage_name, usage_sha256=claimed.sha256,
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
        agreed=_agreed_on(redemption),
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


def _agreed_on(redemption: Redemption) -> date:
    signed = date.fromisoformat(redemption.application.form["contract_date"])
    return min(signed, local_date(redemption.requested_at))


def _release_former(redemption: Redemption, actor: Actor, at: datetime) -> None:
    """What an earlier filing had claimed is free before it is claimed anew."""
    release_claims(subject_ref=redemption.ref, actor=actor, at=at)
    redemption.usage.filter(released_at__isnull=True).update(released_at=at)


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
        claimant: dict[str, Any] = {
            "agency_id": redemption.agency_id, "subject_ref": redemption.ref,
            "actor": actor, "at": at,
        }  # fmt: skip
        document = register_evidence(kind=kind, identity=identity, base_fen=amount_fen, **claimant)
        claim_evidence(document=document, amount_fen=amount_fen, **claimant)
        documents.append(document)
    redemption.invoice_document, redemption.payment_document = documents
