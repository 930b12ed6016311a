"""One sweep claims all that is due, however much ended at one midnight."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from companies.agencies.models import Deadline
from companies.agencies.services import open_deadline, sweep_deadlines
from companies.agencies.services.deadlines import SWEPT_AT_ONCE
from companies.agencies.tasks import sweep
from tests.cast import START, given_cast

pytestmark = pytest.mark.django_db


def test_more_than_one_handful_is_claimed_in_one_sweep() -> None:
    agency = given_cast().bodies["lead"]
    with transaction.atomic():
        for number in range(SWEPT_AT_ONCE + 1):
            open_deadline(
                agency_id=agency.pk, kind="redemptions.hold_end",
                subject_ref=f"redemption:RD-2025-{number:06d}", due_at=START + timedelta(days=1),
                at=START,
            )  # fmt: skip
    assert sweep() == SWEPT_AT_ONCE + 1
    assert set(Deadline.objects.values_list("attempts", flat=True)) == {1}
    assert sweep() == 0


def test_a_worker_whose_clock_is_ahead_tries_nothing_before_its_time() -> None:
    agency = given_cast().bodies["lead"]
    true_now = datetime.now(UTC)
    with transaction.atomic():
        open_deadline(
            agency_id=agency.pk, kind="redemptions.hold_end", due_at=true_now + timedelta(days=1),
            subject_ref="redemption:RD-2025-000001", at=START,
        )  # fmt: skip
    assert sweep_deadlines(at=true_now + timedelta(days=2)) == 0
    assert Deadline.objects.get().attempts == 0
