"""Reading schemes and budget lines, scoped."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from companies.errors import Conflict, not_found
from companies.registry.selectors import Scope
from vouchers.programmes.models import (
    Appropriation,
    BudgetLine,
    CapScope,
    CapUsage,
    LineStatus,
    Programme,
    ProgrammeStatus,
    Round,
    RoundStatus,
    RuleStatus,
    RuleVersion,
    SeatMap,
    SeatMapStatus,
)
from vouchers.programmes.rules.reading import parse_rules


def list_programmes(scope: Scope) -> QuerySet[Programme]:
    """Everyone sees programmes that are in force; their officers see drafts, too."""
    published = ~Q(status=ProgrammeStatus.DRAFT)
    mine = Q(agency_id__in=scope.agency_ids) | Q(finance_agency_id__in=scope.agency_ids)
    return (
        Programme.objects.select_related("agency", "finance_agency")
        .filter(published | mine)
        .order_by("-id")
    )


def get_programme_for(scope: Scope, code: str) -> Programme:
    """The programme. Raises NotFound."""
    found = list_programmes(scope).filter(code=code).first()
    if found is None:
        raise not_found("programme")
    return found


def list_own_programmes(scope: Scope) -> QuerySet[Programme]:
    """The programmes of the officer's own agencies, newest first."""
    return list_programmes(scope).filter(
        Q(agency_id__in=scope.agency_ids) | Q(finance_agency_id__in=scope.agency_ids)
    )


def get_own_programme_for(scope: Scope, code: str) -> Programme:
    """A programme with its drafts and its money: for its own bodies' people. Raises NotFound."""
    found = list_own_programmes(scope).filter(code=code).first()
    if found is None:
        raise not_found("programme")
    return found


def list_rounds(programme_id: int) -> QuerySet[Round]:
    """A programme's windows, newest first."""
    return Round.objects.filter(programme_id=programme_id).order_by("-opens_at", "-id")


def list_open_rounds(at: datetime) -> QuerySet[Round]:
    """Windows that take applications now: opens_at ≤ at < closes_at."""
    return (
        Round.objects.select_related("programme", "programme__agency")
        .filter(
            status=RoundStatus.PUBLISHED,
            opens_at__lte=at,
            closes_at__gt=at,
            programme__status=ProgrammeStatus.ACTIVE,
        )
        .order_by("closes_at", "id")
    )


def get_round_for(scope: Scope, programme_code: str, code: str) -> Round:
    """A window by its programme and code. Raises NotFound."""
    programme = get_programme_for(scope, programme_code)
    rounds = Round.objects.select_related("programme").filter(programme=programme, code=code)
    mine = programme.agency_id in scope.agency_ids
    found = (rounds if mine else rounds.exclude(status=RoundStatus.DRAFT)).first()
    if found is None:
        raise not_found("round")
    return found


def get_published_rules(programme_id: int, at: datetime) -> RuleVersion | None:
    """The rule version in force, or None."""
    return RuleVersion.objects.filter(
        programme_id=programme_id, status=RuleStatus.PUBLISHED, published_at__lte=at
    ).first()


def list_rule_versions(programme_id: int) -> QuerySet[RuleVersion]:
    """All versions, newest first."""
    return RuleVersion.objects.filter(programme_id=programme_id).order_by("-version", "-id")


def get_rule_version_for(scope: Scope, programme_code: str, version: str) -> RuleVersion:
    """A version of the officer's own programme. Raises NotFound."""
    programme = get_programme_for(scope, programme_code)
    found = None
    if programme.agency_id in scope.agency_ids:
        found = (
            RuleVersion.objects.select_related("programme")
            .filter(programme=programme, version=_version(version))
            .first()
        )
    if found is None:
        raise not_found("rule_version")
    return found


def list_seat_maps(scope: Scope) -> QuerySet[SeatMap]:
    """The seat maps of the officer's agencies."""
    return SeatMap.objects.filter(agency_id__in=scope.agency_ids).order_by("code", "-version", "id")


def get_named_seat_map(rule_version: RuleVersion) -> SeatMap:
    """The approved map a rule version names ("strict@1"). Raises Conflict `seat_map_missing`."""
    named = parse_rules(rule_version.document).procedure.seat_map or ""
    code, _at, version = named.partition("@")
    found = SeatMap.objects.filter(
        agency_id=rule_version.agency_id,
        code__iexact=code,
        version=int(version or 0),
        status=SeatMapStatus.APPROVED,
    ).first()
    if found is None:
        raise Conflict(
            "seat_map_missing",
            _("The seat map “%(named)s” of this scheme is not approved."),
            named=named,
        )
    return found


def get_seat_map_for(scope: Scope, code: str, version: str) -> SeatMap:
    """One version of a seat map. Raises NotFound."""
    found = list_seat_maps(scope).filter(code=code, version=_version(version)).first()
    if found is None:
        raise not_found("seat_map")
    return found


def _version(text: str) -> int:
    """A version's number; 0, which no version bears, for any other text."""
    return int(text) if text.isdecimal() and len(text) <= 4 else 0


def _lines() -> QuerySet[BudgetLine]:
    return BudgetLine.objects.select_related("programme", "parent", "appropriation", "agency")


def list_budget_lines(programme_id: int) -> QuerySet[BudgetLine]:
    """Every node of a programme's tree, by draw order."""
    return _lines().filter(programme_id=programme_id).order_by("draw_order", "id")


def list_funding_lines(programme_id: int) -> QuerySet[BudgetLine]:
    """可执行指标: open leaves in the programme's own agency, in the order money is drawn."""
    children = BudgetLine.objects.filter(parent=OuterRef("pk")).exclude(status=LineStatus.VOID)
    return (
        _lines()
        .filter(programme_id=programme_id, status__in=[LineStatus.OPEN, LineStatus.FROZEN])
        .filter(~Exists(children))
        .order_by("draw_order", "id")
    )


def get_line_for(scope: Scope, number: str) -> BudgetLine:
    """A line in the tree of the officer's programmes: the lead names the finance body's root as a
    parent, the finance body the lead's line as a child. Raises NotFound."""
    mine = Q(programme__agency_id__in=scope.agency_ids) | Q(
        programme__finance_agency_id__in=scope.agency_ids
    )
    found = _lines().filter(mine, number=number).first()
    if found is None:
        raise not_found("budget_line")
    return found


def list_appropriations(programme_id: int) -> QuerySet[Appropriation]:
    """The documents that gave a programme money, by date."""
    return Appropriation.objects.filter(programme_id=programme_id).order_by("document_date", "id")


def get_appropriation_for(scope: Scope, programme_code: str, number: str) -> Appropriation:
    """A recorded document. Raises NotFound."""
    programme = get_programme_for(scope, programme_code)
    found = Appropriation.objects.filter(
        programme=programme, document_number=number, agency_id__in=scope.agency_ids
    ).first()
    if found is None:
        raise not_found("appropriation")
    return found


def list_ceilings(programme_id: int) -> list[dict[str, object]]:
    """The policy ceilings by period: {period, limit_fen, used_fen}."""
    rows = CapUsage.objects.filter(programme_id=programme_id, scope=CapScope.CEILING)
    found = rows.order_by("period", "id").values("period", "limit_fen", "used_fen")
    return [dict(row) for row in found]
