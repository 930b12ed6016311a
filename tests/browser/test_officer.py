"""The review desk: intake takes a file, the reviewer signs advice, the approver sees every door."""

from __future__ import annotations

from tests.browser.conftest import OpenAs
from tests.browser.looking import Eyes, View
from vouchers.applications.models import Application, Objection, PublicNotice
from vouchers.issuance.models import Voucher
from vouchers.providers.models import Provider
from vouchers.redemptions.models import Redemption


def act(eyes: Eyes, name: str) -> None:
    """Press the button of one act of the page."""
    form = eyes.page.locator(f"form:has(input[name=act][value={name}])")
    form.get_by_role("button").first.click()
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
