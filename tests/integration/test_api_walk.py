"""Every route of the API: foreign and absent answer alike, and answers are as described."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from drf_spectacular.generators import SchemaGenerator
from jsonschema import Draft202012Validator
from rest_framework.test import APIClient

from companies.agencies.services import register_agency
from companies.alerts.models import Alert
from companies.alerts.services import raise_alert
from companies.audit.services import seal_events
from companies.foundation.actors import Actor
from companies.foundation.clock import set_demo_clock
from companies.letters.models import Letter
from companies.users.services import create_user, grant_duty
from tests.cast import OFFICERS, PLACE, SETUP
from tests.given import given_notice, given_recommended_application
from tests.given_money import Sale, answered, drawn_up, given_sale, sent
from vouchers.api.v1.urls import urlpatterns
from vouchers.applications import services as files
from vouchers.applications.models import Objection
from vouchers.issuance import services as vouchers
from vouchers.reports.services import request_export

pytestmark = pytest.mark.django_db

# Known to everybody, or to every officer: what exists is no secret, acting on it is another matter.
OPEN = frozenset({"programmes", "providers", "notices", "rounds", "companies"})
Numbers = dict[str, tuple[str, str]]


@pytest.fixture
def sale() -> Iterator[Sale]:
    """A world with something of every noun; the interfaces' clock at its end."""
    sale = given_sale()
    scheme = sale.scheme
    sale.accepted(1_000_000)
    answered(scheme, sent(scheme, drawn_up(scheme)))
    sale.order(200_000)
    notice = given_notice(scheme, given_recommended_application(scheme, "rival"))
    files.lodge_objection(
        actor=Actor.system("public"), notice_row_id=notice.rows.get().pk, text="不实", contact="",
        at=scheme.later(),
    )  # fmt: skip
    vouchers.propose_revocation(
        actor=scheme.actor("approver"), voucher_id=sale.voucher.pk, reason="情况不实",
        at=scheme.later(),
    )  # fmt: skip
    request_export(
        actor=scheme.actor("auditor"), programme_id=scheme.programme.pk, dataset="ledger",
        purpose="测试", at=scheme.later(),
    )  # fmt: skip
    with transaction.atomic():
        raise_alert(
            agency_id=scheme.programme.agency_id, code="odd_usage", severity="INFO",
            subject_ref=sale.voucher.ref, facts={}, at=scheme.later(),
        )  # fmt: skip
    seal_events(at=scheme.later())
    set_demo_clock(scheme.later())
    yield sale
    (Path(settings.STATE_DIR) / "demo-clock").unlink(missing_ok=True)


def client_of(user: Any) -> APIClient:
    """A person past the door."""
    client = APIClient(raise_request_exception=False)
    client.force_authenticate(user=user, token=Actor.person(user.pk))  # type: ignore[arg-type]
    return client


def given_stranger(sale: Sale) -> Any:
    """An officer with every duty that may meet, in a body that has nothing to do with this one."""
    at = sale.scheme.later()
    body = register_agency(
        actor=SETUP, code="T-OTHER", name_zh="别处", name_en="Elsewhere", kind="LEAD",
        region_code=PLACE, parent_id=None, is_demo=True, at=at,
    )  # fmt: skip
    user = create_user(
        actor=SETUP, username="stranger", name_zh="别处人", name_en="Stranger", email="",
        employer_id=body.pk, password_hash="!", is_demo=True, at=at,
    )  # fmt: skip
    for role in ("intake", "reviewer", "approver", "programme_manager"):
        grant_duty(
            actor=SETUP, user_id=user.pk, agency_id=body.pk, role=role, programme_ref="",
            valid_from=at, valid_until=None, basis="测试任命", at=at,
        )  # fmt: skip
    return user


def numbers_of(sale: Sale) -> Numbers:
    """By the first segment of an address: a number that exists, and one that does not."""
    scheme, voucher = sale.scheme, sale.voucher
    notice = Objection.objects.get().notice_row.notice
    return {
        "programmes": (scheme.programme.code, "NONE-1"),
        "rule-versions": (f"{scheme.programme.code}@1", f"{scheme.programme.code}@9"),
        "rounds": (f"{scheme.programme.code}@{scheme.round.code}", f"{scheme.programme.code}@x"),
        "seat-maps": ("strict@1", "strict@9"),
        "budget-lines": (scheme.lines[0].number, "BL-2025-999999"),
        "applications": (voucher.application.number, "AP-2025-999999"),
        "vouchers": (voucher.number, "VC-2025-999999"),
        "redemptions": (voucher.redemptions.order_by("id")[0].number, "RD-2025-999999"),
        "batches": (scheme.programme.batches.get().number, "SB-2025-999999"),
        "exports": (scheme.programme.exports.get().number, "EX-2025-999999"),
        "letters": (Letter.objects.order_by("id")[0].number, "LT-2025-999999"),
        "objections": (Objection.objects.get().tracking_code, "ABCDEFGH"),
        "notices": (notice.number, "PN-2025-999999"),
        "providers": (scheme.provider.number, "PV-2025-999999"),
        "companies": (scheme.cast.companies["buyer"].credit_code, "91520100MA6999999X"),
        "api-keys": ("mine", "nobodys"),
        "alerts": (Alert.objects.order_by("id")[0].number, "AL-2025-999999"),
    }


def routes() -> list[tuple[str, list[str]]]:
    """(address with <number>, its methods)."""
    found = []
    for pattern in urlpatterns:
        view = pattern.callback.view_class  # type: ignore[union-attr]
        methods = [method for method in ("get", "post") if hasattr(view, method)]
        found.append((str(pattern.pattern), methods))
    return found


def told(answer: Any, number: str) -> tuple[int, Any, dict[str, str]]:
    """All an outsider can tell: status, body, headers; ids of the request and numbers aside."""
    text = answer.content.decode().replace(number, "…")
    text = re.sub(r'"request_id":"[0-9a-f]+"', "", text)
    headers = {name: value for name, value in answer.items() if name != "X-Request-Id"}
    headers["Content-Security-Policy"] = str(sorted(headers["Content-Security-Policy"].split(";")))
    headers.pop("Content-Length", None)
    return answer.status_code, text, headers


def test_foreign_and_absent_answer_alike(sale: Sale) -> None:
    outsiders = [given_stranger(sale)]
    set_demo_clock(sale.scheme.later())
    outsiders += [sale.scheme.cast.people["rival_agent"]]
    numbers, compared = numbers_of(sale), 0
    for user in outsiders:
        client = client_of(user)
        for address, methods in routes():
            noun = address.split("/")[0]
            if "<str:number>" not in address or noun in OPEN:
                continue
            for method in methods:
                answers = []
                for number in numbers[noun]:
                    path = "/api/v1/" + address.replace("<str:number>", number)
                    answers.append(
                        told(client.generic(method.upper(), path, b"", "application/json",
                                            HTTP_IDEMPOTENCY_KEY="k"), number)
                    )  # fmt: skip
                assert answers[0] == answers[1], (user.username, method, address)
                assert answers[0][0] == 404, (user.username, method, address, answers[0])
                compared += 1
    assert compared > 120


def test_lists_leak_nothing(sale: Sale) -> None:
    secrets = [
        pair[0] for noun, pair in numbers_of(sale).items() if noun not in OPEN | {"api-keys"}
    ]
    client = client_of(given_stranger(sale))
    set_demo_clock(sale.scheme.later())
    for address, methods in routes():
        if "<" not in address and "get" in methods and address not in OPEN:
            said = client.get(f"/api/v1/{address}").content.decode()
            for secret in secrets:
                assert secret not in said, (address, secret)


def described(schema: dict[str, Any], path: str, method: str, status: int) -> Any:
    """The schema of one answer, or None where none is described."""
    operation = schema["paths"][path][method]
    content = operation["responses"].get(str(status), {}).get("content", {})
    return next(iter(content.values()))["schema"] if content else None


def test_answers_are_as_the_description_says(sale: Sale) -> None:
    schema = json.loads(json.dumps(SchemaGenerator().get_schema(request=None, public=True)))
    numbers, seen = numbers_of(sale), 0
    people = [sale.scheme.cast.people[name] for name in (*OFFICERS, "buyer_agent", "seller_sales")]
    for address, methods in routes():
        path = "/api/v1/" + address.replace("<str:number>", "{number}").replace("<int:", "<")
        path = re.sub(r"<(?:str:|path:)?(\w+)>", r"{\1}", path)
        for method in methods:
            for user in people if method == "get" else people[:1]:
                filled = path.replace("{number}", numbers.get(address.split("/")[0], ("x",))[0])
                filled = re.sub(r"\{\w+\}", "1", filled)
                answer = client_of(user).generic(method.upper(), filled, b"", "application/json")
                shape = described(schema, path, method, answer.status_code)
                assert shape is not None, (method, path, answer.status_code, answer.content[:200])
                if answer["Content-Type"].endswith("json"):
                    whole = {**shape, "components": schema["components"]}
                    faults = list(Draft202012Validator(whole).iter_errors(answer.json()))
                    assert not faults, (method, path, faults[0].message, faults[0].json_path)
                    seen += answer.status_code == 200
    assert seen > 60
