"""One demo world for all journeys, people signed in once through the page, windows per view."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import call_command
from playwright.sync_api import Browser, Page

from config.management.demo.cast import PASSWORD
from tests import live
from tests.browser.looking import CHROMIUM, FLAGS, VIEWS, ZH, Eyes, View
from tests.conftest import committed

# The demo's year is told within the first test's time.
SECONDS = 420
OpenAs = Callable[[str], Eyes]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Journeys are long."""
    for item in items:
        if "tests/browser/" in str(item.path):
            item.add_marker(pytest.mark.timeout(SECONDS))


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Debian's Chromium, which asks nobody for anything."""
    return {"executable_path": CHROMIUM, "args": FLAGS}


@pytest.fixture(scope="package")
def world(django_db_setup: None, django_db_blocker: Any, worker_id: str) -> Iterator[live.House]:
    """The demo's year, told once, and the house that serves it."""
    with committed(django_db_blocker, f"b_{worker_id}") as name:
        call_command("seed")
        with live.running(name) as house:
            yield house


@pytest.fixture(scope="package")
def signed_in(world: live.House, browser: Browser) -> Callable[[str], Any]:
    """A person's cookies; the first time they sign in through the page."""
    states: dict[str, Any] = {}

    def state_of(username: str) -> Any:
        if username not in states:
            states[username] = sign_in(world, browser, username)
        return states[username]

    return state_of


def sign_in(world: live.House, browser: Browser, username: str) -> Any:
    """Name, password and, for public duties, the code of the second factor."""
    with ZH.open(browser) as window:
        page = window.new_page()
        page.goto(f"{world.url}/account/login/")
        page.fill("input[name=login]", username)
        page.fill("input[name=password]", PASSWORD)
        page.click("main button[type=submit]")
        if Authenticator.objects.filter(user__username=username).exists():
            show_second_factor(page, username)
        page.wait_for_url(lambda url: "/account/login" not in url)
        return window.storage_state()


def show_second_factor(page: Page, username: str) -> None:
    """A code lives 30 seconds: it is read once the page asks, and anew where its time ran out."""
    field = page.locator("input[name=code]")
    field.wait_for()
    for _attempt in range(3):
        said = io.StringIO()
        call_command("code", username, stdout=said)
        field.fill(said.getvalue().strip())
        with page.expect_navigation():
            page.click("main button[type=submit] >> nth=0")
        if "authenticate" not in page.url:
            return
    raise AssertionError(f"{username}: {page.locator('main').inner_text()}")


@pytest.fixture(params=VIEWS, ids=[view.name for view in VIEWS])
def view(request: pytest.FixtureRequest) -> View:
    """Chinese, wide and light; English, on a phone and dark."""
    return request.param


@pytest.fixture
def open_as(
    world: live.House, browser: Browser, signed_in: Callable[[str], Any], view: View
) -> Iterator[OpenAs]:
    """`open_as("intake")` is that person's window, `open_as("")` anybody's; all must be clean."""
    opened: list[Eyes] = []

    def open_window(username: str) -> Eyes:
        more = {"storage_state": signed_in(username)} if username else {}
        eyes = Eyes(world, view, view.open(browser, **more))
        opened.append(eyes)
        return eyes

    yield open_window
    for eyes in opened:
        eyes.close()
