"""Rights that once were open: each door of another body, role or company stays shut."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from companies.agencies.services import register_agency
from companies.files.models import StoredFile
from companies.foundation.clock import set_demo_clock
from companies.registry.models import BankAccount
from companies.registry.services import add_bank_account
from companies.users.services import create_user, grant_duty
from tests.cast import OFFICERS, PLACE, SETUP, START
from tests.given_money import Sale, drawn_up, given_sale
from tests.live import session_of
from vouchers.applications.models import PublicNotice
from vouchers.programmes.models import BudgetLine
from vouchers.reports.models import ExportJob
from vouchers.reports.services import request_export

pytestmark = pytest.mark.django_db
CSRF = re.compile(r"\b[A-Za-z0-9]{64}\b")  # masked anew on each page
NEIGHBOUR = ("manager", "intake", "reviewer", "approver", "clerk", "auditor")


@pytest.fixture
def sale() -> Iterator[Sale]:
    """A live voucher; a neighbouring body with officers of its own; an operator; the clock."""
    sale = given_sale()
    cast = sale.scheme.cast
    cast.bodies["other"] = register_agency(
        actor=SETUP, code="T-OTHER", name_zh="测试邻市局", name_en="Other", kind="LEAD",
        region_code=PLACE, parent_id=None, is_demo=True, at=START,
    )  # fmt: skip
    for name in NEIGHBOUR:
        add(sale, f"other_{name}", OFFICERS[name][0], "other")
    add(sale, "operator", "operator", "lead")
    set_demo_clock(sale.scheme.later())
    yield sale
    (Path(settings.STATE_DIR) / "demo-clock").unlink(missing_ok=True)


def add(sale: Sale, name: str, role: str, body: str) -> None:
    """A person with one duty."""
    cast = sale.scheme.cast
    cast.people[name] = create_user(
        actor=SETUP, username=name, name_zh=f"测试{name}", name_en=name, email="",
        employer_id=cast.bodies[body].pk, password_hash="!", is_demo=True, at=START,
    )  # fmt: skip
    grant_duty(
        actor=SETUP, user_id=cast.people[name].pk, agency_id=cast.bodies[body].pk, role=role,
        programme_ref="", valid_from=START, valid_until=None, basis="测试任命", at=START,
    )  # fmt: skip


def client_of(sale: Sale, who: str) -> Client:
    """A browser in which this person has shown both factors."""
    client = Client(raise_request_exception=False)
    client.cookies.load(session_of(sale.scheme.cast.people[who].pk))
    return client


def status(sale: Sale, who: str, path: str, body: Any = None) -> int:
    """What a GET, or a POST of this JSON, is answered."""
    client = client_of(sale, who)
    if body is None:
        return client.get(path).status_code
    words = {"content_type": "application/json", "headers": {"Idempotency-Key": f"{who}-1"}}
    return client.post(path, body, **words).status_code


def test_a_budget_is_read_by_its_own_bodies(sale: Sale) -> None:
    path = f"/api/v1/programmes/{sale.scheme.programme.code}/budget"
    for who in ("clerk", "authoriser", "auditor", "manager"):
        assert status(sale, who, path) == 200, who
    for who in ("buyer_agent", "seller_sales", "other_clerk", "other_auditor", "operator"):
        assert status(sale, who, path) == 404, who


def test_a_neighbours_drafts_notices_and_providers_do_not_exist(sale: Sale) -> None:
    code, notice = sale.scheme.programme.code, PublicNotice.objects.get().number
    pages = {
        f"/en/officer/programmes/{code}/": "/en/officer/programmes/NONE/",
        f"/en/officer/programmes/{code}/edit/": "/en/officer/programmes/NONE/edit/",
        f"/en/officer/notices/{notice}/": "/en/officer/notices/NONE/",
        f"/en/officer/providers/{sale.scheme.provider.number}/": "/en/officer/providers/NONE/",
        f"/en/finance/budgets/{code}/": "/en/finance/budgets/NONE/",
    }
    here, neighbour = client_of(sale, "approver"), client_of(sale, "other_approver")
    for path, missing in pages.items():
        assert here.get(path).status_code == 200, path
        answers = [neighbour.get(path), neighbour.get(missing)]
        assert [answer.status_code for answer in answers] == [404, 404], path
        foreign, absent = (CSRF.sub("", answer.content.decode()) for answer in answers)
        assert foreign.replace(path, missing).replace(path[3:], missing[3:]) == absent


def test_an_export_is_for_those_who_may_ask_for_one(sale: Sale) -> None:
    scheme = sale.scheme
    job = request_export(
        actor=scheme.actor("auditor"), programme_id=scheme.programme.pk, dataset="ledger",
        purpose="审计", at=scheme.later(),
    )  # fmt: skip
    assert ExportJob.objects.count() == 1
    paths = f"/api/v1/exports/{job.number}/package", f"/en/audit/exports/{job.number}/"
    for who in ("auditor", "manager", "clerk"):  # it is theirs to see, and not built yet
        assert [status(sale, who, path) for path in paths] == [409, 409], who
    for who in ("intake", "reviewer", "releaser"):
        assert [status(sale, who, path) for path in paths] == [404, 403], who
    for who in ("other_auditor", "operator"):
        assert status(sale, who, paths[0]) == 404, who


def test_a_duty_for_another_programme_opens_no_export(sale: Sale) -> None:
    scheme, cast = sale.scheme, sale.scheme.cast
    job = request_export(
        actor=scheme.actor("auditor"), programme_id=scheme.programme.pk, dataset="ledger",
        purpose="审计", at=scheme.later(),
    )  # fmt: skip
    for name, ref in (("this", scheme.programme.ref), ("that", "programme:OTHER")):
        cast.people[name] = create_user(
            actor=SETUP, username=name, name_zh="测试", name_en=name, email="", employer_id=None,
            password_hash="!", is_demo=True, at=START,
        )  # fmt: skip
        grant_duty(
            actor=SETUP, user_id=cast.people[name].pk, agency_id=cast.bodies["lead"].pk,
            role="auditor", programme_ref=ref, valid_from=START, valid_until=None,
            basis="审计通知书", at=START,
        )  # fmt: skip
    path = f"/api/v1/exports/{job.number}"
    assert [status(sale, who, path) for who in ("this", "that")] == [200, 404]


def test_an_operator_reads_no_file(sale: Sale) -> None:
    file = sale.voucher.application
    paper = StoredFile.objects.filter(owner_ref=file.ref).first()
    sale.accepted()
    batch = drawn_up(sale.scheme)
    set_demo_clock(sale.scheme.later())
    paths = [
        f"/api/v1/applications/{file.number}",
        f"/api/v1/applications/{file.number}/attachments/{paper and paper.public_id}",
        f"/api/v1/vouchers/{sale.voucher.number}",
        f"/api/v1/batches/{batch.number}",
        f"/api/v1/companies/{file.company.credit_code}",
    ]
    for path in paths:
        assert status(sale, "intake", path) == 200, path
        assert status(sale, "operator", path) == 404, path
    for noun in ("applications", "vouchers", "redemptions", "batches", "letters", "exports"):
        answer = client_of(sale, "operator").get(f"/api/v1/{noun}")
        assert (answer.status_code, answer.json()["items"]) == (200, []), noun


def test_who_may_not_suballocate_hears_nothing_of_the_tree(sale: Sale) -> None:
    root = BudgetLine.objects.get(parent=None)
    path = f"/api/v1/budget-lines/{root.number}/suballocate"
    body = {"child": root.number, "amount_fen": 1}
    assert status(sale, "manager", path, body) == 403
    assert status(sale, "authoriser", path, body) == 422


ACTS = {
    "book": "/en/finance/budgets/{code}/",
    "suballocate": "/en/finance/budgets/{code}/",
    "freeze-line": "/en/finance/budgets/{code}/",
    "take-out": "/en/finance/settlement/{batch}/",
    "bounce": "/en/finance/settlement/{batch}/",
    "draft-rules": "/en/officer/programmes/{code}/edit/",
}


@pytest.mark.parametrize("act", ACTS)
def test_the_duty_is_asked_before_the_form(sale: Sale, act: str) -> None:
    sale.accepted()
    batch = drawn_up(sale.scheme)
    set_demo_clock(sale.scheme.later())
    path = ACTS[act].format(code=sale.scheme.programme.code, batch=batch.number)
    right = {"take-out": "clerk", "bounce": "clerk", "draft-rules": "manager"}
    answers = {
        who: client_of(sale, who).post(path, {"act": act}).status_code
        for who in ("reviewer", "other_approver", right.get(act, "authoriser"))
    }
    assert list(answers.values()) == [403, 404, 422], answers


def test_a_line_is_frozen_and_opened_again_on_the_budget_page(sale: Sale) -> None:
    line = BudgetLine.objects.filter(status="OPEN", children=None).first()
    path = ACTS["freeze-line"].format(code=sale.scheme.programme.code)
    for act, after in (("freeze-line", "FROZEN"), ("unfreeze-line", "OPEN")):
        set_demo_clock(sale.scheme.later())
        answer = client_of(sale, "authoriser").post(
            path, {"act": act, f"{act}-line": line.number, f"{act}-reason": "审计要求"}
        )
        line.refresh_from_db()
        assert (answer.status_code, line.status) == (302, after)


def test_an_account_without_a_password_has_none_to_change(sale: Sale) -> None:
    for path in ("/account/password/change/", "/en/account/password/change/"):
        assert status(sale, "buyer_agent", path) == 403
        assert Client().get(path).status_code == 302


def given_account(sale: Sale, company: str) -> BankAccount:
    """A new version, to be verified."""
    theirs = sale.scheme.cast.companies[company]
    who = "seller_cashier" if company == "seller" else f"{company}_agent"
    account = add_bank_account(
        actor=sale.scheme.actor(who), company_id=theirs.pk, account_name=theirs.name_zh,
        account_number="6222000033334444", bank_name="测试银行", cnaps="", at=sale.scheme.later(),
    )  # fmt: skip
    set_demo_clock(sale.scheme.later())
    return account


def path_of(account: BankAccount, agency: str) -> str:
    """Where it is verified."""
    code = account.company.credit_code
    return f"/api/v1/companies/{code}/bank-accounts/{account.version}/verify/{agency}"


def test_an_account_is_verified_by_a_body_that_deals_with_its_company(sale: Sale) -> None:
    seller, rival = given_account(sale, "seller"), given_account(sale, "rival")
    lead, other = path_of(seller, "T-LEAD"), path_of(seller, "T-OTHER")
    assert status(sale, "other_clerk", other, {}) == 404
    assert status(sale, "other_clerk", lead, {}) == 404
    assert status(sale, "clerk", other, {}) == 404
    # The rival has handed nothing in anywhere.
    assert status(sale, "clerk", path_of(rival, "T-LEAD"), {}) == 404
    assert status(sale, "reviewer", lead, {}) == 403
    assert status(sale, "seller_cashier", lead, {}) == 403
    assert status(sale, "clerk", lead, {"status": "VERIFIED"}) == 422
    assert not BankAccount.objects.filter(account_number="6222000033334444", status="VERIFIED")
    assert status(sale, "clerk", lead, {}) == 200


def test_the_page_lists_the_accounts_of_ones_own_parties(sale: Sale) -> None:
    seller, rival = given_account(sale, "seller"), given_account(sale, "rival")
    path = "/en/finance/accounts/"
    page = client_of(sale, "clerk").get(path).content.decode()
    assert seller.company.credit_code in page and rival.company.credit_code not in page
    neighbour = client_of(sale, "other_clerk")
    assert seller.company.credit_code not in neighbour.get(path).content.decode()
    for account in (seller, rival):
        which = {"which": f"{account.company.credit_code}@{account.version}"}
        assert neighbour.post(path, which).status_code == 422
    which = {"which": f"{seller.company.credit_code}@{seller.version}"}
    assert client_of(sale, "clerk").post(path, which).status_code == 302
