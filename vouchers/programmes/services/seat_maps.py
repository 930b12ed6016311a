"""Seat maps: proposed by their user, approved by the parent or finance body's people."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from companies.audit.services import record_event
from companies.errors import Conflict, InvalidInput, NotAllowed
from companies.foundation.actors import Actor
from companies.foundation.verbs import verb
from companies.users.models import Duty, Role
from companies.users.policies import require_duty
from vouchers.programmes.models import SeatMap, SeatMapStatus
from vouchers.programmes.seats import ACTS, broken_floor
from vouchers.programmes.services.steps import lock_one, status_of


@verb
def propose_seat_map(
    *,
    actor: Actor,
    agency_id: int,
    code: str,
    name_zh: str,
    name_en: str,
    seats: dict[str, str],
    at: datetime,
) -> SeatMap:
    """The next version of a map. Raises NotAllowed, InvalidInput `seat_map_incomplete`,
    `seat_map_below_floor`."""
    duty = require_duty(actor=actor, roles=[Role.PROGRAMME_MANAGER], agency_id=agency_id, at=at)
    if set(seats) != set(ACTS) or not all(seats.values()):
        raise InvalidInput("seat_map_incomplete", _("Every act needs exactly one seat."))
    if broken := broken_floor(seats):
        raise InvalidInput(
            "seat_map_below_floor",
            _("One person may never do both: %(pairs)s."),
            pairs="; ".join(" + ".join(pair) for pair in broken),
        )
    last = SeatMap.objects.filter(agency_id=agency_id, code=code).aggregate(last=Max("version"))
    seat_map = SeatMap.objects.create(
        agency_id=agency_id,
        code=code,
        version=(last["last"] or 0) + 1,
        name_zh=name_zh,
        name_en=name_en,
        seats=seats,
        status=SeatMapStatus.PROPOSED,
        proposed_by_id=duty.user_id,
    )
    _told(actor, seat_map, "proposed", duty.pk, at)
    return seat_map


@verb
def approve_seat_map(*, actor: Actor, seat_map_id: int, at: datetime) -> SeatMap:
    """By the finance body's authoriser or the parent's approver, never by who proposed it.

    Raises NotAllowed (`own_seat_map`), Conflict `wrong_state`.
    """
    rows = SeatMap.objects.select_related("agency").filter(pk=seat_map_id)
    seat_map = lock_one(rows, "seat_map")
    duty = _approving_duty(actor, seat_map, at)
    if seat_map.proposed_by_id == duty.user_id or duty.user.employer_id == seat_map.agency_id:
        raise NotAllowed(
            "own_seat_map", _("A seat map is approved by another body, never by its user.")
        )
    if seat_map.status != SeatMapStatus.PROPOSED:
        raise Conflict("wrong_state", _("This seat map was approved already."))
    seat_map.status = SeatMapStatus.APPROVED
    seat_map.approved_by_id = duty.user_id
    seat_map.approved_at = at
    seat_map.save(update_fields=["status", "approved_by", "approved_at"])
    _told(actor, seat_map, "approved", duty.pk, at)
    return seat_map


def _approving_duty(actor: Actor, seat_map: SeatMap, at: datetime) -> Duty:
    """Authorising money here, or else approving in the body above."""
    try:
        return require_duty(
            actor=actor, roles=[Role.FINANCE_AUTHORISER], agency_id=seat_map.agency_id, at=at
        )
    except NotAllowed:
        parent_id = seat_map.agency.parent_id
        if parent_id is None:
            raise
        return require_duty(actor=actor, roles=[Role.APPROVER], agency_id=parent_id, at=at)


def _told(actor: Actor, seat_map: SeatMap, past: str, duty_id: int, at: datetime) -> None:
    record_event(
        f"seat_map.{past}",
        actor=actor,
        subject_ref=f"agency:{seat_map.agency.code}",
        agency_id=seat_map.agency_id,
        at=at,
        duty_ref=f"duty:{duty_id}",
        after={
            "code": f"{seat_map.code}@{seat_map.version}",
            "seats": seat_map.seats,
            **status_of(seat_map),
        },
    )
