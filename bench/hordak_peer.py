"""django-hordak beside us: its own environment, its own database on the same server."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from bench.ground import ROOT, Ground, drive
from bench.meter import Sample

HERE = Path(__file__).resolve().parent / "hordak"


class Absent(Exception):
    """Why it is not there, in a sentence."""


def prepare(ground: Ground) -> Path:
    """Its interpreter, with its accounts made. Raises Absent."""
    home = Path(os.environ.get("CHECKERS_DIR", ROOT / ".state" / "checkers")) / "hordak"
    python = home / "bin" / "python"
    if not (home / "complete").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", home], check=True)
        pip = [str(python), "-m", "pip", "install", "-q", "--require-hashes", "-r"]
        if subprocess.run([*pip, ROOT / "requirements-bench.txt"], check=False).returncode:
            raise Absent("django-hordak could not be installed here; its row is left out.")
        (home / "complete").touch()
    ground.services.drop_database("bench_hordak")
    ground.services.sql("CREATE DATABASE bench_hordak")
    ground.services.sql("ALTER DATABASE bench_hordak SET synchronous_commit = off")
    done = subprocess.run(
        [python, "drive.py", "setup"], cwd=HERE, env=_environment(ground), check=False,
        capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode:
        raise Absent(f"django-hordak does not start here: {done.stderr.strip()[-200:]}")
    return python


def load(ground: Ground, python: Path, *, processes: int, seconds: float) -> Sample:
    """Its transfers, without its balance guard."""
    command = [str(python), str(HERE / "drive.py")]
    return drive(command, _environment(ground), ground, processes=processes, seconds=seconds)


def _environment(ground: Ground) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8",
        "BENCH_SOCKETS": str(ground.services.sockets), "PYTHONPATH": str(HERE),
    }  # fmt: skip
