"""One person, one seat on a file, for ever; and the signed acts in it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from companies.errors import Conflict, NotAllowed
from companies.foundation.actors import Actor
from companies.foundation.calls import Call, read_call, run_calls
from companies.foundation.verbs import assert_in_transaction
from companies.local_time import local_date
from companies.users.models import Duty
from vouchers.applications.models import Act, Application
from vouchers.applications.services.steps import digest


class SeatLook(NamedTuple):
    """As `seat_look` returns it; `signed` are this person's acts in this round on this subject."""

    seats_text: str
    taken: str | None
    is_interested: bool
    signed: list[str]
    submission: str | None


def take_seat(*, application: Application, user_id: int, act: str, at: datetime) -> None:
    """A step: sit down where the file's seat map puts this act.

    A map gives OBJECTION a seat of its own, so who answers one is new to the file. Raises
    NotAllowed `seat_taken` where the person already has another seat on this file, and
    `interest_in_file` for the people of the applicant, its provider, or a company related to them.
    """
    assert_in_transaction()
    seat = seat_for(look_at_seat(application.pk, user_id), act)
    run_calls(
        Call(
            "file_seat_take(%s,%s,%s,%s,%s)",
            (application.agency_id, application.pk, user_id, seat, at),
        )
    )


def sign(
    *,
    application: Application,
    act: str,
    actor: Actor,
    duty: Duty,
    subject_ref: str,
    outcome: str,
    amount_fen: int | None,
    reason: str,
    at: datetime,
    cycle: int | None = None,
    payees: Iterable[int] = (),
) -> None:
    """A step: take the seat and sign. `payees` are companies this very act is about to pay. A
    COSIGN takes no seat.

    Raises NotAllowed `seat_taken`, `interest_in_file`, `second_person_needed`, Conflict
    `already_signed`.
    """
    assert_in_transaction()
    cycle = application.cycle if cycle is None else cycle
    look = look_at_seat(
        application.pk, duty.user_id, subject_ref=subject_ref, cycle=cycle, payees=payees
    )
    run_calls(
        signing(
            look, application=application, act=act, actor=actor, user_id=duty.user_id,
            duty_id=duty.pk, subject_ref=subject_ref, outcome=outcome, amount_fen=amount_fen,
            reason=reason, at=at, cycle=cycle,
        )
    )  # fmt: skip


def look_at_seat(
    application_id: int,
    user_id: int,
    *,
    subject_ref: str = "",
    cycle: int = 0,
    payees: Iterable[int] = (),
) -> SeatLook:
    """What decides whether this person may sit down, or sign, on this file."""
    arguments = (application_id, user_id, subject_ref, cycle, list(payees))
    return SeatLook(*read_call(Call("seat_look(%s,%s,%s,%s,%s::bigint[])", arguments)))


def seat_for(look: SeatLook, act: str) -> str | None:
    """The seat of this act; co-signing needs none and gives none. Raises NotAllowed
    `interest_in_file`, `seat_taken`, `second_person_needed`.

    That no officer judges a company for which he or she ever acted is the seat's trigger's word,
    too: both ask `has_interest`.
    """
    if look.is_interested:
        raise NotAllowed("interest_in_file", _("You act for a company of this file yourself."))
    if act == Act.COSIGN:
        if look.signed:
            raise NotAllowed("second_person_needed", _("Who signed first cannot co-sign."))
        return look.taken
    wanted = str(json.loads(look.seats_text)[act])
    if look.taken not in (None, wanted):
        raise NotAllowed(
            "seat_taken",
            _("On this file you sit in “%(seat)s”; this act belongs to “%(wanted)s”."),
            seat=look.taken,
            wanted=wanted,
        )
    return wanted


def signing(
    look: SeatLook,
    *,
    application: Application,
    act: str,
    actor: Actor,
    user_id: int,
    duty_id: int,
    subject_ref: str,
    outcome: str,
    amount_fen: int | None,
    reason: str,
    at: datetime,
    cycle: int,
) -> Call:
    """The call that sits down and signs; the digest covers what the signer had before the eyes.

    Raises what `sign` does.
    """
    seat = seat_for(look, act)
    if act in look.signed:
        raise Conflict("already_signed", _("You have signed this already."))
    basis = {
        "subject": subject_ref,
        "submission": look.submission or "",
        "outcome": outcome,
        "amount_fen": amount_fen,
        "approved_fen": application.approved_fen,
        "reserved_fen": application.reserved_fen,
        "actor": actor.ref,
    }
    return Call(
        "file_sign(%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s)",
        (
            application.agency_id, application.pk, act, seat, user_id, duty_id, subject_ref,
            cycle, outcome, amount_fen, reason, digest(basis), local_date(at), at,
        ),
    )  # fmt: skip
