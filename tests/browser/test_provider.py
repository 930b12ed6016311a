"""A provider's people: an order confirmed, its usage page, what is paid, the catalogue."""

from __future__ import annotations

from companies.foundation.actors import Actor
from companies.foundation.clock import now
from companies.registry.models import Membership
from companies.users.models import User
from config.management.demo import scheme
from tests.browser.conftest import OpenAs
from tests.browser.looking import View
from vouchers.issuance.models import Voucher
from vouchers.providers.models import Offer, Provider, UsageAccount
from vouchers.redemptions.models import Redemption
from vouchers.redemptions.services import request_redemption


def given_order(word: str) -> Redemption:
    """The demo's company orders at the demo's provider."""
    agent = User.objects.get(username="agent")
    company = Membership.objects.get(user=agent).company_id
    seller = Membership.objects.get(user__username="provider").company_id
    provider = Provider.objects.get(company_id=seller)
    return request_redemption(
        actor=Actor.person(agent.pk),
        voucher_id=Voucher.objects.get(company_id=company, status="ACTIVE").pk,
        offer_id=Offer.objects.get(provider=provider, service_class="compute").pk,
        order_number=f"SO-BROWSER-{word}", price_fen=100_000, requested_fen=None, at=now(),
        request_key=f"browser-{word}",
    )  # fmt: skip


def test_a_provider_confirms_an_order(open_as: OpenAs, view: View) -> None:
    order = given_order(view.name)
    eyes = open_as("provider")
    eyes.walk("/provider/")
    page = eyes.visit(f"/provider/redemptions/{order.number}/")
    page.locator("form[action$='/confirm/'] button").click()
    eyes.judge()
    order.refresh_from_db()
    assert order.status == "CONFIRMED"
    eyes.visit(f"/provider/usage/{order.number}/")
    settled = Redemption.objects.filter(provider=order.provider, status="SETTLED").earliest("id")
    eyes.visit(f"/provider/redemptions/{settled.number}/")


def test_a_providers_cashier_sees_what_is_paid(open_as: OpenAs, view: View) -> None:
    eyes = open_as("provider-finance")
    for path in ("", "settlement/", "catalogue/", "accounts/"):
        page = eyes.visit(f"/provider/{path}")
    assert page.locator("main form").count() == 0


def test_an_account_is_registered_for_a_buyer(open_as: OpenAs, view: View) -> None:
    eyes = open_as("provider")
    company = Membership.objects.get(user__username="agent").company
    eyes.expected = "status of 422"
    page = eyes.visit("/provider/accounts/")
    for code, found in (("91999900DEM9999999", False), (company.credit_code, True)):
        page.fill("input[name=company]", code)
        page.fill("input[name=account_number]", f"acct-browser-{view.name}")
        page.click("main form button[type=submit]")
        eyes.judge()
        assert (page.locator("[aria-invalid][name=company]").count() == 0) is found
    account = UsageAccount.objects.get(account_number=f"acct-browser-{view.name}")
    assert account.company_id == company.pk


def test_a_provider_is_not_asked_to_apply(open_as: OpenAs, view: View) -> None:
    for username, asked in (("provider", 0), ("agent", 1)):
        page = open_as(username).visit(f"/programmes/{scheme.PROGRAMME}/")
        assert page.locator("main a[href*='/applications/new/']").count() == asked
