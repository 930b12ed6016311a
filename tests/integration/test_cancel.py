"""An award called off before its voucher exists: an approver proposes, a manager carries it out."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from companies.errors import Conflict, NotAllowed
from companies.letters.models import Letter
from companies.users.services import grant_duty
from tests.cast import SETUP
from tests.given import Scheme, given_approved_application, given_programme
from tests.given_money import findings
from vouchers.applications import services as files
from vouchers.applications.models import Application, Decision
from vouchers.issuance import services as vouchers
from vouchers.ledger.models import JournalEntry
from vouchers.ledger.selectors import get_money_states
from vouchers.programmes.models import CapUsage

pytestmark = pytest.mark.django_db


def cancel(scheme: Scheme, file: Application, who: str, key: str = "") -> Application:
    return files.cancel_application(
        actor=scheme.actor(who), application_id=file.pk, reason="项目终止", at=scheme.later(),
        request_key=key or f"cancel-{who}",
    )  # fmt: skip


def reserved(scheme: Scheme) -> int:
    return get_money_states([line.pool_account_id for line in scheme.lines]).reserved_fen


def test_two_cancel_an_award_and_what_it_held_is_free() -> None:
    scheme = given_programme()
    file = given_approved_application(scheme)
    with pytest.raises(NotAllowed, match="duty_missing"):
        cancel(scheme, file, "manager")
    assert cancel(scheme, file, "approver").status == "APPROVED"
    assert reserved(scheme) == 3_000_000 and not Letter.objects.filter(kind="DECISION").exists()
    done = cancel(scheme, file, "manager")
    assert (done.status, done.reserved_fen, reserved(scheme)) == ("CANCELLED", 0, 0)
    assert not CapUsage.objects.exclude(used_fen=0).exists()
    assert Letter.objects.get(subject_ref=file.ref, kind="DECISION").body == "项目终止"
    entries = JournalEntry.objects.count()
    assert cancel(scheme, file, "manager") == done and JournalEntry.objects.count() == entries
    signed = Decision.objects.filter(subject_ref=f"{file.ref}#cancellation").order_by("id")
    assert list(signed.values_list("act", "seat", "outcome")) == [
        ("APPROVE", "approver", "CANCELLATION_PROPOSED"), ("COSIGN", None, "CANCELLED"),
    ]  # fmt: skip
    assert findings(scheme) == {}


def test_who_proposed_it_cannot_co_sign_with_another_duty() -> None:
    scheme = given_programme()
    file = given_approved_application(scheme)
    grant_duty(
        actor=SETUP, user_id=scheme.actor("approver").user_id, agency_id=file.agency_id,
        role="programme_manager", programme_ref="", valid_from=scheme.at, valid_until=None,
        basis="代理", at=scheme.at,
    )  # fmt: skip
    cancel(scheme, file, "approver")
    with pytest.raises(NotAllowed, match="second_person_needed"):
        cancel(scheme, file, "approver", "again")
    file.refresh_from_db()
    assert (file.status, reserved(scheme)) == ("APPROVED", 3_000_000)
    mine = Decision.objects.get(outcome="CANCELLATION_PROPOSED")
    duty = scheme.cast.people["approver"].duties.get(role="programme_manager")
    mine.pk, mine.act, mine.duty = None, "COSIGN", duty
    with pytest.raises(IntegrityError, match="cosigned_by_another"), transaction.atomic():
        mine.save()


def test_an_issued_award_is_not_cancelled() -> None:
    scheme = given_programme()
    file = given_approved_application(scheme)
    cancel(scheme, file, "approver")
    vouchers.prepare_voucher(
        actor=scheme.actor("manager"), application_id=file.pk, at=scheme.later()
    )
    with pytest.raises(Conflict, match="wrong_state"):
        cancel(scheme, file, "manager")
    assert reserved(scheme) == 3_000_000
