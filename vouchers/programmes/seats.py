"""Seat maps (岗位分离方案), pure: which act sits in which seat, and the floor no map lifts.

The floor is held again by the trigger `seat_map_keeps_floor`.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

ACTS = (
    "SCREEN",
    "REVIEW",
    "APPROVE",
    "OBJECTION",
    "ACCEPT",
    "CONFIRM",
    "BUILD",
    "BATCH_APPROVE",
    "AUTHORISE",
    "RELEASE",
)

STRICT: dict[str, str] = {
    "SCREEN": "screener",
    "REVIEW": "reviewer",
    "APPROVE": "approver",
    "OBJECTION": "objection",
    "ACCEPT": "acceptor",
    "CONFIRM": "confirmer",
    "BUILD": "clerk",
    "BATCH_APPROVE": "batch_approver",
    "AUTHORISE": "authoriser",
    "RELEASE": "releaser",
}

COMPACT: dict[str, str] = {
    "SCREEN": "handler",
    "ACCEPT": "handler",
    "REVIEW": "checker",
    "CONFIRM": "checker",
    "BATCH_APPROVE": "checker",
    "APPROVE": "approver",
    "AUTHORISE": "approver",
    "OBJECTION": "objection",
    "BUILD": "clerk",
    "RELEASE": "releaser",
}

SEAT_LABELS: dict[str, StrOrPromise] = {
    "screener": _("Screener"),
    "handler": _("Handler"),
    "reviewer": _("Reviewer"),
    "approver": _("Approver"),
    "objection": _("Objection officer"),
    "checker": _("Checker"),
    "acceptor": _("Redemption checker"),
    "confirmer": _("Second checker"),
    "clerk": _("Clerk"),
    "batch_approver": _("Batch approver"),
    "authoriser": _("Authoriser"),
    "releaser": _("Releaser"),
}

_ALONE = ("BUILD", "RELEASE", "OBJECTION")
_APART = (
    *combinations(("SCREEN", "REVIEW", "APPROVE"), 2),
    *(("ACCEPT", other) for other in ("APPROVE", "CONFIRM", "BATCH_APPROVE", "AUTHORISE")),
    *((alone, other) for alone in _ALONE for other in ACTS if other != alone),
)
FLOOR: frozenset[frozenset[str]] = frozenset(frozenset(pair) for pair in _APART)

# An ordinary file sees these acts; objections and second checks come only where called for.
_USUAL = ("SCREEN", "REVIEW", "APPROVE", "ACCEPT", "BUILD", "AUTHORISE", "RELEASE")


def seat_of(seats: Mapping[str, str], act: str) -> str:
    """The seat an act belongs to. Raises KeyError for an act no map knows."""
    return seats[act]


def broken_floor(seats: Mapping[str, str]) -> list[tuple[str, str]]:
    """The pairs of acts this map would let one person do against the floor."""
    return [
        pair
        for pair in combinations(ACTS, 2)
        if frozenset(pair) in FLOOR and seats.get(pair[0]) == seats.get(pair[1])
    ]


def people_needed(seats: Mapping[str, str]) -> int:
    """How many different people an ordinary file needs from screening to payment."""
    return len({seats[act] for act in _USUAL})
