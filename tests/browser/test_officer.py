"""The review desk: intake takes a file, the reviewer signs advice, the approver sees every door."""

from __future__ import annotations

from django.db import transaction

from companies.alerts.services import raise_alert
from companies.foundation.clock import now
from companies.local_time import local_date
from tests.browser.conftest import OpenAs
from tests.browser.looking import ZH, Eyes, View
from vouchers.applications.models import Application, Objection, PublicNotice
from vouchers.issuance.models import Voucher
from vouchers.programmes.models import Programme
from vouchers.providers.models import Provider
from vouchers.redemptions.models import Redemption


def act(eyes: Eyes, name: str) -> None:
    """Press the button of one act of the page."""
    form = eyes.page.locator(f"form:has(input[name=act][value={name}])")
    form.locator("button[type=submit]").first.click()
    eyes.judge()


def test_intake_takes_a_file(open_as: OpenAs, view: View) -> None:
    eyes = open_as("intake")
    eyes.walk("/officer/")
    file = Application.objects.filter(status="SUBMITTED").earliest("id")
    page = eyes.visit(f"/officer/queue/?view=intake&selected={file.number}")
    page.locator("#panel").wait_for()
    eyes.visit(f"/officer/applications/{file.number}/")
    act(eyes, "take")
    file.refresh_from_db()
    assert file.status == "IN_SCREENING"


def test_a_reviewer_signs_advice(open_as: OpenAs, view: View) -> None:
    eyes = open_as("reviewer")
    eyes.visit("/officer/")
    file = Application.objects.filter(status="IN_REVIEW").earliest("id")
    page = eyes.visit(f"/officer/applications/{file.number}/")
    page.locator("form:has(input[value=recommend]) textarea").first.fill("材料齐全，符合条件。")
    act(eyes, "recommend")
    file.refresh_from_db()
    assert file.status == "RECOMMENDED"


def test_an_approver_looks_at_one_of_each(open_as: OpenAs, view: View) -> None:
    eyes = open_as("approver2")
    file = Application.objects.filter(status="RECOMMENDED").earliest("id")
    notice = PublicNotice.objects.latest("id")
    objection = Objection.objects.latest("id")
    claim = Redemption.objects.filter(status="UNDER_CHECK").earliest("id")
    voucher = Voucher.objects.filter(status="SUSPENDED").earliest("id")
    for path in (
        "", f"applications/{file.number}/", "notices/new/", f"notices/{notice.number}/",
        f"objections/{objection.tracking_code}/", f"redemptions/{claim.number}/",
        f"vouchers/{voucher.number}/", f"vouchers/{claim.voucher.number}/",
        f"programmes/{file.programme.code}/",
        f"providers/{Provider.objects.earliest('id').number}/",
    ):  # fmt: skip
        eyes.visit(f"/officer/{path}")


def test_the_programmes_manager_edits_and_issues(open_as: OpenAs, view: View) -> None:
    eyes = open_as("manager")
    code = Application.objects.earliest("id").programme.code
    for path in ("", "issue/", "seat-map/", f"programmes/{code}/", f"programmes/{code}/edit/"):
        eyes.visit(f"/officer/{path}")


def test_a_programme_is_drafted_and_a_provider_admitted_to_it(open_as: OpenAs, view: View) -> None:
    code = f"BR-{view.name.upper()}-2027"
    eyes = open_as("manager")
    eyes.expected = "status of 422"
    page = eyes.visit("/officer/programmes/new/")
    page.fill("input[name=code]", code.lower())
    page.fill("input[name=name_zh]", f"浏览器项目 {view.name}（演示）")
    page.fill("input[name=name_en]", f"Browser programme {view.name} (demo)")
    page.click("main form button[type=submit]")
    eyes.judge()
    assert page.locator("[aria-invalid][name=code]").count() == 1
    page.fill("input[name=code]", code)
    page.click("main form button[type=submit]")
    eyes.judge()
    programme = Programme.objects.get(code=code)
    assert (programme.status, programme.is_demo) == ("DRAFT", True)

    provider = Provider.objects.filter(status="APPROVED").earliest("id")
    eyes = open_as("approver2")
    page = eyes.visit(f"/officer/providers/{provider.number}/")
    page.select_option("select[name=admit-programme]", code)
    page.fill("input[name=admit-first]", "2027-01-01")
    page.fill("input[name=admit-last]", "2027-12-31")
    act(eyes, "admit")
    period = provider.admissions.get(programme=programme)
    assert local_date(period.valid_from).isoformat() == "2027-01-01"
    assert local_date(period.valid_until).isoformat() == "2028-01-01"


def test_an_alert_is_answered(open_as: OpenAs, view: View) -> None:
    claim = Redemption.objects.filter(status="SETTLED").earliest("id")
    with transaction.atomic():
        doubt = raise_alert(
            agency_id=claim.agency_id, code="payment_late", severity="WARNING",
            subject_ref=claim.ref, facts={"number": claim.number}, at=now(),
        )  # fmt: skip
    eyes = open_as("approver2")
    page = eyes.visit("/officer/alerts/?status=OPEN")
    page.get_by_role("link", name="付款逾期" if view is ZH else "A payment is late").click()
    eyes.judge()
    page.locator("form:has(input[value=dismiss]) textarea").fill("已按期支付（演示）。")
    act(eyes, "dismiss")
    doubt.refresh_from_db()
    assert doubt.status == "DISMISSED"
