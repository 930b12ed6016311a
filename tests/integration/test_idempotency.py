"""A key names one request of one caller: once an effect, after that only the answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from rest_framework.test import APIClient

from companies.errors import Conflict, InvalidInput
from companies.foundation.actors import Actor
from companies.foundation.clock import set_demo_clock
from companies.foundation.request_context import set_request_id
from tests.given_money import (
    Sale,
    answered,
    drawn_up,
    findings,
    given_sale,
    sent,
)
from vouchers.api.base import entries_of
from vouchers.issuance.selectors import voucher_money
from vouchers.ledger.models import JournalEntry
from vouchers.redemptions import services as redemptions
from vouchers.settlement import services as settlement

pytestmark = pytest.mark.django_db

Repeat = Callable[[dict[str, Any]], Any]


@pytest.fixture
def house_time() -> Iterator[Callable[[Sale], None]]:
    """Let the interfaces' clock show the sale's next hour; undone at the end."""
    yield lambda sale: set_demo_clock(sale.scheme.later())
    (Path(settings.STATE_DIR) / "demo-clock").unlink(missing_ok=True)
    set_request_id("")


def given_decline(sale: Sale) -> tuple[Repeat, dict[str, Any]]:
    order = sale.order()
    words = {"actor": sale.actor("seller_sales"), "redemption_id": order.pk, "reason": "无货"}
    return (
        lambda more: redemptions.decline_order(at=sale.scheme.later(), **{**words, **more}),
        {"reason": "另一句话"},
    )


def given_cancel(sale: Sale) -> tuple[Repeat, dict[str, Any]]:
    one, two = sale.order(200_000), sale.order(200_000)
    words = {"actor": sale.actor("agent"), "redemption_id": one.pk}
    return (
        lambda more: redemptions.cancel_redemption(at=sale.scheme.later(), **{**words, **more}),
        {"redemption_id": two.pk},
    )


def given_accept(sale: Sale) -> tuple[Repeat, dict[str, Any]]:
    claim = sale.verify(sale.countersigned())
    words = {
        "actor": sale.actor("checker"), "redemption_id": claim.pk,
        "accepted_fen": claim.requested_fen, "reason": "",
    }  # fmt: skip
    return (
        lambda more: redemptions.accept_redemption(at=sale.scheme.later(), **{**words, **more}),
        {"accepted_fen": 1, "reason": "少给"},
    )


def given_bounce(sale: Sale) -> tuple[Repeat, dict[str, Any]]:
    sale.accepted()
    batch = answered(sale.scheme, sent(sale.scheme, drawn_up(sale.scheme)))
    words = {
        "actor": sale.actor("clerk"), "line_id": batch.lines.get().pk, "reason": "户名不符"
    }  # fmt: skip
    return (
        lambda more: settlement.bounce_line(at=sale.scheme.later(), **{**words, **more}),
        {"reason": "另一句话"},
    )


@pytest.mark.parametrize("given", [given_decline, given_cancel, given_accept, given_bounce])
def test_every_posting_verb_keeps_to_its_key(given: Callable[[Sale], Any]) -> None:
    sale = given_sale()
    act, otherwise = given(sale)
    for key, code in (
        ("", "idempotency_key_required"), ("a\nb", "idempotency_key_malformed"),
        ("k" * 256, "idempotency_key_malformed"), ("one/1", "idempotency_key_malformed"),
    ):  # fmt: skip
        with pytest.raises(InvalidInput, match=code):
            act({"request_key": key})
    first = act({"request_key": "one"})
    entries = JournalEntry.objects.count()
    money = voucher_money(sale.voucher)
    assert act({"request_key": "one"}).pk == first.pk
    with pytest.raises(Conflict, match="request_key_reused"):
        act({**otherwise, "request_key": "one"})
    assert JournalEntry.objects.count() == entries
    assert voucher_money(sale.voucher) == money
    assert findings(sale.scheme) == {}


def test_two_people_may_choose_the_same_key() -> None:
    sale = given_sale()
    order = sale.order(key="same")
    declined = redemptions.decline_order(
        actor=sale.actor("seller_sales"), redemption_id=order.pk, reason="无货",
        at=sale.scheme.later(), request_key="same",
    )  # fmt: skip
    assert declined.status == "DECLINED"


def client_of(sale: Sale, who: str) -> APIClient:
    """An API client past the door, so that only the views are under test."""
    client = APIClient()
    user = sale.scheme.cast.people[who]
    client.force_authenticate(user=user, token=Actor.person(user.pk))  # type: ignore[arg-type]
    return client


def test_a_repeated_order_is_answered_and_marked_as_a_replay(
    house_time: Callable[[Sale], None],
) -> None:
    sale = given_sale()
    house_time(sale)
    client = client_of(sale, "buyer_agent")
    body = {
        "voucher": sale.voucher.number, "provider": sale.scheme.provider.number,
        "offer": sale.scheme.offer.code, "order_number": "SO-1", "price_fen": 200_000,
    }  # fmt: skip
    words: dict[str, Any] = {"format": "json", "HTTP_IDEMPOTENCY_KEY": "k1"}
    first = client.post("/api/v1/redemptions", body, **words)
    again = client.post("/api/v1/redemptions", body, **words)
    assert (first.status_code, again.status_code) == (201, 200)
    assert not first.has_header("Idempotent-Replayed")
    assert again["Idempotent-Replayed"] == "true"
    assert first.json() == again.json()
    assert [entry["kind"] for entry in first.json()["entries"]] == ["HOLD"]
    other = client.post("/api/v1/redemptions", {**body, "price_fen": 1}, **words)
    assert (other.status_code, other.json()["code"]) == (409, "request_key_reused")
    assert set(other.json()["messages"]) == {"zh-Hans", "en"}
    told = client.get("/api/v1/requests/by-key/k1").json()
    assert told["entries"] == first.json()["entries"]
    assert told["subject_ref"] == f"redemption:{first.json()['result']['number']}"
    for stranger, key in ((client, "k2"), (client_of(sale, "rival_agent"), "k1")):
        unknown = stranger.get(f"/api/v1/requests/by-key/{key}")
        assert (unknown.status_code, unknown.json()["code"]) == (404, "request_not_found")
    bare = client.post("/api/v1/redemptions", body, format="json")
    assert (bare.status_code, bare.json()["code"]) == (422, "idempotency_key_required")
    assert voucher_money(sale.voucher)["held"] == 60_000


def test_a_request_is_told_its_own_entries_and_no_neighbours() -> None:
    """Its key, and its key with a number; not a longer one, nor one with other signs behind it."""
    sale = given_sale()
    entry = JournalEntry.objects.get(subject_ref=sale.order(key="k").ref)
    mine = entry.key
    for key in (
        f"{mine}/1",
        f"{mine}/10",
        f"{mine}/x",
        f"{mine}/1/2",
        f"{mine}0",
        f"{mine}%",
        f"{mine[:-1]}_",
    ):
        JournalEntry.objects.create(
            number=f"T{key[-4:]}", agency_id=entry.agency_id, kind=entry.kind, key=key,
            request_sha256=b"", effective_at=entry.effective_at, recorded_at=entry.recorded_at,
            actor_ref="user:1", subject_ref="redemption:T",
        )  # fmt: skip
    assert [row["key"] for row in entries_of(mine)] == [mine, f"{mine}/1", f"{mine}/10"]
    assert entries_of("user:1/nothing") == []


def test_a_repeated_bounce_is_a_replay_though_its_line_is_no_longer_paid(
    house_time: Callable[[Sale], None],
) -> None:
    sale = given_sale()
    redemption = sale.accepted()
    batch = answered(sale.scheme, sent(sale.scheme, drawn_up(sale.scheme)))
    house_time(sale)
    client = client_of(sale, "clerk")
    address = f"/api/v1/batches/{batch.number}/bounce-line"
    body = {"redemption": redemption.number, "reason": "户名不符"}
    said = [
        client.post(address, body, format="json", HTTP_IDEMPOTENCY_KEY="b1") for _again in range(2)
    ]
    assert [answer.status_code for answer in said] == [200, 200]
    assert [answer.has_header("Idempotent-Replayed") for answer in said] == [False, True]
    assert said[1].json()["result"]["lines"][0]["status"] == "RETURNED"
    missing = client.post(
        address, {**body, "redemption": "RD-0"}, format="json", HTTP_IDEMPOTENCY_KEY="b2"
    )
    assert (missing.status_code, missing.json()["code"]) == (404, "line_not_found")


@pytest.mark.parametrize(
    ("who", "address"),
    [
        ("buyer_agent", "redemptions?status=REQUESTED&voucher={voucher}&programme=TEST-2025"),
        ("clerk", "batches?status=PAID&programme=TEST-2025"),
    ],
)
def test_lists_are_filtered_by_what_stands_in_their_address(
    house_time: Callable[[Sale], None], who: str, address: str
) -> None:
    sale = given_sale()
    sale.accepted(1_000_000)
    answered(sale.scheme, sent(sale.scheme, drawn_up(sale.scheme)))
    sale.order(200_000)
    house_time(sale)
    answer = client_of(sale, who).get("/api/v1/" + address.format(voucher=sale.voucher.number))
    assert answer.status_code == 200
    assert len(answer.json()["items"]) == 1
    stranger = client_of(sale, "rival_agent").get("/api/v1/redemptions")
    assert stranger.json() == {"items": [], "next": None}
