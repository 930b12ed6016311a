"""Anybody: programmes, notices, figures, a certificate checked, help, and the door."""

from __future__ import annotations

from config.management.demo import scheme
from tests.browser.conftest import OpenAs
from tests.browser.looking import View
from vouchers.applications.models import PublicNotice
from vouchers.issuance.models import Voucher

PAGES = ("help/", "accessibility/", "privacy/", "objections/", "account/login/")


def test_anybody_reads_the_scheme_and_checks_a_certificate(open_as: OpenAs, view: View) -> None:
    eyes = open_as("")
    eyes.walk("/")
    for path in PAGES:
        eyes.visit(f"/{path}")
    eyes.visit(f"/programmes/{scheme.PROGRAMME}/")
    notice = PublicNotice.objects.filter(status="POSTED").latest("id")
    eyes.visit(f"/notices/{notice.number}/")
    eyes.visit(f"/notices/{notice.number}/objection/")

    voucher = Voucher.objects.filter(status="ACTIVE").earliest("id")
    page = eyes.visit("/verify/")
    page.fill("input[name=number]", voucher.number)
    page.fill("input[name=code]", "000000")
    page.click("main button[type=submit]")
    eyes.judge()
    assert page.locator("main .callout").count() == 1
