"""The other side's answer, the tax office's answer, and what follows once both are there."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from companies.agencies.services import require_in_time
from companies.alerts.services import raise_alert
from companies.errors import Conflict
from companies.foundation.actors import Actor
from companies.foundation.locks import lock_rows
from companies.foundation.verbs import assert_in_transaction, verb
from companies.registry.models import Membership
from companies.users.models import Duty, Role
from vouchers.applications.models import EvidenceDocument, EvidenceStatus
from vouchers.applications.services.evidence import verify_evidence
from vouchers.ledger.services import Request
from vouchers.programmes.models import SeatMap
from vouchers.redemptions.models import Redemption, RedemptionStatus
from vouchers.redemptions.services.accept import accept
from vouchers.redemptions.services.claims import lock_claim
from vouchers.redemptions.services.steps import (
    SYSTEM,
    close_term,
    find_redemption,
    lock_redemption,
    move,
    open_term,
    procedure_of,
    require_officer,
    require_other_side,
    require_reason,
)
from vouchers.sampling import is_drawn

# Where few people share the seats, at least every fifth claim is looked at by one more.
COMPACT_SEATS = 5
COMPACT_DRAW_BP = 2_000
BAD_INVOICES = (EvidenceStatus.RED_LETTERED, EvidenceStatus.VOIDED, EvidenceStatus.NOT_FOUND)
OWED = (RedemptionStatus.ACCEPTED, RedemptionStatus.IN_SETTLEMENT, RedemptionStatus.SETTLED)


@verb
def countersign(*, actor: Actor, redemption_id: int, at: datetime) -> Redemption:
    """The other side agrees. Raises NotAllowed, Conflict `wrong_state`."""
    right = require_other_side(actor, find_redemption(redemption_id), at)
    redemption = lock_redemption(redemption_id)
    put_countersigned(redemption, actor=actor, right=right, is_silent=False, at=at)
    return redemption


@verb
def dispute_redemption(
    *, actor: Actor, redemption_id: int, reason: str, at: datetime
) -> Redemption:
    """The other side does not agree; the filer corrects, or a reviewer decides by a day promised.

    Raises NotAllowed, Conflict (`wrong_state`, `deadline_passed`: silence has agreed).
    """
    right = require_other_side(actor, find_redemption(redemption_id), at)
    redemption = lock_redemption(redemption_id)
    require_in_time(subject_ref=redemption.ref, kind="redemptions.silence", at=at)
    redemption.reason = require_reason(reason)
    move(
        redemption, RedemptionStatus.DISPUTED,
        action="redemption.disputed", actor=actor, at=at, right=right, reason=redemption.reason,
    )  # fmt: skip
    close_term(redemption, "redemptions.silence", at)
    open_term(redemption, "redemptions.dispute", procedure_of(redemption).terms.dispute, at)
    return redemption


@verb
def verify_invoice(*, actor: Actor, redemption_id: int, status: str, at: datetime) -> Redemption:
    """An officer records the tax office's answer (查验) and, if that was all, the claim goes on."""
    roles = (Role.REVIEWER, Role.INTAKE)
    require_officer(actor, find_redemption(redemption_id), roles, at)
    redemption = lock_redemption(redemption_id)
    if redemption.invoice_document_id is None:
        raise Conflict("invoice_missing", _("No invoice has been filed yet."))
    document = lock_rows(EvidenceDocument.objects.filter(pk=redemption.invoice_document_id))[0]
    verify_evidence(
        document=document, status=status, subject_ref=redemption.ref,
        agency_id=redemption.agency_id, actor=actor, at=at,
    )  # fmt: skip
    if redemption.status in OWED and document.status in BAD_INVOICES:
        raise_alert(
            agency_id=redemption.agency_id, code="invoice_turned_bad", severity="CRITICAL",
            subject_ref=redemption.ref, facts={"number": redemption.number, "status": status},
            at=at,
        )  # fmt: skip
    proceed(redemption, at=at)
    return redemption


def put_countersigned(
    redemption: Redemption,
    *,
    actor: Actor,
    right: Duty | Membership | None,
    is_silent: bool,
    at: datetime,
) -> None:
    """A step: agreed, by word or by silence."""
    assert_in_transaction()
    redemption.is_silent = is_silent
    move(
        redemption, RedemptionStatus.COUNTERSIGNED,
        action="redemption.countersigned", actor=actor, at=at, right=right, is_silent=is_silent,
    )  # fmt: skip
    close_term(redemption, "redemptions.silence", at)
    proceed(redemption, at=at)


def proceed(redemption: Redemption, *, at: datetime) -> None:
    """A step: a drawn claim goes to a reviewer; any other is accepted once its invoice is good."""
    assert_in_transaction()
    if redemption.status != RedemptionStatus.COUNTERSIGNED:
        return
    seed = f"{redemption.voucher.programme.code}|{redemption.number}"
    share_bp = draw_share_bp(redemption)
    document = EvidenceDocument.objects.filter(pk=redemption.invoice_document_id).first()
    bad = document is not None and document.status in BAD_INVOICES
    if bad or is_drawn(seed, share_bp):
        move(
            redemption, RedemptionStatus.UNDER_CHECK,
            action="redemption.drawn_for_check", actor=SYSTEM, at=at,
            seed=seed, share_bp=share_bp, invoice_is_bad=bad,
        )  # fmt: skip
    elif document is not None and document.status == EvidenceStatus.VERIFIED:
        body = {"verb": "accept_undrawn", "redemption": redemption.pk}
        request = Request.of(SYSTEM, f"accept-{redemption.number}-{redemption.cycle}", body)
        accept(
            redemption, lock_claim([], redemption.pk, None, at),
            redemption.calculation["subsidy_fen"],
            reason="", request=request, actor=SYSTEM, duty_id=None, at=at,
        )  # fmt: skip


def draw_share_bp(redemption: Redemption) -> int:
    """The rule's share; under a compact seat map never less than a fifth."""
    share_bp = procedure_of(redemption).redemption_draw_bp
    if share_bp is None:
        share_bp = COMPACT_DRAW_BP
    seats = SeatMap.objects.get(pk=redemption.application.seat_map_id).seats
    if len(set(seats.values())) <= COMPACT_SEATS + 1:
        return max(share_bp, COMPACT_DRAW_BP)
    return share_bp
