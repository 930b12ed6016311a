"""A disk that is full is told as something that will pass; any other fault of a file is ours."""

from __future__ import annotations

from pathlib import Path

import pytest

from companies.errors import TryAgain
from companies.files.disk import room


def test_no_room_is_a_request_to_come_again() -> None:
    with pytest.raises(TryAgain) as refused, room(), open("/dev/full", "wb", buffering=0) as full:
        full.write(b"x")
    assert refused.value.code == "storage_full"


def test_a_missing_folder_is_no_lack_of_room(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), room():
        (tmp_path / "none" / "x").write_bytes(b"x")
