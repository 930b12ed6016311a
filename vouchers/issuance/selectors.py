"""Reading vouchers: for those let in, and for anybody who holds a certificate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import F, Q, QuerySet, Sum

from companies.audit.selectors import list_history
from companies.errors import not_found
from companies.registry.selectors import Scope
from vouchers.applications.models import Application, ApplicationStatus
from vouchers.issuance.codes import read_checked, verify_code, verify_code_matches
from vouchers.issuance.models import Voucher, VoucherFunding
from vouchers.providers.models import Provider

if TYPE_CHECKING:
    from companies.audit.models import AuditEvent

_STATES = ("voucher", "held", "payable", "paid")


def list_vouchers(
    scope: Scope, *, status: str = "", programme: str = "", company: str = ""
) -> QuerySet[Voucher]:
    """The vouchers this person may see, newest first: the company's, the agency's, and to a
    provider those whose file names it. `programme` is a code, `company` a credit code."""
    named = Provider.objects.filter(company_id__in=scope.provider_company_ids)
    visible = (
        Q(company_id__in=scope.company_ids)
        | Q(agency_id__in=scope.agency_ids)
        | Q(application__form__provider_number__in=list(named.values_list("number", flat=True)))
    )
    wanted = {"status": status, "programme__code": programme, "company__credit_code": company}
    return (
        Voucher.objects.filter(visible)
        .filter(**{key: value for key, value in wanted.items() if value})
        .select_related("company", "programme", "application", "agency")
        .order_by("-id")
    )


def get_voucher_for(scope: Scope, number: str) -> Voucher:
    """One voucher by its number, with or without its check symbol. Raises NotFound."""
    found = list_vouchers(scope).filter(number=read_checked(number) or number).first()
    if found is None:
        raise not_found("voucher")
    return found


def list_voucher_history(voucher: Voucher) -> QuerySet[AuditEvent]:
    """Everything that happened to the voucher, oldest first."""
    return list_history(voucher.ref)


def voucher_money(voucher: Voucher) -> dict[str, int]:
    """Its money in fen: face, available, held, payable, paid."""
    balance = {
        state: Sum(F(f"{state}_account__credits_fen") - F(f"{state}_account__debits_fen"))
        for state in _STATES
    }
    sums = VoucherFunding.objects.filter(voucher=voucher).aggregate(**balance)
    return {
        "face": voucher.face_fen,
        "available": sums["voucher"] or 0,
        "held": sums["held"] or 0,
        "payable": sums["payable"] or 0,
        "paid": sums["paid"] or 0,
    }


def get_verify_code(voucher: Voucher) -> str:
    """The code its certificate carries."""
    return verify_code(key=settings.CERTIFICATE_KEY.encode(), **_said(voucher))


def find_by_verify_code(number: str, code: str) -> Voucher | None:
    """The voucher whose certificate says this, or None for a wrong number and a wrong code alike.

    The code is compared even for a number nobody has, so that both take the same time.
    """
    plain = read_checked(number) or number.strip().upper()
    voucher = (
        Voucher.objects.select_related("company", "programme", "agency")
        .filter(number=plain)
        .first()
    )
    said = _said(voucher) if voucher else _said(Voucher(number="NONE", face_fen=0))
    matches = verify_code_matches(code=code, key=settings.CERTIFICATE_KEY.encode(), **said)
    return voucher if matches else None


def _said(voucher: Voucher) -> dict[str, Any]:
    """What the paper says: the code covers all of it."""
    return {
        "number": voucher.number,
        "holder_code": voucher.company.credit_code if voucher.company_id else "",
        "face_fen": voucher.face_fen,
        "until": voucher.valid_until.isoformat() if voucher.valid_until else "",
    }


def list_awaiting_voucher() -> list[int]:
    """Ids of approved files whose voucher is not prepared: what a lost message left behind."""
    approved = Application.objects.filter(status=ApplicationStatus.APPROVED)
    return list(approved.order_by("id").values_list("pk", flat=True)[:100])
