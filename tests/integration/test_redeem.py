"""From an order to filed evidence, and every way an order ends without money."""

from __future__ import annotations

import pytest

from tests.given_money import given_sale, findings, drawn_up, sent, answered, closed

pytestmark = pytest.mark.django_db


def test_one_purchase_from_order_to_closed_batch() -> None:
    sale = given_sale()
    redemption = sale.accepted()
    batch = closed(sale.scheme, answered(sale.scheme, sent(sale.scheme, drawn_up(sale.scheme))))
    assert batch.status == "CLOSED"
    redemption.refresh_from_db()
    assert redemption.status == "SETTLED"
    assert findings(sale.scheme) == {}
