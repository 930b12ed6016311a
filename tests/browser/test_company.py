"""A company's people: files, vouchers, redemptions, letters; a draft filled in and checked."""

from __future__ import annotations

from companies.letters.models import Letter
from companies.registry.models import Membership
from tests.browser.conftest import OpenAs
from tests.browser.looking import EN, View
from vouchers.applications.models import Application
from vouchers.issuance.models import Voucher
from vouchers.redemptions.models import Redemption

SECTIONS = ("company", "need", "contract", "support", "papers", "declaration")


def test_a_company_fills_in_a_file(open_as: OpenAs, view: View) -> None:
    eyes = open_as("agent")
    eyes.walk("/company/")
    company = Membership.objects.get(user__username="agent").company_id

    file = Application.objects.filter(company_id=company, status="DRAFT").last()
    if file is None:
        page = eyes.visit("/company/applications/new/")
        page.select_option("select[name=round]", index=0)
        page.click("main form button[type=submit]")
        eyes.judge()
        file = Application.objects.get(company_id=company, status="DRAFT")
    for section in SECTIONS:
        eyes.visit(f"/company/applications/{file.number}/tasks/{section}/")
    page = eyes.visit(f"/company/applications/{file.number}/tasks/need/")
    page.fill("textarea[name=purpose]", f"训练模型 {view.name}")
    page.fill("input[name=planned_amount_fen]", "120000.50")
    page.click("main form button[type=submit]")
    eyes.judge()
    file.refresh_from_db()
    assert file.form["purpose"].endswith(view.name)
    assert file.form["planned_amount_fen"] == 12_000_050
    eyes.visit(f"/company/applications/{file.number}/check/")


def test_a_signatory_sees_the_file_the_voucher_and_its_use(open_as: OpenAs, view: View) -> None:
    eyes = open_as("signatory")
    company = Membership.objects.get(user__username="signatory").company_id
    file = Application.objects.filter(company_id=company).earliest("id")
    voucher = Voucher.objects.get(application=file)
    claim = Redemption.objects.filter(voucher=voucher).earliest("id")
    letter = Letter.objects.filter(subject_ref=file.ref).earliest("id")
    for path in (
        f"applications/{file.number}/", f"applications/{file.number}/tasks/",
        f"vouchers/{voucher.number}/", f"vouchers/{voucher.number}/redeem/",
        f"redemptions/{claim.number}/", f"letters/{letter.number}/", "record/",
    ):  # fmt: skip
        eyes.visit(f"/company/{path}")
    for path in ("", "roles/", "profile/", "notifications/", "activity/"):
        eyes.visit(f"/account/{path}")
    eyes.visit("/")

    if view is EN:
        eyes.page.locator("details.drawer > summary").click()
        eyes.judge()
