"""Bytes on disk, under their digest: temporary file, fsync, rename."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from companies.errors import TryAgain
from companies.foundation.failpoints import failpoint


@contextmanager
def room() -> Iterator[None]:
    """A full disk is no fault of whoever asks. Raises TryAgain `storage_full`."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise TryAgain(
            "storage_full", _("No file can be kept at the moment. Please try again later.")
        ) from error


def path_of(digest: str) -> Path:
    """Where the bytes of this digest lie."""
    return Path(settings.STATE_DIR) / "media" / digest[:2] / digest[2:4] / digest


def write_bytes(data: bytes) -> str:
    """Lay bytes down under their digest, so that they survive a crash; returns the digest.

    Raises TryAgain `storage_full`.
    """
    digest = sha256(data).hexdigest()
    target = path_of(digest)
    if target.exists():
        return digest
    with room():
        _lay_down(data, target)
    return digest


def _lay_down(data: bytes, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as temporary:
            temporary.write(data)
            temporary.flush()
            os.fsync(temporary.fileno())
        failpoint("media.temporary")
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    failpoint("media.renamed")
    _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
