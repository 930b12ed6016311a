"""Pictures of the main pages of a seeded demo: `make screenshots`, into docs/screenshots/.

Twelve pages, each in Chinese at 1440 and in English at 390. The pictures are not committed.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tests import svcplugin

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "screenshots"


def pages() -> list[tuple[str, str, str]]:
    """Name, whose eyes, address."""
    from vouchers.applications.models import Application, PublicNotice
    from vouchers.issuance.models import Voucher
    from vouchers.redemptions.models import Redemption
    from vouchers.settlement.models import SettlementBatch

    file = Application.objects.filter(status="RECOMMENDED").earliest("id")
    waiting = Application.objects.filter(status="SUBMITTED").earliest("id")
    voucher = Voucher.objects.earliest("id")
    claim = Redemption.objects.filter(status="UNDER_CHECK").earliest("id")
    batch = SettlementBatch.objects.earliest("id")
    notice = PublicNotice.objects.latest("id")
    return [
        ("01-home", "", "/"),
        ("02-programme", "", f"/programmes/{file.programme.code}/"),
        ("03-notice", "", f"/notices/{notice.number}/"),
        ("04-company", "signatory", "/company/"),
        ("05-voucher", "signatory", f"/company/vouchers/{voucher.number}/"),
        ("06-provider", "provider", "/provider/redemptions/"),
        ("07-queue", "intake", f"/officer/queue/?view=intake&selected={waiting.number}"),
        ("08-review", "approver2", f"/officer/applications/{file.number}/"),
        ("09-check", "checker", f"/officer/redemptions/{claim.number}/"),
        ("10-budget", "authoriser", f"/finance/budgets/{file.programme.code}/"),
        ("11-batch", "clerk", f"/finance/settlement/{batch.number}/"),
        ("12-oversight", "overseer", "/oversight/"),
    ]


def take() -> None:
    """Tell the demo's year, open each page, keep its picture."""
    from django.core.management import call_command
    from playwright.sync_api import sync_playwright

    from tests import live
    from tests.browser.conftest import sign_in
    from tests.browser.looking import CHROMIUM, EN, FLAGS, ZH

    call_command("seed")
    TARGET.mkdir(parents=True, exist_ok=True)
    with live.running(svcplugin.TEMPLATE) as house, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        chosen = pages()
        people = {who for _name, who, _path in chosen if who}
        states = {who: sign_in(house, browser, who) for who in sorted(people)}
        for view in (ZH, EN):
            for name, who, path in chosen:
                with view.open(browser, storage_state=states.get(who)) as window:
                    page = window.new_page()
                    page.goto(f"{house.url}{view.prefix}{path}")
                    page.screenshot(path=TARGET / f"{name}-{view.name}.png", full_page=True)
                    print(f"{name}-{view.name}.png", flush=True)


def main() -> int:
    """With throw-away services, as the tests have them."""
    svcplugin.pytest_load_initial_conftests()
    try:
        os.chdir(ROOT)
        import django

        django.setup()
        take()
    finally:
        svcplugin.pytest_unconfigure()
    return 0


if __name__ == "__main__":
    sys.exit(main())
