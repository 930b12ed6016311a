"""The budget tree: documents, lines, and the money that enters and moves down."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from companies.audit.services import record_event
from companies.errors import Conflict, InvalidInput, NotAllowed, not_found
from companies.foundation.actors import Actor
from companies.foundation.locks import lock_rows
from companies.foundation.numbers import next_number
from companies.foundation.states import Steps, require_step
from companies.foundation.verbs import verb
from companies.users.models import Duty, Role
from companies.users.policies import require_duty
from vouchers.ledger.chart import AccountKind, EntryKind
from vouchers.ledger.selectors import get_balance
from vouchers.ledger.services import Leg, Request, find_replay, open_account, post_entry
from vouchers.money import format_yuan
from vouchers.programmes.models import (
    Appropriation,
    BudgetLine,
    Channel,
    LineStatus,
    Programme,
)
from vouchers.programmes.services.steps import find_one, lock_one, status_of
from vouchers.programmes.states import LINE_STEPS


@verb
def record_appropriation(
    *,
    actor: Actor,
    programme_id: int,
    document_number: str,
    document_date: date,
    title: str,
    fiscal_year: int,
    amount_fen: int,
    at: datetime,
) -> Appropriation:
    """Write down a document that authorises money; no money yet.

    Raises NotAllowed, InvalidInput `amount_not_positive`, Conflict `document_recorded`.
    """
    programme = find_one(Programme.objects.filter(pk=programme_id), "programme")
    duty = _manager(actor, programme, programme.agency_id, at)
    if amount_fen <= 0:
        raise InvalidInput("amount_not_positive", _("The amount must be above zero."))
    known = Appropriation.objects.filter(
        agency_id=programme.agency_id, document_number=document_number
    )
    if known.exists():
        raise Conflict("document_recorded", _("This document is recorded already."))
    document = Appropriation.objects.create(
        agency_id=programme.agency_id,
        programme=programme,
        document_number=document_number,
        document_date=document_date,
        title=title,
        fiscal_year=fiscal_year,
        amount_fen=amount_fen,
        booked_at=at,
        is_demo=programme.is_demo,
    )
    record_event(
        "appropriation.recorded",
        actor=actor,
        subject_ref=programme.ref,
        agency_id=programme.agency_id,
        at=at,
        duty_ref=f"duty:{duty.pk}",
        after={"document_number": document_number, "amount_fen": amount_fen},
    )
    return document


@verb
def draft_budget_line(
    *,
    actor: Actor,
    programme_id: int,
    agency_id: int,
    appropriation_id: int,
    parent_id: int | None,
    name_zh: str,
    name_en: str,
    function_code: str,
    economic_code: str,
    fund_nature: str,
    payer_id: int,
    channel: str,
    draw_order: int,
    at: datetime,
) -> BudgetLine:
    """A draft node under a recorded document. Raises NotAllowed, NotFound, InvalidInput
    `channel_unknown`, `line_agency_foreign`, Conflict `document_has_root`."""
    programme = find_one(Programme.objects.filter(pk=programme_id), "programme")
    duty = _manager(actor, programme, programme.agency_id, at)
    if agency_id not in (programme.agency_id, programme.finance_agency_id):
        raise InvalidInput(
            "line_agency_foreign", _("A line belongs to the programme's lead or finance body.")
        )
    if channel not in Channel.values:
        raise InvalidInput("channel_unknown", _("There is no such payment channel."))
    document = find_one(
        Appropriation.objects.filter(pk=appropriation_id, programme=programme), "appropriation"
    )
    lines = BudgetLine.objects.filter(appropriation=document)
    parent = None
    if parent_id is not None:
        parent = find_one(lines.filter(pk=parent_id), "budget_line")
    elif lines.filter(parent=None).exclude(status=LineStatus.VOID).exists():
        raise Conflict("document_has_root", _("One document feeds one root line only."))
    line = BudgetLine.objects.create(
        agency_id=agency_id,
        number=next_number("BL", at),
        programme=programme,
        parent=parent,
        appropriation=document,
        name_zh=name_zh,
        name_en=name_en,
        fiscal_year=document.fiscal_year,
        function_code=function_code,
        economic_code=economic_code,
        fund_nature=fund_nature,
        payer_id=payer_id,
        channel=channel,
        draw_order=draw_order,
        status=LineStatus.DRAFT,
        drafted_by_id=duty.user_id,
    )
    _told(actor, line, "budget_line.drafted", duty, at, before={})
    return line


@verb
def approve_budget_line(*, actor: Actor, line_id: int, at: datetime) -> BudgetLine:
    """DRAFT → APPROVED by a finance authoriser who did not draft it; its accounts open.

    Raises NotAllowed (`own_draft`), Conflict `wrong_state`, `parent_not_approved`.
    """
    line = lock_one(_with_parent().filter(pk=line_id), "budget_line")
    duty = _authoriser(actor, line, at)
    if line.drafted_by_id == duty.user_id:
        raise NotAllowed("own_draft", _("Another person must approve what you drafted."))
    require_step(LINE_STEPS, line.status, LineStatus.APPROVED, line.number)
    parent_pool = line.parent.pool_account if line.parent else None
    if line.parent and parent_pool is None:
        raise Conflict("parent_not_approved", _("Approve the parent line first."))
    before = status_of(line)
    label = f"line:{line.number}"
    line.pool_account = open_account(
        AccountKind.POOL, agency_id=line.agency_id, label=label, pool=parent_pool
    )
    line.recovered_account = open_account(
        AccountKind.RECOVERED, agency_id=line.agency_id, label=label, pool=line.pool_account
    )
    if line.parent is None:
        line.source_account = open_account(
            AccountKind.APPROPRIATION, agency_id=line.agency_id, label=label, pool=line.pool_account
        )
    line.status = LineStatus.APPROVED
    line.approved_by_id = duty.user_id
    line.save()
    _told(actor, line, "budget_line.approved", duty, at, before=before)
    return line


@verb
def book_appropriation(*, actor: Actor, line_id: int, at: datetime, request_key: str) -> BudgetLine:
    """The document's whole sum enters its root line, once: APPROPRIATE; the line opens.

    Raises NotAllowed, Conflict `wrong_state`, `not_a_root`, `request_key_reused`.
    """
    request = Request.of(actor, request_key, {"verb": "book_appropriation", "line": line_id})
    if find_replay(request):
        return find_one(BudgetLine.objects.filter(pk=line_id), "budget_line")
    line = lock_one(BudgetLine.objects.filter(pk=line_id), "budget_line")
    duty = _authoriser(actor, line, at)
    if find_replay(request):
        return line
    if line.source_account_id is None or line.pool_account_id is None:
        raise Conflict("not_a_root", _("Money enters at an approved root line only."))
    # From APPROVED only: a frozen line may open again, but its document entered before.
    steps: Steps = {LineStatus.APPROVED: LINE_STEPS[LineStatus.APPROVED]}
    require_step(steps, line.status, LineStatus.OPEN, line.number)
    before = status_of(line)
    line.status = LineStatus.OPEN
    line.save(update_fields=["status"])
    post_entry(
        EntryKind.APPROPRIATE,
        request=request,
        agency_id=line.agency_id,
        legs=[Leg(line.source_account_id, line.pool_account_id, line.appropriation.amount_fen)],
        at=at,
        actor=actor,
        subject_ref=f"line:{line.number}",
    )
    _told(
        actor, line, "appropriation.booked", duty, at, before=before, request_ref=request.ref,
        amount_fen=line.appropriation.amount_fen,
    )  # fmt: skip
    return line


@verb
def suballocate(
    *,
    actor: Actor,
    parent_line_id: int,
    child_line_id: int,
    amount_fen: int,
    at: datetime,
    request_key: str,
) -> BudgetLine:
    """POOL → the child's POOL; the child opens. Raises NotFound, NotAllowed, Conflict
    `insufficient_funds`, `wrong_state`, InvalidInput `not_a_child`, `amount_not_positive`."""
    body = {"verb": "suballocate", "child": child_line_id, "amount_fen": amount_fen}
    request = Request.of(actor, request_key, {**body, "parent": parent_line_id})
    if find_replay(request):
        return find_one(BudgetLine.objects.filter(pk=child_line_id), "budget_line")
    rows = BudgetLine.objects.filter(pk__in=[parent_line_id, child_line_id])
    lines = {line.pk: line for line in lock_rows(rows)}
    parent, child = lines.get(parent_line_id), lines.get(child_line_id)
    if parent is None or child is None:
        raise not_found("budget_line")
    duty = _authoriser(actor, parent, at)
    if find_replay(request):
        return child
    if child.parent_id != parent.pk:
        raise InvalidInput("not_a_child", _("Money goes from a line to its own child only."))
    if amount_fen <= 0:
        raise InvalidInput("amount_not_positive", _("The amount must be above zero."))
    ready = child.status in (LineStatus.APPROVED, LineStatus.OPEN)
    if parent.status != LineStatus.OPEN or not ready:
        raise Conflict("wrong_state", _("The parent must be open and the child approved."))
    parent_pool, child_pool = _pool(parent), _pool(child)
    _require_money(parent, parent_pool, amount_fen)
    before = status_of(child)
    if child.status == LineStatus.APPROVED:
        child.status = LineStatus.OPEN
        child.save(update_fields=["status"])
    post_entry(
        EntryKind.SUBALLOCATE,
        request=request,
        agency_id=parent.agency_id,
        legs=[Leg(parent_pool, child_pool, amount_fen)],
        at=at,
        actor=actor,
        subject_ref=f"line:{child.number}",
    )
    _told(
        actor, child, "budget.suballocated", duty, at, before=before, request_ref=request.ref,
        amount_fen=amount_fen, parent=parent.number,
    )  # fmt: skip
    return child


@verb
def freeze_line(*, actor: Actor, line_id: int, reason: str, at: datetime) -> BudgetLine:
    """OPEN → FROZEN: nothing is reserved or issued from it; live vouchers go on."""
    return _change(line_id, LineStatus.FROZEN, actor=actor, reason=reason, at=at)


@verb
def unfreeze_line(*, actor: Actor, line_id: int, reason: str, at: datetime) -> BudgetLine:
    """FROZEN → OPEN."""
    return _change(line_id, LineStatus.OPEN, actor=actor, reason=reason, at=at)


def _change(
    line_id: int, target: LineStatus, *, actor: Actor, reason: str, at: datetime
) -> BudgetLine:
    line = lock_one(BudgetLine.objects.filter(pk=line_id), "budget_line")
    duty = _authoriser(actor, line, at)
    if line.status not in (LineStatus.OPEN, LineStatus.FROZEN):
        raise Conflict("wrong_state", _("Only an open line can be frozen, and only that undone."))
    require_step(LINE_STEPS, line.status, target, line.number)
    before = status_of(line)
    line.status = target
    line.save(update_fields=["status"])
    past = "frozen" if target == LineStatus.FROZEN else "unfrozen"
    _told(actor, line, f"budget_line.{past}", duty, at, before=before, reason=reason)
    return line


def _pool(line: BudgetLine) -> int:
    """An approved line always has its pool (`budget_line_approved_has_pool`)."""
    if line.pool_account_id is None:
        raise Conflict("wrong_state", _("The parent must be open and the child approved."))
    return line.pool_account_id


def _require_money(line: BudgetLine, pool_id: int, amount_fen: int) -> None:
    """Says which line is short and by how much; `account_not_overdrawn` stands behind it."""
    there_fen = get_balance(pool_id)
    if there_fen < amount_fen:
        raise Conflict(
            "insufficient_funds",
            _("%(line)s holds %(there)s yuan, %(missing)s yuan less than needed."),
            line=line.number,
            there=format_yuan(there_fen),
            missing=format_yuan(amount_fen - there_fen),
            missing_fen=amount_fen - there_fen,
        )


def _with_parent() -> QuerySet[BudgetLine]:
    return BudgetLine.objects.select_related("parent__pool_account")


def _manager(actor: Actor, programme: Programme, agency_id: int, at: datetime) -> Duty:
    return require_duty(
        actor=actor,
        roles=[Role.PROGRAMME_MANAGER],
        agency_id=agency_id,
        at=at,
        programme_ref=programme.ref,
    )


def _authoriser(actor: Actor, line: BudgetLine, at: datetime) -> Duty:
    return require_duty(
        actor=actor,
        roles=[Role.FINANCE_AUTHORISER],
        agency_id=line.agency_id,
        at=at,
        programme_ref=line.programme.ref,
    )


def _told(
    actor: Actor,
    line: BudgetLine,
    action: str,
    duty: Duty,
    at: datetime,
    *,
    before: dict[str, str],
    request_ref: str = "",
    **facts: int | str,
) -> None:
    record_event(
        action,
        actor=actor,
        subject_ref=f"line:{line.number}",
        agency_id=line.agency_id,
        at=at,
        request_ref=request_ref,
        duty_ref=f"duty:{duty.pk}",
        before=before,
        after=status_of(line),
        **facts,
    )
