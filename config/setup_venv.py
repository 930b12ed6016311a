"""Make the virtual environment from the hash-locked files. Runs under any Python ≥ 3.11.

`python3 config/setup_venv.py [--dev]`. A stamp of the lock files' digests makes a second call cheap
and network-free.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def fail(sentence: str) -> None:
    """One sentence, no traceback."""
    sys.exit(f"suanquan: {sentence}")


def main() -> None:
    """Create, install, stamp."""
    if sys.version_info < (3, 11):  # noqa: UP036 older ones get a sentence
        fail("Python 3.11 or newer is needed: call make with PYTHON=/path/to/python3.11.")
    venv = Path(os.environ.get("VENV", ROOT / ".venv"))
    files = ["requirements.txt", *(["requirements-dev.txt"] if "--dev" in sys.argv else [])]
    stamp = venv / f".stamp-{'-'.join(Path(name).stem for name in files)}"
    digest = hashlib.sha256(b"".join((ROOT / name).read_bytes() for name in files)).hexdigest()
    if stamp.exists() and stamp.read_text() == digest:
        return
    if shutil.disk_usage(ROOT).free < 1_500_000_000:
        fail("less than 1.5 GB of disk are free: free some space and start again.")
    if not (venv / "bin" / "python").exists():
        create(venv)
    print("Installing the locked packages …", flush=True)
    pip = [str(venv / "bin" / "python"), "-m", "pip", "install", "-qq", "--require-hashes"]
    options = ["--disable-pip-version-check", "--no-input"]
    names = [word for name in files for word in ("-r", str(ROOT / name))]
    if subprocess.run([*pip, *options, *names], check=False).returncode:
        fail("the packages could not be installed (see above): mend the network and start again.")
    stamp.write_text(digest)


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
