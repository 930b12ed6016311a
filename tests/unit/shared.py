"""Where the reference data lies. Absent, its tests are skipped, unless REQUIRE_SHARED=1."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

_ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("SHARED_DIR", _ROOT.parent / "shared"))


def shared_file(name: str) -> Path:
    """A file of the reference data."""
    path = SHARED / "data" / name
    if not path.exists() and os.environ.get("REQUIRE_SHARED") != "1":
        pytest.skip("reference data absent: set SHARED_DIR")
    return path


def shared_json(name: str) -> Any:
    """The same, parsed."""
    return json.loads(shared_file(name).read_text(encoding="utf-8"))
