"""The environment of a running instance, so that commands find it: `python -m config.instance …`.

`STATE_DIR/instance.json` is written by `config.run` (mode 0600) and removed when it stops.
"""

from __future__ import annotations

import fcntl
import json
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SEEDING = "seeding"  # lies in STATE_DIR while the demo world is only half told


def state_dir() -> Path:
    """STATE_DIR, default `.state` in the project."""
    return Path(os.environ.get("STATE_DIR") or ROOT / ".state").absolute()


def save(environment: dict[str, str]) -> None:
    """Keep what a command needs; readable by its owner only."""
    path = state_dir() / "instance.json"
    path.touch(mode=0o600)
    path.write_text(json.dumps(environment), encoding="utf-8")


def load() -> None:
    """Take the instance's environment as ours. Exits with a sentence where none runs."""
    path = state_dir() / "instance.json"
    if not path.exists() or not is_locked():
        sys.exit("suanquan: no instance runs on this STATE_DIR: start one with make run.")
    os.environ.update(json.loads(path.read_text(encoding="utf-8")))


def is_locked() -> bool:
    """Whether a supervisor lives; one that was killed leaves its files but not its lock."""
    with (state_dir() / "lock").open() as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
    return False


def main() -> None:
    """Run manage.py's command line inside the instance."""
    load()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(["manage.py", *sys.argv[1:]])


if __name__ == "__main__":
    main()
