"""The tables of files and vouchers: complete, closed, and final where they must be."""

from __future__ import annotations

import pytest

from companies.errors import Conflict
from companies.foundation.states import require_step
from vouchers.applications.models import DEAD_STATUSES, ApplicationStatus
from vouchers.applications.states import STEPS as FILE_STEPS
from vouchers.issuance.models import VoucherStatus
from vouchers.issuance.states import STEPS as VOUCHER_STEPS


@pytest.mark.parametrize(
    ("steps", "statuses"), [(FILE_STEPS, ApplicationStatus), (VOUCHER_STEPS, VoucherStatus)]
)
def test_every_status_has_its_row_and_can_be_reached(steps, statuses) -> None:
    assert set(steps) == set(statuses)
    reached = set().union(*steps.values())
    assert set(statuses) - reached <= {ApplicationStatus.DRAFT, VoucherStatus.PENDING}


def test_the_dead_stay_dead() -> None:
    assert all(not FILE_STEPS[ApplicationStatus(status)] for status in DEAD_STATUSES)


def test_nobody_withdraws_what_is_approved() -> None:
    with pytest.raises(Conflict, match="wrong_state"):
        require_step(FILE_STEPS, "APPROVED", "WITHDRAWN", "AP")


def test_a_file_reaches_no_money_without_a_recommendation() -> None:
    paying = {ApplicationStatus.APPROVED, ApplicationStatus.IN_PUBLIC_NOTICE}
    sources = {source for source, targets in FILE_STEPS.items() if targets & paying}
    assert sources == {
        ApplicationStatus.RECOMMENDED,
        ApplicationStatus.IN_PUBLIC_NOTICE,
        ApplicationStatus.OBJECTED,
    }
