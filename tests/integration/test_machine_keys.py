"""A machine's signature over HTTP: what it opens, and everything that breaks it (RFC 9421)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from companies.foundation.actors import Actor
from companies.foundation.clock import set_demo_clock
from companies.users.models import ApiKey, User
from companies.users.services import grant_duty
from companies.users.signatures import sign_request
from tests.cast import SETUP
from tests.given_money import Sale, given_sale
from vouchers.issuance.codes import with_check
from vouchers.redemptions.models import Redemption
from vouchers.redemptions.selectors import find_order_door

pytestmark = pytest.mark.django_db

SITE = "http://testserver"
ORDERS = "/api/v1/redemptions"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw()
Signed = dict[str, str]
STATEMENTS = 4


@pytest.fixture
def sale() -> Iterator[Sale]:
    """A live voucher, and the interfaces' clock at its time."""
    sale = given_sale()
    set_demo_clock(sale.scheme.later())
    yield sale
    (Path(settings.STATE_DIR) / "demo-clock").unlink(missing_ok=True)


def signed_in(sale: Sale, who: str) -> APIClient:
    """A person past the door."""
    client = APIClient()
    user = sale.scheme.cast.people[who]
    client.force_authenticate(user=user, token=Actor.person(user.pk))  # type: ignore[arg-type]
    return client


def given_key(
    sale: Sale, who: str = "buyer_agent", scopes: tuple[str, ...] = ("read", "write")
) -> Any:
    """A key its person has registered over the API."""
    body = {
        "key_id": f"{who}-1".replace("_", "-"), "scopes": list(scopes),
        "public_key": base64.b64encode(PUBLIC).decode(),
        "expires_at": (datetime.now(UTC) + timedelta(days=1)).isoformat(),
    }  # fmt: skip
    return signed_in(sale, who).post("/api/v1/api-keys", body, format="json")


def signature(
    method: str, path: str, body: bytes = b"", *, at: datetime | None = None,
    key_id: str = "buyer-agent-1", **headers: str,
) -> Signed:  # fmt: skip
    """The headers of a request signed now, or at `at`."""
    return sign_request(
        method=method, url=SITE + path, headers=headers, body=body, key_id=key_id,
        private_key=KEY.private_bytes_raw(), at=at or datetime.now(UTC),
    )  # fmt: skip


def ask(method: str, path: str, headers: Signed, body: bytes = b"") -> tuple[int, str]:
    """(status, code of the refusal)."""
    meta: dict[str, Any] = {
        f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()
    }
    client = Client(raise_request_exception=False)
    answer = client.generic(method, path, body, content_type="application/json", **meta)
    return answer.status_code, answer.json().get("code", "")


def order_of(sale: Sale, number: int = 1) -> bytes:
    """An order that would be taken."""
    return json.dumps({
        "voucher": sale.voucher.number, "provider": sale.scheme.provider.number,
        "offer": sale.scheme.offer.code, "order_number": f"SO-{number}", "price_fen": 200_000,
    }).encode()  # fmt: skip


def test_a_key_reads_and_writes_for_its_person(sale: Sale) -> None:
    assert given_key(sale).status_code == 201
    assert ask("GET", "/api/v1/me", signature("GET", "/api/v1/me")) == (200, "")
    body = order_of(sale)
    headers = signature("POST", ORDERS, body, **{"idempotency-key": "k1"})
    assert ask("POST", ORDERS, headers, body) == (201, "")
    assert ask("POST", ORDERS, headers, body) == (200, ""), "the same bytes again are a replay"
    assert Redemption.objects.count() == 1


def test_an_order_of_a_known_key_asks_little_of_the_database(sale: Sale) -> None:
    given_key(sale)
    asked = []
    for number in (1, 2):
        body = order_of(sale, number)
        headers = signature("POST", ORDERS, body, **{"idempotency-key": f"k{number}"})
        with CaptureQueriesContext(connection) as seen:
            assert ask("POST", ORDERS, headers, body) == (201, "")
        asked = [query["sql"] for query in seen if "SAVEPOINT" not in query["sql"]]
    assert 1 < len(asked) <= STATEMENTS, "the door, the look, the writing, the answer"


def test_who_may_not_order_comes_by_the_other_doors(sale: Sale) -> None:
    """The straight door opens to the company's agents alone, and only for what is in force."""
    asked: dict[str, Any] = {
        "voucher": sale.voucher.number, "provider": sale.scheme.provider.number,
        "offer": sale.scheme.offer.code, "at": sale.scheme.at,
    }  # fmt: skip
    people = sale.scheme.cast.people
    straight = (sale.voucher.pk, sale.scheme.offer.pk)
    assert find_order_door(people["buyer_agent"].pk, **asked) == straight
    printed = with_check(sale.voucher.number)
    assert find_order_door(people["buyer_agent"].pk, **{**asked, "voucher": printed}) == straight
    others = {who: find_order_door(person.pk, **asked) for who, person in people.items()}
    assert {who for who, found in others.items() if found} == {"buyer_agent"}
    assert find_order_door(None, **asked) is None
    for name in ("voucher", "provider", "offer"):
        assert find_order_door(people["buyer_agent"].pk, **{**asked, name: "none"}) is None
    early = sale.scheme.offer.valid_from - timedelta(microseconds=1)
    assert find_order_door(people["buyer_agent"].pk, **{**asked, "at": early}) is None
    User.objects.filter(pk=people["buyer_agent"].pk).update(is_active=False)
    assert find_order_door(people["buyer_agent"].pk, **asked) is None


def test_nothing_of_a_signed_request_may_be_changed(sale: Sale) -> None:
    given_key(sale)
    body = order_of(sale)
    good = signature("POST", ORDERS, body, **{"idempotency-key": "k1"})
    listed = signature("GET", f"{ORDERS}?limit=1")
    forged: list[tuple[str, str, Signed, bytes]] = [
        ("POST", ORDERS, good, order_of(sale, 2)),
        ("POST", ORDERS, good, b""),
        ("PUT", ORDERS, good, body),
        ("POST", f"{ORDERS}?a=1", good, body),
        ("POST", "/api/v1/applications", good, body),
        ("POST", ORDERS, {**good, "idempotency-key": "k2"}, body),
        ("POST", ORDERS, {n: v for n, v in good.items() if n != "idempotency-key"}, body),
        ("POST", ORDERS, {n: v for n, v in good.items() if n != "Content-Digest"}, body),
        ("POST", ORDERS, {n: v for n, v in good.items() if n != "Signature"}, body),
        ("GET", ORDERS, listed, b""),
        ("GET", f"{ORDERS}?limit=2", listed, b""),
        ("GET", "/api/v1/vouchers?limit=1", listed, b""),
        ("GET", "/api/v1/me", signature("GET", "/api/v1/me", key_id="nobody"), b""),
    ]
    for method, path, headers, raw in forged:
        assert ask(method, path, headers, raw) == (401, "signature_invalid"), (method, path)
    assert Redemption.objects.count() == 0


def test_three_hundred_seconds_either_way_and_no_more(sale: Sale) -> None:
    given_key(sale)
    for seconds, status in ((-295, 200), (295, 200), (-310, 401), (310, 401), (-86_400, 401)):
        at = datetime.now(UTC) + timedelta(seconds=seconds)
        assert ask("GET", "/api/v1/me", signature("GET", "/api/v1/me", at=at))[0] == status


def test_the_algorithm_is_ours_to_say(sale: Sale) -> None:
    """The public key, which is no secret, must not pass for an HMAC's."""
    given_key(sale)
    for alg in ("hmac-sha256", "ed25519", "none"):
        created = int(datetime.now(UTC).timestamp())
        words = f'("@method" "@path");created={created};keyid="buyer-agent-1";alg="{alg}"'
        base = f'"@method": GET\n"@path": /api/v1/me\n"@signature-params": {words}'
        mac = base64.b64encode(hmac.digest(PUBLIC, base.encode(), hashlib.sha256)).decode()
        headers = {"signature-input": f"sig1={words}", "signature": f"sig1=:{mac}:"}
        assert ask("GET", "/api/v1/me", headers) == (401, "signature_invalid")


def test_a_key_ends(sale: Sale) -> None:
    given_key(sale)
    key = ApiKey.objects.get(key_id="buyer-agent-1")
    me = "/api/v1/me"
    User.objects.filter(pk=key.user_id).update(is_active=False)
    assert ask("GET", me, signature("GET", me)) == (401, "signature_invalid")
    User.objects.filter(pk=key.user_id).update(is_active=True)
    assert ask("GET", me, signature("GET", me)) == (200, "")
    ended = signed_in(sale, "buyer_agent").post(f"/api/v1/api-keys/{key.key_id}/revoke-api-key")
    assert ended.status_code == 200 and ended.json()["revoked_at"]
    assert ask("GET", me, signature("GET", me)) == (401, "signature_invalid")


def test_an_expired_key_is_no_key(sale: Sale, owner: Any) -> None:
    given_key(sale)
    past = datetime.now(UTC) - timedelta(days=1)
    ApiKey.objects.filter(key_id="buyer-agent-1").update(
        created_at=past - timedelta(days=1), expires_at=past
    )
    assert ask("GET", "/api/v1/me", signature("GET", "/api/v1/me"))[0] == 401


def test_a_reading_key_only_reads(sale: Sale) -> None:
    given_key(sale, scopes=("read",))
    assert ask("GET", "/api/v1/me", signature("GET", "/api/v1/me")) == (200, "")
    body = order_of(sale)
    headers = signature("POST", ORDERS, body, **{"idempotency-key": "k1"})
    assert ask("POST", ORDERS, headers, body) == (403, "scope_missing")


@pytest.mark.parametrize("who", ["auditor", "approver"])
def test_for_a_public_duty_a_key_only_reads(sale: Sale, who: str) -> None:
    assert given_key(sale, who).json()["code"] == "scope_reads_only"
    assert given_key(sale, who, ("read",)).status_code == 201
    assert ask("GET", "/api/v1/me", signature("GET", "/api/v1/me", key_id=f"{who}-1"))[0] == 200


def test_a_duty_given_later_takes_the_pen_from_the_key(sale: Sale) -> None:
    given_key(sale)
    person, lead = sale.scheme.cast.people["buyer_agent"], sale.scheme.cast.bodies["lead"]
    at = sale.scheme.later()
    grant_duty(
        actor=SETUP, user_id=person.pk, agency_id=lead.pk, role="auditor", programme_ref="",
        valid_from=at, valid_until=None, basis="测试任命", at=at,
    )  # fmt: skip
    body = order_of(sale)
    headers = signature("POST", ORDERS, body, **{"idempotency-key": "k1"})
    assert ask("POST", ORDERS, headers, body) == (403, "scope_missing")


def test_keys_are_their_persons_own(sale: Sale) -> None:
    given_key(sale)
    rival = signed_in(sale, "rival_agent")
    assert rival.get("/api/v1/api-keys").json() == {"items": [], "next": None}
    foreign = rival.post("/api/v1/api-keys/buyer-agent-1/revoke-api-key")
    absent = rival.post("/api/v1/api-keys/buyer-agent-2/revoke-api-key")
    assert foreign.status_code == absent.status_code == 404
    assert foreign.json()["code"] == absent.json()["code"] == "api_key_not_found"
    assert signed_in(sale, "buyer_agent").get("/api/v1/api-keys").json()["items"][0]["scopes"] == [
        "read", "write",
    ]  # fmt: skip


def test_a_key_makes_no_keys(sale: Sale) -> None:
    given_key(sale)
    body = json.dumps({
        "key_id": "another", "scopes": ["read"], "public_key": base64.b64encode(PUBLIC).decode(),
        "expires_at": "2030-01-01T00:00:00+08:00",
    }).encode()  # fmt: skip
    headers = signature("POST", "/api/v1/api-keys", body)
    assert ask("POST", "/api/v1/api-keys", headers, body)[0] == 403
    assert ApiKey.objects.count() == 1
