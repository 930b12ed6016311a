"""Exports: asked for by a person, built by a worker in one snapshot, then recorded."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from time import sleep
from typing import Any

from django.db import DatabaseError, connection
from django.utils.translation import gettext_lazy as _

from companies.audit.selectors import get_position, is_sealed_whole
from companies.audit.services import record_event, seal_events
from companies.errors import InvalidInput, NotAllowed, TryAgain, not_found
from companies.foundation.actors import Actor
from companies.foundation.locks import lock_rows, long_read
from companies.foundation.numbers import next_number
from companies.foundation.verbs import verb
from companies.notifications.services import wake
from companies.users.models import Duty, Role
from companies.users.policies import require_duty, require_scope
from companies.users.selectors import find_duty
from vouchers.programmes.models import Programme
from vouchers.reports.datasets import DATASETS, JOURNAL_ACCOUNTS, JOURNAL_ENTRIES, Dataset
from vouchers.reports.models import ExportJob, ExportStatus
from vouchers.reports.selectors import MAY_EXPORT, package_path
from vouchers.reports.writers.journal import (
    LedgerAccount,
    LedgerEntry,
    beancount_lines,
    journal_lines,
)
from vouchers.reports.writers.package import (
    BOM,
    MANIFEST,
    Digesting,
    descriptor,
    json_bytes,
    write_lines,
    write_zip,
)

JOURNAL = "journal"
FULL = "full"
CHOICES = (*DATASETS, JOURNAL, FULL)
ATTEMPTS = 5
LOOKS = 20
PAUSE_SECONDS = 0.1


@verb
def request_export(
    *, actor: Actor, programme_id: int, dataset: str, purpose: str, at: datetime
) -> ExportJob:
    """Ask for a package. Raises NotAllowed, NotFound, InvalidInput `dataset_unknown`."""
    programme = Programme.objects.filter(pk=programme_id).first()
    if programme is None:
        raise not_found("programme")
    if actor.user_id is None:
        raise NotAllowed("person_needed", _("Only a person may ask for an export."))
    duty = _exporting_duty(actor, programme, at)
    if dataset not in CHOICES:
        raise InvalidInput("dataset_unknown", _("There is no such dataset."))
    job = ExportJob.objects.create(
        agency_id=programme.agency_id,
        number=next_number("EX", at),
        programme=programme,
        dataset=dataset,
        requested_by_id=actor.user_id,
        requested_at=at,
        purpose=purpose,
        status=ExportStatus.QUEUED,
    )
    _record("export.requested", job, actor=actor, at=at, duty_ref=f"duty:{duty.pk}")
    wake("reports.build_exports", export_id=job.pk)
    return job


def _exporting_duty(actor: Actor, programme: Programme, at: datetime) -> Duty:
    """In the programme's own body, or an overseer's in a body above it. Raises NotAllowed."""
    for body_id in filter(None, programme.agency.path.split("/")):
        overseer = find_duty(
            user_id=actor.user_id or 0, roles=[Role.OVERSEER], agency_id=int(body_id), at=at
        )
        if overseer is not None:
            require_scope(actor, writes=True)
            return overseer
    return require_duty(
        actor=actor,
        roles=MAY_EXPORT,
        agency_id=programme.agency_id,
        at=at,
        programme_ref=programme.ref,
    )


def build_export(*, export_id: int, at: datetime) -> ExportJob:
    """Write a waiting job's package, then record it. Repeated, it changes nothing. Where events
    keep coming between sealing and looking, the job waits for the next sweep.
    """
    job = ExportJob.objects.select_related("programme").get(pk=export_id)
    if job.status != ExportStatus.QUEUED:
        return job
    for _attempt in range(LOOKS):
        while seal_events(at=at):
            pass
        try:
            manifest = write_package(job.programme, job.dataset, package_path(job))
        except TryAgain:
            sleep(PAUSE_SECONDS)
        except (OSError, DatabaseError) as error:
            return miss_export(export_id=export_id, failure=type(error).__name__, at=at)
        else:
            return finish_export(export_id=export_id, manifest=manifest, at=at)
    return job


@verb
def finish_export(*, export_id: int, manifest: dict[str, Any], at: datetime) -> ExportJob:
    """Record a package that lies on disk; the first of two workers wins."""
    (job,) = lock_rows(ExportJob.objects.filter(pk=export_id))
    if job.status != ExportStatus.QUEUED:
        return job
    job.status = ExportStatus.BUILT
    job.attempts += 1
    job.built_at = at
    job.as_of_leaf = manifest["as_of_leaf"]
    job.root_hex = manifest["root"]
    job.files = [
        {
            "name": file["name"],
            "sha256": file["sha256"],
            "bytes": file["bytes"],
            "rows": file.get("rows"),
            "total_fen": next(iter(file.get("sums", {}).values()), None),
        }
        for file in manifest["files"]
    ]
    job.save()
    _record("export.built", job, actor=Actor.system("reports"), at=at)
    return job


@verb
def miss_export(*, export_id: int, failure: str, at: datetime) -> ExportJob:
    """Count an attempt that failed; after the last the job is FAILED."""
    (job,) = lock_rows(ExportJob.objects.filter(pk=export_id))
    if job.status != ExportStatus.QUEUED:
        return job
    job.attempts += 1
    job.failure = failure[:200]
    if job.attempts >= ATTEMPTS:
        job.status = ExportStatus.FAILED
        _record("export.failed", job, actor=Actor.system("reports"), at=at)
    job.save()
    return job


def _record(action: str, job: ExportJob, *, actor: Actor, at: datetime, duty_ref: str = "") -> None:
    record_event(
        action,
        actor=actor,
        subject_ref=f"export:{job.number}",
        agency_id=job.agency_id,
        at=at,
        duty_ref=duty_ref,
        after={
            "status": str(job.status),
            "dataset": job.dataset,
            "as_of_leaf": job.as_of_leaf,
            "files": job.files,
        },
        purpose=job.purpose,
    )


def write_package(programme: Programme, dataset: str, path: Path) -> dict[str, Any]:
    """Everything in one snapshot with its place in the log. Returns the manifest.

    Raises TryAgain `record_moving` where the snapshot holds more than the log's newest leaf covers:
    a leaf stands for one content alone.
    """
    title = f"{'演示 · DEMO · ' if programme.is_demo else ''}{programme.name_zh}"
    with tempfile.TemporaryDirectory(prefix="export-") as name, long_read():
        folder = Path(name)
        if not is_sealed_whole():
            raise TryAgain("record_moving", _("The record is being written to: try again."))
        position = get_position()
        tables = [
            _write_table(table, programme.pk, folder)
            for table in DATASETS.values()
            if dataset in (table.name, FULL)
        ]
        others = write_journals(programme, folder) if dataset in (JOURNAL, FULL) else []
        if tables:
            others.append(
                _write_bytes("datapackage.json", json_bytes(descriptor(title, tables)), folder)
            )
        files = [*tables, *others]
        manifest = {
            "format": 1,
            "title": title,
            "programme": programme.code,
            "filter": {"programme": programme.code, "dataset": dataset},
            "as_of_leaf": position.leaf,
            "root": position.root_hex,
            "files": files,
        }
        (folder / MANIFEST).write_bytes(json_bytes(manifest))
        write_zip(path, folder, [MANIFEST, *(file["name"] for file in files)])
    return manifest


def _write_table(table: Dataset, programme_id: int, folder: Path) -> dict[str, Any]:
    """One CSV by COPY, with what the manifest says of it."""
    name = f"{table.name}.csv"
    given = {"programme": programme_id}
    with connection.cursor() as cursor, (folder / name).open("wb") as target:
        file = Digesting(target)
        file.write(BOM)
        select = cursor.mogrify(table.select(), given).decode()
        cursor.copy_expert(f"COPY ({select}) TO STDOUT WITH (FORMAT csv, HEADER true)", file)
        cursor.execute(table.totals(), given)
        rows, *sums = cursor.fetchone()
    return {
        "dataset": table.name,
        "name": name,
        "key": table.key,
        "columns": [list(field) for field in table.fields()],
        "rows": rows,
        "sums": {name: int(fen) for name, fen in zip(table.sum_names(), sums, strict=True)},
        "sha256": file.digest.hexdigest(),
        "bytes": file.size,
    }


def write_journals(programme: Programme, folder: Path) -> list[dict[str, Any]]:
    """ledger.journal and ledger.beancount; to be called inside `long_read`."""
    with connection.cursor() as cursor:
        cursor.execute(JOURNAL_ACCOUNTS, {"programme": programme.pk})
        accounts = [
            LedgerAccount(pk, kind, line, label, closing if is_own else None)
            for pk, kind, line, label, closing, is_own in cursor.fetchall()
        ]
    files = []
    for name, write in (("ledger.journal", journal_lines), ("ledger.beancount", beancount_lines)):
        with (folder / name).open("wb") as target:
            file = Digesting(target)
            write_lines(file, write(accounts, _entries(programme.pk), is_demo=programme.is_demo))
        files.append({"name": name, "sha256": file.digest.hexdigest(), "bytes": file.size})
    return files


def _entries(programme_id: int) -> Iterator[LedgerEntry]:
    """Entries by day; those of one day in the order they were posted."""
    with connection.cursor() as cursor:
        cursor.execute(JOURNAL_ENTRIES, {"programme": programme_id})
        while rows := cursor.fetchmany(1000):
            for number, day, kind, subject, moves in rows:
                yield LedgerEntry(number, day, kind, subject, tuple(map(tuple, moves)))


def _write_bytes(name: str, data: bytes, folder: Path) -> dict[str, Any]:
    with (folder / name).open("wb") as target:
        file = Digesting(target)
        file.write(data)
    return {"name": name, "sha256": file.digest.hexdigest(), "bytes": file.size}
