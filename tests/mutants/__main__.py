"""`make mutants`: each bug in a copy of the tree, and the tests that must turn red."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.mutants.bugs import BUGS, Bug

ROOT = Path(__file__).resolve().parents[2]
TESTS_FAILED = 1  # pytest's exit code; any other means that no test has judged


def main() -> int:
    """Every bug, or those whose name holds a word of the command line. 1 where one lives."""
    words = sys.argv[1:]
    chosen = [bug for bug in BUGS if not words or any(word in bug.name for word in words)]
    with tempfile.TemporaryDirectory(prefix="sq-mutants-", dir="/tmp") as folder:
        tree = Path(folder) / "tree"
        copy_tree(tree)
        alive = [bug for bug in chosen if not dies(tree, bug)]
    print(f"{len(chosen) - len(alive)} of {len(chosen)} bugs were noticed")
    return 1 if alive else 0


def copy_tree(target: Path) -> None:
    """The files git knows, as they are now."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    for name in listed.stdout.splitlines():
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, target / name)


def dies(tree: Path, bug: Bug) -> bool:
    """Make the bug, run its tests, mend it; told in a line."""
    path = tree / bug.file
    right = path.read_text(encoding="utf-8")
    if right.count(bug.right) != 1:
        print(f"  no longer fits  {bug.name}: {bug.file}", flush=True)
        return False
    path.write_text(right.replace(bug.right, bug.wrong), encoding="utf-8")
    try:
        code = judged(tree, bug)
    finally:
        path.write_text(right, encoding="utf-8")
    word = {TESTS_FAILED: "noticed", 0: "LIVES"}.get(code, f"not judged (exit {code})")
    print(f"  {word:<14}  {bug.name}", flush=True)
    return code == TESTS_FAILED


def judged(tree: Path, bug: Bug) -> int:
    """pytest's exit code over the bug's tests, as far as they exist."""
    tests = [name for name in bug.tests.split() if (tree / name).exists()]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests],
        cwd=tree, env={**os.environ, "SHARED_DIR": shared_dir()}, capture_output=True, check=False,
    )  # fmt: skip
    return done.returncode


def shared_dir() -> str:
    """The copy lies elsewhere; the reference data stays where it is."""
    return os.environ.get("SHARED_DIR", str(ROOT.parent / "shared"))


if __name__ == "__main__":
    sys.exit(main())
