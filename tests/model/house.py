"""The service's side: a command of the model becomes the verb of the same name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from companies.agencies.models import Deadline
from companies.errors import DomainError
from companies.foundation.actors import Actor
from companies.letters import services as letters
from companies.letters.models import Letter
from companies.local_time import SHANGHAI, local_date
from companies.registry.selectors import get_scope
from companies.users import services as users
from companies.users.models import Duty
from tests.cast import OFFICERS, SETUP
from tests.given import HOUR, PAPER
from tests.given_money import usage_bill
from tests.model.bank import DONE, Command
from tests.model.world import World
from vouchers.applications import services as files
from vouchers.issuance import services as vouchers
from vouchers.issuance.selectors import list_vouchers
from vouchers.programmes import services as programmes
from vouchers.redemptions import services as redemptions
from vouchers.redemptions.selectors import list_redemptions
from vouchers.settlement import services as settlement
from vouchers.settlement.selectors import list_instructions

PLACES = (files, vouchers, redemptions, settlement, programmes, letters)
IDS = {
    "file": "application_id", "voucher": "voucher_id", "claim": "redemption_id",
    "batch": "batch_id", "letter": "letter_id", "line": "line_id", "parent": "parent_line_id",
    "child": "child_line_id",
}  # fmt: skip
REASONED = {
    "suspend_voucher", "propose_revocation", "drop_revocation", "decline_order",
    "dispute_redemption",
    "decide_dispute", "return_redemption", "propose_rejection", "reject_redemption",
    "reverse_redemption", "take_out_line", "reject_batch", "abort_batch", "bounce_line",
    "recommend_application", "reject_application", "cancel_application",
}  # fmt: skip
APPS = {
    "applications": files, "issuance": vouchers, "redemptions": redemptions,
    "settlement": settlement, "letters": letters,
}  # fmt: skip
NAMED = {
    "draft_application": "file", "post_notice": "notice", "prepare_voucher": "voucher",
    "request_redemption": "claim", "draw_up_batch": "batch", "draw_up_follow_up": "batch",
    "propose_revocation": "letter",
}  # fmt: skip


def act(world: World, command: Command) -> tuple[str, Any]:
    """ "done" and what the verb returned, or the code of its refusal."""
    at = world.scheme.later(timedelta(seconds=command.wait))
    if command.verb == "read":
        return DONE, seen(world, command.who, at)
    call = SPECIAL.get(command.verb, plain)
    try:
        return DONE, call(world, command, at)
    except DomainError as refused:
        return refused.code, None


def plain(world: World, command: Command, at: datetime) -> Any:
    """The verb by its name, its arguments by theirs."""
    verb = next(found for place in PLACES if (found := getattr(place, command.verb, None)))
    said = arguments(world, command)
    if command.key:
        said["request_key"] = command.key
    if command.verb in REASONED:
        said["reason"] = "核对"
    return verb(actor=who(world, command), at=at, **said)


def who(world: World, command: Command) -> Actor:
    """The person."""
    return world.scheme.actor(command.who)


def arguments(world: World, command: Command) -> dict[str, Any]:
    """Names to ids."""
    said = {}
    for name, value in command.args.items():
        if name in IDS:
            said[IDS[name]] = world.pk(value)
        elif name == "files":
            said["application_ids"] = [world.pk(file) for file in value]
        elif name == "company":
            said["company_id"] = world.scheme.cast.companies[value].pk
        elif name == "row":
            said["line_id"] = world.line_pk(value)
        else:
            said[name] = value
    return said


def draft(world: World, command: Command, at: datetime) -> Any:
    return files.draft_application(
        actor=who(world, command), round_id=world.scheme.round.pk, at=at,
        **arguments(world, command),
    )  # fmt: skip


def save(world: World, command: Command, at: datetime) -> Any:
    file = world.rows[command.args["file"]]
    form = {
        "purpose": "训练行业模型", "service_class": "compute",
        "provider_number": world.scheme.provider.number,
        "planned_amount_fen": command.args["planned_fen"], "contract_number": f"HT-{file.number}",
        "contract_date": "2025-03-01", "period_first": "2025-04-01", "period_last": "2025-12-31",
        "declares_true": True,
    }  # fmt: skip
    return files.save_application(
        actor=who(world, command), application_id=file.pk, form=form, at=at
    )  # fmt: skip


def attach(world: World, command: Command, at: datetime) -> Any:
    return files.attach_file(
        actor=who(world, command), application_id=world.pk(command.args["file"]),
        kind="contract", content=PAPER, name="合同.pdf", at=at,
    )  # fmt: skip


def notice(world: World, command: Command, at: datetime) -> Any:
    return files.post_notice(
        actor=who(world, command), title_zh="公示", title_en="", at=at, request_key=command.key,
        **arguments(world, command),
    )  # fmt: skip


def order(world: World, command: Command, at: datetime) -> Any:
    """A request's key names its order, too: a repeated request is the same to the letter."""
    return redemptions.request_redemption(
        actor=who(world, command), offer_id=world.scheme.offer.pk, order_number=command.key,
        at=at, request_key=command.key, **arguments(world, command),
    )  # fmt: skip


def evidence(world: World, command: Command, at: datetime) -> Any:
    """Papers that fit: an invoice of this sum, the company's own part, one hour of use."""
    claim, gross = world.rows[command.args["claim"]], command.args["invoice_fen"]
    claim.refresh_from_db()
    buyer, seller = claim.company.credit_code, claim.provider.company.credit_code
    number, day = f"25990000{claim.pk:06d}{int(at.timestamp()) % 10**6:06d}", local_date(at)
    own = gross - min(gross * claim.rate_bp // 10_000, claim.held_fen)
    company = command_company(world, buyer)
    first = claim.voucher.prepared_at.astimezone(SHANGHAI) + HOUR
    return redemptions.submit_evidence(
        actor=who(world, command), redemption_id=claim.pk, usage_name="usage.csv", at=at,
        invoice={
            "number": number, "date": day.isoformat(), "amount_fen": gross, "tax_fen": 0,
            "seller_code": seller, "buyer_code": buyer,
        },
        payment={
            "receipt_number": f"HD-{number}", "date": day.isoformat(), "amount_fen": max(own, 1),
            "payer_code": buyer, "payee_code": seller,
        },
        usage_file=usage_bill([gross], invoice=number, account=f"acct-{company}", first=first),
    )  # fmt: skip


def command_company(world: World, credit_code: str) -> str:
    """ "buyer" by its credit code."""
    companies = world.scheme.cast.companies.items()
    return next(name for name, company in companies if company.credit_code == credit_code)


def results(world: World, command: Command, at: datetime) -> Any:
    """The channel answers every row; those of the named budget lines failed."""
    batch = world.rows[command.args["batch"]]
    batch.refresh_from_db()
    failed = [world.pk(line) for line in command.args["failed"]]
    said = [
        {"row_number": row.row_number, "paid": False, "reason": "账户不存在"}
        if row.line_id in failed
        else {
            "row_number": row.row_number, "paid": True, "paid_on": command.args["paid_on"],
            "treasury_number": f"{batch.number}-{row.row_number}", "receipt_sha256": "a" * 64,
            "account": row.order.bank_account.account_number,
        }
        for row in list_instructions(batch)
    ]  # fmt: skip
    return settlement.record_results(
        actor=who(world, command), batch_id=batch.pk, results=said, at=at, request_key=command.key
    )


def due(world: World, command: Command, at: datetime) -> Any:
    """The sweeper's worker, on one promise."""
    subject, kind = command.args["subject"], command.args["kind"]
    rows = Deadline.objects.filter(
        subject_ref__endswith=f":{world.rows[subject].number}", kind=kind
    )
    for row in rows.filter(done_at=None):
        APPS[kind.partition(".")[0]].carry_out_deadline(deadline_id=row.pk, at=at)


def draw_up(world: World, command: Command, at: datetime) -> Any:
    return settlement.draw_up_batch(
        actor=who(world, command), programme_id=world.scheme.programme.pk, at=at
    )


def close(world: World, command: Command, at: datetime) -> Any:
    return vouchers.close_voucher(voucher_id=world.pk(command.args["voucher"]), at=at)


def end_duty(world: World, command: Command, at: datetime) -> Any:
    officer = world.scheme.cast.people[command.args["officer"]]
    duty = Duty.objects.filter(user=officer).latest("id")
    return users.end_duty(actor=SETUP, duty_id=duty.pk, at=at)


def grant_duty(world: World, command: Command, at: datetime) -> Any:
    officer = command.args["officer"]
    role, body = OFFICERS[officer]
    return users.grant_duty(
        actor=SETUP, user_id=world.scheme.cast.people[officer].pk, role=role,
        agency_id=world.scheme.cast.bodies[body].pk, programme_ref="", valid_from=at,
        valid_until=None, basis="测试任命", at=at,
    )  # fmt: skip


SPECIAL: dict[str, Callable[[World, Command, datetime], Any]] = {
    "draft_application": draft, "save_application": save, "attach_file": attach,
    "post_notice": notice, "request_redemption": order, "submit_evidence": evidence,
    "record_results": results, "carry_out_deadline": due, "close_voucher": close,
    "draw_up_batch": draw_up, "end_duty": end_duty, "grant_duty": grant_duty,
}  # fmt: skip


def seen(world: World, name: str, at: datetime) -> dict[str, Any]:
    """What the lists show this person."""
    scope = get_scope(world.scheme.cast.people[name].pk, at)
    return {
        part: {world.names[n]: status for n, status in rows.values_list("number", "status")}
        for part, rows in (
            ("vouchers", list_vouchers(scope)), ("claims", list_redemptions(scope)),
        )
    }  # fmt: skip


def made_by(world: World, command: Command, result: Any) -> Any:
    """The row a name is given to."""
    if command.verb == "propose_revocation":
        return Letter.objects.get(
            subject_ref=f"voucher:{result.number}", burden="REVOKED", status="SERVED"
        )
    return result
