"""The finance desk: the clerk draws up a batch; the authoriser and the releaser see their doors."""

from __future__ import annotations

from config.management.demo import scheme
from tests.browser.conftest import OpenAs
from tests.browser.looking import ZH, View
from vouchers.programmes.models import Programme
from vouchers.settlement.models import SettlementBatch


def test_a_clerk_draws_up_a_batch_and_locks_it(open_as: OpenAs, view: View) -> None:
    eyes = open_as("clerk")
    eyes.walk("/finance/")
    eyes.visit(f"/finance/budgets/{Programme.objects.earliest('id').code}/")
    closed = SettlementBatch.objects.filter(status="CLOSED").earliest("id")
    eyes.visit(f"/finance/settlement/{closed.number}/")
    if view is ZH:
        before = SettlementBatch.objects.count()
        page = eyes.visit("/finance/settlement/")
        page.select_option("select[name=programme]", scheme.PROGRAMME)
        page.locator("main form[method=post] button[type=submit]").last.click()
        eyes.judge()
        assert SettlementBatch.objects.count() == before + 1
        return
    batch = SettlementBatch.objects.latest("id")
    page = eyes.visit(f"/finance/settlement/{batch.number}/")
    page.locator("form:has(input[name=act][value=lock]) button").first.click()
    eyes.judge()


def test_an_authoriser_and_a_releaser_see_the_same_batch(open_as: OpenAs, view: View) -> None:
    batch = SettlementBatch.objects.latest("id")
    for username in ("authoriser", "releaser"):
        eyes = open_as(username)
        eyes.visit("/finance/")
        eyes.visit(f"/finance/settlement/{batch.number}/")
        eyes.visit("/finance/payments/")
