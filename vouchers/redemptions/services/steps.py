"""What every verb of a redemption shares: its locks, its rights, its money and its record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from companies.agencies.selectors import is_workday
from companies.agencies.services import close_deadline, promising
from companies.audit.services import recording
from companies.errors import InvalidInput, not_found
from companies.foundation.actors import Actor
from companies.foundation.calls import Call, run_calls
from companies.foundation.locks import lock_rows
from companies.foundation.states import require_step
from companies.foundation.verbs import assert_in_transaction
from companies.local_time import IsWorkday, deadline_at, local_date
from companies.notifications.services import telling
from companies.registry.models import CompanyRole, Membership
from companies.registry.policies import require_membership
from companies.users.models import Duty
from companies.users.policies import require_duty
from vouchers.applications.services.award import lock_file
from vouchers.issuance.models import Voucher, VoucherFunding, VoucherStatus
from vouchers.issuance.services.change import close_if_over, free_caps
from vouchers.ledger.chart import EntryKind
from vouchers.ledger.services import Leg, Posted, Request, find_replay, post_entry
from vouchers.programmes.rules import parse_rules
from vouchers.programmes.rules.procedure import Procedure, Term
from vouchers.redemptions.models import Redemption, RedemptionFunding
from vouchers.redemptions.selectors import exported, find_by_ref, list_fundings, list_people
from vouchers.redemptions.states import STEPS

COMPANY_ROLES = (CompanyRole.AGENT, CompanyRole.SIGNATORY)
PROVIDER_ROLES = (CompanyRole.PROVIDER_AGENT,)
DEAD_VOUCHERS = frozenset({VoucherStatus.EXPIRED, VoucherStatus.REVOKED})
SYSTEM = Actor.system("redemptions")


def find_redemption(redemption_id: int) -> Redemption:
    """Before its lock, for the policy. Raises NotFound."""
    found = (
        Redemption.objects.select_related("voucher__programme", "company", "provider__company")
        .filter(pk=redemption_id)
        .first()
    )
    if found is None:
        raise not_found("redemption")
    return found


def find_replayed(request: Request) -> Redemption | None:
    """The redemption this caller's key already moved, or None."""
    entry = find_replay(request)
    return find_by_ref(entry.subject_ref) if entry else None


def lock_redemption(redemption_id: int) -> Redemption:
    """A step: the voucher, then the redemption, locked till commit; for a dead one its counters."""
    assert_in_transaction()
    found = find_redemption(redemption_id)
    if found.voucher.status in DEAD_VOUCHERS:
        lock_file(found.application_id)  # what comes back frees its counters, locked before it
    voucher = lock_voucher(found.voucher_id)
    redemption = lock_rows(_with_neighbours().filter(pk=redemption_id))[0]
    redemption.voucher = voucher
    return redemption


def get_whole(redemption_id: int) -> Redemption:
    """One that its verb has locked, with its voucher."""
    neighbours = _with_neighbours().select_related("voucher__programme")
    return neighbours.get(pk=redemption_id)


def _with_neighbours() -> QuerySet[Redemption]:
    return Redemption.objects.select_related(
        "application__rule_version", "company", "provider__company", "offer", "payee"
    )


def lock_voucher(voucher_id: int) -> Voucher:
    """A step: one voucher with its file and programme, locked till commit."""
    found = lock_rows(
        Voucher.objects.select_related("programme", "application__rule_version", "company").filter(
            pk=voucher_id
        )
    )
    if not found:
        raise not_found("voucher")
    return found[0]


def require_officer(
    actor: Actor, redemption: Redemption, roles: tuple[str, ...], at: datetime
) -> Duty:
    """The duty by which an officer may judge it. Raises NotAllowed `duty_missing`."""
    return require_duty(
        actor=actor,
        roles=roles,
        agency_id=redemption.agency_id,
        at=at,
        programme_ref=redemption.voucher.programme.ref,
    )


def is_filed_by_company(redemption: Redemption) -> bool:
    """Who is paid proves: the company where it paid in full first, else the provider."""
    return redemption.payee_id == redemption.company_id


def require_filer(actor: Actor, redemption: Redemption, at: datetime) -> Membership:
    """The membership of the side that files."""
    return _require_side(actor, redemption, is_filed_by_company(redemption), at)


def require_other_side(actor: Actor, redemption: Redemption, at: datetime) -> Membership:
    """The membership of the side that answers what the other filed."""
    return _require_side(actor, redemption, not is_filed_by_company(redemption), at)


def require_provider(actor: Actor, redemption: Redemption, at: datetime) -> Membership:
    """A membership of the provider."""
    return _require_side(actor, redemption, False, at)


def _require_side(actor: Actor, redemption: Redemption, company: bool, at: datetime) -> Membership:
    return require_membership(
        actor=actor,
        company_id=redemption.company_id if company else redemption.provider.company_id,
        roles=COMPANY_ROLES if company else PROVIDER_ROLES,
        at=at,
    )


def procedure_of(redemption: Redemption) -> Procedure:
    """The procedure frozen on its file."""
    return parse_rules(redemption.application.rule_version.document).procedure


def open_term(redemption: Redemption, kind: str, term: Term | None, at: datetime) -> None:
    """A step: promise what the rules promise, if they do."""
    run_calls(*promises(redemption, kind, term, at, is_workday))


def promises(
    redemption: Redemption, kind: str, term: Term | None, at: datetime, is_workday: IsWorkday
) -> list[Call]:
    """The calls that promise it: one or none."""
    if term is None:
        return []
    due_at = deadline_at(local_date(at), term.days, term.unit, is_workday)
    return [
        promising(
            agency_id=redemption.agency_id, kind=kind, subject_ref=redemption.ref,
            due_at=due_at, at=at,
        )
    ]  # fmt: skip


def close_term(redemption: Redemption, kind: str, at: datetime, outcome: str = "") -> None:
    """A step: the promise is kept, or past; by its present status, if nothing else is said."""
    close_deadline(
        subject_ref=redemption.ref, kind=kind, at=at,
        outcome=(outcome or str(redemption.status)).lower(),
    )  # fmt: skip


def move(
    redemption: Redemption,
    target: str,
    *,
    action: str,
    actor: Actor,
    at: datetime,
    before: dict[str, Any] | None = None,
    right: Duty | Membership | None = None,
    request_ref: str = "",
    **facts: Any,
) -> None:
    """A step: put the locked redemption into `target`, write it, its event and the messages."""
    require_step(STEPS, redemption.status, target, redemption.number)
    before = before or exported(redemption)
    redemption.status = target
    redemption.status_at = at
    redemption.save()
    record(
        redemption, action, actor=actor, at=at, before=before, right=right,
        request_ref=request_ref, **facts,
    )  # fmt: skip


def record(
    redemption: Redemption,
    action: str,
    *,
    actor: Actor,
    at: datetime,
    before: dict[str, Any] | None = None,
    right: Duty | Membership | None = None,
    request_ref: str = "",
    **facts: Any,
) -> None:
    """A step: one line of the record, and word to both sides."""
    kind = "duty" if isinstance(right, Duty) else "membership"
    people = list_people(redemption.company_id, COMPANY_ROLES, at)
    people += list_people(redemption.provider.company_id, PROVIDER_ROLES, at)
    run_calls(
        *words(
            redemption, action, actor=actor, at=at, before=before, people=people,
            duty_ref=f"{kind}:{right.pk}" if right else "", request_ref=request_ref, **facts,
        )
    )  # fmt: skip


def words(
    redemption: Redemption,
    action: str,
    *,
    actor: Actor,
    at: datetime,
    before: dict[str, Any] | None = None,
    people: list[int],
    duty_ref: str,
    request_ref: str,
    **facts: Any,
) -> list[Call]:
    """The calls that write both."""
    event = recording(
        action,
        actor=actor,
        subject_ref=redemption.ref,
        agency_id=redemption.agency_id,
        at=at,
        request_ref=request_ref,
        duty_ref=duty_ref,
        before=before or {},
        after=exported(redemption),
        **facts,
    )
    number = {"number": redemption.number}
    message = telling(user_ids=people, code=action, subject_ref=redemption.ref, facts=number, at=at)
    return [event, message]


def require_reason(reason: str) -> str:
    """Raises InvalidInput `reason_missing`."""
    words = reason.strip()
    if not words:
        raise InvalidInput("reason_missing", _("Please give the reason in words."))
    return words


def release_hold(redemption: Redemption, *, request: Request, actor: Actor, at: datetime) -> None:
    """A step: what is held goes back to the voucher; from a dead one on to the pool."""
    assert_in_transaction()
    fundings = [row for row in list_fundings(redemption) if row.held_fen]
    legs = [held_to_voucher(row, row.held_fen) for row in fundings]
    post(EntryKind.RELEASE, redemption, legs, request=request, actor=actor, at=at)
    pass_on(
        redemption,
        [(row.voucher_funding, row.held_fen) for row in fundings],
        request=request, actor=actor, at=at,
    )  # fmt: skip
    drop_hold(redemption)


def drop_hold(redemption: Redemption) -> None:
    """A step: the rows no longer hold anything; the caller saves the redemption."""
    redemption.fundings.update(held_fen=0)
    redemption.held_fen = 0


def held_to_voucher(row: RedemptionFunding, amount_fen: int) -> Leg:
    """Back from held to usable."""
    funding = row.voucher_funding
    return Leg(funding.held_account_id, funding.voucher_account_id, amount_fen)


def pass_on(
    redemption: Redemption,
    parts: list[tuple[VoucherFunding, int]],
    *,
    request: Request,
    actor: Actor,
    at: datetime,
) -> None:
    """A step: what returned to a dead voucher goes on to its pool, and its counters know it."""
    voucher = redemption.voucher
    if voucher.status not in DEAD_VOUCHERS:
        return
    kind = EntryKind.REVOKE if voucher.status == VoucherStatus.REVOKED else EntryKind.EXPIRE
    free_caps(voucher, sum(amount for _funding, amount in parts), str(voucher.status).lower(), at)
    legs = [
        Leg(funding.voucher_account_id, funding.line.pool_account_id, amount)
        for funding, amount in parts
        if amount
    ]
    if legs:
        post(kind, redemption, legs, request=request, actor=actor, at=at, part=1)
    close_if_over(voucher, at)


def post(
    kind: EntryKind,
    redemption: Redemption,
    legs: list[Leg],
    *,
    request: Request,
    actor: Actor,
    at: datetime,
    part: int = 0,
    beside: Sequence[Call] = (),
) -> Posted:
    """A step: one entry in this redemption's name."""
    return post_entry(
        kind,
        request=request,
        agency_id=redemption.agency_id,
        legs=legs,
        at=at,
        actor=actor,
        subject_ref=redemption.ref,
        part=part,
        beside=beside,
    )
