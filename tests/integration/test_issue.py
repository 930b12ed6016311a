"""From an approved file to a living voucher, and every way it ends."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from companies.errors import Conflict, InvalidInput, NotAllowed
from companies.letters.models import Letter
from companies.letters.services import answer_letter, waive_letter
from tests.given import (
    DAY,
    HOUR,
    carry_out,
    given_approved_application,
    given_live_voucher,
    given_pending_voucher,
    given_programme,
)
from tests.given_money import findings
from vouchers.applications.models import Application, Decision
from vouchers.issuance import services as vouchers
from vouchers.issuance.codes import with_check
from vouchers.issuance.models import Voucher
from vouchers.issuance.selectors import find_by_verify_code, get_verify_code, voucher_money
from vouchers.issuance.writers import certificate_paper, certificate_pdf
from vouchers.ledger.selectors import get_money_states
from vouchers.programmes.models import CapUsage

pytestmark = pytest.mark.django_db


def states(scheme):
    return get_money_states([line.pool_account_id for line in scheme.lines])


def test_consent_moves_the_money_onto_the_voucher_line_by_line() -> None:
    scheme = given_programme(funds_fen=(2_000_000, 5_000_000))
    voucher = given_live_voucher(scheme, face_fen=3_000_000)
    assert voucher.status == "ACTIVE"
    assert list(voucher.fundings.order_by("id").values_list("face_fen", flat=True)) == [
        2_000_000, 1_000_000,
    ]  # fmt: skip
    money = states(scheme)
    assert (money.available_fen, money.reserved_fen, money.issued_fen) == (4_000_000, 0, 3_000_000)
    assert money.received_fen == money.sum_fen
    assert voucher_money(voucher) == {
        "face": 3_000_000, "available": 3_000_000, "held": 0, "payable": 0, "paid": 0,
    }  # fmt: skip
    assert Application.objects.get(pk=voucher.application_id).status == "ISSUED"
    assert Application.objects.get(pk=voucher.application_id).reserved_fen == 0


def test_the_same_consent_twice_is_one_consent() -> None:
    scheme = given_programme()
    voucher = given_live_voucher(scheme)
    again = vouchers.accept_voucher(
        actor=scheme.actor("buyer_signatory"), voucher_id=voucher.pk, at=scheme.later(),
        request_key=f"consent-{voucher.number}",
    )  # fmt: skip
    assert again.pk == voucher.pk
    assert states(scheme).issued_fen == voucher.face_fen


def test_only_the_signatory_consents() -> None:
    scheme = given_programme()
    voucher = given_pending_voucher(scheme)
    for name in ("buyer_agent", "rival_signatory", "manager"):
        with pytest.raises(NotAllowed, match="membership_missing"):
            vouchers.accept_voucher(
                actor=scheme.actor(name), voucher_id=voucher.pk, at=scheme.later(),
                request_key="no",
            )  # fmt: skip


def test_without_need_of_consent_it_is_active_at_once() -> None:
    scheme = given_programme(consent=False)
    voucher = given_pending_voucher(scheme)
    assert voucher.status == "ACTIVE"
    assert states(scheme).issued_fen == voucher.face_fen


@pytest.mark.parametrize("way", ["decline", "lapse"])
def test_what_nobody_consents_to_goes_back(way: str) -> None:
    scheme = given_programme()
    voucher = given_pending_voucher(scheme)
    if way == "decline":
        vouchers.decline_voucher(
            actor=scheme.actor("buyer_signatory"), voucher_id=voucher.pk, at=scheme.later(),
            request_key="decline",
        )  # fmt: skip
    else:
        scheme.later(40 * DAY)
        carry_out(scheme, voucher.ref, "issuance.consent")
    voucher.refresh_from_db()
    assert voucher.status == {"decline": "DECLINED", "lapse": "LAPSED"}[way]
    assert states(scheme).available_fen == states(scheme).received_fen
    assert not CapUsage.objects.exclude(used_fen=0).exists()
    with pytest.raises(Conflict, match="wrong_state"):
        vouchers.accept_voucher(
            actor=scheme.actor("buyer_signatory"), voucher_id=voucher.pk, at=scheme.later(),
            request_key="late",
        )  # fmt: skip


def test_a_late_sweeper_lets_no_late_consent_through() -> None:
    scheme = given_programme()
    voucher = given_pending_voucher(scheme)
    with pytest.raises(Conflict, match="consent_period_over"):
        vouchers.accept_voucher(
            actor=scheme.actor("buyer_signatory"), voucher_id=voucher.pk,
            at=scheme.later(40 * DAY), request_key="late",
        )  # fmt: skip


def test_what_is_left_expires_at_the_end_of_grace() -> None:
    scheme = given_programme()
    voucher = given_live_voucher(scheme)
    scheme.at = voucher.grace_until
    carry_out(scheme, voucher.ref, "issuance.grace_end")
    voucher.refresh_from_db()
    assert voucher.status == "EXPIRED"
    assert states(scheme).available_fen == states(scheme).received_fen
    closed = vouchers.close_voucher(voucher_id=voucher.pk, at=scheme.later())
    assert closed.status == "CLOSED"


def test_revoking_takes_two_people_and_the_companys_say() -> None:
    scheme = given_programme()
    voucher = given_live_voucher(scheme)
    revoke = {"voucher_id": voucher.pk, "request_key": "revoke"}
    vouchers.propose_revocation(
        actor=scheme.actor("approver"), voucher_id=voucher.pk, reason="弄虚作假", at=scheme.later()
    )
    with pytest.raises(NotAllowed, match="duty_missing"):
        vouchers.revoke_voucher(actor=scheme.actor("approver"), at=scheme.later(), **revoke)
    with pytest.raises(Conflict, match="prior_notice_missing"):
        vouchers.revoke_voucher(actor=scheme.actor("authoriser"), at=scheme.later(), **revoke)
    letter = Letter.objects.get(subject_ref=voucher.ref, burden="REVOKED")
    waive_letter(actor=scheme.actor("buyer_signatory"), letter_id=letter.pk, at=scheme.later())
    done = vouchers.revoke_voucher(actor=scheme.actor("authoriser"), at=scheme.later(), **revoke)
    assert done.status == "REVOKED"
    assert states(scheme).available_fen == states(scheme).received_fen


def test_a_proposed_revocation_can_be_dropped_and_proposed_anew() -> None:
    scheme = given_programme()
    voucher = given_live_voucher(scheme)
    case = {"voucher_id": voucher.pk, "reason": "企业说明属实"}
    approver, authoriser = scheme.actor("approver"), scheme.actor("authoriser")
    signatory = scheme.actor("buyer_signatory")
    with pytest.raises(Conflict, match="nothing_noticed"):
        vouchers.drop_revocation(actor=approver, at=scheme.later(), **case)
    vouchers.propose_revocation(actor=approver, at=scheme.later(), **case)
    notice = Letter.objects.get(subject_ref=voucher.ref)
    waive_letter(actor=signatory, letter_id=notice.pk, at=scheme.later())
    with pytest.raises(NotAllowed, match="duty_missing"):
        vouchers.drop_revocation(actor=authoriser, at=scheme.later(), **case)
    with pytest.raises(InvalidInput, match="reason_missing"):
        vouchers.drop_revocation(
            actor=approver, voucher_id=voucher.pk, reason=" ", at=scheme.later()
        )
    vouchers.drop_revocation(actor=approver, at=scheme.later(), **case)
    notice.refresh_from_db()
    assert notice.status == "WITHDRAWN"
    revoke = {"actor": authoriser, "voucher_id": voucher.pk, "request_key": "revoke"}
    with pytest.raises(Conflict, match="prior_notice_missing"):
        vouchers.revoke_voucher(at=scheme.later(), **revoke)
    with pytest.raises(Conflict, match="reply_period_over"):
        answer_letter(
            actor=signatory, letter_id=notice.pk, reply="不同意", at=notice.served_at + HOUR
        )
    vouchers.propose_revocation(actor=approver, at=scheme.later(), **case)
    anew = Letter.objects.get(subject_ref=voucher.ref, status="SERVED")
    waive_letter(actor=signatory, letter_id=anew.pk, at=scheme.later())
    assert vouchers.revoke_voucher(at=scheme.later(), **revoke).status == "REVOKED"
    signed = Decision.objects.filter(subject_ref=voucher.ref).order_by("id")
    assert list(signed.values_list("outcome", flat=True)) == [
        "REVOCATION_PROPOSED", "REVOCATION_DROPPED", "REVOCATION_PROPOSED", "REVOKED",
    ]  # fmt: skip
    assert findings(scheme) == {}


def test_the_database_revokes_nothing_without_a_letter() -> None:
    voucher = given_live_voucher()
    with pytest.raises(IntegrityError, match="burden_rests_on_letter"), transaction.atomic():
        Voucher.objects.filter(pk=voucher.pk).update(status="REVOKED")


def test_another_approver_lifts_a_suspension() -> None:
    scheme = given_programme()
    voucher = given_live_voucher(scheme)
    vouchers.suspend_voucher(
        actor=scheme.actor("approver"), voucher_id=voucher.pk, reason="核查", at=scheme.later()
    )
    with pytest.raises(NotAllowed, match="second_person_needed"):
        vouchers.resume_voucher(
            actor=scheme.actor("approver"), voucher_id=voucher.pk, at=scheme.later()
        )
    resumed = vouchers.resume_voucher(
        actor=scheme.actor("approver2"), voucher_id=voucher.pk, at=scheme.later()
    )
    assert resumed.status == "ACTIVE"


@pytest.mark.parametrize("column", ["face_fen", "terms", "valid_until", "company_id"])
def test_terms_are_frozen_from_the_first_moment(column: str) -> None:
    voucher = given_pending_voucher(given_programme())
    value = {
        "face_fen": 1, "terms": {}, "company_id": voucher.company_id + 1,
        "valid_until": voucher.valid_until - timedelta(days=1),
    }[column]  # fmt: skip
    with pytest.raises(IntegrityError, match="voucher_frozen"), transaction.atomic():
        Voucher.objects.filter(pk=voucher.pk).update(**{column: value})


def test_preparing_twice_gives_one_voucher() -> None:
    scheme = given_programme()
    file = given_approved_application(scheme)
    one, two = (
        vouchers.prepare_voucher(
            actor=scheme.actor("manager"), application_id=file.pk, at=scheme.later()
        )
        for _ in range(2)
    )
    assert one.pk == two.pk


def test_the_certificate_says_what_the_code_covers() -> None:
    voucher = given_live_voucher(face_fen=3_000_000)
    said = str(certificate_paper(voucher))
    for words in ("算力券凭证", with_check(voucher.number), "叁万元整", "30,000.00", "30%", "演示"):
        assert words in said
    pdf = certificate_pdf(voucher)
    assert pdf.startswith(b"%PDF-")
    assert b"NotoSansSC" in pdf
    code = get_verify_code(voucher)
    assert find_by_verify_code(with_check(voucher.number), code.lower()).pk == voucher.pk
    assert find_by_verify_code(voucher.number, code[:-1] + "0") is None
    assert find_by_verify_code("VC-2025-999999", code) is None
