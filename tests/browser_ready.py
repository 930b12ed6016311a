"""Chromium for the browser tests: Debian's, installed where we may; CI fails without it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys


def main() -> None:
    """Install what is missing."""
    if shutil.which("chromium"):
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("Installing Chromium …", flush=True)
        subprocess.run(["apt-get", "update", "-qq"], check=False)
        subprocess.run(
            ["apt-get", "install", "-y", "-qq", "chromium", "fonts-noto-cjk"],
            check=False, stdout=subprocess.DEVNULL,
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        )  # fmt: skip
    if not shutil.which("chromium") and os.environ.get("CI"):
        sys.exit("Chromium is missing: browser tests cannot run here (apt-get install chromium).")


if __name__ == "__main__":
    main()
