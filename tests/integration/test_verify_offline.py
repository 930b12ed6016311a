"""Programs that we did not write accept our ledger and refuse a tampered copy."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.integration.ledger_world import given_programme_with_money

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = {**os.environ, "LANG": "C.UTF-8"}


def absent(name: str) -> None:
    """Skipped on a desk that lacks the program, failed where it must be there."""
    message = f"{name} is not installed (apt-get install {name})"
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(scope="session")
def bean_check() -> str:
    """bean-check in an environment of its own, built on first use."""
    home = Path(os.environ.get("CHECKERS_DIR", ROOT / ".state" / "checkers"))
    program = home / "beancount" / "bin" / "bean-check"
    if not program.exists():
        subprocess.run([sys.executable, "-m", "venv", program.parent.parent], check=True)
        pins = ROOT / "requirements-checkers-beancount.txt"
        pip = [program.parent / "python", "-m", "pip", "install", "-q", "--require-hashes"]
        if subprocess.run([*pip, "-r", pins], check=False).returncode:
            absent("beancount")
    return str(program)


@pytest.fixture
def ledgers(committed_db: str, tmp_path: Path) -> Path:
    """Both files of the small programme."""
    programme = given_programme_with_money()
    call_command("export_ledger", programme=programme.code, out=tmp_path, verbosity=0)
    return tmp_path


def verdict(*command: str) -> int:
    """The exit code."""
    if shutil.which(command[0]) is None:
        absent(command[0])
    return subprocess.run(command, env=ENVIRONMENT, check=False, capture_output=True).returncode


def tampered(path: Path) -> Path:
    """One fen more on both sides of one move: still balanced, no longer ours."""
    other = path.with_name(f"tampered{path.suffix}")
    text = path.read_text(encoding="utf-8")
    assert text.count("600.00 CNY") == 2
    other.write_text(text.replace("600.00 CNY", "600.01 CNY"), encoding="utf-8")
    return other


def test_hledger_accepts_ours_and_refuses_the_tampered(ledgers: Path) -> None:
    path = ledgers / "ledger.journal"
    check = ("check", "-s", "ordereddates")
    assert verdict("hledger", "-f", str(path), *check) == 0
    assert verdict("hledger", "-f", str(tampered(path)), *check) != 0


def test_ledger_accepts_ours_and_refuses_the_tampered(ledgers: Path) -> None:
    path = ledgers / "ledger.journal"
    strict = ("ledger", "--pedantic", "--strict", "-f")
    assert verdict(*strict, str(path), "bal", "--depth", "1") == 0
    assert verdict(*strict, str(tampered(path)), "bal", "--depth", "1") != 0


def test_bean_check_accepts_ours_and_refuses_the_tampered(ledgers: Path, bean_check: str) -> None:
    path = ledgers / "ledger.beancount"
    assert verdict(bean_check, "-C", str(path)) == 0
    assert verdict(bean_check, "-C", str(tampered(path))) != 0
