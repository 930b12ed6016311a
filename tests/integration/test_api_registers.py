"""Over HTTP: a provider let in and suspended, a scheme paused, a line frozen, an alert answered."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from rest_framework.test import APIClient

from companies.alerts.services import raise_alert
from companies.foundation.actors import Actor
from companies.foundation.clock import set_demo_clock
from companies.registry.services import grant_membership
from tests.cast import PLACE, SETUP
from tests.given import Scheme, given_programme
from vouchers.providers.models import Provider

pytestmark = pytest.mark.django_db


@pytest.fixture
def scheme() -> Iterator[Scheme]:
    """An open scheme, and the interfaces' clock at its time."""
    scheme = given_programme()
    set_demo_clock(scheme.later())
    yield scheme
    (Path(settings.STATE_DIR) / "demo-clock").unlink(missing_ok=True)


def said(scheme: Scheme, who: str, method: str, place: str, **body: Any) -> tuple[int, Any]:
    """Status and body of what this person is told."""
    client = APIClient(raise_request_exception=False)
    user = scheme.cast.people[who]
    client.force_authenticate(user=user, token=Actor.person(user.pk))  # type: ignore[arg-type]
    answer = getattr(client, method)(f"/api/v1/{place}", body, format="json")
    return answer.status_code, answer.json()


def test_a_company_applies_two_let_it_in_and_two_suspend_and_resume_it(scheme: Scheme) -> None:
    rival = scheme.cast.companies["rival"]
    grant_membership(
        actor=SETUP, user_id=scheme.cast.people["rival_agent"].pk, company_id=rival.pk,
        role="provider_agent", at=scheme.at,
    )  # fmt: skip
    body = {"agency": scheme.cast.bodies["lead"].code, "company": rival.credit_code}
    assert said(scheme, "seller_sales", "post", "providers", **body)[0] == 404
    status, made = said(scheme, "rival_agent", "post", "providers", **body)
    assert (status, made["status"]) == (201, "APPLIED")
    assert said(scheme, "rival_agent", "post", "providers", **body)[1]["code"] == "provider_exists"
    place = f"providers/{made['number']}"
    assert said(scheme, "approver", "post", f"{place}/check-provider")[0] == 403
    reason = {"reason": "核查"}
    for who, verb, words, becomes in (
        ("reviewer", "check-provider", {}, "UNDER_REVIEW"),
        ("approver", "approve-provider", {}, "APPROVED"),
        ("approver", "suspend-provider", reason, "SUSPENDED"),
        ("approver2", "resume-provider", {}, "APPROVED"),
    ):
        status, now = said(scheme, who, "post", f"{place}/{verb}", **words)
        assert (status, now.get("status")) == (200, becomes), (verb, now)
    late = said(scheme, "approver", "post", f"{place}/refuse-provider", **reason)
    assert (late[0], late[1]["code"]) == (409, "wrong_state")
    assert said(scheme, "approver", "post", f"{place}/suspend-provider")[0] == 422


def test_an_application_to_sell_is_refused_with_its_reason(scheme: Scheme) -> None:
    Provider.objects.update(status="UNDER_REVIEW", decided_by=None)
    place = f"providers/{scheme.provider.number}/refuse-provider"
    status, now = said(scheme, "approver2", "post", place, reason="资料不实")
    assert (status, now["status"]) == (200, "REFUSED")


def test_a_provider_publishes_a_price_and_a_centre(scheme: Scheme) -> None:
    place = f"providers/{scheme.provider.number}"
    price = {
        "code": "gpu-new", "name_zh": "新卡", "service_class": "compute", "unit": "卡时",
        "unit_price": "20.500000", "valid_from": scheme.later(timedelta(0)).isoformat(),
    }  # fmt: skip
    centre = {
        "name_zh": "算力中心", "region_code": PLACE, "capacity_pflops": "120.5",
        "pledged_hours": "1000",
    }  # fmt: skip
    for verb, body in (("publish-offer", price), ("register-centre", centre)):
        assert said(scheme, "buyer_agent", "post", f"{place}/{verb}", **body)[0] == 403
        status, made = said(scheme, "seller_sales", "post", f"{place}/{verb}", **body)
        assert (status, made.get("name_zh")) == (201, body["name_zh"]), made
    assert "gpu-new" in [
        row["code"] for row in said(scheme, "buyer_agent", "get", place)[1]["offers"]
    ]
    for wrong in ({"unit_price": "0"}, {"service_class": "gold"}, {"unit_price": "1e9999"}):
        assert (
            said(scheme, "seller_sales", "post", f"{place}/publish-offer", **price | wrong)[0]
            == 422
        )


def test_a_scheme_is_paused_and_goes_on(scheme: Scheme) -> None:
    place = f"programmes/{scheme.programme.code}"
    assert said(scheme, "approver", "post", f"{place}/pause-programme")[0] == 403
    for verb, becomes in (("pause", "PAUSED"), ("resume", "ACTIVE")):
        status, now = said(scheme, "manager", "post", f"{place}/{verb}-programme")
        assert (status, now["status"]) == (200, becomes)
    assert said(scheme, "manager", "post", f"{place}/resume-programme")[0] == 409


def test_a_line_is_frozen_and_freed_by_its_authoriser(scheme: Scheme) -> None:
    place, reason = f"budget-lines/{scheme.lines[0].number}", {"reason": "核查"}
    assert said(scheme, "manager", "post", f"{place}/freeze-line", **reason)[0] == 403
    assert said(scheme, "authoriser", "post", f"{place}/freeze-line")[0] == 422
    for verb, becomes in (("freeze", "FROZEN"), ("unfreeze", "OPEN")):
        status, now = said(scheme, "authoriser", "post", f"{place}/{verb}-line", **reason)
        assert (status, now["status"]) == (200, becomes)


def test_alerts_are_listed_for_and_answered_by_those_who_may(scheme: Scheme) -> None:
    agency = scheme.cast.bodies["lead"].pk
    with transaction.atomic():
        raised = [
            raise_alert(
                agency_id=agency, code="odd_usage", severity="WARNING", subject_ref=f"x:{n}",
                facts={"n": n}, at=scheme.at,
            )
            for n in (1, 2)
        ]  # fmt: skip
    numbers = [alert.number for alert in raised]
    for who, seen in (
        ("auditor", numbers),
        ("approver", numbers),
        ("intake", []),
        ("buyer_agent", []),
    ):
        listed = said(scheme, who, "get", "alerts?status=OPEN")[1]["items"]
        assert sorted(row["number"] for row in listed) == seen, who
    assert said(scheme, "intake", "get", f"alerts/{numbers[0]}")[0] == 404
    for number, verb, becomes in zip(
        numbers, ("dismiss", "confirm"), ("DISMISSED", "CONFIRMED"), strict=True
    ):
        place = f"alerts/{number}/{verb}-alert"
        assert said(scheme, "approver", "post", place, reason=" ")[0] == 422
        status, now = said(scheme, "approver", "post", place, reason="已核实")
        assert (status, now["status"], now["answer"]) == (200, becomes, "已核实")
        assert said(scheme, "approver", "post", place, reason="再")[1]["code"] == "wrong_state"
    assert said(scheme, "auditor", "get", "alerts?status=OPEN")[1]["items"] == []
