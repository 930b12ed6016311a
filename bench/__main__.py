"""`make bench`: every row of the targets that applies now, and `bench/RESULTS.md`."""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from bench import ground as grounds
from bench import rows, world

HERE = Path(__file__).resolve().parent
WORDS = {True: "met", False: "**missed**", None: "not measured"}


def main() -> int:
    """Measure in a folder of its own, print and write the table. 1 where a row was missed."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3, help="of each candidate in a round")
    parser.add_argument("--rows", type=int, default=1_000_000, help="of an old ledger (G9, G14)")
    given = parser.parse_args()
    options = rows.Options(given.rounds, given.seconds, given.rows)
    state = Path(tempfile.mkdtemp(prefix="sq-bench-", dir="/tmp"))
    state.chmod(0o711)
    ground = grounds.start(state)
    begun = datetime.now(UTC)
    try:
        table, costs = measure(ground, options)
        version = ground.services.sql("SHOW server_version")
    finally:
        ground.services.stop()
        shutil.rmtree(state, ignore_errors=True)
    text = report(table, costs, options, version, begun)
    print(text)
    kept = HERE / "RESULTS.md"
    remarks = kept.read_text().partition("\n## Remarks\n")[2] if kept.exists() else ""
    kept.write_text(f"{text}\n## Remarks\n{remarks or chr(10)}")
    return 1 if any(row.met is False for row in table) else 0


def measure(
    ground: grounds.Ground, options: rows.Options
) -> tuple[list[rows.Row], dict[str, float]]:
    """One world, then the rows in turn. Autovacuum waits: it would be anybody's CPU."""
    world.build(ground)
    ground.services.sql("ALTER SYSTEM SET autovacuum = off")
    ground.services.sql("SELECT pg_reload_conf()")
    table, costs = rows.posting(ground, options)
    more, api_costs = rows.api(ground, options)
    table += [*more, *rows.crowds(ground, options), *rows.age(ground, options)]
    table.sort(key=lambda row: (int(row.target[1:].rstrip("b")), row.target))
    return table, costs | {name: cost for name, cost in api_costs.items() if name != "limit"}


def report(
    table: list[rows.Row],
    costs: dict[str, float],
    options: rows.Options,
    version: str,
    begun: datetime,
) -> str:
    """The page, but its remarks: those are written by hand and kept."""
    lines = [
        "# Results of `make bench`",
        "",
        f"{begun:%Y-%m-%d}, {os.cpu_count()} cores {platform.machine()}, Linux, "
        f"PostgreSQL {version}, Python {platform.python_version()}; {options.rounds} rounds of "
        f"{options.seconds} s each, an old ledger of {options.rows:,} rows. "
        f"Load at the end {os.getloadavg()[0]:.1f}.",
        "",
        "| Target | What | Aim | Measured | Verdict |",
        "|---|---|---|---|---|",
        *(
            f"| {row.target} | {row.what} | {row.aim} | {row.measured} | {WORDS[row.met]} |"
            for row in table
        ),
        "",
        "CPU microseconds of one operation, clients and server together (median):",
        "",
        *(f"- {name}: {cost:,.0f}" for name, cost in costs.items()),
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
