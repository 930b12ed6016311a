"""What the API refuses, each in its family: never a 500, always a problem in both languages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from rest_framework.test import APIClient

from companies.errors import TryAgain
from companies.foundation.actors import Actor
from companies.foundation.clock import set_demo_clock
from companies.local_time import local_date
from tests.given_money import Sale, given_sale
from vouchers.api.errors import handle
from vouchers.issuance.selectors import get_verify_code
from vouchers.ledger.models import JournalEntry

pytestmark = pytest.mark.django_db

ORDERS = "/api/v1/redemptions"
DEEP = 100_000


@pytest.fixture
def sale() -> Iterator[Sale]:
    """A live voucher, and the interfaces' clock at its time."""
    sale = given_sale()
    set_demo_clock(sale.scheme.later())
    yield sale
    (Path(settings.STATE_DIR) / "demo-clock").unlink(missing_ok=True)


def client_of(sale: Sale, who: str) -> APIClient:
    """An API client past the door; what breaks inside becomes the answer a caller would get."""
    client = APIClient(raise_request_exception=False)
    user = sale.scheme.cast.people[who]
    client.force_authenticate(user=user, token=Actor.person(user.pk))  # type: ignore[arg-type]
    return client


def order_body(sale: Sale) -> dict[str, Any]:
    """An order that would be taken."""
    return {
        "voucher": sale.voucher.number, "provider": sale.scheme.provider.number,
        "offer": sale.scheme.offer.code, "order_number": "SO-1", "price_fen": 200_000,
    }  # fmt: skip


def problem_of(answer: Any, status: int, code: str) -> dict[str, Any]:
    """The answer's problem document, complete."""
    assert answer["Content-Type"] == "application/problem+json", answer.content[:400]
    body: dict[str, Any] = json.loads(answer.content)
    assert (answer.status_code, body["status"], body["code"]) == (status, status, code)
    assert set(body["messages"]) == {"zh-Hans", "en"} and all(body["messages"].values())
    assert body["messages"]["zh-Hans"] != body["messages"]["en"]
    assert body["request_id"] == answer["X-Request-Id"]
    assert isinstance(body["errors"], list)
    return body


def send(client: APIClient, body: Any, **more: Any) -> Any:
    """POST an order as raw bytes."""
    raw = body if isinstance(body, bytes) else body.encode()
    words = {"content_type": "application/json", "HTTP_IDEMPOTENCY_KEY": "k", **more}
    return client.generic("POST", ORDERS, raw, **words)


MALFORMED = (
    b"{", b'{"a":1}x', b"NaN", b'{"price_fen":NaN}', b'{"price_fen":1e400}',
    b'{"price_fen":1,"price_fen":2}', b'{"voucher":"\xff"}', b'"\\ud800"', b'"\\u0000"',
    b'{"\\u0000":1}', b'{"price_fen":9007199254740992}', b"9" * 5000,
    b"[" * DEEP, b"[" * 40 + b"]" * 40, b'{"a":' * DEEP,
    '{"voucher":"x"}'.encode("utf-16"),
)  # fmt: skip


def test_what_cannot_be_read_in_one_way_only_is_malformed(sale: Sale) -> None:
    client = client_of(sale, "buyer_agent")
    for body in MALFORMED:
        problem_of(send(client, body), 400, "malformed")
    assert JournalEntry.objects.filter(kind="HOLD").count() == 0


WRONG_FIELDS: tuple[tuple[dict[str, Any], str, str], ...] = (
    ({"price_fen": "200000"}, "price_fen", "invalid"),
    ({"price_fen": 200000.0}, "price_fen", "invalid"),
    ({"price_fen": True}, "price_fen", "invalid"),
    ({"price_fen": None}, "price_fen", "null"),
    ({"price_fen": {}}, "price_fen", "invalid"),
    ({"price_fen": -1}, "price_fen", "min_value"),
    ({"price_fen": 10**14 + 1}, "price_fen", "max_value"),
    ({"order_number": 7}, "order_number", "invalid"),
    ({"order_number": ["x"]}, "order_number", "invalid"),
    ({"order_number": "x" * 61}, "order_number", "max_length"),
    ({"order_number": " "}, "order_number", "blank"),
    ({"held_fen": 1}, "held_fen", "unknown_field"),
    ({"status": "ACCEPTED"}, "status", "unknown_field"),
)


def test_a_wrong_field_is_named(sale: Sale) -> None:
    client = client_of(sale, "buyer_agent")
    for changed, field, code in WRONG_FIELDS:
        answer = send(client, json.dumps({**order_body(sale), **changed}))
        found = problem_of(answer, 422, "invalid_input")["errors"]
        assert [(one["field"], one["code"]) for one in found] == [(field, code)]


def test_a_body_that_is_no_object_is_not_taken_for_an_empty_one(sale: Sale) -> None:
    client = client_of(sale, "approver")
    address = f"/api/v1/vouchers/{sale.voucher.number}/resume-voucher"
    for body in (b"[]", b"0", b"null", b'""', b"false", b"[1]", b'"x"'):
        answer = client.generic("POST", address, body, content_type="application/json")
        problem_of(answer, 422, "invalid_input")


WRONG_WAYS: tuple[tuple[dict[str, str], int, str], ...] = (
    ({"content_type": "text/plain"}, 415, "media_type_unsupported"),
    ({"content_type": "application/x-www-form-urlencoded"}, 415, "media_type_unsupported"),
    ({"content_type": "multipart/form-data; boundary=x"}, 415, "media_type_unsupported"),
    ({"HTTP_ACCEPT": "text/html"}, 406, "not_acceptable"),
    ({"HTTP_HOST": "evil.example"}, 400, "malformed"),
    ({"HTTP_IDEMPOTENCY_KEY": ""}, 422, "idempotency_key_required"),
    ({"HTTP_IDEMPOTENCY_KEY": "x" * 256}, 422, "idempotency_key_malformed"),
    ({"QUERY_STRING": "a=%00"}, 400, "malformed"),
)


def test_a_wrong_way_of_asking_is_refused(sale: Sale) -> None:
    client = client_of(sale, "buyer_agent")
    for words, status, code in WRONG_WAYS:
        problem_of(send(client, json.dumps(order_body(sale)), **words), status, code)
    for method in ("PUT", "PATCH", "DELETE", "TRACE", "BREW"):
        problem_of(client.generic(method, ORDERS), 405, "method_not_allowed")


def test_a_body_beyond_the_limit_is_413(sale: Sale) -> None:
    client = client_of(sale, "buyer_agent")
    papers = f"/api/v1/applications/{sale.voucher.application.number}/attachments"
    raw = b'{"a":"' + b"x" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE + b'"}'
    for address, content_type in (
        (ORDERS, "application/json"),
        (papers, "multipart/form-data; boundary=x"),
    ):
        answer = client.generic("POST", address, raw, content_type=content_type)
        problem_of(answer, 413, "body_too_large")


STRANGE = (
    ("buyer_agent", "GET", "redemptions?limit=" + "9" * 5000, 422, "limit_invalid"),
    ("buyer_agent", "GET", "redemptions?limit=0", 422, "limit_invalid"),
    ("buyer_agent", "GET", "redemptions?after=x", 422, "cursor_invalid"),
    ("buyer_agent", "GET", "redemptions?status=%00", 400, "malformed"),
    ("buyer_agent", "GET", "redemptions/%00", 400, "malformed"),
    ("buyer_agent", "BREW", "nowhere", 404, "not_found"),
    ("buyer_agent", "GET", "redemptions/", 404, "not_found"),
    ("manager", "POST", "rule-versions/x/publish-rule-version", 404, "programme_not_found"),
    ("manager", "POST", "rounds/x/publish-round", 404, "programme_not_found"),
    ("manager", "POST", "rule-versions/TEST-2025@" + "9" * 5000 + "/publish-rule-version", 404,
     "rule_version_not_found"),
    ("manager", "POST", "seat-maps/strict@" + "9" * 5000 + "/approve-seat-map", 404,
     "seat_map_not_found"),
    ("manager", "POST", "seat-maps/strict/approve-seat-map", 404, "seat_map_not_found"),
)  # fmt: skip


def test_strange_addresses_have_their_answer(sale: Sale) -> None:
    for who, method, address, status, code in STRANGE:
        answer = client_of(sale, who).generic(method, f"/api/v1/{address}")
        problem_of(answer, status, code)


def test_a_naive_or_distant_moment_is_refused(sale: Sale) -> None:
    body = {
        "code": "R9", "name_zh": "甲", "name_en": "A", "opens_at": "2025-04-01T09:00:00",
        "closes_at": "2025-05-01T09:00:00+08:00",
    }  # fmt: skip
    client, address = client_of(sale, "manager"), "/api/v1/programmes/TEST-2025/create-round"
    refused = problem_of(client.post(address, body, format="json"), 422, "invalid_input")
    assert [(one["field"], one["code"]) for one in refused["errors"]] == [("opens_at", "naive")]
    for distant in ("0062-01-11T01:40:42Z", "9999-12-31T23:59:59Z"):
        answer = client.post(address, {**body, "opens_at": distant}, format="json")
        refused = problem_of(answer, 422, "invalid_input")
        assert [one["code"] for one in refused["errors"]] == ["out_of_time"]
    zoned = client.post(address, {**body, "opens_at": "2025-04-01T01:00:00Z"}, format="json")
    assert (zoned.status_code, zoned.json()["opens_at"]) == (200, "2025-04-01T09:00:00+08:00")


def test_nobody_is_told_to_sign_in_before_anything_is_read(db: None) -> None:
    client = Client(raise_request_exception=False)
    for method in ("GET", "POST", "PUT", "OPTIONS"):
        for place in ("me", "redemptions", "vouchers/VC-2025-000001", "batches/x/lock-batch"):
            answer = client.generic(method, f"/api/v1/{place}", b"{", "application/json")
            problem_of(answer, 401, "not_signed_in")
            assert answer["WWW-Authenticate"] == 'Signature realm="suanquan"'


def test_the_public_asks_without_signing_in(db: None) -> None:
    client = Client(raise_request_exception=False)
    problem_of(client.get("/api/v1/notices/PN-1"), 404, "notice_not_found")
    asked = client.post(
        "/api/v1/certificate-checks", {"number": "VC-1", "code": "x"}, "application/json"
    )
    assert (asked.status_code, asked.json()["state"]) == (200, "NOT_FOUND")


def test_a_certificate_check_tells_the_time_of_the_house(sale: Sale) -> None:
    found = {"number": sale.voucher.number, "code": get_verify_code(sale.voucher)}
    for asked, state in ((found, "ACTIVE"), ({**found, "code": "x"}, "NOT_FOUND")):
        answer = APIClient().post("/api/v1/certificate-checks", asked, format="json").json()
        assert answer["state"] == state
        assert answer["checked_at"].endswith("+08:00")
        assert answer.get("valid_until", "+08:00").endswith("+08:00")
    page = Client().get("/verify/", found)
    last = local_date(sale.voucher.valid_until - timedelta(seconds=1))
    assert last.isoformat() in page.content.decode()


@pytest.mark.parametrize("is_demo", [True, False])
def test_what_is_made_in_a_demo_is_marked_so(sale: Sale, settings: Any, is_demo: bool) -> None:
    settings.DEMO = is_demo
    bodies = sale.scheme.cast.bodies
    made = client_of(sale, "manager").post(
        "/api/v1/programmes",
        {
            "agency": bodies["lead"].code, "finance_agency": bodies["finance"].code,
            "code": "NEW-2025", "name_zh": "新", "name_en": "New",
        },
        format="json",
    )  # fmt: skip
    assert (made.status_code, made.json()["is_demo"]) == (201, is_demo)


def test_readable_comes_before_visible_and_visible_before_well_formed(sale: Sale) -> None:
    client = client_of(sale, "buyer_agent")
    absent = f"{ORDERS}/RD-1/decline-order"
    for raw, content_type, status, code in (
        ("{", "application/json", 400, "malformed"),
        ("{}", "text/plain", 415, "media_type_unsupported"),
        ('{"x":1}', "application/json", 404, "redemption_not_found"),
    ):
        problem_of(client.generic("POST", absent, raw, content_type=content_type), status, code)
    order = sale.order()
    own = f"{ORDERS}/{order.number}/decline-order"
    problem_of(client.post(own, {"x": 1}, format="json"), 422, "invalid_input")
    wrong_person = client.post(own, {"reason": "无货"}, format="json", HTTP_IDEMPOTENCY_KEY="d")
    problem_of(wrong_person, 403, "membership_missing")


def test_a_refusal_is_said_in_the_language_asked_for(sale: Sale) -> None:
    for address in (ORDERS, "/api/v1/nowhere"):
        for asked, tag in (("en", "en"), ("zh-CN", "zh-Hans"), ("fr", "zh-Hans")):
            client = client_of(sale, "buyer_agent")
            answer = client.post(address, {"x": 1}, format="json", HTTP_ACCEPT_LANGUAGE=asked)
            body = answer.json()
            assert body["detail"] == body["messages"][tag]


def test_what_will_pass_says_when_to_ask_again() -> None:
    answer = handle(TryAgain("lock_timeout", "later"), {})
    assert answer is not None
    assert (answer.status_code, answer["Retry-After"]) == (503, "2")
