"""Where a person finds the noun a text reference names, by the part they play."""

from __future__ import annotations

from companies.registry.selectors import Scope
from vouchers.web.navigation import AREA_OF_ROLE, safe_reverse

PAGES = {
    "application": {
        "company": "company:application-detail",
        "officer": "officer:application-review",
    },
    "voucher": {"company": "company:voucher-detail", "officer": "officer:voucher-detail"},
    "redemption": {
        "company": "company:redemption-detail",
        "provider": "provider:redemption-detail",
        "officer": "officer:redemption-detail",
    },
    "letter": {"company": "company:letter-detail", "officer": "officer:letter-list"},
    "settlement": {"finance": "finance:settlement-batch"},
}


def url_of(subject_ref: str, scope: Scope) -> str:
    """The page, or nothing where this person has none."""
    noun, _colon, number = subject_ref.partition(":")
    areas = {AREA_OF_ROLE.get(role) for role in scope.roles}
    for area, name in PAGES.get(noun, {}).items():
        if area in areas:
            return safe_reverse(name, number=number)
    return ""
