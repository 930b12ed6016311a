"""From an approved file to a living voucher: prepare, consent, decline."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from companies.agencies.selectors import is_workday
from companies.agencies.services import close_deadline, open_deadline
from companies.errors import Conflict, InvariantBroken
from companies.foundation.actors import Actor
from companies.foundation.numbers import next_number
from companies.foundation.states import require_step
from companies.foundation.verbs import verb
from companies.local_time import deadline_at, local_date
from companies.registry.models import CompanyRole
from companies.registry.policies import require_membership
from companies.users.models import Role
from vouchers.applications.models import Application, ApplicationStatus
from vouchers.applications.services.award import list_fundings, release_caps, release_reservation
from vouchers.applications.services.facts import choose_kind, find_provider, take_snapshot
from vouchers.applications.services.steps import (
    find_application,
    lock_application,
    rules_of,
)
from vouchers.applications.services.steps import move as move_file
from vouchers.applications.services.steps import require_officer as require_file_officer
from vouchers.issuance.models import Voucher, VoucherFunding, VoucherStatus
from vouchers.issuance.services.steps import find_voucher, lock_voucher, move, record
from vouchers.issuance.states import STEPS
from vouchers.ledger.chart import AccountKind, EntryKind
from vouchers.ledger.selectors import get_balances
from vouchers.ledger.services import Leg, Request, find_replay, open_account, post_entry
from vouchers.programmes.models import BudgetLine, LineStatus, ProgrammeStatus
from vouchers.programmes.rules.assessing import assess
from vouchers.programmes.rules.document import RuleDocument
from vouchers.programmes.rules.sharing import VoucherTerms, make_terms
from vouchers.programmes.rules.verdict import Assessment

ACCOUNTS = {
    "voucher_account": AccountKind.VOUCHER,
    "held_account": AccountKind.HELD,
    "payable_account": AccountKind.PAYABLE,
    "paid_account": AccountKind.PAID,
}


@verb
def prepare_voucher(*, actor: Actor, application_id: int, at: datetime) -> Voucher:
    """Freeze the terms of an approved file's voucher; it waits for the company's consent.

    Asked again for a file that has its voucher, the same voucher is returned. Raises NotAllowed,
    Conflict `wrong_state`, `no_longer_eligible`.
    """
    found = find_application(application_id)
    duty = None
    if actor.kind != "system":
        duty = require_file_officer(actor, found, (Role.PROGRAMME_MANAGER,), at)
    application = lock_application(application_id)
    existing = Voucher.objects.filter(application=application).first()
    if existing is not None:
        return existing
    rules = rules_of(application)
    _require_still_eligible(application, rules, at)
    terms = _freeze_terms(application, rules, at)
    voucher = _write(application, terms, at)
    record(voucher, "voucher.prepared", actor=actor, at=at, duty=duty)
    move_file(
        application,
        ApplicationStatus.ISSUED,
        action="application.issued",
        actor=actor,
        at=at,
        duty=duty,
        voucher=voucher.number,
    )
    kind = rules.kind(terms.kind, terms.side)
    if kind is not None and not kind.consent:
        request = Request.of(actor, f"issue-{voucher.number}", {"issue": voucher.number})
        _issue(voucher, application, request=request, actor=actor, at=at)
    else:
        _ask_consent(voucher, at)
    return voucher


@verb
def accept_voucher(*, actor: Actor, voucher_id: int, at: datetime, request_key: str) -> Voucher:
    """The signatory consents: the money moves onto the voucher, line by line.

    Raises NotAllowed, Conflict `wrong_state`, `consent_period_over`, `line_frozen`.
    """
    request = Request.of(actor, request_key, {"accept_voucher": voucher_id})
    found = find_voucher(voucher_id)
    if find_replay(request):
        return found
    require_membership(
        actor=actor, company_id=found.company_id, roles=(CompanyRole.SIGNATORY,), at=at
    )
    application = lock_application(found.application_id)
    voucher = lock_voucher(voucher_id)
    if find_replay(request):
        return voucher
    require_step(STEPS, voucher.status, VoucherStatus.ACTIVE, voucher.number)
    if voucher.status != VoucherStatus.PENDING:
        raise Conflict("wrong_state", _("This voucher is active already."))
    close_deadline(subject_ref=voucher.ref, kind="issuance.consent", at=at, outcome="accepted")
    _issue(voucher, application, request=request, actor=actor, at=at)
    return voucher


@verb
def decline_voucher(*, actor: Actor, voucher_id: int, at: datetime, request_key: str) -> Voucher:
    """The signatory declines: what was reserved goes back. Raises NotAllowed, Conflict."""
    request = Request.of(actor, request_key, {"decline_voucher": voucher_id})
    found = find_voucher(voucher_id)
    if find_replay(request):
        return found
    require_membership(
        actor=actor, company_id=found.company_id, roles=(CompanyRole.SIGNATORY,), at=at
    )
    voucher = lock_voucher(voucher_id, with_file=True)
    if find_replay(request):
        return voucher
    close_deadline(subject_ref=voucher.ref, kind="issuance.consent", at=at, outcome="declined")
    drop_pending(
        voucher, VoucherStatus.DECLINED, action="voucher.declined", request=request,
        actor=actor, at=at,
    )  # fmt: skip
    return voucher


def drop_pending(
    voucher: Voucher, target: str, *, action: str, request: Request, actor: Actor, at: datetime
) -> None:
    """A step: a voucher nobody consented to gives its reservation and its caps back."""
    require_step(STEPS, voucher.status, target, voucher.number)
    application = voucher.application
    release_reservation(application, request=request, actor=actor, at=at)
    application.save(update_fields=["reserved_fen"])
    release_caps(application.ref, amount_fen=None, reason="withdrawn", at=at)
    move(voucher, target, action=action, actor=actor, at=at, request_ref=request.ref)


def _require_still_eligible(application: Application, rules: RuleDocument, at: datetime) -> None:
    """The frozen rules are asked again with today's facts, but for the caps it counts itself."""
    if application.status != ApplicationStatus.APPROVED:
        return  # `move_file` names the wrong state
    snapshot = take_snapshot(
        application=application, provider=find_provider(application), rules=rules, at=at
    )
    verdict = assess(facts=snapshot, rules=rules, at=at)
    failed = [
        reason.code
        for reason in verdict.reasons
        if not reason.unknown and reason.code not in ("cap_exhausted", "window_closed")
    ]
    if failed:
        raise Conflict(
            "no_longer_eligible",
            _("By the frozen rules and today's facts: %(reasons)s."),
            reasons=", ".join(failed),
        )


def _freeze_terms(application: Application, rules: RuleDocument, at: datetime) -> VoucherTerms:
    frozen = {key: value for key, value in (application.assessment or {}).items()}
    frozen.pop("facts", None)
    kind = choose_kind(rules, application.form)
    return make_terms(
        rules=rules,
        assessment=Assessment.from_dict(frozen),
        face_fen=application.approved_fen or 1,
        kind=kind.code,
        side=kind.side,
        at=at,
        is_workday=is_workday,
    )


def _write(application: Application, terms: VoucherTerms, at: datetime) -> Voucher:
    """The voucher and its own accounts on every line that promises it money."""
    voucher = Voucher.objects.create(
        agency_id=application.agency_id,
        number=next_number("VC", at),
        application=application,
        programme=application.programme,
        company=application.company,
        kind=terms.kind,
        side=terms.side,
        mode=terms.mode,
        status=VoucherStatus.PENDING,
        status_at=at,
        face_fen=terms.face_fen,
        terms=terms.to_dict(),
        prepared_at=at,
        valid_until=terms.valid_until,
        grace_until=terms.grace_until,
        is_demo=application.is_demo,
    )
    fundings = list_fundings(application)
    balances = get_balances([funding.reserved_account_id for funding in fundings])
    for funding in fundings:
        face_fen = balances[funding.reserved_account_id]
        if face_fen:
            accounts = {
                name: open_account(
                    kind,
                    agency_id=application.agency_id,
                    label=voucher.number,
                    pool=funding.line.pool_account,
                )
                for name, kind in ACCOUNTS.items()
            }
            VoucherFunding.objects.create(
                agency_id=application.agency_id,
                voucher=voucher,
                line=funding.line,
                face_fen=face_fen,
                **accounts,
            )
    return voucher


def _issue(
    voucher: Voucher, application: Application, *, request: Request, actor: Actor, at: datetime
) -> None:
    """A step: RESERVED to VOUCHER on each line; the shares were fixed when it was prepared."""
    _require_money_moves(voucher, application, at)
    reserved = {row.line_id: row.reserved_account_id for row in list_fundings(application)}
    legs = [
        Leg(reserved[funding.line_id], funding.voucher_account_id, funding.face_fen)
        for funding in voucher.fundings.order_by("line__draw_order", "id")
    ]
    if sum(leg.amount_fen for leg in legs) != voucher.face_fen:
        raise InvariantBroken(f"{voucher.number}: its lines do not add up to its face")
    post_entry(
        EntryKind.ISSUE,
        request=request,
        agency_id=voucher.agency_id,
        legs=legs,
        at=at,
        actor=actor,
        subject_ref=voucher.ref,
    )
    application.reserved_fen -= voucher.face_fen
    application.save(update_fields=["reserved_fen"])
    move(
        voucher,
        VoucherStatus.ACTIVE,
        action="voucher.issued",
        actor=actor,
        at=at,
        request_ref=request.ref,
    )
    open_deadline(
        agency_id=voucher.agency_id,
        kind="issuance.grace_end",
        subject_ref=voucher.ref,
        due_at=voucher.grace_until,
        at=at,
    )


def _require_money_moves(voucher: Voucher, application: Application, at: datetime) -> None:
    """A late sweeper lets no late consent through; a line at rest issues nothing."""
    late = voucher.valid_until <= at or _consent_until(voucher, application) <= at
    if late:
        raise Conflict("consent_period_over", _("The period for consent is over."))
    if application.programme.status != ProgrammeStatus.ACTIVE:
        raise Conflict("programme_not_active", _("A scheme at rest issues nothing."))
    lines = BudgetLine.objects.filter(pk__in=voucher.fundings.values("line"))
    if lines.exclude(status=LineStatus.OPEN).exists():
        raise Conflict("line_frozen", _("A budget line of this voucher is frozen."))


def _consent_until(voucher: Voucher, application: Application) -> datetime:
    term = rules_of(application).procedure.terms.consent
    if term is None:
        return voucher.valid_until
    return deadline_at(local_date(voucher.prepared_at), term.days, term.unit, is_workday)


def _ask_consent(voucher: Voucher, at: datetime) -> None:
    open_deadline(
        agency_id=voucher.agency_id,
        kind="issuance.consent",
        subject_ref=voucher.ref,
        due_at=_consent_until(voucher, voucher.application),
        at=at,
    )
