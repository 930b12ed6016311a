"""Reading exports and the budget page's figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import BinaryIO, Literal, NamedTuple

from django.conf import settings
from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from companies.errors import Conflict, not_found
from companies.registry.selectors import Scope
from companies.users.models import Role
from vouchers.reports.models import ExportJob, ExportStatus

# Who may ask for an export, and so who may have it.
MAY_EXPORT = (
    Role.AUDITOR, Role.OVERSEER, Role.PROGRAMME_MANAGER, Role.APPROVER, Role.FINANCE_CLERK,
    Role.FINANCE_AUTHORISER,
)  # fmt: skip


def list_exports(scope: Scope) -> QuerySet[ExportJob]:
    """The jobs one might have asked for oneself, newest first: a duty for one programme shows
    that programme's alone."""
    mine = Q(agency_id__in=scope.overseen_ids)
    for duty in scope.duties:
        if duty.role in MAY_EXPORT:
            code = duty.programme_ref.partition(":")[2]
            mine |= Q(agency_id=duty.agency_id, **({"programme__code": code} if code else {}))
    return (
        ExportJob.objects.filter(mine).select_related("programme", "requested_by").order_by("-id")
    )


def get_export_for(scope: Scope, number: str) -> ExportJob:
    """One job. Raises NotFound `export_not_found`."""
    job = list_exports(scope).filter(number=number).first()
    if job is None:
        raise not_found("export")
    return job


def list_waiting_exports() -> QuerySet[ExportJob]:
    """What a worker has still to build, oldest first."""
    return ExportJob.objects.filter(status=ExportStatus.QUEUED).order_by("id")


def package_path(job: ExportJob) -> Path:
    """Where the job's zip lies."""
    return Path(settings.STATE_DIR) / "exports" / f"{job.number}.zip"


def open_package(job: ExportJob) -> BinaryIO:
    """The zip. Raises Conflict `export_not_ready`."""
    if job.status != ExportStatus.BUILT:
        raise Conflict("export_not_ready", _("This export is not ready."))
    return package_path(job).open("rb")


@dataclass(frozen=True)
class BurnPoint:
    """The five shown states at the end of a day or month, in fen."""

    day: date
    available_fen: int
    reserved_fen: int
    issued_fen: int
    payable_fen: int
    paid_fen: int


class Total(NamedTuple):
    """A row of a breakdown."""

    code: str
    name_zh: str
    name_en: str
    count: int  # type: ignore[assignment]
    amount_fen: int


def burn_down(programme_id: int, every: Literal["day", "month"] = "month") -> list[BurnPoint]:
    """The states after each day or month in which money moved, summed from transfers."""
    with connection.cursor() as cursor:
        cursor.execute(_BURN, {"programme": programme_id, "every": every})
        return [BurnPoint(*row) for row in cursor.fetchall()]


def sector_totals(programme_id: int) -> list[Total]:
    """Vouchers issued by the companies' industry code, nameless here, largest first."""
    return _totals(_SECTORS, programme_id)


def provider_totals(programme_id: int) -> list[Total]:
    """Accepted redemptions by provider, largest first; an idle provider shows zero."""
    return _totals(_PROVIDERS, programme_id)


def _totals(sql: str, programme_id: int) -> list[Total]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"programme": programme_id})
        return [Total(*row) for row in cursor.fetchall()]


_BURN = """
WITH inside AS (
  SELECT a.id, CASE a.kind WHEN 'POOL' THEN 'available' WHEN 'RESERVED' THEN 'reserved'
      WHEN 'VOUCHER' THEN 'issued' WHEN 'HELD' THEN 'issued'
      WHEN 'PAYABLE' THEN 'payable' WHEN 'PAID' THEN 'paid' END AS state
  FROM ledger_account AS a
  JOIN programmes_budgetline AS line ON line.pool_account_id = a.line_group
  WHERE line.programme_id = %(programme)s),
moved AS (
  SELECT e.effective_at, inside.state, sides.fen
  FROM ledger_transfer AS t JOIN ledger_journalentry AS e ON e.id = t.entry_id
  CROSS JOIN LATERAL (VALUES (t.debit_account_id, -t.amount_fen),
                             (t.credit_account_id, t.amount_fen)) AS sides (account, fen)
  JOIN inside ON inside.id = sides.account),
periods AS (
  SELECT date_trunc(%(every)s, effective_at AT TIME ZONE 'Asia/Shanghai')::date AS day,
    sum(fen) FILTER (WHERE state = 'available') AS available,
    sum(fen) FILTER (WHERE state = 'reserved') AS reserved,
    sum(fen) FILTER (WHERE state = 'issued') AS issued,
    sum(fen) FILTER (WHERE state = 'payable') AS payable,
    sum(fen) FILTER (WHERE state = 'paid') AS paid
  FROM moved GROUP BY 1)
SELECT day, coalesce(sum(available) OVER past, 0)::bigint,
  coalesce(sum(reserved) OVER past, 0)::bigint, coalesce(sum(issued) OVER past, 0)::bigint,
  coalesce(sum(payable) OVER past, 0)::bigint, coalesce(sum(paid) OVER past, 0)::bigint
FROM periods WINDOW past AS (ORDER BY day) ORDER BY day
"""

_SECTORS = """
SELECT c.industry_code, '', '', count(*), sum(v.face_fen)::bigint
FROM issuance_voucher AS v JOIN registry_company AS c ON c.id = v.company_id
WHERE v.programme_id = %(programme)s AND v.issued_at IS NOT NULL
GROUP BY c.industry_code ORDER BY 5 DESC, 1
"""

_PROVIDERS = """
SELECT p.number, min(c.name_zh), min(c.name_en), count(DISTINCT r.id),
  coalesce(sum(r.accepted_fen), 0)::bigint
FROM providers_provider AS p JOIN registry_company AS c ON c.id = p.company_id
LEFT JOIN (redemptions_redemption AS r JOIN issuance_voucher AS v
           ON v.id = r.voucher_id AND v.programme_id = %(programme)s) ON r.provider_id = p.id
  AND r.status IN ('ACCEPTED', 'IN_SETTLEMENT', 'SETTLED')
WHERE EXISTS (SELECT 1 FROM providers_admission AS a
              WHERE a.provider_id = p.id AND a.programme_id = %(programme)s)
GROUP BY p.id ORDER BY 5 DESC, 1
"""
