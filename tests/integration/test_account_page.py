"""The finance clerk verifies an account on a page; who entered it cannot."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from companies.foundation.clock import set_demo_clock
from companies.registry.models import BankAccount
from companies.registry.services import add_bank_account
from tests.given import Scheme, given_programme
from tests.live import session_of

pytestmark = pytest.mark.django_db
ADDRESS = "/en/finance/accounts/"


@pytest.fixture
def scheme() -> Iterator[Scheme]:
    """A programme, and the pages' clock at its time."""
    yield given_programme()
    (Path(settings.STATE_DIR) / "demo-clock").unlink(missing_ok=True)


def given_account(scheme: Scheme) -> BankAccount:
    """The seller's, entered by its cashier."""
    seller = scheme.cast.companies["seller"]
    account = add_bank_account(
        actor=scheme.actor("seller_cashier"), company_id=seller.pk, account_name=seller.name_zh,
        account_number="6222000011112222", bank_name="测试银行", cnaps="",
        at=scheme.later(),
    )  # fmt: skip
    set_demo_clock(scheme.later())
    return account


def client_of(scheme: Scheme, who: str) -> Client:
    """A browser in which this person has shown both factors."""
    client = Client()
    client.cookies.load(session_of(scheme.cast.people[who].pk))
    return client


def test_an_account_is_verified_by_the_clerk_and_leaves_the_list(scheme: Scheme) -> None:
    account = given_account(scheme)
    clerk = client_of(scheme, "clerk")
    assert "6222000011112222" in clerk.get(ADDRESS).content.decode()
    code = scheme.cast.companies["seller"].credit_code
    chosen = {"which": f"{code}@{account.version}"}
    assert clerk.post(ADDRESS, chosen).status_code == 302
    account.refresh_from_db()
    assert account.status == "VERIFIED"
    assert "No account waits" in clerk.get(ADDRESS).content.decode()
    assert clerk.post(ADDRESS, chosen).status_code == 422


@pytest.mark.parametrize("who", ["releaser", "intake", "seller_cashier"])
def test_others_verify_nothing(scheme: Scheme, who: str) -> None:
    account = given_account(scheme)
    code = scheme.cast.companies["seller"].credit_code
    answer = client_of(scheme, who).post(ADDRESS, {"which": f"{code}@{account.version}"})
    assert answer.status_code == 403
    account.refresh_from_db()
    assert account.status == "PENDING"
