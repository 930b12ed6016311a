"""Who sees which noun: lists hold nothing foreign, a foreign noun answers like a missing one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from companies.agencies.services import register_agency
from companies.errors import NotFound
from companies.registry.selectors import Scope, get_scope
from companies.users.services import create_user, grant_duty
from tests.cast import PLACE, SETUP, START
from tests.given_money import Sale, drawn_up, given_sale
from vouchers.applications.selectors import get_application_for, list_applications
from vouchers.issuance.selectors import get_voucher_for, list_vouchers
from vouchers.redemptions.selectors import get_redemption_for, list_redemptions
from vouchers.settlement.selectors import get_batch_for, list_batches

pytestmark = pytest.mark.django_db

DOORS: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "application": (list_applications, get_application_for),
    "voucher": (list_vouchers, get_voucher_for),
    "redemption": (list_redemptions, get_redemption_for),
    "batch": (list_batches, get_batch_for),
}
SEEN = {
    "buyer_agent": {"application", "voucher", "redemption"},
    "seller_sales": {"voucher", "redemption"},
    "rival_agent": set(),
    "intake": set(DOORS),
    "auditor": set(DOORS),
    "neighbour": set(),
    "nobody": set(),
}


def given_neighbour() -> int:
    """An officer with every right, in another agency."""
    agency = register_agency(
        actor=SETUP, code="T-OTHER", name_zh="测试邻市局", name_en="Other", kind="LEAD",
        region_code=PLACE, parent_id=None, is_demo=True, at=START,
    )  # fmt: skip
    user = create_user(
        actor=SETUP, username="neighbour", name_zh="测试邻市", name_en="Neighbour", email="",
        employer_id=agency.pk, password_hash="!", is_demo=True, at=START,
    )  # fmt: skip
    for role in ("intake", "reviewer", "approver"):
        grant_duty(
            actor=SETUP, user_id=user.pk, agency_id=agency.pk, role=role, programme_ref="",
            valid_from=START, valid_until=None, basis="测试任命", at=START,
        )  # fmt: skip
    return user.pk


def scope_of(sale: Sale, name: str) -> Scope:
    """What this person may see when all has happened."""
    at = sale.scheme.at
    if name == "nobody":
        return get_scope(None, at)
    if name == "neighbour":
        return get_scope(given_neighbour(), at)
    return get_scope(sale.scheme.cast.people[name].pk, at)


@pytest.mark.parametrize("name", sorted(SEEN))
def test_each_person_sees_what_is_theirs_and_nothing_else(name: str) -> None:
    sale = given_sale()
    redemption = sale.accepted()
    batch = drawn_up(sale.scheme)
    scope = scope_of(sale, name)
    numbers = {
        "application": sale.voucher.application.number,
        "voucher": sale.voucher.number,
        "redemption": redemption.number,
        "batch": batch.number,
    }
    for noun, (listing, door) in DOORS.items():
        listed = {row.number for row in listing(scope)}
        if noun in SEEN[name]:
            assert listed == {numbers[noun]}, noun
            assert door(scope, numbers[noun]).number == numbers[noun]
            continue
        assert listed == set(), noun
        with pytest.raises(NotFound) as foreign:
            door(scope, numbers[noun])
        with pytest.raises(NotFound) as missing:
            door(scope, "XX-2025-999999")
        assert str(foreign.value) == str(missing.value), noun
