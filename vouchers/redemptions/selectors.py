"""Reading redemptions. The doors take a scope; what it may not see does not exist."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from companies.errors import not_found
from companies.foundation.calls import Call, read_call
from companies.registry.models import CompanyRole, Membership
from companies.registry.selectors import Scope
from vouchers.applications.models import Decision
from vouchers.issuance.codes import read_checked
from vouchers.redemptions.models import Redemption, RedemptionFunding, UsageRecord

ORDERING_ROLES = (CompanyRole.AGENT,)
PROPOSED_REJECTION = "REJECTION_PROPOSED"


def list_redemptions(
    scope: Scope,
    *,
    status: str = "",
    voucher: str = "",
    programme: str = "",
    provider: str = "",
) -> QuerySet[Redemption]:
    """What this person may see, newest first. Filters: numbers, and a scheme's code."""
    seen = (
        Q(agency_id__in=scope.agency_ids)
        | Q(company_id__in=scope.company_ids)
        | Q(provider__company_id__in=scope.provider_company_ids)
    )
    filters = {
        "status": status,
        "voucher__number": voucher,
        "voucher__programme__code": programme,
        "provider__number": provider,
    }
    return (
        Redemption.objects.filter(seen, **{key: value for key, value in filters.items() if value})
        .select_related("voucher__programme", "company", "provider__company", "offer", "payee")
        .order_by("-id")
    )


def get_redemption_for(scope: Scope, number: str) -> Redemption:
    """One redemption, or NotFound `redemption_not_found`."""
    found = list_redemptions(scope).filter(number=number).first()
    if found is None:
        raise not_found("redemption")
    return found


def find_order_door(
    person_id: int | None, *, voucher: str, provider: str, offer: str, at: datetime
) -> tuple[int, int] | None:
    """The ids of voucher and offer by their numbers, for whoever may order for the voucher's own
    company; None for everybody and everything else: the doors of both nouns judge those."""
    number = read_checked(voucher) or voucher
    arguments = (person_id, list(ORDERING_ROLES), number, provider, offer, at)
    voucher_id, offer_id = read_call(Call("order_door(%s,%s,%s,%s,%s,%s)", arguments))
    return None if offer_id is None else (voucher_id, offer_id)


def find_by_ref(subject_ref: str) -> Redemption | None:
    """The redemption a text reference names."""
    return Redemption.objects.filter(number=subject_ref.partition(":")[2]).first()


def list_usage(redemption: Redemption) -> QuerySet[UsageRecord]:
    """The usage rows it claims now, in the order of the file."""
    return redemption.usage.filter(released_at__isnull=True).order_by("row_number", "id")


def list_fundings(redemption: Redemption) -> list[RedemptionFunding]:
    """Its shares by funding line, in draw order."""
    return list(
        redemption.fundings.select_related("voucher_funding__line").order_by(
            "voucher_funding__line__draw_order", "id"
        )
    )


def list_people(company_id: int, roles: tuple[str, ...], at: datetime) -> list[int]:
    """User ids of those who act for a company in these roles."""
    return list(
        Membership.objects.filter(company_id=company_id, role__in=roles, valid_from__lte=at)
        .filter(Q(valid_until__isnull=True) | Q(valid_until__gt=at))
        .values_list("user_id", flat=True)
        .distinct()
        .order_by("user_id")
    )


def exported(redemption: Redemption) -> dict[str, Any]:
    """The columns an event shows before and after."""
    return {
        "status": str(redemption.status),
        "requested_fen": redemption.requested_fen,
        "held_fen": redemption.held_fen,
        "eligible_fen": redemption.eligible_fen,
        "accepted_fen": redemption.accepted_fen,
        "order_number": redemption.order_number,
        "cycle": redemption.cycle,
    }


def list_signatures(redemption: Redemption) -> QuerySet[Decision]:
    """The signatures of this round of checking."""
    return Decision.objects.filter(
        application_id=redemption.application_id,
        subject_ref=redemption.ref,
        cycle=redemption.cycle,
    )


def is_rejection_proposed(redemption: Redemption) -> bool:
    """Whether the first of two people has signed that it be rejected."""
    return list_signatures(redemption).filter(act="ACCEPT", outcome=PROPOSED_REJECTION).exists()
