"""Files, for callers who have let the reader in to their owner."""

from __future__ import annotations

from typing import BinaryIO

from django.utils.translation import gettext_lazy as _

from companies.errors import Conflict, InvariantBroken, not_found
from companies.files.disk import path_of
from companies.files.models import StoredFile, Verdict


def get_file(public_id: str, *, owner_ref: str) -> StoredFile:
    """A file of this noun. Raises NotFound for an absent one and for another noun's."""
    stored = StoredFile.objects.filter(public_id=public_id, owner_ref=owner_ref).first()
    if stored is None:
        raise not_found("file")
    return stored


def open_file(stored: StoredFile) -> BinaryIO:
    """The bytes of a file that was found clean. Raises Conflict `file_not_clean`."""
    if stored.verdict != Verdict.CLEAN:
        raise Conflict(
            "file_not_clean",
            _("This file has not been found clean and is not opened."),
            verdict=str(stored.verdict),
        )
    path = path_of(stored.sha256)
    if not path.is_file() or path.stat().st_size != stored.size:
        raise InvariantBroken(f"the bytes of file {stored.public_id} are not there")
    return path.open("rb")
