"""`make run`: everything an instance needs, in one process tree that ends together."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import secrets
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from config import catalogues, embedded, instance

ROOT = Path(__file__).resolve().parent.parent
DATABASE = "suanquan"
OUTSIDE = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "REDIS_CACHE_URL")
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
REVIVALS = 5
STEADY_SECONDS = 15  # who has lived so long fails for another cause than its start
CELERY = ("-m", "celery", "-A", "config", "--quiet")


def main() -> None:
    """Start, tell, watch, stop."""
    for number in ENDINGS:
        if signal.getsignal(number) is not signal.SIG_IGN:  # as nohup asks
            signal.signal(number, signal.default_int_handler)
    try:
        with locked_state() as state:
            serve(state)
    except KeyboardInterrupt:
        print("\nStopped.")
    except embedded.CannotStart as reason:
        sys.exit(f"suanquan: {reason}")
    except (OSError, shutil.Error) as error:
        sys.exit(f"suanquan: {reason_of(error)}")


def reason_of(error: OSError) -> str:
    """What the system refused, as a sentence; copying many files hides the number in its text."""
    if error.errno == errno.ENOSPC or "No space left" in str(error):
        return "the disk is full: free some space and start again."
    if error.errno in (errno.EACCES, errno.EROFS, errno.EPERM):
        return f"{error.filename} may not be written: set STATE_DIR to a folder of your own."
    if error.errno in (errno.EEXIST, errno.ENOTDIR, errno.ENOENT, errno.ENAMETOOLONG):
        return f"{error.filename} cannot be made or found: set STATE_DIR to a folder of your own."
    return f"the system refused ({error}): mend that and start again."


@contextlib.contextmanager
def locked_state() -> Iterator[Path]:
    """STATE_DIR, ours alone until we end."""
    state = instance.state_dir()
    state.mkdir(parents=True, exist_ok=True, mode=0o711)
    embedded.require_space(state)
    with (state / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise embedded.CannotStart(
                f"an instance already runs on {state}: stop it, or set STATE_DIR and PORT "
                "for a second one."
            ) from error
        yield state


def serve(state: Path) -> None:
    """Services, schema, web, worker, beat, demo world; returns when something ends."""
    embedded.require_time_zones()
    is_outside = outside()
    door = open_door()
    port = door.getsockname()[1]
    services = None if is_outside else embedded.start(state, durable=True)
    children: dict[str, subprocess.Popen[bytes]] = {}
    try:
        environment = prepare(state, services, port)
        if is_outside:
            manage("servers", environment=environment)
        manage("migrate", "--database=owner", "-v0", environment=environment)
        catalogues.compile_all()
        manage("collectstatic", "--noinput", "-v0", environment=environment)
        # Web and workers never hold the owner's key.
        runtime = {**environment, "DATABASE_OWNER_URL": ""}
        children["web"] = start_web(state, runtime, door)
        wait_for_page(children, port)
        tell(state, port)
        children["demo world"] = spawn(
            "seed", state, runtime, "manage.py", "seed", *os.environ.get("SEED_OPTIONS", "").split()
        )
        watch(state, runtime, children, services)
    finally:
        for number in ENDINGS:
            signal.signal(number, signal.SIG_IGN)  # we are ending already, in good order
        stop(children)
        (state / "instance.json").unlink(missing_ok=True)
        if services:
            services.stop()


def outside() -> bool:
    """Servers are named by the environment, or none is."""
    named = [name for name in OUTSIDE if os.environ.get(name)]
    missing = [name for name in OUTSIDE[:3] if name not in named]
    if named and missing:
        raise embedded.CannotStart(
            f"{', '.join(named)} without {', '.join(missing)}: set all three to use your own "
            "servers, or none."
        )
    return bool(named)


def open_door() -> socket.socket:
    """A socket that listens on PORT, or on the first free one from 8000; ours from here on.

    The web server inherits it: two instances that start at once never choose the same port.
    """
    asked = os.environ.get("PORT")
    if asked and not (asked.isdecimal() and 0 < int(asked) < 65536):
        raise embedded.CannotStart(f"PORT={asked} is no port number: choose one below 65536.")
    for port in [int(asked)] if asked else range(8000, 8050):
        door = socket.socket()
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind(("127.0.0.1", port))
            door.listen()
            return door
        except PermissionError as error:
            raise embedded.CannotStart(f"port {port} needs root: set PORT above 1023.") from error
        except OSError:
            door.close()
    raise embedded.CannotStart(f"port {asked or '8000–8049'} is taken: set PORT to a free one.")


def prepare(state: Path, services: embedded.Services | None, port: int) -> dict[str, str]:
    """The instance's environment, kept for commands."""
    key = state / "secret-key"
    if not key.exists() or not key.stat().st_size:
        key.touch(mode=0o600)
        key.write_text(secrets.token_urlsafe(50), encoding="ascii")
    environment = {
        "DEMO": "1",
        "STATE_DIR": str(state),
        "SECRET_KEY": key.read_text(encoding="ascii"),
        "SQ_SITE_URL": f"http://127.0.0.1:{port}",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DB_PROFILE": "web",
        "PROMETHEUS_MULTIPROC_DIR": str(emptied(state / "metrics")),
    }
    if services:
        if (state / instance.SEEDING).exists():
            forget_half_a_world(state, services)
        services.make_database(DATABASE)
        environment.update(services.environment(DATABASE))
    else:
        environment.update({name: os.environ[name] for name in OUTSIDE if os.environ.get(name)})
    if os.environ.get("MOVABLE_CLOCK"):
        environment["MOVABLE_CLOCK"] = "1"
    instance.save(environment)
    return environment


def emptied(folder: Path) -> Path:
    """What the former processes counted is over."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder


def forget_half_a_world(state: Path, services: embedded.Services) -> None:
    """A killed start left the demo world half told: it is told again from the start."""
    services.drop_database(DATABASE)
    for name in ("demo-clock", "seed-progress.json", instance.SEEDING):
        (state / name).unlink(missing_ok=True)


def manage(*words: str, environment: dict[str, str]) -> None:
    """One command of manage.py, its output shown only if it fails."""
    done = subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if not done.returncode:
        return
    said = (done.stderr or done.stdout).strip()
    for mark in ("CommandError: ", "ImproperlyConfigured: "):
        if mark in said:
            raise embedded.CannotStart(said.rpartition(mark)[2].rstrip(".") + ".")
    log = Path(environment["STATE_DIR"]) / f"{words[0]}.log"
    log.write_text(said, encoding="utf-8")
    last = said.rpartition("\n")[2].strip()
    raise embedded.CannotStart(
        f"manage.py {words[0]} failed ({last}): {log} has the whole, mend that and start again."
    )


def start_web(
    state: Path, environment: dict[str, str], door: socket.socket
) -> subprocess.Popen[bytes]:
    """The pages and the API."""
    heartbeat = "/dev/shm" if os.access("/dev/shm", os.W_OK) else str(state)  # noqa: S108
    return spawn(
        "web", state, environment,
        "-m", "gunicorn", "config.wsgi", "--bind", f"fd://{door.fileno()}", "--workers", "2",
        "--worker-class", "gthread", "--threads", "4", "--worker-tmp-dir", heartbeat,
        "--no-control-socket", pass_fds=[door.fileno()],
    )  # fmt: skip


def start_worker(state: Path, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """Once the demo world is told: its clock runs at the story's end, not in its midst.

    A worker that met the story half-way would issue vouchers months ahead of their first use.
    """
    return spawn(
        "worker", state, {**environment, "DB_PROFILE": "worker"},
        *CELERY, "worker", "-P", "threads", "-c", "2", "--without-mingle", "--without-gossip",
    )  # fmt: skip


def start_beat(state: Path, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """The alarm clock, beside the worker."""
    beat = ("beat", "-s", str(state / "beat"))
    return spawn("beat", state, {**environment, "DB_PROFILE": "worker"}, *CELERY, *beat)


def spawn(
    name: str,
    state: Path,
    environment: dict[str, str],
    *words: str,
    pass_fds: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """A Python child that dies with this process, even by kill -9."""
    with (state / f"{name}.log").open("ab") as log:
        return subprocess.Popen(
            ["setpriv", "--pdeathsig", "TERM", sys.executable, *words],
            cwd=ROOT, env={**os.environ, **environment}, stdout=log, stderr=log,
            stdin=subprocess.DEVNULL, start_new_session=True, pass_fds=pass_fds,
        )  # fmt: skip


def wait_for_page(children: dict[str, subprocess.Popen[bytes]], port: int) -> None:
    """Until the web process answers."""
    for _ in range(600):
        if children["web"].poll() is not None:
            raise embedded.CannotStart(
                "the web server stopped at once; web.log in STATE_DIR tells why."
            )
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1) as s:
            s.sendall(b"GET /livez HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
            if b" 200 " in s.recv(200):
                return
        time.sleep(0.1)
    raise embedded.CannotStart("the web server does not answer; web.log in STATE_DIR tells why.")


def tell(state: Path, port: int) -> None:
    """The one block a newcomer needs."""
    from config.management.demo.cast import PASSWORD, SIGN_INS

    line = "─" * 72
    names = "\n".join(f"    {name:<20} {zh}  {en}" for name, zh, en in SIGN_INS)
    here = f"STATE_DIR={shlex.quote(str(state))} " if state != ROOT / ".state" else ""
    print(
        f"""{line}
  算券 Suanquan · 演示 DEMO                 http://127.0.0.1:{port}/

  Sign in at /account/login/ with the password  {PASSWORD}
{names}

  Second factor (government duties):  {here}make code USER=intake
  The demo world loads in the background; a bar on every page shows how far.
  Stop with Ctrl-C. State and logs: {state}
{line}""",
        flush=True,
    )


def watch(
    state: Path,
    environment: dict[str, str],
    children: dict[str, subprocess.Popen[bytes]],
    services: embedded.Services | None,
) -> None:
    """Until a child that should live has ended. Redis and the worker may end: they come back."""
    revivals = 0
    begun = time.monotonic()
    while True:
        time.sleep(0.5)
        for name, child in list(children.items()):
            if child.poll() is None:
                continue
            if name == "worker" and time.monotonic() - begun > STEADY_SECONDS:
                print("suanquan: the worker stopped and is started again.", flush=True)
                children["worker"] = start_worker(state, environment)
                begun = time.monotonic()
                continue
            if name != "demo world":
                raise embedded.CannotStart(f"{name} stopped: {state}/{name}.log tells why.")
            if child.returncode:
                raise embedded.CannotStart(
                    f"the demo world could not be loaded: {state}/seed.log tells why; mend that, "
                    "and the next start begins it anew."
                )
            del children[name]
            children["worker"] = start_worker(state, environment)
            children["beat"] = start_beat(state, environment)
            begun = time.monotonic()
        if services and services.postgres.poll() is not None:
            raise embedded.CannotStart(
                f"PostgreSQL stopped: {services.home}/postgres.log tells why."
            )
        if services and services.redis.poll() is not None:
            revivals += 1
            if revivals > REVIVALS:
                raise embedded.CannotStart(f"Redis keeps stopping: {services.home}/redis.log.")
            print("suanquan: Redis stopped and is started again; no duty is lost.", flush=True)
            services.revive()


def stop(children: dict[str, subprocess.Popen[bytes]]) -> None:
    """Ask each by its own id; insist after ten seconds."""
    for child in children.values():
        if child.poll() is None:
            child.terminate()
    for child in children.values():
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            child.kill()


if __name__ == "__main__":
    main()
