"""The chart of accounts (会计科目) and the moves each kind of entry may make.

Source: the project's own domain description. The table `ledger_chartmove` is made from MOVES by
a migration; the trigger `transfer_follows_chart` compares with that table.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from django.db import models
from django.utils.translation import gettext_lazy as _


class AccountKind(models.TextChoices):
    """What a balance on such an account means."""

    APPROPRIATION = "APPROPRIATION", _("Appropriated document")
    POOL = "POOL", _("Available")
    RESERVED = "RESERVED", _("Reserved")
    VOUCHER = "VOUCHER", _("Issued, not used")
    HELD = "HELD", _("Held for a redemption")
    PAYABLE = "PAYABLE", _("Payable")
    PAID = "PAID", _("Paid")
    RECOVERED = "RECOVERED", _("Recovered")


SOURCES = frozenset({AccountKind.APPROPRIATION})


class EntryKind(models.TextChoices):
    """The business events that move money."""

    APPROPRIATE = "APPROPRIATE", _("Appropriation")
    SURRENDER = "SURRENDER", _("Unspent funds surrendered")
    SUBALLOCATE = "SUBALLOCATE", _("Allocation to a lower line")
    RECALL = "RECALL", _("Recall from a lower line")
    RESERVE = "RESERVE", _("Reservation")
    UNRESERVE = "UNRESERVE", _("Reservation released")
    ISSUE = "ISSUE", _("Voucher issued")
    TOP_UP = "TOP_UP", _("Voucher topped up")
    HOLD = "HOLD", _("Hold")
    RELEASE = "RELEASE", _("Hold released")
    ACCEPT = "ACCEPT", _("Accepted for payment")
    REVERSE = "REVERSE", _("Acceptance reversed")
    PAY = "PAY", _("Payment")
    BOUNCE = "BOUNCE", _("Payment bounced")
    EXPIRE = "EXPIRE", _("Voucher expired")
    REVOKE = "REVOKE", _("Voucher revoked")
    RECOVER = "RECOVER", _("Money recovered")
    RECYCLE = "RECYCLE", _("Recovered money reused")
    REMIT = "REMIT", _("Remitted to the treasury")


class Lines(StrEnum):
    """How the lines of the two accounts relate."""

    SAME = "same"
    TO_CHILD = "to_child"
    TO_PARENT = "to_parent"


class Move(NamedTuple):
    """One permitted transfer of a kind of entry."""

    entry: EntryKind
    debit: AccountKind
    credit: AccountKind
    lines: Lines = Lines.SAME


_A, _E = AccountKind, EntryKind

MOVES: tuple[Move, ...] = (
    Move(_E.APPROPRIATE, _A.APPROPRIATION, _A.POOL),
    Move(_E.SURRENDER, _A.POOL, _A.APPROPRIATION),
    Move(_E.SUBALLOCATE, _A.POOL, _A.POOL, Lines.TO_CHILD),
    Move(_E.RECALL, _A.POOL, _A.POOL, Lines.TO_PARENT),
    Move(_E.RESERVE, _A.POOL, _A.RESERVED),
    Move(_E.UNRESERVE, _A.RESERVED, _A.POOL),
    Move(_E.ISSUE, _A.RESERVED, _A.VOUCHER),
    Move(_E.TOP_UP, _A.POOL, _A.VOUCHER),
    Move(_E.HOLD, _A.VOUCHER, _A.HELD),
    Move(_E.RELEASE, _A.HELD, _A.VOUCHER),
    Move(_E.ACCEPT, _A.HELD, _A.PAYABLE),
    Move(_E.ACCEPT, _A.HELD, _A.VOUCHER),
    Move(_E.REVERSE, _A.PAYABLE, _A.VOUCHER),
    Move(_E.PAY, _A.PAYABLE, _A.PAID),
    Move(_E.BOUNCE, _A.PAID, _A.PAYABLE),
    Move(_E.EXPIRE, _A.VOUCHER, _A.POOL),
    Move(_E.REVOKE, _A.VOUCHER, _A.POOL),
    Move(_E.RECOVER, _A.PAID, _A.RECOVERED),
    Move(_E.RECYCLE, _A.RECOVERED, _A.POOL),
    Move(_E.REMIT, _A.RECOVERED, _A.POOL),
    Move(_E.REMIT, _A.POOL, _A.POOL, Lines.TO_PARENT),
    Move(_E.REMIT, _A.POOL, _A.APPROPRIATION),
)

# The shown money states (指标执行): which accounts each sums. 可用, 已安排待发放, 已发放未核销,
# 已核销待兑付, 已兑付 and, small, 已追回.
SHOWN_STATES: dict[str, tuple[AccountKind, ...]] = {
    "available": (_A.POOL,),
    "reserved": (_A.RESERVED,),
    "issued": (_A.VOUCHER, _A.HELD),
    "payable": (_A.PAYABLE,),
    "paid": (_A.PAID,),
    "recovered": (_A.RECOVERED,),
}
