"""What an acceptance is judged by: a row before the locks, a row under them."""

from __future__ import annotations

import json
from datetime import datetime
from typing import NamedTuple

from companies.agencies.selectors import workdays_of
from companies.foundation.actors import Actor
from companies.foundation.calls import Call, read_call
from companies.foundation.verbs import assert_in_transaction
from companies.local_time import IsWorkday
from companies.users.models import Role
from vouchers.applications.models import Act
from vouchers.applications.services.seats import SeatLook
from vouchers.ledger.services import Leg, Request
from vouchers.programmes.rules.procedure import Procedure, Term
from vouchers.redemptions.services.steps import COMPANY_ROLES, PROVIDER_ROLES

CHECKERS = (Role.REVIEWER, Role.INTAKE)
CONFIRMERS = (Role.REVIEWER,)


class ClaimAsked(NamedTuple):
    """Before the locks: as `claim_asked` returns it."""

    replayed: str | None
    replayed_sha256: bytes | None
    application_id: int | None
    voucher_status: str | None
    first_duty_id: int | None
    second_duty_id: int | None


class Claim(NamedTuple):
    """Under the locks: as `claim_locked` returns it. `first_fen` is the sum of the first signature
    of this round, `seconds` how many have confirmed it."""

    replayed: str | None
    replayed_sha256: bytes | None
    invoice_status: str | None
    payment_text: str | None
    signatures_text: str | None
    calendar_text: str | None
    share_ids: list[int]
    held_fen: list[int]
    voucher_account_ids: list[int]
    held_account_ids: list[int]
    payable_account_ids: list[int]
    people: list[int]
    first_fen: int | None
    seconds: int
    seats_text: str
    taken: str | None
    is_interested: bool
    signed: list[str]
    submission: str | None

    @property
    def payment(self) -> Term | None:
        """By when the file's rules promise the money."""
        return Term.model_validate_json(self.payment_text) if self.payment_text else None

    @property
    def is_workday(self) -> IsWorkday:
        """The calendar as it is loaded now."""
        return workdays_of(json.loads(self.calendar_text or "{}"))

    @property
    def seat(self) -> SeatLook:
        """What decides whether the signer may."""
        return SeatLook(
            self.seats_text, self.taken, self.is_interested, self.signed, self.submission
        )

    def seconds_asked(self, amount_fen: int) -> int:
        """How many CONFIRM signatures the amount table asks for this sum."""
        procedure = Procedure.model_validate(
            {"signatures": json.loads(self.signatures_text or "[]")}
        )
        return procedure.people_asked(Act.CONFIRM, amount_fen)

    def legs(self, parts: list[int]) -> list[Leg]:
        """What each line owes, and what it gives back to the voucher."""
        legs = []
        for held_id, payable_id, voucher_id, held_fen, part in zip(
            self.held_account_ids, self.payable_account_ids, self.voucher_account_ids,
            self.held_fen, parts, strict=True,
        ):  # fmt: skip
            legs += [Leg(held_id, payable_id, part)] * bool(part)
            legs += [Leg(held_id, voucher_id, held_fen - part)] * (held_fen > part)
        return legs


def look_at_claim(request: Request, actor: Actor, redemption_id: int, at: datetime) -> ClaimAsked:
    """What can be said without waiting for anybody."""
    arguments = (
        request.keys, redemption_id, actor.user_id, list(CHECKERS), list(CONFIRMERS), at
    )  # fmt: skip
    return ClaimAsked(*read_call(Call("claim_asked(%s,%s,%s,%s,%s,%s)", arguments)))


def lock_claim(keys: list[str], redemption_id: int, signer_id: int | None, at: datetime) -> Claim:
    """A step: the voucher and its redemption locked till commit, and everything about the claim."""
    assert_in_transaction()
    arguments = (
        keys, redemption_id, signer_id, at, list(COMPANY_ROLES), list(PROVIDER_ROLES)
    )  # fmt: skip
    return Claim(*read_call(Call("claim_locked(%s::text[],%s,%s,%s,%s,%s)", arguments)))
