"""The ground: one PostgreSQL, durable, and databases cloned from one world made by verbs."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from bench.meter import Sample, run_timed, tree_cpu
from config import embedded

ROOT = Path(__file__).resolve().parents[1]
WORLD = "bench_world"
ENVIRONMENT = {
    "SECRET_KEY": "bench-only-" + "x" * 40,
    "DEMO": "1",
    "DJANGO_SETTINGS_MODULE": "bench.settings",
}


@dataclass
class Ground:
    """Running services and what is needed to put a load on them."""

    state: Path
    services: embedded.Services
    databases: list[str] = field(default_factory=list)

    def environment(self, database: str) -> dict[str, str]:
        """For a process that works on this database."""
        return {
            **os.environ,
            **ENVIRONMENT,
            **self.services.environment(database),
            "STATE_DIR": str(self.state),
        }

    def manage(self, database: str, *words: str) -> None:
        """One command of ours."""
        subprocess.run(
            [sys.executable, *words], cwd=ROOT, env=self.environment(database), check=True
        )

    def clone(self, name: str, *, durable: bool, template: str = WORLD) -> str:
        """A copy of the world; where not durable, a commit does not wait for the disk."""
        self.services.drop_database(name)
        self.services.sql(f"CREATE DATABASE {name} TEMPLATE {template} OWNER sq_owner")
        if not durable:
            self.services.sql(f"ALTER DATABASE {name} SET synchronous_commit = off")
        return name

    def sql_file(self, database: str, path: Path, **variables: object) -> str:
        """A script, as superuser."""
        words = [word for key, value in variables.items() for word in ("-v", f"{key}={value}")]
        done = subprocess.run(
            [
                self.services.bin / "psql", "-X", "-q", "-At", "-h", self.services.sockets,
                "-U", "postgres", "-d", database, "-v", "ON_ERROR_STOP=1", *words, "-f", path,
            ],
            env=embedded.CLEAN, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"{path.name}: {done.stderr[-2000:]}")
        return done.stdout

    def server_cpu(self) -> float:
        """CPU seconds PostgreSQL has taken so far."""
        return tree_cpu(self.services.postgres.pid)

    def pgbench(
        self, database: str, script: Path, *, clients: int, seconds: int, **values: object
    ) -> Sample:
        """A script in prepared statements, from so many clients."""
        command = [
            str(self.services.bin / "pgbench"), "-n", "-M", "prepared", "-c", str(clients),
            "-j", "1", "-T", str(seconds), "-f", str(script), "-h", str(self.services.sockets),
            *[word for item in values.items() for word in ("-D", "{}={}".format(*item))],
            "-U", "sq_app", database,
        ]  # fmt: skip
        before = self.server_cpu()
        said, used = run_timed(command, {**embedded.CLEAN, "PGOPTIONS": "-c timezone=UTC"})
        line = next(line for line in said.splitlines() if "actually processed" in line)
        done = int(line.split(":")[1].split("/")[0])
        return Sample(done, self.server_cpu() - before + used, seconds)

    def drive(self, database: str, what: str, *, processes: int, seconds: float) -> Sample:
        """Our own code in so many processes, warmed up before the count begins."""
        return drive(
            [sys.executable, "-m", "bench.drive", what], self.environment(database), self,
            processes=processes, seconds=seconds,
        )  # fmt: skip


def drive(
    command: list[str],
    environment: dict[str, str],
    ground: Ground,
    *,
    processes: int,
    seconds: float,
) -> Sample:
    """Drivers that say "ready", wait for a line, work `seconds`, and say "<done> <cpu>"."""
    drivers = [
        subprocess.Popen(
            [*command, str(number), str(seconds)], cwd=ROOT, env=environment,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for number in range(processes)
    ]  # fmt: skip
    for driver in drivers:
        if driver.stdout is None or driver.stdout.readline() != "ready\n":
            raise RuntimeError(f"{' '.join(command)} did not get ready")
    before, begun = ground.server_cpu(), time.monotonic()
    for driver in drivers:
        driver.stdin.write("go\n")  # type: ignore[union-attr]
        driver.stdin.flush()  # type: ignore[union-attr]
    told = [driver.stdout.readline().split() for driver in drivers]  # type: ignore[union-attr]
    used, took = ground.server_cpu() - before, time.monotonic() - begun
    for driver in drivers:
        driver.communicate()
    return Sample(
        sum(int(done) for done, _cpu in told), used + sum(float(cpu) for _done, cpu in told), took
    )


def start(state: Path) -> Ground:
    """Servers and the empty, migrated world; this very process's settings point at it."""
    services = embedded.start(state, durable=True)
    ground = Ground(state, services)
    services.make_database(WORLD)
    os.environ.update(ground.environment(WORLD))
    ground.manage(WORLD, "manage.py", "migrate", "--database=owner", "-v0")
    return ground
