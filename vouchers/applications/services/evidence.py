"""Evidence shared by all agencies: registered once, claimed once, released when its claim dies."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from companies.audit.services import record_event
from companies.errors import Conflict, InvalidInput
from companies.foundation.actors import Actor
from companies.foundation.locks import lock_rows
from companies.foundation.verbs import assert_in_transaction
from vouchers.applications.fingerprints import fingerprint
from vouchers.applications.models import (
    EvidenceClaim,
    EvidenceDocument,
    EvidenceKind,
    EvidenceStatus,
)
from vouchers.money import format_yuan

DUPLICATES = {
    EvidenceKind.CONTRACT: "duplicate_contract",
    EvidenceKind.INVOICE: "duplicate_invoice",
    EvidenceKind.PAYMENT: "duplicate_payment",
}


def register_evidence(
    *,
    kind: str,
    identity: str,
    base_fen: int,
    subject_ref: str,
    agency_id: int,
    actor: Actor,
    at: datetime,
) -> EvidenceDocument:
    """A step: the one row of this document, locked; made where nobody has shown it before.

    What somebody claims or an officer has verified keeps its base; else a mistyped one is set anew.
    """
    assert_in_transaction()
    key = settings.EVIDENCE_KEY.encode()
    mark = fingerprint(key=key, kind=str(kind), identity=identity)
    document, _is_new = EvidenceDocument.objects.get_or_create(
        kind=kind,
        identity_hmac=mark,
        hmac_key_id=sha256(key).hexdigest()[:8],
        defaults={
            "base_fen": base_fen,
            "limit_fen": base_fen,
            "claimed_fen": 0,
            "live_claims": 0,
            "status": EvidenceStatus.UNVERIFIED,
        },
    )
    document = lock_rows(EvidenceDocument.objects.filter(pk=document.pk))[0]
    is_settled = document.live_claims or document.status == EvidenceStatus.VERIFIED
    if document.base_fen != base_fen and not is_settled:
        before_fen, document.base_fen, document.limit_fen = document.base_fen, base_fen, base_fen
        document.save(update_fields=["base_fen", "limit_fen"])
        _record(
            "evidence.rebased", document, subject_ref, agency_id, actor, at=at,
            base_fen=base_fen, before_fen=before_fen,
        )  # fmt: skip
    return document


def claim_evidence(
    *,
    document: EvidenceDocument,
    agency_id: int,
    subject_ref: str,
    amount_fen: int,
    actor: Actor,
    at: datetime,
    is_exclusive: bool = True,
) -> EvidenceClaim:
    """A step: claim a locked document for one subject.

    Raises InvalidInput `duplicate_contract`, `duplicate_invoice`, `duplicate_payment` where it is
    claimed already (the caller learns that, not by whom), `evidence_overclaimed` beyond its limit.
    """
    assert_in_transaction()
    live = EvidenceClaim.objects.filter(document=document, released_at__isnull=True)
    if live.filter(subject_ref=subject_ref).exists():
        raise InvalidInput("evidence_claimed_here", _("This document is on this record already."))
    others = live if is_exclusive else live.filter(is_exclusive=True)
    if others.exists():
        raise InvalidInput(
            DUPLICATES[EvidenceKind(document.kind)],
            _("This document is already claimed, here or in another scheme. Talk to the office."),
        )
    left_fen = document.limit_fen - document.claimed_fen
    if amount_fen > left_fen:
        raise InvalidInput(
            "evidence_overclaimed",
            _("Only %(left)s yuan of this document are left to claim."),
            left=format_yuan(left_fen),
            left_fen=left_fen,
        )
    claim = EvidenceClaim.objects.create(
        agency_id=agency_id,
        document=document,
        subject_ref=subject_ref,
        amount_fen=amount_fen,
        is_exclusive=is_exclusive,
        claimed_at=at,
    )
    _record(
        "evidence.claimed", document, subject_ref, agency_id, actor, at=at, amount_fen=amount_fen
    )
    return claim


def verify_evidence(
    *,
    document: EvidenceDocument,
    status: str,
    subject_ref: str,
    agency_id: int,
    actor: Actor,
    at: datetime,
) -> None:
    """A step: an officer's look at the tax office's answer (查验). VERIFIED may turn later.

    Raises Conflict `evidence_final` where a red letter or a voiding would be taken back.
    """
    assert_in_transaction()
    final = {EvidenceStatus.RED_LETTERED, EvidenceStatus.VOIDED}
    if document.status in final and status != document.status:
        raise Conflict("evidence_final", _("A voided or red-lettered invoice stays so."))
    document.status = EvidenceStatus(status)
    if document.status == EvidenceStatus.VERIFIED:
        document.verified_at = at
    document.save(update_fields=["status", "verified_at"])
    _record("evidence.verified", document, subject_ref, agency_id, actor, at=at, status=str(status))


def lock_claimed(subject_ref: str) -> dict[int, EvidenceDocument]:
    """A step: the documents this subject has claimed, locked: before its deadlines and money."""
    assert_in_transaction()
    claims = EvidenceClaim.objects.filter(subject_ref=subject_ref, released_at__isnull=True)
    ids = list(claims.values_list("document", flat=True))
    return {found.pk: found for found in lock_rows(EvidenceDocument.objects.filter(pk__in=ids))}


def release_claims(*, subject_ref: str, actor: Actor, at: datetime) -> int:
    """A step: what this subject had claimed is free again; returns how many documents."""
    documents = lock_claimed(subject_ref)
    claims = EvidenceClaim.objects.filter(subject_ref=subject_ref, released_at__isnull=True)
    for claim in claims.order_by("pk"):
        claim.released_at = at
        claim.save(update_fields=["released_at"])
        document = documents[claim.document_id]
        _record("evidence.released", document, subject_ref, claim.agency_id, actor, at=at)
    return len(documents)


def _record(
    action: str,
    document: EvidenceDocument,
    subject_ref: str,
    agency_id: int,
    actor: Actor,
    *,
    at: datetime,
    **facts: Any,
) -> None:
    """The record shows the keyed digest's beginning: enough to follow, too little to try."""
    record_event(
        action,
        actor=actor,
        subject_ref=subject_ref,
        agency_id=agency_id,
        at=at,
        kind=str(document.kind),
        document=document.identity_hmac[:16],
        **facts,
    )
