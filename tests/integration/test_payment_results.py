"""What the channel answers: its proof must be whole and possible, each number pays once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from companies.alerts.models import Alert
from companies.alerts.services import dismiss_alert
from companies.errors import Conflict, InvalidInput
from companies.local_time import local_date
from tests.given_money import Sale, drawn_up, given_sale, sent
from vouchers.issuance.selectors import voucher_money
from vouchers.ledger.selectors import list_entries
from vouchers.settlement import services as settlement

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def drop_folder(tmp_path: Path, settings: Any) -> None:
    """Payment sheets of each test in a folder of their own."""
    settings.STATE_DIR = tmp_path


def proof(sale: Sale, row_number: int = 1) -> dict[str, Any]:
    """A row of the channel's answer: paid today."""
    return {
        "row_number": row_number, "paid": True, "treasury_number": f"T{row_number}",
        "paid_on": local_date(sale.scheme.at).isoformat(), "receipt_sha256": "a" * 64,
        "account": "6222000011112222",
    }  # fmt: skip


def test_the_same_answer_twice_is_booked_once() -> None:
    sale = given_sale()
    sale.accepted()
    batch = sent(sale.scheme, drawn_up(sale.scheme))
    row = proof(sale)
    words = {"actor": sale.actor("clerk"), "batch_id": batch.pk}
    for _again in range(2):
        done = settlement.record_results(
            results=[row], at=sale.scheme.later(), request_key="r", **words
        )
    assert done.status == "PAID"
    assert len(list_entries(batch.ref)) == 1
    with pytest.raises(Conflict, match="request_key_reused"):
        settlement.record_results(
            results=[{**row, "paid": False}], at=sale.scheme.later(), request_key="r", **words
        )
    with pytest.raises(Conflict, match="wrong_state"):
        settlement.record_results(results=[row], at=sale.scheme.later(), request_key="s", **words)


@pytest.mark.parametrize("missing", ["treasury_number", "account", "receipt_sha256", "paid_on"])
def test_no_payment_without_its_proof(missing: str) -> None:
    sale = given_sale()
    sale.accepted()
    batch = sent(sale.scheme, drawn_up(sale.scheme))
    with pytest.raises(InvalidInput, match="result_incomplete"):
        settlement.record_results(
            actor=sale.actor("clerk"), batch_id=batch.pk, results=[proof(sale) | {missing: ""}],
            at=sale.scheme.later(), request_key="r",
        )  # fmt: skip
    assert voucher_money(sale.voucher)["paid"] == 0


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"receipt_sha256": "zz"}, "receipt_digest_invalid"),
        ({"receipt_sha256": "A" * 64}, "receipt_digest_invalid"),
        ({"paid_on": "2030-01-01"}, "paid_on_impossible"),
        ({"paid_on": "2020-01-01"}, "paid_on_impossible"),
    ],
)
def test_a_proof_that_cannot_be_true_is_refused(change: dict[str, str], code: str) -> None:
    sale = given_sale()
    sale.accepted()
    batch = sent(sale.scheme, drawn_up(sale.scheme))
    with pytest.raises(InvalidInput, match=code):
        settlement.record_results(
            actor=sale.actor("clerk"), batch_id=batch.pk, at=sale.scheme.later(),
            results=[proof(sale) | change], request_key="r",
        )  # fmt: skip
    assert voucher_money(sale.voucher)["paid"] == 0


def test_a_payment_number_stands_for_one_payment() -> None:
    sale = given_sale(funds_fen=(1_000_000, 8_000_000))
    sale.accepted()  # on two funding lines, so two rows of the sheet
    batch = sent(sale.scheme, drawn_up(sale.scheme))
    first, other = proof(sale), proof(sale, 2)
    for rows, code in (
        ([first, other | {"treasury_number": first["treasury_number"]}], "treasury_number_used"),
        ([first, first], "result_known"),
    ):
        with pytest.raises(Conflict, match=code):
            settlement.record_results(
                actor=sale.actor("clerk"), batch_id=batch.pk, results=rows,
                at=sale.scheme.later(), request_key=code,
            )  # fmt: skip


def test_money_that_went_elsewhere_raises_an_alert() -> None:
    sale = given_sale()
    sale.accepted()
    batch = sent(sale.scheme, drawn_up(sale.scheme))
    settlement.record_results(
        actor=sale.actor("clerk"), batch_id=batch.pk, at=sale.scheme.later(), request_key="r",
        results=[proof(sale) | {"account": "6222999999999999"}],
    )  # fmt: skip
    alert = Alert.objects.get(subject_ref=batch.ref)
    assert alert.code == "paid_to_other_account"
    reconcile = {"actor": sale.actor("authoriser"), "batch_id": batch.pk}
    with pytest.raises(Conflict, match="alerts_open"):
        settlement.reconcile_batch(at=sale.scheme.later(), **reconcile)
    dismiss_alert(
        actor=sale.actor("manager"), alert_id=alert.pk, reason="同一账户的旧号",
        at=sale.scheme.later(),
    )  # fmt: skip
    assert settlement.reconcile_batch(at=sale.scheme.later(), **reconcile).status == "RECONCILED"
