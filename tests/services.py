"""Run a command with throw-away services: `python -m tests.services CMD`."""

from __future__ import annotations

import subprocess
import sys

from tests import svcplugin

if __name__ == "__main__":
    svcplugin.pytest_load_initial_conftests()
    try:
        code = subprocess.run(sys.argv[1:], check=False).returncode
    finally:
        svcplugin.pytest_unconfigure()
    sys.exit(code)
