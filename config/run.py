"""`make run`: everything an instance needs, in one process tree that ends together."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from config import catalogues, embedded, instance

ROOT = Path(__file__).resolve().parent.parent
DATABASE = "suanquan"
SEEDING = "seeding"  # lies in STATE_DIR while the demo world is loaded


def main() -> None:
    """Start, tell, watch, stop."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(0))
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
    port = free_port()
    services = None if outside() else embedded.start(state, durable=True)
    children: dict[str, subprocess.Popen[bytes]] = {}
    try:
        environment = prepare(state, services, port)
        manage("migrate", "--database=owner", "-v0", environment=environment)
        catalogues.compile_all()
        manage("collectstatic", "--noinput", "-v0", environment=environment)
        # Web and workers never hold the owner's key.
        runtime = {**environment, "DATABASE_OWNER_URL": ""}
        children["web"] = start_web(state, runtime, port)
        wait_for_page(children, port)
        tell(state, port, environment)
        (state / SEEDING).touch()
        children["demo world"] = spawn(
            "seed", state, runtime, "manage.py", "seed", *os.environ.get("SEED_OPTIONS", "").split()
        )
        watch(state, runtime, children, services)
    finally:
        stop(children)
        (state / "instance.json").unlink(missing_ok=True)
        if services:
            services.stop()


def outside() -> bool:
    """Both servers are named by the environment, or neither."""
    named = [name for name in ("DATABASE_URL", "REDIS_URL") if os.environ.get(name)]
    if len(named) == 1:
        raise embedded.CannotStart(f"only {named[0]} is set: set DATABASE_URL and REDIS_URL both.")
    if named and not os.environ.get("DATABASE_OWNER_URL"):
        raise embedded.CannotStart("DATABASE_OWNER_URL is missing: migrations run as the owner.")
    return bool(named)


def free_port() -> int:
    """PORT, which must be free, or the first free one from 8000."""
    asked = os.environ.get("PORT")
    if asked is not None and not (asked.isdecimal() and 0 < int(asked) < 65536):
        raise embedded.CannotStart(f"PORT={asked} is no port number: choose one below 65536.")
    for port in [int(asked)] if asked else range(8000, 8050):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except PermissionError as error:
                raise embedded.CannotStart(
                    f"port {port} needs root: set PORT above 1023."
                ) from error
            except OSError:
                continue
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
        "PROMETHEUS_MULTIPROC_DIR": str(emptied(state / "metrics")),
    }
    if services:
        if (state / SEEDING).exists():
            forget_half_a_world(state, services)
        services.make_database(DATABASE)
        environment.update(services.environment(DATABASE))
    else:
        names = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "REDIS_CACHE_URL")
        environment.update({name: os.environ[name] for name in names if name in os.environ})
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
    for name in ("demo-clock", "seed-progress.json", SEEDING):
        (state / name).unlink(missing_ok=True)


def manage(*words: str, environment: dict[str, str]) -> None:
    """One command of manage.py, its output shown only if it fails."""
    done = subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines() or ["no word"]
        last = said[-1].rpartition("ImproperlyConfigured: ")[2]
        raise embedded.CannotStart(f"manage.py {words[0]} failed ({last}).")


def start_web(state: Path, environment: dict[str, str], port: int) -> subprocess.Popen[bytes]:
    """The pages and the API."""
    heartbeat = "/dev/shm" if os.access("/dev/shm", os.W_OK) else str(state)  # noqa: S108
    return spawn(
        "web", state, environment,
        "-m", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "2",
        "--worker-class", "gthread", "--threads", "4", "--worker-tmp-dir", heartbeat,
        "--no-control-socket",
    )  # fmt: skip


def start_workers(state: Path, environment: dict[str, str]) -> dict[str, subprocess.Popen[bytes]]:
    """Worker and beat, once the demo world is told: their clock runs at its end, not in its midst.

    A worker that met the story half-way would issue vouchers months ahead of their first use.
    """
    celery = ["-m", "celery", "-A", "config", "--quiet"]
    worker = {**environment, "DB_PROFILE": "worker"}
    return {
        "worker": spawn(
            "worker", state, worker,
            *celery, "worker", "-P", "threads", "-c", "2", "--without-mingle", "--without-gossip",
        ),
        "beat": spawn("beat", state, worker, *celery, "beat", "-s", str(state / "beat")),
    }  # fmt: skip


def spawn(
    name: str, state: Path, environment: dict[str, str], *words: str
) -> subprocess.Popen[bytes]:
    """A Python child that dies with this process, even by kill -9."""
    with (state / f"{name}.log").open("ab") as log:
        return subprocess.Popen(
            ["setpriv", "--pdeathsig", "TERM", sys.executable, *words],
            cwd=ROOT, env={**os.environ, **environment}, stdout=log, stderr=log,
            stdin=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip


def wait_for_page(children: dict[str, subprocess.Popen[bytes]], port: int) -> None:
    """Until the web process answers."""
    for _ in range(600):
        if children["web"].poll() is not None:
            raise embedded.CannotStart(
                "the web server stopped at once; web.log in STATE_DIR tells."
            )
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1) as s:
            s.sendall(b"GET /livez HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
            if b" 200 " in s.recv(200):
                return
        time.sleep(0.1)
    raise embedded.CannotStart("the web server does not answer; web.log in STATE_DIR tells why.")


def tell(state: Path, port: int, environment: dict[str, str]) -> None:
    """The one block a newcomer needs."""
    from config.management.demo.cast import PASSWORD, SIGN_INS

    line = "─" * 72
    names = "\n".join(f"    {name:<20} {zh}  {en}" for name, zh, en in SIGN_INS)
    here = f"STATE_DIR={state} " if state != ROOT / ".state" else ""
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
    """Until a child that should live has ended."""
    while True:
        time.sleep(0.5)
        for name, child in list(children.items()):
            if child.poll() is None:
                continue
            if name != "demo world":
                raise embedded.CannotStart(f"{name} stopped; its log in STATE_DIR tells why.")
            if child.returncode:
                print("suanquan: the demo world could not be loaded; seed.log tells why.")
            else:
                (state / SEEDING).unlink(missing_ok=True)
            del children[name]
            children.update(start_workers(state, environment))
        if services and services.postgres.poll() is not None:
            raise embedded.CannotStart("PostgreSQL stopped; postgres.log tells why.")
        if services and services.redis.poll() is not None:
            raise embedded.CannotStart("Redis stopped; redis.log tells why.")


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
