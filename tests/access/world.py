"""One world for all cells: a noun in each state, the rival's, the neighbour's, and every role."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from companies.agencies.services import load_regions, register_agency
from companies.foundation.clock import set_demo_clock
from companies.users.models import Role, User
from companies.users.services import grant_duty, register_api_key
from tests.access import nouns
from tests.cast import PLACE, SETUP, START, add_person, given_cast
from tests.given import Scheme, given_programme, test_rules
from tests.live import session_of
from vouchers.programmes.seats import STRICT

COMPANY_PEOPLE = {
    "company_agent": "buyer_agent",
    "company_signatory": "buyer_signatory",
    "provider_agent": "seller_sales",
    "provider_finance": "seller_cashier",
}
ROLES = (*COMPANY_PEOPLE, *Role.values)
# The key acts as the provider's agent; halfway is an officer who has not shown the second factor.
ACTORS = ("anonymous", "halfway", "provider_key", *ROLES)
MISSING = "9999"


@dataclass
class World:
    """Nouns by kind and state; people by role; what a body of a request may name."""

    scheme: Scheme
    neighbour: Scheme
    nouns: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)
    cookies: dict[str, dict[str, str]] = field(default_factory=dict)
    names: dict[str, Any] = field(default_factory=dict)
    private_key: bytes = b""

    def put(self, kind: str, state: str, number: str, **more: Any) -> None:
        """A noun a cell may name; some addresses call the number a code or a key."""
        self.nouns.setdefault(kind, {})[state] = {
            "number": number,
            "code": number,
            "key": number,
            **more,
        }
        self.names[f"{kind}_{state}"] = number
        if "file" in more:
            self.names[f"{kind}_{state}_file"] = more["file"]


def build() -> World:
    """Everything, committed; the interfaces' clock stands at its end."""
    load_regions(actor=SETUP, at=START)
    above = register_agency(
        actor=SETUP, code="T-ABOVE", name_zh="测试上级", name_en="Above", kind="GOVERNMENT",
        region_code=PLACE, parent_id=None, is_demo=True, at=START,
    )  # fmt: skip
    by_contract = {"procedure": test_rules("STRICT")["procedure"] | {"object": "contract"}}
    neighbour = given_programme(cast=given_cast(suffix="-N"), rules_changed=by_contract)
    scheme = given_programme(cast=given_cast(parent_id=above.pk), rules_changed=by_contract)
    world = World(scheme, neighbour)
    nouns.tell_neighbour(world)
    nouns.tell_own(world)
    _people(world, above.pk)
    world.nouns["own_provider"] = world.nouns["provider"]
    world.nouns["shown_alert"] = world.nouns["alert"]
    world.nouns["own_notice"] = world.nouns["notice"]
    for states in world.nouns.values():
        states["MISSING"] = _missing(next(iter(states.values())))
    cast = scheme.cast
    world.names |= {
        "public_key": "A" * 43 + "=", "lead": cast.bodies["lead"].code,
        "finance": cast.bodies["finance"].code,
        "programme": scheme.programme.code, "buyer": cast.companies["buyer"].credit_code,
        "seller": cast.companies["seller"].credit_code, "day": scheme.at.date().isoformat(),
        "buyer_name": cast.companies["buyer"].name_zh, "provider": scheme.provider.number,
        "offer": scheme.offer.code, "now": scheme.at.isoformat(), "seats": dict(STRICT),
        "later": (datetime.now(UTC) + timedelta(days=300)).isoformat(),
        "rules": scheme.programme.rule_versions.get(version=1).document,
        "rules_text": json.dumps(scheme.programme.rule_versions.get(version=1).document),
    }  # fmt: skip
    nouns.build_export_of(world)
    set_demo_clock(scheme.later())
    return world


def _missing(noun: dict[str, Any]) -> dict[str, Any]:
    """A number as long as this one that nothing bears."""
    return {
        name: 999 if isinstance(value, int) else _unborne(value) for name, value in noun.items()
    }


def _unborne(text: str) -> str:
    head, at, tail = text.rpartition("@")  # of a noun that is there, what is not
    return head + at + tail[:-4] + MISSING[-len(tail) :]


def _people(world: World, above_id: int) -> None:
    cast, at = world.scheme.cast, START
    for role in Role.values:
        body = "finance" if role in ("finance_authoriser", "finance_releaser") else "lead"
        world.people[role] = add_person(cast, f"act_{role}", at, body)
        homes = {cast.bodies["lead"].pk, cast.bodies[body].pk}
        if role == "overseer":
            homes = {above_id}
        for home in sorted(homes):
            grant_duty(
                actor=SETUP, user_id=world.people[role].pk, agency_id=home, role=role,
                programme_ref="", valid_from=at, valid_until=None, basis="测试任命", at=at,
            )  # fmt: skip
    for role, name in COMPANY_PEOPLE.items():
        world.people[role] = cast.people[name]
    world.people["halfway"] = world.people["approver"]
    for name, user in world.people.items():
        world.cookies[name] = session_of(user.pk, halfway=name == "halfway")
    pair = Ed25519PrivateKey.generate()
    world.private_key = pair.private_bytes_raw()
    for name, owner, key in (
        ("matrix", "provider_agent", pair), ("other", "intake", Ed25519PrivateKey.generate()),
    ):  # fmt: skip
        register_api_key(
            actor=SETUP, user_id=world.people[owner].pk, key_id=f"{name}-key-0001",
            public_key=key.public_key().public_bytes_raw(),
            scopes=["read", "write"] if name == "matrix" else ["read"],
            expires_at=datetime.now(UTC) + timedelta(days=1), at=at,
        )  # fmt: skip
    world.put("api_key", "LIVE", "other-key-0001")
