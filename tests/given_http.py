"""A machine of a company: its key, and signed requests to a running house."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from companies.registry.services import grant_membership
from companies.users.services import create_user, register_api_key
from companies.users.signatures import sign_request
from tests.cast import SETUP
from tests.given_money import Sale
from tests.live import House


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def is_replay(self) -> bool:
        """Whether the house says it had answered this before."""
        return self.headers.get("idempotent-replayed") == "true"


@dataclass(frozen=True)
class Machine:
    """Signs with its key; every call has a connection of its own."""

    house: House
    key_id: str
    private_key: bytes

    def post(self, path: str, body: dict[str, Any], *, key: str = "") -> Answer:
        """POST, signed; `key` is the Idempotency-Key where there is one."""
        headers = {"content-type": "application/json"}
        return self.send("POST", path, json.dumps(body).encode(), headers, key)

    def get(self, path: str) -> Answer:
        """GET, signed."""
        return self.send("GET", path, b"", {}, "")

    def sign(
        self, method: str, path: str, raw: bytes, headers: dict[str, str], key: str
    ) -> dict[str, str]:
        """The headers of a request, with the signature's."""
        return sign_request(
            method=method, url=f"{self.house.url}{path}", body=raw, key_id=self.key_id,
            headers={**headers, **({"idempotency-key": key} if key else {})},
            private_key=self.private_key, at=datetime.now(UTC),
        )  # fmt: skip

    def send(self, method: str, path: str, raw: bytes, headers: dict[str, str], key: str) -> Answer:
        """Any request, signed."""
        signed = self.sign(method, path, raw, headers, key)
        return exchange(self.house.port, method, path, raw, signed)


def given_machine(
    house: House, sale: Sale, company: str = "buyer", role: str = "company_agent"
) -> Machine:
    """A machine account of the company with a key that may write."""
    at = sale.scheme.later()
    name = f"{company}-machine"
    user = create_user(
        actor=SETUP, username=name, name_zh="测试机器", name_en="Machine", email="",
        employer_id=None, password_hash="!", is_machine=True, is_demo=True, at=at,
    )  # fmt: skip
    grant_membership(
        actor=SETUP, user_id=user.pk, company_id=sale.scheme.cast.companies[company].pk,
        role=role, at=at,
    )  # fmt: skip
    key = Ed25519PrivateKey.generate()
    register_api_key(
        actor=SETUP, user_id=user.pk, key_id=name, public_key=key.public_key().public_bytes_raw(),
        scopes=["read", "write"], expires_at=datetime.now(UTC) + timedelta(days=30), at=at,
    )  # fmt: skip
    return Machine(house, name, key.private_bytes_raw())


def post_as(
    port: int, cookies: dict[str, str], path: str, body: dict[str, Any], *, key: str
) -> Answer:
    """POST as the signed-in person whose session these cookies are."""
    headers = person_headers(cookies) | {
        "content-type": "application/json", "idempotency-key": key,
    }  # fmt: skip
    return exchange(port, "POST", path, json.dumps(body).encode(), headers)


def person_headers(cookies: dict[str, str]) -> dict[str, str]:
    """What a browser with this session sends of itself."""
    token = "t" * 32
    pairs = {**cookies, settings.CSRF_COOKIE_NAME: token}
    cookie = "; ".join(f"{name}={value}" for name, value in pairs.items())
    return {"x-csrftoken": token, "cookie": cookie}


def exchange(port: int, method: str, path: str, raw: bytes, headers: dict[str, str]) -> Answer:
    """One request on a connection of its own; the answer must be a JSON object."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request(method, path, body=raw or None, headers=headers)
        answer = connection.getresponse()
        raw = answer.read()
        assert raw[:1] == b"{", raw[:4000]
        told = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, told, json.loads(raw))
    finally:
        connection.close()
