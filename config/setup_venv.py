"""Make the virtual environment from the hash-locked files. Runs under any Python ≥ 3.11.

`python3 config/setup_venv.py [--dev]`. A stamp of the lock files' digests makes a second call cheap
and network-free.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FILES = ("requirements.txt", "requirements-dev.txt")


def fail(sentence: str) -> None:
    """One sentence, no traceback."""
    sys.exit(f"suanquan: {sentence}")


def main() -> None:
    """Create, install, stamp; one at a time."""
    if sys.version_info < (3, 11):  # noqa: UP036 older ones get a sentence
        fail("Python 3.11 or newer is needed: call make with PYTHON=/path/to/python3.11.")
    venv = Path(os.environ.get("VENV") or ROOT / ".venv").absolute()
    try:
        venv.parent.mkdir(parents=True, exist_ok=True)
        beside = os.open(venv.parent, os.O_RDONLY)
        fcntl.flock(beside, fcntl.LOCK_EX)
        prepare(venv, is_dev="--dev" in sys.argv)
    except OSError as error:
        fail(f"{venv} cannot be made ({error}): mend that, or set VENV to a folder of your own.")
    except KeyboardInterrupt:
        fail("stopped; the next make goes on.")


def prepare(venv: Path, *, is_dev: bool) -> None:
    """Nothing where a stamp says that all is there."""
    runtime, development = FILES[:1], FILES
    files = development if is_dev else runtime
    if any(is_stamped(venv, each) for each in ((files,) if is_dev else (runtime, development))):
        return
    if shutil.disk_usage(venv.parent).free < 1_500_000_000:
        fail(f"less than 1.5 GB are free for {venv}: free some space and start again.")
    if not any(stamp_of(venv, each).exists() for each in (runtime, development)):
        create(venv)  # a former one without a stamp may be half made
    print("Installing the locked packages …", flush=True)
    pip = [str(venv / "bin" / "python"), "-m", "pip", "install", "-qq", "--require-hashes"]
    options = ["--disable-pip-version-check", "--no-input"]
    names = [word for name in files for word in ("-r", str(ROOT / name))]
    if subprocess.run([*pip, *options, *names], check=False).returncode:
        fail("the packages could not be installed (see above): mend the network and start again.")
    stamp_of(venv, files).write_text(digest_of(files))


def is_stamped(venv: Path, files: tuple[str, ...]) -> bool:
    """Whether exactly these lock files have been installed."""
    stamp = stamp_of(venv, files)
    return stamp.exists() and stamp.read_text() == digest_of(files)


def stamp_of(venv: Path, files: tuple[str, ...]) -> Path:
    """Where the digest of what was installed last is kept."""
    return venv / f".stamp-{'-'.join(Path(name).stem for name in files)}"


def digest_of(files: tuple[str, ...]) -> str:
    """One for all of them."""
    return hashlib.sha256(b"".join((ROOT / name).read_bytes() for name in files)).hexdigest()


def create(venv: Path) -> None:
    """python -m venv, or a sentence about the missing module."""
    try:
        import ensurepip  # noqa: F401
        import venv as module
    except ImportError:
        fail("Python's venv module is missing: install the package python3-venv and start again.")
    module.create(venv, with_pip=True, clear=True)


if __name__ == "__main__":
    main()
