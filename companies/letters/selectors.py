"""Letters, and whether a burden may rest on one."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from companies.errors import not_found
from companies.letters.models import Letter, LetterKind, LetterStatus
from companies.registry.selectors import Scope


def list_letters(scope: Scope) -> QuerySet[Letter]:
    """Letters of one's agencies and to one's companies, newest first."""
    companies = scope.company_ids | scope.provider_company_ids
    visible = Q(agency_id__in=scope.agency_ids) | Q(company_id__in=companies)
    return Letter.objects.filter(visible).select_related("company", "agency").order_by("-id")


def get_letter_for(scope: Scope, number: str) -> Letter:
    """One letter by its number. Raises NotFound for an absent and for a foreign one."""
    letter = list_letters(scope).filter(number=number).first()
    if letter is None:
        raise not_found("letter")
    return letter


def burden_may_rest(subject_ref: str, burden: str, at: datetime) -> bool:
    """Whether a prior notice of this burden was served and its reply period is over or waived.

    An answer does not shorten the period: more may be said until its end.
    """
    notices = Letter.objects.filter(
        subject_ref=subject_ref,
        burden=burden,
        kind=LetterKind.PRIOR_NOTICE,
        status=LetterStatus.SERVED,
        served_at__lte=at,
    )
    return notices.filter(Q(reply_until__lte=at) | Q(waived_at__lte=at)).exists()
