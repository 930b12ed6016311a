"""The demo's year, told once: its published figures, a noun in every state, the same on every
machine."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db.models import Count, Sum

from companies.agencies.models import Region
from companies.registry.credit_code import normalise_credit_code
from companies.registry.models import Company
from config.management.demo import scheme, story
from tests.conftest import committed
from tests.sealing import seal_all
from vouchers.applications.models import Application, ApplicationStatus
from vouchers.issuance.models import Voucher, VoucherStatus
from vouchers.ledger.selectors import get_money_states
from vouchers.programmes.models import Appropriation, BudgetLine, CapUsage, Programme
from vouchers.providers.models import Provider
from vouchers.redemptions.models import Redemption, RedemptionStatus
from vouchers.reports.services import write_package
from vouchers.settlement.models import SettlementBatch, SettlementLine

pytestmark = pytest.mark.timeout(420)  # the first test waits until the year is told
CAP_FEN = scheme.CAP_FEN
# Over every table of the export but for what differs from run to run. A change of the story
# changes it: look at the demo, then write down the new one.
DIGEST = "e3f614167d11e958430797ffe36996c9231f2cc8752346c6d8aa6ad88a73bf3b"


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any, worker_id: str) -> Iterator[Programme]:
    """The whole story, once for this file."""
    with committed(django_db_blocker, f"w_{worker_id}"):
        call_command("seed")
        yield Programme.objects.get()


def test_the_published_figures_of_the_budget(world: Programme) -> None:
    documents = Appropriation.objects.filter(programme=world)
    assert (documents.count(), documents.aggregate(s=Sum("amount_fen"))["s"]) == (2, 10_000_000_000)
    ceiling = CapUsage.objects.get(programme=world, scope="CEILING")
    assert ceiling.limit_fen == 14_000_000_000
    pools = BudgetLine.objects.filter(programme=world, agency=world.agency)
    states = get_money_states(pools.values_list("pool_account_id", flat=True))
    assert states.received_fen == states.sum_fen == 10_000_000_000
    assert states.paid_fen and states.payable_fen and states.reserved_fen


def test_the_first_batch_went_to_seventy_two(world: Programme) -> None:
    granted = Application.objects.filter(round__code="R1", approved_fen__gt=0)
    assert granted.count() == 72
    assert granted.aggregate(s=Sum("approved_fen"))["s"] <= 6_000_000_000
    assert granted.filter(approved_fen=CAP_FEN).count() == 4
    assert not granted.filter(approved_fen__gt=CAP_FEN).exists()
    assert Company.objects.count() >= 72


@pytest.mark.parametrize(
    ("model", "statuses"),
    [
        (Application, ApplicationStatus),
        (Voucher, VoucherStatus),
        (Redemption, RedemptionStatus),
    ],
)
def test_there_is_one_in_every_state(world: Programme, model: Any, statuses: Any) -> None:
    found = set(model.objects.values_list("status", flat=True).distinct())
    assert found == set(statuses.values)


def test_two_batches_are_paid_one_waits_for_a_signature_and_a_payment_bounced(
    world: Programme,
) -> None:
    batches = SettlementBatch.objects.filter(follows=None)
    assert batches.filter(status="CLOSED").count() == 2
    assert batches.filter(status="IN_AUTHORISATION").count() == 1
    assert SettlementLine.objects.filter(status="RETURNED").exists()


def test_one_provider_has_more_than_half_and_one_nothing(world: Programme) -> None:
    by_provider = dict(
        Redemption.objects.filter(status="SETTLED")
        .values_list("provider__number")
        .annotate(n=Count("id"))
    )
    assert Provider.objects.count() == 5
    assert max(by_provider.values()) * 2 > sum(by_provider.values())
    assert len(by_provider) == 4


def test_buyers_come_from_inside_and_outside_and_buy_computing_and_data(world: Programme) -> None:
    assert set(Application.objects.values_list("form__service_class", flat=True)) == {
        "compute", "data"
    }  # fmt: skip
    provinces = {code[:2] for code in Company.objects.values_list("region__code", flat=True)}
    assert len(provinces) > 1


def test_everything_is_invented_and_says_so(world: Programme, shared_dir: Path) -> None:
    real = (shared_dir / "data/cn/divisions_clean_2023.csv").read_text(encoding="utf-8")
    places = Company.objects.values_list("region", flat=True).distinct()
    for region in Region.objects.filter(pk__in=places):
        assert region.code[:2] in ("98", "99")
        assert region.code not in real
        assert region.name_zh not in real
    for company in Company.objects.all():
        normalise_credit_code(company.credit_code)
        assert company.is_demo and "演示" in company.name_zh
    for model in (Application, Voucher, Redemption, SettlementBatch, Programme):
        assert not model.objects.filter(is_demo=False).exists()


def test_nothing_is_amiss_and_the_year_is_the_same_everywhere(
    world: Programme, tmp_path: Path
) -> None:
    call_command("check_invariants")
    seal_all(story.NOW)
    package = tmp_path / "full.zip"
    write_package(world, "full", package)
    assert digest_of(package) == DIGEST


def digest_of(package: Path) -> str:
    """Over every row of every table, without the moment of recording."""
    told = hashlib.sha256()
    with zipfile.ZipFile(package) as opened:
        for name in sorted(opened.namelist()):
            if not name.endswith(".csv"):
                continue
            text = opened.read(name).decode("utf-8-sig")
            for row in csv.DictReader(io.StringIO(text, newline="")):
                row.pop("recorded_at", None)
                told.update(json.dumps(row, sort_keys=True, ensure_ascii=False).encode())
    return told.hexdigest()
