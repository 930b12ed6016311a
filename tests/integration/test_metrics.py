"""What whoever watches is shown, and who else is shown nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client, override_settings

from tests.given_money import FACE_FEN, PRICE_FEN, given_sale

pytestmark = pytest.mark.django_db
HELD_FEN = PRICE_FEN * 3 // 10


def shown(**headers: Any) -> dict[str, float]:
    """name{labels} → value."""
    answer = Client().get("/metrics", **headers)
    assert answer.status_code == 200
    lines = [line for line in answer.content.decode().splitlines() if line and line[0] != "#"]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def test_money_duties_and_the_record_are_shown() -> None:
    sale = given_sale()
    sale.order()
    figures = shown()
    assert figures['suanquan_balance_fen{kind="HELD"}'] == HELD_FEN
    assert figures['suanquan_balance_fen{kind="VOUCHER"}'] == FACE_FEN - HELD_FEN
    assert figures["suanquan_overdue_seconds"] > 0  # the past of the tests is long over
    assert figures["suanquan_unsealed_events"] > 0


def test_a_refusal_is_counted_by_its_code() -> None:
    name = 'suanquan_refusals_total{code="not_signed_in"}'
    before = shown().get(name, 0)
    assert Client().get("/api/v1/me").status_code == 401
    assert shown()[name] == before + 1


def test_strangers_are_told_nothing() -> None:
    assert Client().get("/metrics", REMOTE_ADDR="10.0.0.7").status_code == 404
    assert Client().get("/metrics", headers={"X-Forwarded-For": "10.0.0.7"}).status_code == 404
    with override_settings(METRICS_TOKEN="t" * 40):
        assert Client().get("/metrics").status_code == 404
        assert shown(headers={"Authorization": f"Bearer {'t' * 40}"})
