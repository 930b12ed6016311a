"""Two officers let a provider in; a programme admits it; prices follow one another."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from companies.audit.models import AuditEvent
from companies.errors import Conflict, InvalidInput, NotAllowed, NotFound
from companies.registry.selectors import get_scope
from companies.users.services import grant_duty
from tests.cast import PLACE, SETUP, START, Cast, given_cast
from vouchers.programmes.models import Programme
from vouchers.programmes.services import create_programme
from vouchers.providers import selectors
from vouchers.providers import services as providers
from vouchers.providers.models import Admission, Offer, Provider, ProviderStatus

DAY = timedelta(days=1)


@pytest.fixture
def cast(committed_db: str) -> Cast:
    return given_cast()


@pytest.fixture
def applied(cast: Cast) -> Provider:
    return providers.apply_as_provider(
        actor=cast.actor("seller_sales"), agency_id=cast.bodies["lead"].pk,
        company_id=cast.companies["seller"].pk, at=START,
    )  # fmt: skip


@pytest.fixture
def approved(cast: Cast, applied: Provider) -> Provider:
    check(cast, applied)
    return providers.approve_provider(
        actor=cast.actor("approver"), provider_id=applied.pk, at=START
    )


def check(cast: Cast, provider: Provider) -> Provider:
    return providers.check_provider(actor=cast.actor("reviewer"), provider_id=provider.pk, at=START)


def programme_of(cast: Cast, code: str = "P-2025") -> Programme:
    return create_programme(
        actor=cast.actor("manager"), agency_id=cast.bodies["lead"].pk,
        finance_agency_id=cast.bodies["finance"].pk, code=code, name_zh="测试", name_en="Test",
        summary_zh="", summary_en="", at=START,
    )  # fmt: skip


def admit(
    cast: Cast, provider: Provider, programme: Programme, first: datetime, last: datetime | None
) -> Admission:
    return providers.admit_provider(
        actor=cast.actor("approver"), provider_id=provider.pk, programme_id=programme.pk,
        valid_from=first, valid_until=last, at=START,
    )  # fmt: skip


def offer(cast: Cast, provider: Provider, **change: Any) -> Offer:
    given: dict[str, Any] = {
        "service_class": "compute", "unit_price": Decimal("20.5"), "valid_from": START, **change,
    }  # fmt: skip
    return providers.publish_offer(
        actor=cast.actor("seller_sales"), provider_id=provider.pk, code="gpu-hour",
        name_zh="算力", name_en="Compute", unit="卡时", at=START, **given,
    )  # fmt: skip


def test_one_checks_another_approves_a_third_lifts_a_suspension(
    cast: Cast, approved: Provider
) -> None:
    assert approved.status == ProviderStatus.APPROVED
    suspend = {"provider_id": approved.pk, "at": START}
    providers.suspend_provider(actor=cast.actor("approver"), reason="核查", **suspend)
    with pytest.raises(NotAllowed) as refused:
        providers.resume_provider(actor=cast.actor("approver"), **suspend)
    assert refused.value.code == "own_suspension"
    back = providers.resume_provider(actor=cast.actor("approver2"), **suspend)
    assert back.status == ProviderStatus.APPROVED
    events = AuditEvent.objects.filter(subject_ref=f"provider:{approved.number}").order_by("id")
    assert list(events.values_list("action", flat=True)) == [
        "provider.applied", "provider.reviewed", "provider.approved", "provider.suspended",
        "provider.resumed",
    ]  # fmt: skip


def test_who_checked_decides_nothing_later_either(cast: Cast, applied: Provider) -> None:
    grant_duty(
        actor=SETUP, user_id=cast.people["reviewer"].pk, agency_id=cast.bodies["lead"].pk,
        role="approver", programme_ref="", valid_from=START, valid_until=None, basis="测试",
        at=START,
    )  # fmt: skip
    check(cast, applied)
    both = {"actor": cast.actor("reviewer"), "provider_id": applied.pk, "at": START}
    for decide, more in (
        (providers.approve_provider, {}), (providers.refuse_provider, {"reason": "否"}),
    ):  # fmt: skip
        with pytest.raises(NotAllowed) as refused:
            decide(**both, **more)
        assert refused.value.code == "own_check"
    providers.approve_provider(actor=cast.actor("approver"), provider_id=applied.pk, at=START)
    with pytest.raises(NotAllowed) as refused:
        providers.suspend_provider(**both, reason="核查")
    assert refused.value.code == "own_check"


def test_no_step_is_left_out(cast: Cast, applied: Provider) -> None:
    approver = cast.actor("approver")
    with pytest.raises(Conflict) as refused:
        providers.approve_provider(actor=approver, provider_id=applied.pk, at=START)
    assert refused.value.code == "wrong_state"
    check(cast, applied)
    gone = providers.refuse_provider(
        actor=approver, provider_id=applied.pk, reason="材料不符", at=START
    )
    assert gone.status == ProviderStatus.REFUSED
    with pytest.raises(Conflict):
        check(cast, applied)


def test_approving_does_not_lift_a_suspension(cast: Cast, approved: Provider) -> None:
    providers.suspend_provider(
        actor=cast.actor("approver"), provider_id=approved.pk, reason="核查", at=START
    )
    with pytest.raises(Conflict) as refused:
        providers.approve_provider(actor=cast.actor("approver2"), provider_id=approved.pk, at=START)
    assert refused.value.code == "wrong_state"


def test_only_the_companys_own_people_apply_and_once(cast: Cast, applied: Provider) -> None:
    for name, error in (("buyer_agent", NotAllowed), ("seller_sales", Conflict)):
        with pytest.raises(error):
            providers.apply_as_provider(
                actor=cast.actor(name), agency_id=cast.bodies["lead"].pk,
                company_id=cast.companies["seller"].pk, at=START,
            )  # fmt: skip


def test_admission_is_a_half_open_period(cast: Cast, approved: Provider) -> None:
    programme = programme_of(cast)
    admit(cast, approved, programme, START, START + 10 * DAY)
    for moment, there in (
        (START, True), (START + 10 * DAY - timedelta(seconds=1), True), (START + 10 * DAY, False),
    ):  # fmt: skip
        assert selectors.is_admitted(approved.pk, programme.pk, moment) is there
    with pytest.raises(Conflict) as refused:
        admit(cast, approved, programme, START + 9 * DAY, None)
    assert refused.value.code == "already_admitted"
    admit(cast, approved, programme, START + 10 * DAY, None)
    with pytest.raises(Conflict):
        admit(cast, approved, programme, START + 20 * DAY, START + 21 * DAY)
    admit(cast, approved, programme_of(cast, "Q-2025"), START, None)


def test_admission_needs_an_approved_provider_and_a_programme_here(
    cast: Cast, applied: Provider
) -> None:
    programme = programme_of(cast)
    with pytest.raises(Conflict):
        admit(cast, applied, programme, START, None)
    programme.pk = 0
    with pytest.raises(NotFound) as missing:
        admit(cast, applied, programme, START, None)
    assert missing.value.code == "programme_not_found"


def test_a_suspended_provider_is_admitted_nowhere(cast: Cast, approved: Provider) -> None:
    programme = programme_of(cast)
    admit(cast, approved, programme, START, None)
    assert [row.pk for row in selectors.list_admitted(programme.pk, START)] == [approved.pk]
    with pytest.raises(InvalidInput):
        admit(cast, approved, programme_of(cast, "Q-2025"), START, START)
    providers.suspend_provider(
        actor=cast.actor("approver"), provider_id=approved.pk, reason="核查", at=START
    )
    assert not selectors.is_admitted(approved.pk, programme.pk, START)
    assert not selectors.list_admitted(programme.pk, START)


def test_a_new_price_begins_where_the_former_ends(cast: Cast, approved: Provider) -> None:
    first = offer(cast, approved)
    second = offer(cast, approved, unit_price=Decimal("18"), valid_from=START + 5 * DAY)
    first.refresh_from_db()
    assert (first.valid_until, second.version) == (second.valid_from, 2)
    for moment, price in ((START, "20.5"), (START + 5 * DAY, "18")):
        found = selectors.find_offer(approved.pk, "gpu-hour", moment)
        assert found is not None and found.unit_price == Decimal(price)
    assert selectors.find_offer(approved.pk, "gpu-hour", START - DAY) is None


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"unit_price": Decimal(0)}, "price_not_positive"),
        ({"service_class": "gold"}, "service_class_unknown"),
        ({"valid_from": START}, "price_backdated"),
    ],
)
def test_an_offer_that_cannot_be(
    cast: Cast, approved: Provider, change: dict[str, Any], code: str
) -> None:
    offer(cast, approved)
    with pytest.raises(InvalidInput) as wrong:
        offer(cast, approved, **{"valid_from": START + DAY, **change})
    assert wrong.value.code == code


def test_an_account_at_a_provider_belongs_to_one_company(cast: Cast, approved: Provider) -> None:
    def register(company_id: int) -> None:
        providers.register_usage_account(
            actor=cast.actor("seller_sales"), provider_id=approved.pk, company_id=company_id,
            account_number="acct-1", at=START,
        )  # fmt: skip

    register(cast.companies["buyer"].pk)
    with pytest.raises(Conflict) as refused:
        register(cast.companies["rival"].pk)
    assert refused.value.code == "usage_account_taken"
    with pytest.raises(NotFound):
        register(0)
    assert [row.company_id for row in selectors.list_usage_accounts(approved.pk)] == [
        cast.companies["buyer"].pk
    ]


def test_a_centre_has_a_place_and_a_capacity(cast: Cast, approved: Provider) -> None:
    given: dict[str, Any] = {
        "actor": cast.actor("seller_sales"), "provider_id": approved.pk, "name_zh": "中心",
        "name_en": "Centre", "region_code": PLACE, "pledged_hours": Decimal(1), "at": START,
    }  # fmt: skip
    providers.register_centre(**given, capacity_pflops=Decimal(100))
    with pytest.raises(InvalidInput):
        providers.register_centre(**given, capacity_pflops=Decimal(0))
    assert selectors.list_centres(approved.pk).get().region.code == PLACE


def test_before_approval_only_both_sides_see_a_provider(cast: Cast, applied: Provider) -> None:
    for name, there in (("seller_sales", True), ("reviewer", True), ("buyer_agent", False)):
        scope = get_scope(cast.people[name].pk, START)
        assert selectors.list_providers(scope).filter(pk=applied.pk).exists() is there
    with pytest.raises(NotFound) as refused:
        selectors.get_provider_for(get_scope(None, START), applied.number)
    assert refused.value.code == "provider_not_found"
