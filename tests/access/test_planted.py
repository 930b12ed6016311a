"""The three faults this folder is for, planted: each turns it red."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views import View
from rest_framework import serializers

from tests.access.asking import undone, wrong_answers
from tests.access.cells import list_routes, undeclared
from tests.access.fields import swallowed
from tests.access.world import World
from vouchers.api.v1.applications import ReasonIn
from vouchers.api.v1.vouchers import VoucherDetail, VoucherList
from vouchers.issuance.models import Voucher

pytestmark = pytest.mark.timeout(600)


class Forgotten(View):
    """A view nobody thought of in the policy."""

    def delete(self, request: HttpRequest, number: str) -> HttpResponse:
        """Never asked."""
        return HttpResponse(number)


def some(name: str) -> list[Any]:
    """One route."""
    return [route for route in list_routes() if route.name == name]


def test_a_forgotten_view_and_a_forgotten_method_are_red() -> None:
    planted = [
        path("forgotten/<str:number>", Forgotten.as_view(), name="forgotten"),
        path("livez", Forgotten.as_view(), name="livez"),
    ]
    assert undeclared(list_routes(planted)) == ["forgotten", "DELETE livez"]


@pytest.mark.parametrize("actor", ["company_agent", "approver"])
def test_an_unscoped_door_is_red(world: World, monkeypatch: pytest.MonkeyPatch, actor: str) -> None:
    routes = some("api:voucher")
    assert wrong_answers(world, actor, routes) == []
    door = staticmethod(lambda scope, number: Voucher.objects.get(number=number))
    monkeypatch.setattr(VoucherDetail, "door", door)
    assert any("on OTHER_AGENCY: 200" in said for said in wrong_answers(world, actor, routes))


@pytest.mark.parametrize("actor", ["company_agent", "approver"])
def test_an_unscoped_list_is_red(world: World, monkeypatch: pytest.MonkeyPatch, actor: str) -> None:
    routes = some("api:vouchers")
    assert wrong_answers(world, actor, routes) == []
    listing = staticmethod(lambda scope: Voucher.objects.order_by("-id"))
    monkeypatch.setattr(VoucherList, "listing", listing)
    foreign = world.names["voucher_OTHER_AGENCY"]
    assert any(f"holds {foreign}" in said for said in wrong_answers(world, actor, routes))


def test_a_field_too_many_is_red(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    routes = some("api:suspend-voucher")
    with undone():
        assert swallowed(world, routes) == []
        monkeypatch.setattr(ReasonIn, "to_internal_value", serializers.Serializer.to_internal_value)
        assert swallowed(world, routes)
