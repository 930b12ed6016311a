"""No mouse: every role gets round its desk by Tab, Enter and Escape, and sees where it stands."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import OpenAs
from tests.browser.looking import ZH, View
from vouchers.applications.models import Application

DESKS = {
    "": "/programmes/",
    "agent": "/company/",
    "provider": "/provider/",
    "intake": "/officer/queue/?view=intake",
    "authoriser": "/finance/",
    "auditor": "/audit/",
    "overseer": "/oversight/",
}
MOST = 90
# Where the focus stands: what it is called, whether it can be seen, its place in the document.
FOCUS = """() => {
  const now = document.activeElement, box = now.getBoundingClientRect();
  const ring = getComputedStyle(now);
  const inner = now.closest("label") ? getComputedStyle(now.closest("label")) : ring;
  const all = [...document.querySelectorAll("*")];
  const seen = [ring, inner].some(
    (style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2);
  return {tag: now.tagName, text: (now.innerText || now.name || "").slice(0, 40),
    seen: seen && box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight,
    place: all.indexOf(now), inside: Boolean(now.closest("main"))};
}"""


def tab_to(page: Page, target: str) -> None:
    """Press Tab until that is focused."""
    for _press in range(MOST):
        page.keyboard.press("Tab")
        if page.evaluate("(wanted) => document.activeElement.matches(wanted)", target):
            return
    raise AssertionError(f"{target} is not reached by Tab on {page.url}")


@pytest.mark.parametrize("username", DESKS)
def test_tab_goes_through_a_desk_in_order_and_is_seen(
    open_as: OpenAs, view: View, username: str
) -> None:
    page = open_as(username).visit(DESKS[username])
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.matches('a.skip')")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUS)["inside"]

    page.goto(page.url.partition("#")[0])
    stops = []
    for _press in range(MOST):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUS)
        if stop["tag"] == "BODY":
            break
        stops.append(stop)
    assert [stop for stop in stops if not stop["seen"]] == []
    places = [stop["place"] for stop in stops]
    assert places == sorted(places)
    assert any(stop["inside"] for stop in stops)


def test_a_menu_opens_with_enter_and_closes_with_escape(open_as: OpenAs, view: View) -> None:
    page = open_as("intake").visit("/officer/")
    menu = "details.menu" if view is ZH else "details.drawer"
    tab_to(page, f"{menu} > summary")
    page.keyboard.press("Enter")
    assert page.locator(f"{menu}[open]").count() == 1
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    assert page.locator(f"{menu}[open]").count() == 0
    assert page.evaluate(FOCUS)["tag"] == "SUMMARY"


def test_a_file_is_opened_and_its_acts_reached_by_keyboard(open_as: OpenAs, view: View) -> None:
    eyes = open_as("intake")
    page = eyes.visit("/officer/queue/?view=intake")
    tab_to(page, "main tbody a")
    page.keyboard.press("Enter")
    page.locator("#panel h2").first.wait_for()
    tab_to(page, "#panel a.btn")
    page.keyboard.press("Enter")
    page.wait_for_url("**/officer/applications/**")
    eyes.judge()
    assert Application.objects.filter(number=page.url.rstrip("/").rpartition("/")[2]).exists()
    tab_to(page, "form:has(input[name=act]) button")
