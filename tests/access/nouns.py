"""What happened in the world of the cells, told by verbs only; each noun is put under its state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from companies.letters.models import Letter
from tests.access import papers
from tests.access.papers import PRICE_FEN
from tests.cast import add_company
from tests.given import (
    DAY,
    Scheme,
    given_approved_application,
    given_draft,
    given_live_voucher,
    given_notice,
    given_pending_voucher,
    given_provider,
    given_recommended_application,
    given_submitted_application,
)
from tests.given_money import Sale, drawn_up, given_account
from vouchers.applications import services as files
from vouchers.applications.models import Application, Objection
from vouchers.issuance import services as vouchers
from vouchers.issuance.models import Voucher
from vouchers.programmes import services as programmes
from vouchers.providers import services as providers
from vouchers.redemptions import services as redemptions
from vouchers.redemptions.models import Redemption
from vouchers.reports.services import build_export, request_export

if TYPE_CHECKING:
    from tests.access.world import World

RIVALS_SECRET, NEIGHBOURS_SECRET = "对手机密用途", "邻市机密用途"


def tell_neighbour(world: World) -> None:
    """One noun of each kind, in another body."""
    scheme = world.neighbour
    _one_of_each(world, scheme, "OTHER_AGENCY", NEIGHBOURS_SECRET)


def tell_own(world: World) -> None:
    """All that the cells need here; what runs out of time comes last."""
    scheme = world.scheme
    sale = _one_of_each(world, scheme, "OWN", "训练行业模型")
    papers.batches(world, sale)
    _open_round(scheme, "R2")
    _long_files(world)
    _long_vouchers(world)
    scheme.later(30 * DAY)  # every period to answer a notice is over
    _open_round(scheme, "R3")
    papers.budget(world)
    _rival(world)
    _files(world)
    _redemptions(world, sale)
    _open_round(scheme, "R4")
    world.put("application", "DRAFT", given_draft(scheme).number)
    _open_round(scheme, "R5")
    _last(world)


def _one_of_each(world: World, scheme: Scheme, state: str, purpose: str) -> Sale:
    """A live voucher with an order, a batch, a notice with an objection, an export, drafts."""
    cast = scheme.cast
    voucher = given_live_voucher(scheme, face_fen=3_000_000)
    given_account(scheme)
    sale = Sale(scheme, voucher)
    objected = given_recommended_application(scheme, purpose=purpose)
    notice = given_notice(scheme, objected)
    objection = _object(scheme, notice)
    sale.accepted(PRICE_FEN)
    order = sale.order(PRICE_FEN, key=f"order-{state[:5]}")
    batch = drawn_up(scheme)
    world.put("request", state, f"order-{state[:5]}")
    world.put("application", state, objected.number)
    _put_paper(world, state, objected)
    world.put("notice", state, notice.number, application=objected.number)
    world.put("objection", state, objection.tracking_code)
    world.put("voucher", state, voucher.number)
    world.put("redemption", state, order.number)
    papers.put_batch(world, state, batch)
    letter = Letter.objects.filter(subject_ref=voucher.application.ref).first()
    world.put("letter", state, letter.number if letter else "")
    world.put("company", state, cast.companies["buyer"].credit_code)
    world.put("provider", state, scheme.provider.number)
    world.put("programme", state, scheme.programme.code)
    world.put("budget", state, scheme.programme.code)
    _export(world, scheme, state)
    papers.drafts(world, scheme, state)
    papers.doubt(world=world, scheme=scheme, state=state)
    papers.account(world, scheme, state, "seller")
    return sale


def _object(scheme: Scheme, notice: Any) -> Objection:
    return files.lodge_objection(
        actor=scheme.actor("reviewer2"), notice_row_id=notice.rows.get().pk, text="不实",
        contact="", at=scheme.later(),
    )  # fmt: skip


def _put_paper(world: World, state: str, file: Application) -> None:
    stored = file.attachments.select_related("file").latest("id").file
    world.put("paper", state, file.number, file=stored.public_id, public_id=stored.public_id)


def _export(world: World, scheme: Scheme, state: str) -> None:
    job = request_export(
        actor=scheme.actor("auditor"), programme_id=scheme.programme.pk, dataset="vouchers",
        purpose="审计", at=scheme.later(),
    )  # fmt: skip
    world.put("export", state, job.number)
    world.names[f"export_{state}_id"] = job.pk


def build_export_of(world: World) -> None:
    """Once nothing else happens: a package is built from what is sealed whole."""
    build_export(export_id=world.names["export_OWN_id"], at=world.scheme.at)


def _open_round(scheme: Scheme, code: str) -> None:
    window = programmes.create_round(
        actor=scheme.actor("manager"), programme_id=scheme.programme.pk, code=code,
        name_zh=code, name_en=code, opens_at=scheme.at, closes_at=scheme.at + 50 * DAY,
        at=scheme.later(),
    )  # fmt: skip
    scheme.round = programmes.publish_round(
        actor=scheme.actor("approver3"), round_id=window.pk, at=scheme.later()
    )


def _long_files(world: World) -> None:
    """A file whose company was told that it will not be accepted."""
    scheme = world.scheme
    file = given_submitted_application(scheme)
    intake = scheme.actor("intake")
    files.take_screening(actor=intake, application_id=file.pk, at=scheme.later())
    files.propose_ineligible(
        actor=intake, application_id=file.pk, reason="材料不实", at=scheme.later()
    )
    world.put("application", "TOLD", file.number)


def _long_vouchers(world: World) -> None:
    """Suspended, about to be revoked, declined."""
    scheme = world.scheme
    approver = scheme.actor("approver2")
    voucher = given_live_voucher(scheme)
    vouchers.suspend_voucher(
        actor=approver, voucher_id=voucher.pk, reason="核查", at=scheme.later()
    )
    world.put("voucher", "SUSPENDED", voucher.number)
    voucher = given_live_voucher(scheme)
    vouchers.propose_revocation(
        actor=scheme.actor("approver"), voucher_id=voucher.pk, reason="骗取", at=scheme.later()
    )
    world.put("voucher", "TOLD", voucher.number)
    world.put("voucher", "SPARE", given_live_voucher(scheme).number)
    voucher = given_pending_voucher(scheme)
    vouchers.decline_voucher(
        actor=scheme.actor("buyer_signatory"), voucher_id=voucher.pk, at=scheme.later(),
        request_key=f"no-{voucher.number}",
    )  # fmt: skip
    world.put("voucher", "WITHDRAWN", voucher.number)


def _rival(world: World) -> None:
    """The rival's file, voucher, order and account in the same body; the order is at a second
    provider. Three more wait: to be checked, approved, admitted."""
    scheme = world.scheme
    cast, at = scheme.cast, scheme.later()
    add_company(cast, "seller2", 4, at)
    second, offer = given_provider(cast, scheme.programme, at, "seller2")
    world.put("provider", "OTHER_COMPANY", second.number)
    for number, state in enumerate(("APPLIED", "CHECKED", "UNADMITTED"), start=5):
        name = f"seller{number}"
        add_company(cast, name, number, scheme.later())
        waiting = providers.apply_as_provider(
            actor=cast.actor(f"{name}_sales"), agency_id=scheme.programme.agency_id,
            company_id=cast.companies[name].pk, at=scheme.later(),
        )  # fmt: skip
        world.put("provider", state, waiting.number)
        if state != "APPLIED":
            providers.check_provider(
                actor=cast.actor("reviewer2"), provider_id=waiting.pk, at=scheme.later()
            )
        if state == "UNADMITTED":
            providers.approve_provider(
                actor=cast.actor("approver3"), provider_id=waiting.pk, at=scheme.later()
            )
    bought = {"provider_number": second.number}
    voucher = given_pending_voucher(scheme, "rival", **bought)
    vouchers.accept_voucher(
        actor=cast.actor("rival_signatory"), voucher_id=voucher.pk, at=scheme.later(),
        request_key="rival-consent",
    )  # fmt: skip
    world.put("voucher", "OTHER_COMPANY", voucher.number)
    order = redemptions.request_redemption(
        actor=cast.actor("rival_agent"), voucher_id=voucher.pk, offer_id=offer.pk,
        order_number="SO-RIVAL", price_fen=PRICE_FEN, at=scheme.later(), request_key="rival-order",
    )  # fmt: skip
    world.put("redemption", "OTHER_COMPANY", order.number)
    file = given_submitted_application(scheme, "rival", purpose=RIVALS_SECRET, **bought)
    world.put("application", "OTHER_COMPANY", file.number)
    _put_paper(world, "OTHER_COMPANY", file)
    letter = Letter.objects.filter(company=cast.companies["rival"]).first()
    world.put("letter", "OTHER_COMPANY", letter.number if letter else "")
    world.put("company", "OTHER_COMPANY", cast.companies["rival"].credit_code)
    papers.account(world, scheme, "OTHER_COMPANY", "rival")


def _files(world: World) -> None:
    """The applicant's file at each station."""
    scheme = world.scheme
    intake, reviewer = scheme.actor("intake"), scheme.actor("reviewer")

    def put(state: str, file: Application) -> Application:
        world.put("application", state, file.number)
        return file

    put("SUBMITTED", given_submitted_application(scheme))
    for state in ("IN_SCREENING", "RETURNED", "IN_REVIEW", "NOT_RECOMMENDED"):
        file = put(state, given_submitted_application(scheme))
        files.take_screening(actor=intake, application_id=file.pk, at=scheme.later())
        if state == "RETURNED":
            files.return_application(
                actor=intake, application_id=file.pk, note="补充合同", at=scheme.later()
            )
        elif state != "IN_SCREENING":
            files.accept_application(actor=intake, application_id=file.pk, at=scheme.later())
        if state == "NOT_RECOMMENDED":
            files.advise_against(
                actor=reviewer, application_id=file.pk, reason="不符", at=scheme.later()
            )
    file = put("WITHDRAWN", given_submitted_application(scheme))
    files.withdraw_application(
        actor=scheme.actor("buyer_signatory"), application_id=file.pk, at=scheme.later(),
        request_key="withdraw",
    )  # fmt: skip
    put("APPROVED", given_approved_application(scheme))
    put("PREPARED", given_approved_application(scheme))
    put("RECOMMENDED", given_recommended_application(scheme))


def _last(world: World) -> None:
    """What can be objected to and answered for some days only."""
    scheme = world.scheme
    published = given_recommended_application(scheme)
    notice = given_notice(scheme, published)
    world.put("notice", "POSTED", notice.number, application=published.number)
    world.names["notice_POSTED_file"] = published.number
    approved = Application.objects.get(number=world.names["application_PREPARED"])
    voucher = vouchers.prepare_voucher(
        actor=scheme.actor("manager"), application_id=approved.pk, at=scheme.later()
    )
    world.put("voucher", "PENDING", voucher.number)
    told = Voucher.objects.get(number=world.names["voucher_SPARE"])
    vouchers.propose_revocation(
        actor=scheme.actor("approver"), voucher_id=told.pk, reason="骗取", at=scheme.later()
    )
    letter = Letter.objects.get(subject_ref=told.ref, reply_until__isnull=False)
    world.put("letter", "OPEN", letter.number)


def _redemptions(world: World, sale: Sale) -> None:
    """An order at each station; what is to be answered in days comes last."""
    scheme = sale.scheme

    def put(state: str, claim: Redemption) -> Redemption:
        world.put("redemption", state, claim.number)
        return claim

    put("ACCEPTED", sale.accepted(PRICE_FEN))
    put("UNDER_CHECK", sale.verify(sale.countersigned(PRICE_FEN)))
    claim = put("PROPOSED", sale.verify(sale.countersigned(PRICE_FEN)))
    redemptions.propose_rejection(
        actor=scheme.actor("checker"), redemption_id=claim.pk, reason="不符", at=scheme.later()
    )
    claim = put("WITHDRAWN", sale.order(PRICE_FEN))
    redemptions.cancel_redemption(
        actor=scheme.actor("buyer_agent"), redemption_id=claim.pk, at=scheme.later(),
        request_key="cancel",
    )  # fmt: skip
    claim = put("DISPUTED", sale.evidenced(PRICE_FEN))
    redemptions.dispute_redemption(
        actor=scheme.actor("buyer_agent"), redemption_id=claim.pk, reason="不符",
        at=scheme.later(),
    )  # fmt: skip
    claim = put("CONFIRMED", sale.confirmed(PRICE_FEN))
    filed = sale.papers(claim)
    world.names |= {
        "invoice": filed["invoice"], "payment": filed["payment"], "usage": filed["usage_file"],
        "invoice_number": filed["invoice"]["number"], "invoice_date": filed["invoice"]["date"],
    }  # fmt: skip
    put("EVIDENCED", sale.evidenced(PRICE_FEN))
    put("REQUESTED", sale.order(PRICE_FEN))
