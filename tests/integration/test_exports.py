"""Exports: the same bytes for the same leaf, nothing a spreadsheet would run, all recomputable."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import transaction

from companies.audit.models import AuditEvent
from companies.audit.services import record_event
from companies.errors import TryAgain
from companies.foundation.actors import Actor
from companies.users.models import Duty, User
from tests.integration.ledger_world import AT, given_programme_with_money
from tests.sealing import seal_all
from vouchers.reports.selectors import (
    burn_down,
    list_waiting_exports,
    open_package,
    provider_totals,
    sector_totals,
)
from vouchers.reports.services import build_export, request_export, write_package
from vouchers.reports.writers.package import package_faults, read_manifest


@pytest.fixture
def package(committed_db: str, tmp_path: Path) -> Path:
    """A full export of the small programme."""
    programme = given_programme_with_money()
    seal_all(AT)
    path = tmp_path / "full.zip"
    write_package(programme, "full", path)
    return path


def rows_of(package: Path, name: str) -> list[dict[str, str]]:
    """A CSV of the package."""
    with zipfile.ZipFile(package) as opened:
        text = opened.read(name).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_the_ledger_is_told_posting_by_posting(package: Path) -> None:
    rows = rows_of(package, "ledger.csv")
    assert [row["kind"] for row in rows] == ["APPROPRIATE", "RESERVE", "ISSUE", "HOLD", "ACCEPT"]
    assert rows[0]["amount_fen"] == "100000000"
    assert rows[0]["amount_yuan"] == "1000000.00"
    assert rows[0]["effective_at"] == "2025-03-03T09:00:00.000000+08:00"


def test_a_text_that_looks_like_a_formula_is_quoted(package: Path) -> None:
    assert rows_of(package, "ledger.csv")[3]["to_account"] == "'=1+1"


def test_the_manifest_names_its_place_and_its_sums(package: Path) -> None:
    manifest = read_manifest(package)
    assert manifest["as_of_leaf"] == 5
    ledger = next(file for file in manifest["files"] if file["name"] == "ledger.csv")
    assert (ledger["rows"], ledger["sums"]) == (5, {"amount_fen": 100_510_000})
    assert "演示" in manifest["title"]


def test_the_package_recomputes_with_its_root(package: Path) -> None:
    out = StringIO()
    call_command("verify_export", str(package), stdout=out)
    assert "recomputes; leaf 5" in out.getvalue()


def test_one_changed_figure_is_found(package: Path, tmp_path: Path) -> None:
    tampered = tmp_path / "tampered.zip"
    with zipfile.ZipFile(package) as source, zipfile.ZipFile(tampered, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "ledger.csv":
                data = data.replace(b",200000,", b",200001,", 1)
            target.writestr(name, data)
    faults = list(package_faults(tampered))
    assert faults == [
        "ledger.csv: the digest differs",
        "ledger.csv: amount_fen sums to 100510001 instead of 100510000",
    ]
    with pytest.raises(SystemExit):
        call_command("verify_export", str(tampered), stdout=StringIO())


def test_burn_down_ends_with_the_ledgers_own_states(package: Path) -> None:
    from vouchers.programmes.models import Programme

    programme = Programme.objects.get()
    last = burn_down(programme.pk)[-1]
    assert (last.available_fen, last.reserved_fen) == (99_800_000, 0)
    assert (last.issued_fen, last.payable_fen, last.paid_fen) == (150_000, 50_000, 0)
    assert len(burn_down(programme.pk, "day")) == 5
    assert sector_totals(programme.pk) == provider_totals(programme.pk) == []


def test_the_same_leaf_gives_the_same_bytes(package: Path, tmp_path: Path) -> None:
    from vouchers.programmes.models import Programme

    again = tmp_path / "again.zip"
    write_package(Programme.objects.get(), "full", again)
    assert again.read_bytes() == package.read_bytes()


def test_a_leaf_stands_for_one_content_alone(package: Path, tmp_path: Path) -> None:
    from vouchers.programmes.models import Programme

    programme = Programme.objects.get()
    with transaction.atomic():
        record_event(
            "programme.paused", actor=Actor.system("test"), subject_ref=programme.ref,
            agency_id=programme.agency_id, at=AT,
        )  # fmt: skip
    with pytest.raises(TryAgain, match="record_moving"):
        write_package(programme, "full", tmp_path / "moving.zip")
    assert not (tmp_path / "moving.zip").exists()
    seal_all(AT)
    assert write_package(programme, "full", tmp_path / "later.zip")["as_of_leaf"] == 6


def test_no_damaged_package_recomputes(package: Path, tmp_path: Path) -> None:
    raw = package.read_bytes()
    whole = contents(package)
    damaged = tmp_path / "damaged.zip"
    for place in range(0, len(raw), 97):
        damaged.write_bytes(raw[:place] + bytes([raw[place] ^ 4]) + raw[place + 1 :])
        try:
            call_command("verify_export", str(damaged), stdout=StringIO(), stderr=StringIO())
        except SystemExit:
            continue
        assert contents(damaged) == whole, place  # a date in the zip's own margins


def contents(package: Path) -> dict[str, bytes]:
    """Every file of the package."""
    with zipfile.ZipFile(package) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def test_what_is_asked_for_is_built_once_and_handed_out(committed_db: str) -> None:
    programme = given_programme_with_money()
    user = User.objects.create(username="manager", name_zh="经办")
    Duty.objects.create(
        user=user, agency=programme.agency, role="programme_manager", valid_from=AT,
        granted_by_ref="user:1",
    )  # fmt: skip
    at = AT + timedelta(days=100)
    asked = request_export(
        actor=Actor.person(user.pk), programme_id=programme.pk, dataset="ledger", purpose="查账",
        at=at,
    )  # fmt: skip
    assert list(list_waiting_exports()) == [asked]
    built = build_export(export_id=asked.pk, at=at)
    assert (built.status, built.files[0]["total_fen"]) == ("BUILT", 100_510_000)
    assert built.as_of_leaf == AuditEvent.objects.count() - 1  # all but its own "built"
    assert build_export(export_id=asked.pk, at=at).attempts == 1
    with open_package(built) as content:
        assert content.read(2) == b"PK"
