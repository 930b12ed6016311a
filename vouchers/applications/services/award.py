"""Money for a file: promised from the funding lines in their order, given back when it dies."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from companies.agencies.services import close_deadline
from companies.errors import Conflict, InvalidInput
from companies.foundation.actors import Actor
from companies.foundation.locks import lock_rows
from companies.foundation.verbs import assert_in_transaction
from companies.local_time import local_date
from vouchers.applications.models import Application, ApplicationFunding, Decision
from vouchers.applications.services.evidence import release_claims
from vouchers.applications.services.steps import find_application, lock_application
from vouchers.ledger.chart import AccountKind, EntryKind
from vouchers.ledger.selectors import get_balances
from vouchers.ledger.services import Leg, Request, open_account, post_entry
from vouchers.money import format_yuan
from vouchers.programmes.models import (
    BudgetLine,
    CapEntry,
    CapScope,
    CapUsage,
    LineStatus,
    Programme,
    ProgrammeStatus,
    Round,
)
from vouchers.programmes.selectors import list_funding_lines
from vouchers.programmes.services import count_cap, get_or_create_cap

_REFUSALS = {CapScope.CEILING: "ceiling_short", CapScope.GROUP_YEAR: "amount_exceeds_cap"}


class Locked(NamedTuple):
    """What an award decides upon, all locked: lines in draw order, caps and files by id."""

    lines: list[BudgetLine]
    caps: list[CapUsage]
    applications: list[Application]


def lock_for_award(application_ids: list[int], at: datetime) -> Locked:
    """A step: lock rounds, funding lines, caps and files in the order of the house.

    Raises Conflict `programme_not_active`, `mixed_programmes`.
    """
    assert_in_transaction()
    found = [find_application(application_id) for application_id in sorted(set(application_ids))]
    programmes = {application.programme_id for application in found}
    if len(programmes) != 1:
        raise InvalidInput("mixed_programmes", _("Choose files of one scheme."))
    programme = Programme.objects.get(pk=programmes.pop())
    if programme.status != ProgrammeStatus.ACTIVE:
        raise Conflict("programme_not_active", _("A scheme at rest reserves nothing."))
    lock_rows(Round.objects.filter(pk__in=[application.round_id for application in found]))
    wanted = [line.pk for line in list_funding_lines(programme.pk)]
    lines = lock_rows(BudgetLine.objects.select_related("pool_account").filter(pk__in=wanted))
    for application in found:
        _make_group_cap(application, at)
    caps = lock_rows(_caps_of(found, at))
    files = [lock_application(application.pk) for application in found]
    usable = [line for line in lines if line.status == LineStatus.OPEN]
    return Locked(sorted(usable, key=lambda line: (line.draw_order, line.pk)), caps, files)


def reserve(
    application: Application,
    *,
    amount_fen: int,
    locked: Locked,
    request: Request,
    part: int,
    actor: Actor,
    at: datetime,
) -> None:
    """A step: put `amount_fen` aside for the file, first from the first line that has any. A file
    back from an objection kept its reservation: only the difference moves.

    Raises Conflict `insufficient_funds`, `ceiling_short`, `amount_exceeds_cap`: each says what is
    there and how much is missing.
    """
    assert_in_transaction()
    more_fen = amount_fen - application.reserved_fen
    if more_fen < 0:
        release_caps(application.ref, amount_fen=-more_fen, reason="reserved", at=at)
        legs = _give_back(application, -more_fen)
    else:
        _take_from_caps(application, more_fen, locked.caps, at)
        legs = _draw(application, more_fen, locked.lines)
    post_entry(
        EntryKind.UNRESERVE if more_fen < 0 else EntryKind.RESERVE,
        request=request,
        agency_id=application.agency_id,
        legs=legs,
        at=at,
        actor=actor,
        subject_ref=application.ref,
        part=part,
    )
    application.approved_fen = amount_fen
    application.reserved_fen = amount_fen


def lock_file(application_id: int) -> Application:
    """A step: the file and the counters it stands on, for whatever may end it."""
    assert_in_transaction()
    ref = find_application(application_id).ref
    counted = [row["cap_usage"] for row in _counted(ref)]
    lock_rows(CapUsage.objects.filter(pk__in=counted))
    return lock_application(application_id)


def release_file(
    application: Application, *, request: Request, reason: str, actor: Actor, at: datetime
) -> None:
    """A step: what a dying file held is free again, in the order of locks: caps, evidence, the
    promises about it, money."""
    release_caps(application.ref, amount_fen=None, reason=reason, at=at)
    release_claims(subject_ref=application.ref, actor=actor, at=at)
    close_deadline(subject_ref=application.ref, at=at, outcome=reason)
    release_reservation(application, request=request, actor=actor, at=at)


def release_reservation(
    application: Application, *, request: Request, actor: Actor, at: datetime, part: int = 0
) -> None:
    """A step: RESERVED back to the pools it came from. The entry is written also where nothing
    stands there, so that a repeated request finds its answer."""
    assert_in_transaction()
    post_entry(
        EntryKind.UNRESERVE,
        request=request,
        agency_id=application.agency_id,
        legs=_give_back(application, application.reserved_fen),
        at=at,
        actor=actor,
        subject_ref=application.ref,
        part=part,
    )
    application.reserved_fen = 0


def release_caps(
    subject_ref: str,
    *,
    amount_fen: int | None,
    reason: str,
    at: datetime,
    scopes: tuple[str, ...] = (CapScope.CEILING, CapScope.GROUP_YEAR),
) -> None:
    """A step: the counters go down by what no longer counts; None = by all of it."""
    assert_in_transaction()
    for row in _counted(subject_ref):
        cap = CapUsage.objects.get(pk=row["cap_usage"])
        back_fen = row["sum_fen"] if amount_fen is None else min(amount_fen, row["sum_fen"])
        if back_fen > 0 and cap.scope in scopes:
            count_cap(
                cap_usage=cap, delta_fen=-back_fen, subject_ref=subject_ref, reason=reason, at=at
            )


def list_fundings(application: Application) -> list[ApplicationFunding]:
    """The lines that promise the file its money, in draw order."""
    return list(
        application.fundings.select_related("line", "line__pool_account").order_by(
            "line__draw_order", "id"
        )
    )


def award_of(application: Application) -> int:
    """What may be granted now: the reviewer's sum, within the verdict and the request.

    Raises Conflict `nothing_to_award`.
    """
    advice = (
        Decision.objects.filter(
            application=application,
            act="REVIEW",
            outcome="RECOMMENDED",
            subject_ref=application.ref,
            cycle=application.cycle,
        )
        .order_by("-id")
        .first()
    )
    recommended = (advice.amount_fen if advice else 0) or 0
    amount = min(recommended, grantable(application))
    if amount <= 0:
        raise Conflict("nothing_to_award", _("No sum has been recommended for this file."))
    return amount


def grantable(application: Application) -> int:
    """The most this file may be given: what the rules reckon, at most what was asked for."""
    assessment = application.assessment or {}
    return min(int(assessment.get("grant_fen", 0)), application.requested_fen)


def _draw(application: Application, amount_fen: int, lines: list[BudgetLine]) -> list[Leg]:
    """First what fits on the first line, then the next. One RESERVED account per file and line."""
    balances = get_balances([int(line.pool_account_id or 0) for line in lines])
    available_fen = sum(balances.values())
    if available_fen < amount_fen:
        raise _short("insufficient_funds", amount_fen, available_fen)
    legs, left_fen = [], amount_fen
    for line in lines:
        part_fen = min(left_fen, balances[int(line.pool_account_id or 0)])
        if part_fen > 0:
            funding = _funding_on(application, line)
            legs.append(Leg(int(line.pool_account_id or 0), funding.reserved_account_id, part_fen))
            left_fen -= part_fen
    return legs


def _give_back(application: Application, amount_fen: int) -> list[Leg]:
    """The last line that was drawn on gets its money back first."""
    fundings = list_fundings(application)[::-1]
    balances = get_balances([funding.reserved_account_id for funding in fundings])
    legs, left_fen = [], amount_fen
    for funding in fundings:
        reserved_id = funding.reserved_account_id
        part_fen = min(left_fen, balances[reserved_id])
        if part_fen > 0:
            legs.append(Leg(reserved_id, int(funding.line.pool_account_id or 0), part_fen))
            left_fen -= part_fen
    return legs


def _funding_on(application: Application, line: BudgetLine) -> ApplicationFunding:
    existing = ApplicationFunding.objects.filter(application=application, line=line).first()
    if existing is not None:
        return existing
    account = open_account(
        AccountKind.RESERVED,
        agency_id=line.agency_id,
        label=application.number,
        pool=line.pool_account,
    )
    return ApplicationFunding.objects.create(
        agency_id=application.agency_id,
        application=application,
        line=line,
        reserved_account=account,
    )


def _take_from_caps(
    application: Application, amount_fen: int, caps: list[CapUsage], at: datetime
) -> None:
    """The scheme's ceiling and the company's group; nothing is counted where nothing moves."""
    group = application.company.group_key
    for cap in caps:
        if not amount_fen or (cap.scope != CapScope.CEILING and cap.subject != group):
            continue
        cap.refresh_from_db(fields=["used_fen"])
        room_fen = cap.limit_fen - cap.used_fen
        if amount_fen > room_fen:
            raise _short(_REFUSALS[CapScope(cap.scope)], amount_fen, room_fen)
        count_cap(
            cap_usage=cap, delta_fen=amount_fen, subject_ref=application.ref, reason="reserved",
            at=at,
        )  # fmt: skip


def _short(code: str, wanted_fen: int, there_fen: int) -> Conflict:
    messages = {
        "insufficient_funds": _(
            "The funding lines hold %(there)s yuan, %(missing)s yuan less than the award needs."
        ),
        "ceiling_short": _(
            "The scheme's ceiling leaves %(there)s yuan, %(missing)s yuan less than needed."
        ),
        "amount_exceeds_cap": _(
            "The company's group may still get %(there)s yuan this year, %(missing)s yuan less."
        ),
    }
    return Conflict(
        code,
        messages[code],
        there=format_yuan(there_fen),
        missing=format_yuan(wanted_fen - there_fen),
        there_fen=there_fen,
        missing_fen=wanted_fen - there_fen,
        wanted_fen=wanted_fen,
    )


def _make_group_cap(application: Application, at: datetime) -> None:
    """The yearly cap of the company's group, as the frozen verdict applied it, if it did."""
    limit = next(
        (
            line["inputs"]["cap_fen"]
            for line in (application.assessment or {}).get("lines", ())
            if line["step"] == "cap" and line["formula"] == "firm_year"
        ),
        None,
    )
    if limit is not None:
        get_or_create_cap(
            programme=application.programme,
            scope=CapScope.GROUP_YEAR,
            subject=application.company.group_key,
            period=str(local_date(at).year),
            limit_fen=limit,
        )


def _caps_of(applications: list[Application], at: datetime) -> QuerySet[CapUsage]:
    year = str(local_date(at).year)
    groups = {application.company.group_key for application in applications}
    ceiling = Q(scope=CapScope.CEILING, period__in=[year, "total"])
    group = Q(scope=CapScope.GROUP_YEAR, subject__in=groups, period=year)
    return CapUsage.objects.filter(programme_id=applications[0].programme_id).filter(
        ceiling | group
    )


def _counted(subject_ref: str) -> QuerySet[CapEntry, Any]:
    """Per counter what still counts for this subject."""
    return (
        CapEntry.objects.filter(subject_ref=subject_ref)
        .values("cap_usage")
        .annotate(sum_fen=Sum("delta_fen"))
        .order_by("cap_usage")
    )
