"""Programs of Debian's that tests use, installed where we may: `python -m tests.debian PROGRAM …`.

As root they are installed by apt. Elsewhere their tests are skipped, and with `CI` set the run
stops here: a program that was never there must not look like a test that passed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

# What a program needs beside itself: Chromium shows Chinese only with a font that has it.
PACKAGES = {"chromium": ["chromium", "fonts-noto-cjk"]}


def missing(programs: list[str]) -> list[str]:
    """Those not on PATH."""
    return [program for program in programs if not shutil.which(program)]


def install(programs: list[str]) -> None:
    """By apt; what fails is told by what is still missing afterwards."""
    packages = [name for program in programs for name in PACKAGES.get(program, [program])]
    print(f"Installing {', '.join(packages)} …", flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
        subprocess.run(
            ["apt-get", "-qq", *words], check=False, stdout=subprocess.DEVNULL, env=quiet
        )


def main() -> None:
    """Install what is missing; with CI set, end with a sentence where that failed."""
    programs = sys.argv[1:]
    if missing(programs) and os.geteuid() == 0 and shutil.which("apt-get"):
        install(missing(programs))
    absent = missing(programs)
    if absent and os.environ.get("CI"):
        names = " ".join(absent)
        sys.exit(f"{names}: missing, so their tests cannot run here (apt-get install {names}).")


if __name__ == "__main__":
    main()
