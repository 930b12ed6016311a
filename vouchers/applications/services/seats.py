"""One person, one seat on a file, for ever; and the signed acts in it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import connection
from django.utils.translation import gettext_lazy as _

from companies.errors import Conflict, NotAllowed
from companies.foundation.actors import Actor
from companies.foundation.verbs import assert_in_transaction
from companies.local_time import local_date
from companies.registry.models import Membership
from companies.users.models import Duty
from vouchers.applications.models import Act, Application, Decision, FileSeat
from vouchers.applications.services.steps import digest
from vouchers.programmes.models import SeatMap


def take_seat(*, application: Application, user_id: int, act: str, at: datetime) -> str:
    """A step: sit down where the file's seat map puts this act; returns the seat.

    A map gives OBJECTION a seat of its own, so who answers one is new to the file. Raises
    NotAllowed `seat_taken` where the person already has another seat on this file, and
    `interest_in_file` for the people of the applicant, its provider, or a company related to them.
    """
    assert_in_transaction()
    seat_map = SeatMap.objects.get(pk=application.seat_map_id)
    wanted = str(seat_map.seats[act])
    _refuse_interest(application, user_id)
    taken, _is_new = FileSeat.objects.get_or_create(
        application=application,
        user_id=user_id,
        defaults={"agency_id": application.agency_id, "seat": wanted, "taken_at": at},
    )
    if taken.seat != wanted:
        raise NotAllowed(
            "seat_taken",
            _("On this file you sit in “%(seat)s”; this act belongs to “%(wanted)s”."),
            seat=taken.seat,
            wanted=wanted,
        )
    return wanted


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
) -> Decision:
    """A step: take the seat and sign. The digest covers what the signer had before the eyes;
    `payees` are companies this very act is about to pay. A COSIGN takes no seat.

    Raises NotAllowed `seat_taken`, `second_person_needed`, Conflict `already_signed`.
    """
    assert_in_transaction()
    if Membership.objects.filter(user_id=duty.user_id, company_id__in=list(payees)).exists():
        raise _interested()
    cycle = application.cycle if cycle is None else cycle
    mine = Decision.objects.filter(
        application=application, subject_ref=subject_ref, cycle=cycle, user=duty.user_id
    )
    if act == Act.COSIGN:
        seat = _seat_beside(application, duty.user_id)
        if mine.exists():
            raise NotAllowed("second_person_needed", _("Who signed first cannot co-sign."))
    else:
        seat = take_seat(application=application, user_id=duty.user_id, act=act, at=at)
        if mine.filter(act=act).exists():
            raise Conflict("already_signed", _("You have signed this already."))
    version = application.versions.order_by("-version").first()
    basis = {
        "subject": subject_ref,
        "submission": version.sha256 if version else "",
        "outcome": outcome,
        "amount_fen": amount_fen,
        "approved_fen": application.approved_fen,
        "reserved_fen": application.reserved_fen,
        "actor": actor.ref,
    }
    return Decision.objects.create(
        agency_id=application.agency_id,
        application=application,
        act=act,
        seat=seat,
        user_id=duty.user_id,
        duty=duty,
        subject_ref=subject_ref,
        cycle=cycle,
        outcome=outcome,
        amount_fen=amount_fen,
        reason=reason,
        basis_sha256=digest(basis),
        decided_on=local_date(at),
        at=at,
    )


def _seat_beside(application: Application, user_id: int) -> str | None:
    """The seat a co-signer has on the file already, if any; co-signing gives none."""
    _refuse_interest(application, user_id)
    mine = FileSeat.objects.filter(application=application, user_id=user_id).first()
    return mine.seat if mine else None


def _refuse_interest(application: Application, user_id: int) -> None:
    """No officer judges a company for which he or she ever acted: the seat's trigger asks the same
    function, so that both say one thing."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_interest(%s, file) FROM applications_application AS file WHERE id = %s",
            [user_id, application.pk],
        )
        if cursor.fetchone()[0]:
            raise _interested()


def _interested() -> NotAllowed:
    return NotAllowed("interest_in_file", _("You act for a company of this file yourself."))
