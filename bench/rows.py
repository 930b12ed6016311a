"""What is measured, row by row of the targets; each returns its lines of the table."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from bench import hordak_peer, web
from bench.ground import ROOT, Ground
from bench.meter import Sample, cpu_ratio, in_rounds, median_us, rate_ratio, run_timed
from bench.world import EACH, MANY, ONE, SQL, facts

SMALL = 100_000  # ledger rows of a young house


@dataclass(frozen=True)
class Options:
    """How long and how much: rounds, seconds of each candidate, rows of an old ledger."""

    rounds: int
    seconds: int
    rows: int


class Row(NamedTuple):
    """One line: `aim` as the target says it, `met` None where it could not be measured."""

    target: str
    what: str
    aim: str
    measured: str
    met: bool | None


def at_least(target: str, what: str, aim: float, measured: float) -> Row:
    """A ratio that must reach its aim."""
    return Row(target, what, f"≥ {aim:g}", f"{measured:.3g}", measured >= aim)


def at_most(target: str, what: str, aim: float, measured: float) -> Row:
    """A ratio that must stay below its aim."""
    return Row(target, what, f"≤ {aim:g}", f"{measured:.3g}", measured <= aim)


def posting(ground: Ground, options: Options) -> tuple[list[Row], dict[str, float]]:
    """G1, G1b, G3, G6, G16: by CPU, commits not waiting for the disk. And µs of each candidate."""
    database = ground.clone("bench_cpu", durable=False)
    seconds = options.seconds
    candidates = {
        "limit": lambda: ground.pgbench(database, SQL / "lean.pgbench", clients=2, seconds=seconds),
        "full schema": lambda: ground.pgbench(
            database, SQL / "post.pgbench", clients=2, seconds=seconds
        ),
        **{
            name: lambda name=name: ground.drive(database, name, processes=2, seconds=seconds)
            for name in ("post", "redeem", "oracle")
        },
    }
    absent = ""
    try:
        python = hordak_peer.prepare(ground)
        candidates["hordak"] = lambda: hordak_peer.load(
            ground, python, processes=2, seconds=seconds
        )
    except hordak_peer.Absent as reason:
        absent = str(reason)
    samples = in_rounds(candidates, options.rounds)
    hot = ground.services.sql(
        "SELECT round(100.0 * n_tup_hot_upd / nullif(n_tup_upd, 0), 1) FROM pg_stat_user_tables "
        "WHERE relname = 'ledger_account'",
        database,
    )
    rows = [
        at_least("G1", "post ÷ limit, CPU", 0.45, cpu_ratio(samples, "limit", "post")),
        at_least("G1b", "redeem ÷ limit, CPU", 0.15, cpu_ratio(samples, "limit", "redeem")),
        at_least("G1b", "redeem ÷ its ORM oracle, CPU", 3, cpu_ratio(samples, "oracle", "redeem")),
        at_least("G3", "full schema ÷ leanest, CPU", 0.75,
                 cpu_ratio(samples, "limit", "full schema")),
        at_least("G6", "post ÷ django-hordak transfer, CPU", 4,
                 cpu_ratio(samples, "hordak", "post"))
        if not absent else Row("G6", "post ÷ django-hordak transfer", "≥ 4", absent, None),
        at_least("G16", "HOT share of account updates, %", 95, float(hot or 0)),
    ]  # fmt: skip
    return rows, {name: median_us(taken) for name, taken in samples.items()}


def api(ground: Ground, options: Options) -> tuple[list[Row], dict[str, float]]:
    """G4: signed requests of a machine over HTTP; CPU of web and PostgreSQL."""
    database = ground.clone("bench_api", durable=False)
    with web.serving(ground, database) as served:
        samples = in_rounds(
            {
                "limit": lambda: ground.pgbench(
                    database, SQL / "lean.pgbench", clients=2, seconds=options.seconds
                ),
                "API no-op": lambda: served.load("/api/v1/noop", options.seconds),
                "API redemption": lambda: served.load("/api/v1/redemptions", options.seconds),
            },
            options.rounds,
        )
    rows = [
        at_least("G4", "API redemption ÷ limit, CPU", 0.06,
                 cpu_ratio(samples, "limit", "API redemption")),
        at_least("G4", "API redemption ÷ no-op of the same stack, CPU", 0.4,
                 cpu_ratio(samples, "API no-op", "API redemption")),
    ]  # fmt: skip
    return rows, {name: median_us(taken) for name, taken in samples.items()}


def crowds(ground: Ground, options: Options) -> list[Row]:
    """G7, G8, G17: durable, the verb's own statements from pgbench, and the verb itself."""
    database = ground.clone("bench_durable", durable=True)
    known = facts(ground.state)
    syncs: list[float] = []

    def redeem(first: int, last: int, clients: int) -> Sample:
        before = _wal_syncs(ground)
        sample = ground.pgbench(
            database, SQL / "redeem.pgbench", clients=clients, seconds=options.seconds,
            first=first, last=last, user=known["user"], offer=known["offer"], at=known["at"],
        )  # fmt: skip
        if clients > 1:
            syncs.append(sample.done / max(_wal_syncs(ground) - before, 1))
        return sample

    samples = in_rounds(
        {
            "one programme": lambda: redeem(1, ONE, 16),
            "100 programmes": lambda: redeem(ONE + 1, ONE + MANY * EACH, 16),
            "one client": lambda: redeem(1, ONE, 1),
        },
        options.rounds,
    )
    done = subprocess.run(
        [sys.executable, "-m", "bench.crowd"], cwd=ROOT, env=ground.environment(database),
        stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    faults = json.loads(done.stdout)
    return [
        at_least("G7", "one programme ÷ 100 programmes, 16 clients, durable", 0.9,
                 rate_ratio(samples, "one programme", "100 programmes")),
        at_least("G7", "commits per WAL sync", 4, statistics.median(syncs)),
        at_least("G8", "16 clients ÷ 1 client, durable", 2.5,
                 rate_ratio(samples, "one programme", "one client")),
        Row("G17", "16 clients on one voucher, half of the orders sent twice", "exact",
            "exact" if not faults else str(faults), not faults),
    ]  # fmt: skip


def _wal_syncs(ground: Ground) -> int:
    return int(ground.services.sql("SELECT wal_sync FROM pg_stat_wal"))


def age(ground: Ground, options: Options) -> list[Row]:
    """G9, G12, G14: the same verb and the same export on a young and on an old ledger."""
    young = ground.clone("bench_young", durable=False)
    old = ground.clone("bench_old", durable=False)
    ground.sql_file(young, SQL / "history.sql", rows=SMALL)
    ground.sql_file(old, SQL / "history.sql", rows=options.rows)
    exports = {name: _export(ground, name) for name in (young, old)}
    copied = [_copy(ground, old) for _ in range(3)]
    rows, used, most = exports[old]
    by_copy = statistics.median(used / count for count, used in copied)
    samples = in_rounds(
        {
            name: lambda name=name: ground.drive(
                name, "redeem", processes=2, seconds=options.seconds
            )
            for name in (young, old)
        },
        options.rounds,
    )
    size = f"{options.rows:,} rows"
    return [
        at_least("G9", f"redeem at {size} ÷ at {SMALL:,}, CPU", 0.75,
                 cpu_ratio(samples, young, old)),
        at_least("G12", f"package of {rows:,} rows ÷ psql's COPY of them, rows per CPU second",
                 0.5, by_copy / (used / rows)),
        at_most("G14", f"most memory of an export at {size} ÷ at {SMALL:,}", 1.1,
                most / exports[young][2]),
    ]  # fmt: skip


def _export(ground: Ground, database: str) -> tuple[int, float, int]:
    """Rows, CPU seconds of process and server, and the most KiB it held."""
    with tempfile.TemporaryDirectory(prefix="bench-export-") as folder:
        before = ground.server_cpu()
        done = subprocess.run(
            [sys.executable, "-m", "bench.export", str(Path(folder) / "x.zip")], cwd=ROOT,
            env=ground.environment(database), stdout=subprocess.PIPE, text=True, check=True,
        )  # fmt: skip
        count, used, most = done.stdout.split()
        return int(count), float(used) + ground.server_cpu() - before, int(most)


def _copy(ground: Ground, database: str) -> tuple[int, float]:
    """Rows and CPU seconds of psql copying the same SELECT to nowhere."""
    from vouchers.reports.datasets import DATASETS

    table = DATASETS["ledger"]
    given = {"programme": str(facts(ground.state)["programme"])}
    select = table.select().replace("%(programme)s", given["programme"]).replace("%%", "%")
    command = [
        str(ground.services.bin / "psql"), "-X", "-q", "-h", str(ground.services.sockets),
        "-U", "sq_app", "-d", database, "-o", "/dev/null",
        "-c", f"COPY ({select}) TO STDOUT WITH (FORMAT csv)",
    ]  # fmt: skip
    before = ground.server_cpu()
    _said, used = run_timed(command, {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"})
    count = ground.services.sql(
        table.totals().replace("%(programme)s", given["programme"]), database
    ).split("|")[0]
    return int(count), used + ground.server_cpu() - before
