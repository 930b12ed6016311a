"""The overseer: the province's money at a glance, and further into one programme."""

from __future__ import annotations

from tests.browser.conftest import OpenAs
from tests.browser.looking import View


def test_an_overseer_looks_and_changes_nothing(open_as: OpenAs, view: View) -> None:
    eyes = open_as("overseer")
    eyes.walk("/oversight/")
    page = eyes.visit("/oversight/")
    page.locator("main table a").first.click()
    page.wait_for_load_state()
    eyes.judge()
    assert page.locator("main form[method=post] button").count() == 0
