"""A company's people: files, vouchers, redemptions, letters; a draft filled in and checked."""

from __future__ import annotations

from companies.letters.models import Letter
from companies.registry.models import Membership
from tests.browser.conftest import OpenAs
from tests.browser.looking import EN, ZH, Eyes, View
from vouchers.applications.models import Application
from vouchers.issuance.models import Voucher
from vouchers.redemptions.models import Redemption

SECTIONS = ("company", "need", "contract", "support", "papers", "declaration")


def given_draft(eyes: Eyes) -> Application:
    """The agent's draft; begun on the page where there is none."""
    company = Membership.objects.get(user__username="agent").company_id
    if not Application.objects.filter(company_id=company, status="DRAFT").exists():
        page = eyes.visit("/company/applications/new/")
        page.select_option("select[name=round]", index=0)
        page.click("main form button[type=submit]")
        eyes.judge()
    return Application.objects.get(company_id=company, status="DRAFT")


def test_a_company_fills_in_a_file(open_as: OpenAs, view: View) -> None:
    eyes = open_as("agent")
    eyes.walk("/company/")
    file = given_draft(eyes)
    for section in SECTIONS:
        eyes.visit(f"/company/applications/{file.number}/tasks/{section}/")
    page = eyes.visit(f"/company/applications/{file.number}/tasks/need/")
    assert page.locator("label:has(.must) + * >> nth=0").count() == 1
    page.select_option("select[name=service_class]", "compute")
    page.fill("textarea[name=purpose]", f"训练模型 {view.name}")
    page.fill("input[name=planned_amount_fen]", "120000.50")
    page.click("main form button[type=submit]")
    eyes.judge()
    file.refresh_from_db()
    assert file.form["purpose"].endswith(view.name)
    assert file.form["planned_amount_fen"] == 12_000_050
    page = eyes.visit(f"/company/applications/{file.number}/check/")
    kind = "算力服务" if view is ZH else "Compute services"
    assert page.locator("main dd").filter(has_text=kind).count() == 1


def test_a_refused_paper_says_why_and_a_good_one_takes_its_place(
    open_as: OpenAs, view: View
) -> None:
    eyes = open_as("agent")
    file = given_draft(eyes)
    page = eyes.visit(f"/company/applications/{file.number}/tasks/papers/")
    locked = b"%PDF-1.7\n<< /Encrypt 1 0 R >>\n%%EOF"
    for content, told in ((locked, 1), (b"%PDF-1.7\n<< >>\n%%EOF", 0)):
        chosen = {"name": "合同.pdf", "mimeType": "application/pdf", "buffer": content}
        page.set_input_files("input[name=contract]", chosen)
        page.click("main form button[type=submit]")
        eyes.judge()
        eyes.visit(f"/company/applications/{file.number}/tasks/papers/")
        password = "密码" if view is ZH else "password"
        assert page.locator("main dd .wrong").filter(has_text=password).count() == told


def test_an_ended_file_shows_its_end(open_as: OpenAs, view: View) -> None:
    eyes = open_as("agent")
    file = given_draft(eyes)
    page = eyes.visit(f"/company/applications/{file.number}/")
    assert page.locator(".steps__over").count() == 0
    page.locator("form[action$='/withdraw/'] input[type=checkbox]").check()
    page.locator("form[action$='/withdraw/'] button").click()
    eyes.judge()
    assert page.locator(".steps__over").count() == 1
    assert page.locator(".steps__todo").count() == 0


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
