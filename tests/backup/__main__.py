"""`make backup-drill`: back up, err, restore to the moment before, and prove every fen is there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from config import embedded
from tests.backup import archive
from tests.fault import cluster as clusters

ROOT = Path(__file__).resolve().parents[2]
POINT = "before_the_mistake"
MISTAKE = """
    ALTER TABLE ledger_transfer DISABLE TRIGGER ALL;
    DELETE FROM ledger_transfer WHERE id % 3 = 0;
"""
SUMS = """
    SELECT json_build_object(
      'entries', (SELECT count(*) FROM ledger_journalentry),
      'transfers', (SELECT count(*) FROM ledger_transfer),
      'moved_fen', (SELECT sum(amount_fen) FROM ledger_transfer),
      'balances_fen', (SELECT sum(credits_fen) FROM ledger_account),
      'leaves', (SELECT count(*) FROM audit_auditleaf),
      'root', (SELECT encode(root_sha256, 'hex') FROM audit_treehead ORDER BY size DESC LIMIT 1))
"""


def main() -> int:
    """The drill in a folder of its own."""
    state = Path(tempfile.mkdtemp(prefix="sq-backup-", dir="/tmp"))
    state.chmod(0o711)
    primary = clusters.start(state / "primary").services
    restored = None
    try:
        import django

        django.setup()
        restored, rightly = drill(state, primary)
    finally:
        for services in (primary, restored):
            if services:
                services.stop()
        shutil.rmtree(state, ignore_errors=True)
    return 0 if rightly else 1


def drill(state: Path, primary: embedded.Services) -> tuple[embedded.Services, bool]:
    """The steps, each told in a line."""
    from django.db import connection

    from companies.foundation.clock import set_demo_clock
    from tests.given_money import findings
    from tests.sealing import seal_all

    sale = begin_trading()
    connection.close()
    archive.begin_archiving(primary, state / "archive")
    archive.base_backup(primary, state / "backup")
    print("base backup: made, its manifest verified")
    for _ in range(20):
        sale.order(20_000)
    findings(sale.scheme)  # what is due is done
    seal_all(sale.scheme.later())
    set_demo_clock(sale.scheme.at)
    connection.close()
    kept = primary.sql(SUMS, clusters.DATABASE)
    primary.sql(f"SELECT pg_create_restore_point('{POINT}')")
    primary.sql(MISTAKE, clusters.DATABASE)
    last_segment = primary.sql("SELECT pg_walfile_name(pg_switch_wal())")
    spoilt = broken_invariants(primary, state)
    print(
        f"mistake: a third of the transfers deleted as superuser; {len(spoilt)} invariants say so"
    )
    wait_for_archive(primary, last_segment)
    restored = archive.restore(state / "backup", state / "restored", state / "archive", POINT)
    found = restored.sql(SUMS, clusters.DATABASE)
    broken = broken_invariants(restored, state)
    print(f"restored to {POINT}: sums and root {'as kept' if found == kept else 'DIFFER'}")
    print(f"invariants on the restored cluster: {broken or 'all hold'}")
    rightly = bool(spoilt) and found == kept and not broken
    rightly = rightly and dump_restores(state, restored)
    return restored, flip_is_seen(restored) and rightly


def begin_trading():
    """A live voucher and some orders on it, by verbs."""
    from tests.given_money import given_sale

    sale = given_sale()
    for _ in range(20):
        sale.order(20_000)
    return sale


def wait_for_archive(services: embedded.Services, wanted: str) -> None:
    """Until this segment, the one with the restore point, has left the house."""
    for _ in range(300):
        if services.sql("SELECT last_archived_wal FROM pg_stat_archiver") >= wanted:
            return
        services.sql("SELECT pg_sleep(0.1)")
    raise TimeoutError(f"segment {wanted} is not archived")


def broken_invariants(services: embedded.Services, state: Path) -> list[str]:
    """Names of those that do not hold there, files on disk included."""
    done = subprocess.run(
        [sys.executable, "manage.py", "check_invariants"],
        cwd=ROOT, env={**os.environ, **services.environment(clusters.DATABASE)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    lines = [line for line in done.stdout.splitlines() if line.startswith("INV-")]
    if not lines:
        raise RuntimeError(f"check_invariants said nothing: {done.stderr[-500:]}")
    return [line.split()[0] for line in lines if " … 0 rows" not in line and "not yet" not in line]


def dump_restores(state: Path, services: embedded.Services) -> bool:
    """sq_backup may read all; a dump gives the same sums in another database."""
    target = state / "dump"
    archive.make_own(target)
    place = ["-h", str(services.sockets), "-U"]
    file = str(target / "dump")
    archive.run(services, "pg_dump", *place, "sq_backup", "-Fc", "-f", file, clusters.DATABASE)
    services.sql("CREATE DATABASE from_dump OWNER sq_owner")
    archive.run(services, "pg_restore", *place, "postgres", "-d", "from_dump", file)
    same = services.sql(SUMS, "from_dump") == services.sql(SUMS, clusters.DATABASE)
    print(f"dump by sq_backup, restored: sums and root {'the same' if same else 'DIFFER'}")
    return same


def flip_is_seen(services: embedded.Services) -> bool:
    """A changed byte on disk is found before anybody reads it."""
    services.sql("CHECKPOINT", clusters.DATABASE)
    archive.flip_a_byte(services, clusters.DATABASE, "ledger_transfer")
    is_seen = not archive.checksums_hold(services)
    print(
        f"one byte flipped in ledger_transfer: pg_checksums {'is red' if is_seen else 'IS BLIND'}"
    )
    return is_seen


if __name__ == "__main__":
    sys.exit(main())
