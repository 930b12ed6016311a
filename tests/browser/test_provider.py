"""A provider's people: an order confirmed, its usage page, what is paid, the catalogue."""

from __future__ import annotations

from companies.foundation.actors import Actor
from companies.foundation.clock import now
from companies.registry.models import Membership
from companies.users.models import User
from tests.browser.conftest import OpenAs
from tests.browser.looking import View
from vouchers.issuance.models import Voucher
from vouchers.providers.models import Offer, Provider
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
    for path in ("", "settlement/", "catalogue/"):
        eyes.visit(f"/provider/{path}")
