"""F-14: death at each boundary of a commit, by `FAILPOINT=name:kill`; then the same once more."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings

from companies.audit.models import AuditEvent
from companies.audit.services import seal_events
from companies.errors import Conflict, DomainError
from companies.files.models import StoredFile
from companies.files.services import store_file
from companies.foundation.clock import now
from tests.fault.cluster import DATABASE, ROOT
from tests.fault.judge import Verdict
from tests.fault.stage import Stage, dies_at, differences
from tests.given import PAPER
from tests.given_money import answered
from vouchers.ledger.models import JournalEntry
from vouchers.reports.models import ExportJob
from vouchers.reports.selectors import package_path
from vouchers.reports.services import build_export, request_export
from vouchers.reports.writers.package import package_faults
from vouchers.settlement import services as settlement
from vouchers.settlement.models import SettlementBatch

SHEET_PLACES = (
    "_mark_sent.written", "_mark_sent.committed", "sheet.sha256.temporary", "sheet.sha256.renamed",
    "sheet.csv.temporary", "sheet.csv.renamed",
)  # fmt: skip
EXPORT_PLACES = (
    "package.temporary", "package.renamed", "finish_export.written", "finish_export.committed",
)  # fmt: skip
FILE_PLACES = (
    "media.temporary", "media.renamed", "_record_file.written", "_record_file.committed",
    "_record_verdict.written", "_record_verdict.committed",
)  # fmt: skip
FEW_MIGRATIONS = ("migrate.ledger.0001_initial", "migrate.privileges")


def rows() -> tuple[int, ...]:
    """How much there is of what a verb leaves behind."""
    return JournalEntry.objects.count(), AuditEvent.objects.count()


def line(place: str, found: list[str]) -> Verdict:
    """One boundary's."""
    return Verdict(f"F-14 dies at {place}", found)


def batch_and_sheet(stage: Stage) -> Iterator[Verdict]:
    """F-14 a batch from its drawing up to its close, and its payment sheet."""
    scheme, sale = stage.world.scheme, stage.world.sales["buyer"]
    stage.world.catch_up()
    sale.accept(stage.world.claims[0])
    at, actor = scheme.at, scheme.actor
    yield from both_sides("draw_up_batch", lambda: settlement.draw_up_batch(
        actor=actor("clerk"), programme_id=scheme.programme.pk, at=at))  # fmt: skip
    batch = SettlementBatch.objects.latest("pk")
    pk = batch.pk
    yield from both_sides("lock_batch", lambda: settlement.lock_batch(
        actor=actor("clerk"), batch_id=pk, at=at))  # fmt: skip
    for who, act in (
        ("approver2", "BATCH_APPROVE"), ("authoriser", "AUTHORISE"), ("releaser", "RELEASE"),
    ):  # fmt: skip
        yield from both_sides("sign_batch", lambda who=who, act=act: settlement.sign_batch(
            actor=actor(who), batch_id=pk, act=act, at=at), f" ({act.lower()})")  # fmt: skip

    def send() -> SettlementBatch:
        return settlement.send_batch(actor=actor("releaser"), batch_id=pk, at=at)

    for place in SHEET_PLACES:
        yield line(place, [] if dies_at(place, send) else ["it was not reached"])
    batch = send()
    sheet = Path(settings.STATE_DIR) / "payments" / "out" / f"{batch.number}.csv"
    said = sheet.with_suffix(".sha256").read_text().strip()
    found = {hashlib.sha256(sheet.read_bytes()).hexdigest(), said, batch.sheet_sha256}
    parts = [path.name for path in sheet.parent.iterdir() if path.name.endswith(".new")]
    sent = AuditEvent.objects.filter(action="batch.sent", subject_ref=batch.ref).count()
    yield Verdict(
        "F-14 then the sheet is whole, once, and as its digest says",
        [] if (len(found), parts, sent) == (1, [], 1) else [f"{found} {parts} {sent} events"],
    )
    yield from both_sides("record_results", lambda: answered(scheme, batch))
    yield from both_sides("reconcile_batch", lambda: settlement.reconcile_batch(
        actor=actor("authoriser"), batch_id=pk, at=scheme.at))  # fmt: skip
    yield from both_sides("close_batch", lambda: settlement.close_batch(
        actor=actor("releaser"), batch_id=pk, at=scheme.at))  # fmt: skip


def both_sides(verb: str, act: Callable[[], Any], more: str = "") -> Iterator[Verdict]:
    """Before the commit nothing has happened; after it all has, and once more changes nothing."""
    before = rows()
    found = [] if dies_at(f"{verb}.written", act) else ["it was not reached"]
    if rows() != before:
        found.append("something was left behind")
    yield line(f"{verb}.written{more}", found)
    found = [] if dies_at(f"{verb}.committed", act) else ["it was not reached"]
    after = rows()
    if after == before:
        found.append("nothing was kept")
    try:
        act()
    except Conflict:
        pass  # it says that this is done
    except DomainError as error:
        found.append(f"once more: {error.code}")
    if rows() != after:
        found.append("once more did it twice")
    yield line(f"{verb}.committed{more}", found)


def exports_and_files(stage: Stage) -> Iterator[Verdict]:
    """F-14 the sealer, an export, an upload."""
    scheme = stage.world.scheme
    stage.cluster.dismiss("worker")  # the acts are ours
    try:
        job = request_export(
            actor=scheme.actor("auditor"), programme_id=scheme.programme.pk, dataset="ledger",
            purpose="F-14", at=now(),
        )  # fmt: skip
        for place in ("seal_events.written", "seal_events.committed"):
            died = dies_at(place, lambda: seal_events(at=now()))
            yield line(place, [] if died else ["it was not reached"])
        for place in EXPORT_PLACES:
            died = dies_at(place, lambda: build_export(export_id=job.pk, at=now()))
            yield line(place, [] if died else ["it was not reached"])
        build_export(export_id=job.pk, at=now())
        job = ExportJob.objects.get(pk=job.pk)
        events = AuditEvent.objects.filter(
            action="export.built", subject_ref=f"export:{job.number}"
        ).count()
        found = list(package_faults(package_path(job)))
        if (job.status, events) != ("BUILT", 1):
            found.append(f"{job.status}, {events} events")
        yield Verdict("F-14 then the package is whole, and built once", found)
        yield from uploads(stage)
    finally:
        stage.cluster.wanted.add("worker")
        stage.cluster.revive()


def uploads(stage: Stage) -> Iterator[Verdict]:
    """A file at each boundary; the rows there are have their bytes, and each its verdict."""
    actor = stage.world.scheme.actor("fifth_agent")
    for number, place in enumerate(FILE_PLACES):

        def store(number: int = number) -> StoredFile:
            return store_file(
                actor=actor, content=io.BytesIO(PAPER + b"%% " + str(number).encode()),
                name="F14.pdf", owner_ref=stage.world.sales["fifth"].voucher.ref, at=now(),
            )  # fmt: skip

        found = [] if dies_at(place, store) else ["it was not reached"]
        again = store()
        if again.verdict != "CLEAN":
            found.append(f"once more: {again.verdict}")
        yield line(place, found)


def web_and_key(stage: Stage) -> Iterator[Verdict]:
    """F-14 the web process on both sides of a hold's commit, one key all along."""
    for side, entries in (("written", 0), ("committed", 1)):
        place = f"request_redemption.{side}"
        found = [] if web_dies_at(stage, place) else ["it was not reached"]
        there = JournalEntry.objects.filter(key__endswith="/F14-key").count()
        yield line(place, found + differences(entries, there))
    stage.cluster.restart("web")
    stage.cluster.wait_until_ready()
    answer = stage.world.buyers["fifth"].ask("F14-key")
    yield Verdict(
        "F-14 then the key tells of the one hold",
        differences((200, True), (answer.status, answer.is_replay)),
    )


def web_dies_at(stage: Stage, place: str) -> bool:
    """Order once more, under the one key; True where no answer came."""
    stage.cluster.restart("web", FAILPOINT=f"{place}:kill")
    stage.cluster.wait_until_ready()
    try:
        stage.world.buyers["fifth"].ask("F14-key")
    except OSError:
        return True
    return False


def few_migrations(stage: Stage) -> Iterator[Verdict]:
    """F-14 a migration dies three times."""
    yield from migrations(stage, FEW_MIGRATIONS)


def all_migrations(stage: Stage) -> Iterator[Verdict]:
    """F-14 a migration dies after each of its steps."""
    applied = stage.cluster.services.sql(
        "SELECT 'migrate.' || app || '.' || name FROM django_migrations ORDER BY id", DATABASE
    ).split()
    yield from migrations(stage, (*applied, "migrate.cache_table", "migrate.privileges"))


def migrations(stage: Stage, places: tuple[str, ...]) -> Iterator[Verdict]:
    """Each run dies at the next place; the last one ends, and the schema is the same as ever."""
    services, name = stage.cluster.services, "migrated_anew"
    services.make_database(name)
    try:
        for place in places:
            code = migrate(services, name, f"{place}:kill")
            yield line(place, [] if code == -9 else [f"it was not reached: exit code {code}"])
        code = migrate(services, name, "")
        same = schema_of(services, name) == schema_of(services, DATABASE)
        yield Verdict(
            "F-14 then the schema is the one of a run that nothing disturbed",
            [] if same and not code else [f"exit code {code}, same schema: {same}"],
        )
    finally:
        services.drop_database(name)


def migrate(services: Any, database: str, failpoint: str) -> int:
    """manage.py migrate on this database; its exit code."""
    return subprocess.run(
        [sys.executable, "manage.py", "migrate", "--database=owner", "-v0"], cwd=ROOT, check=False,
        env={**os.environ, **services.environment(database), "FAILPOINT": failpoint},
    ).returncode  # fmt: skip


def schema_of(services: Any, database: str) -> str:
    """What pg_dump says of tables, triggers, privileges, without what differs in each dump."""
    words = [
        str(services.bin / "pg_dump"), "-s", "-h", str(services.sockets), "-U", "postgres", database
    ]  # fmt: skip
    told = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    lines = (row for row in told.splitlines() if not row.startswith(("--", "\\")))
    return "\n".join(lines)
