"""The auditor: any number's record, the ledger, an export asked for."""

from __future__ import annotations

from tests.browser.conftest import OpenAs
from tests.browser.looking import View
from vouchers.issuance.models import Voucher
from vouchers.reports.models import ExportJob
from vouchers.settlement.models import SettlementBatch


def test_an_auditor_reads_the_record_and_asks_for_an_export(open_as: OpenAs, view: View) -> None:
    eyes = open_as("auditor")
    eyes.walk("/audit/")
    for noun in (Voucher.objects.earliest("id"), SettlementBatch.objects.earliest("id")):
        page = eyes.visit("/audit/search/")
        page.fill("main input[name=q]", noun.number)
        page.click("main form button[type=submit]")
        eyes.judge()
    before = ExportJob.objects.count()
    page = eyes.visit("/audit/exports/new/")
    page.fill("input[name=purpose]", f"browser, {view.name}")
    page.click("main form button[type=submit]")
    eyes.judge()
    assert ExportJob.objects.count() == before + 1
