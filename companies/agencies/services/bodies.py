"""Public bodies, places and the working calendar: entered by the platform's operator."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from companies.agencies.divisions import list_divisions
from companies.agencies.models import Agency, AgencyKind, CalendarDay, Region
from companies.agencies.selectors import get_region
from companies.audit.services import record_event
from companies.errors import Conflict, InvalidInput, NotAllowed, not_found
from companies.foundation.actors import Actor
from companies.foundation.verbs import verb
from companies.local_time import local_date
from companies.users.models import Role
from companies.users.policies import require_duty


@verb
def register_agency(
    *,
    actor: Actor,
    code: str,
    name_zh: str,
    name_en: str,
    kind: str,
    region_code: str,
    parent_id: int | None,
    is_demo: bool,
    at: datetime,
) -> Agency:
    """Enter a public body. An operator of the parent may; one without parent is the system's.

    Raises NotAllowed, NotFound, Conflict `agency_code_taken`, InvalidInput `agency_kind_unknown`.
    """
    duty_ref = _require_operator(actor, parent_id, at)
    if kind not in AgencyKind.values:
        raise InvalidInput("agency_kind_unknown", _("There is no such kind of body."))
    if Agency.objects.filter(code=code).exists():
        raise Conflict("agency_code_taken", _("This code is taken."), agency_code=code)
    parent = Agency.objects.filter(pk=parent_id).first() if parent_id else None
    if parent_id and parent is None:
        raise not_found("agency")
    agency = Agency.objects.create(
        code=code,
        name_zh=name_zh,
        name_en=name_en,
        kind=kind,
        region=get_region(region_code, local_date(at)),
        parent=parent,
        is_demo=is_demo,
    )
    agency.path = f"{parent.path if parent else '/'}{agency.pk}/"
    agency.save(update_fields=["path"])
    record_event(
        "agency.registered",
        actor=actor,
        subject_ref=f"agency:{code}",
        agency_id=agency.pk,
        at=at,
        duty_ref=duty_ref,
        after={"code": code, "name_zh": name_zh, "kind": str(kind), "region": region_code},
    )
    return agency


@verb
def load_regions(*, actor: Actor, at: datetime) -> int:
    """Bring the table of places in line with `data/divisions.csv`; returns how many are new.

    A row's end may be filled in later; nothing else of a place ever changes here.
    """
    _require_system(actor)
    known = {(region.code, region.valid_from): region for region in Region.objects.all()}
    fresh = []
    for place in list_divisions():
        region = known.get((place.code, place.valid_from))
        if region is None:
            fresh.append(
                Region(
                    code=place.code,
                    name_zh=place.name,
                    valid_from=place.valid_from,
                    valid_until=place.valid_until,
                    source=place.source,
                )
            )
        elif region.valid_until != place.valid_until:
            region.valid_until = place.valid_until
            region.save(update_fields=["valid_until"])
    Region.objects.bulk_create(fresh)
    record_event(
        "region.loaded",
        actor=actor,
        subject_ref="region:all",
        agency_id=None,
        at=at,
        added=len(fresh),
    )
    return len(fresh)


@verb
def load_calendar(*, actor: Actor, days: list[tuple[date, bool, str]], at: datetime) -> int:
    """Enter (day, is_workday, source) triples; a later notice overrides an earlier one."""
    _require_system(actor)
    CalendarDay.objects.bulk_create(
        [CalendarDay(day=day, is_workday=works, source=source) for day, works, source in days],
        update_conflicts=True,
        unique_fields=["day"],
        update_fields=["is_workday", "source"],
    )
    record_event(
        "calendar.loaded",
        actor=actor,
        subject_ref="calendar:all",
        agency_id=None,
        at=at,
        days=[[day.isoformat(), works, source] for day, works, source in days],
    )
    return len(days)


def _require_operator(actor: Actor, agency_id: int | None, at: datetime) -> str:
    if agency_id is None:
        _require_system(actor)
    if actor.kind == "system":
        return ""
    duty = require_duty(actor=actor, roles=[Role.OPERATOR], agency_id=agency_id or 0, at=at)
    return f"duty:{duty.pk}"


def _require_system(actor: Actor) -> None:
    if actor.kind != "system":
        raise NotAllowed("system_only", _("Only the platform itself does this, by command."))
