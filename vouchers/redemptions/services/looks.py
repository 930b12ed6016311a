"""What an order is judged by: one look, which ends under the lock. Only the verb decides."""

from __future__ import annotations

import json
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

from companies.agencies.selectors import workdays_of
from companies.foundation.actors import Actor
from companies.foundation.calls import Call, read_call
from companies.foundation.verbs import assert_in_transaction
from companies.local_time import IsWorkday
from vouchers.ledger.services import Request, require_same
from vouchers.programmes.rules import VoucherTerms
from vouchers.programmes.rules.procedure import Term
from vouchers.redemptions.models import Redemption
from vouchers.redemptions.selectors import ORDERING_ROLES, find_by_ref
from vouchers.redemptions.services.steps import COMPANY_ROLES, PROVIDER_ROLES

DEAD_DRAWS = ("DECLINED", "CANCELLED", "HOLD_EXPIRED", "REJECTED", "REVERSED")


class Look(Protocol):
    """What was found under the request's key."""

    @property
    def replayed(self) -> str | None:
        """The noun its first entry moved."""

    @property
    def replayed_sha256(self) -> bytes | None:
        """The digest of what was asked then."""


class Order(NamedTuple):
    """As `order_locked` returns it. Nothing is locked, and the rest is None, where `replayed` is
    set or there is no membership; `company_id` is None where there is no such voucher. Where no
    such offer stands in the voucher's agency, `offer_code` and all of offer and provider is None.
    """

    replayed: str | None
    replayed_sha256: bytes | None
    membership_id: int | None
    agency_id: int
    voucher_number: str
    status: str
    grace_until: datetime
    company_id: int
    company_code: str
    application_id: int
    application_number: str
    is_demo: bool
    terms_text: str
    hold_text: str | None
    offer_code: str | None
    is_on_offer: bool
    provider_id: int
    provider_number: str
    provider_company_id: int
    is_admitted: bool
    is_related: bool
    draws: int | None
    usage_account_id: int | None
    funding_ids: list[int]
    voucher_account_ids: list[int]
    held_account_ids: list[int]
    balances_fen: list[int]
    people: list[int]
    calendar_text: str | None
    number: str

    @property
    def terms(self) -> VoucherTerms:
        """What was frozen on the voucher."""
        return _terms_of(self.terms_text)

    @property
    def hold(self) -> Term | None:
        """How long the file's rules let an order wait."""
        return _term_of(self.hold_text) if self.hold_text else None

    @property
    def is_workday(self) -> IsWorkday:
        """The calendar as it is loaded now."""
        return workdays_of(json.loads(self.calendar_text or "{}"))


# What stands in the text alone decides: the same frozen text is the same object, read once.
@lru_cache(maxsize=1024)
def _terms_of(text: str) -> VoucherTerms:
    return VoucherTerms.from_dict(json.loads(text))


@lru_cache(maxsize=1024)
def _term_of(text: str) -> Term:
    return Term.model_validate_json(text)


def lock_order(
    request: Request, actor: Actor, voucher_id: int, offer_id: int, at: datetime
) -> Order:
    """A step: the voucher of whoever may order on it, locked till commit, and everything about an
    order upon it."""
    assert_in_transaction()
    arguments: tuple[Any, ...] = (
        request.keys, voucher_id, offer_id, at, actor.user_id, list(ORDERING_ROLES),
        list(DEAD_DRAWS), list(COMPANY_ROLES), list(PROVIDER_ROLES),
    )  # fmt: skip
    return Order(*read_call(Call("order_locked(%s,%s,%s,%s,%s,%s,%s,%s,%s)", arguments)))


def replayed_by(look: Look, request: Request) -> Redemption | None:
    """The redemption this caller's key already moved. Raises Conflict `request_key_reused`."""
    if look.replayed is None:
        return None
    require_same(request, bytes(look.replayed_sha256 or b""))
    return find_by_ref(look.replayed)
