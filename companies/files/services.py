"""Taking files in. Bytes first, then the row, then the scanner's one verdict."""

from __future__ import annotations

import logging
import secrets
from datetime import datetime
from typing import BinaryIO

from django.utils.translation import gettext_lazy as _

from companies.audit.services import record_event
from companies.errors import InvalidInput, NotAllowed, not_found
from companies.files.checker import MAX_BYTES, type_of
from companies.files.disk import path_of, write_bytes
from companies.files.gateways import get_scanner
from companies.files.models import StoredFile, Verdict
from companies.foundation.actors import Actor
from companies.foundation.locks import lock_rows
from companies.foundation.verbs import verb
from companies.notifications.services import wake

logger = logging.getLogger(__name__)
NAME_CHARACTERS = 200


def store_file(
    *, actor: Actor, content: BinaryIO, name: str, owner_ref: str, at: datetime
) -> StoredFile:
    """Keep an upload and have it looked at. No verb itself: disk and scanner stay outside any
    transaction, and two verbs follow each other.

    Raises InvalidInput `file_empty`, `file_too_large`, `file_name_malformed`. A refused file is
    kept with its verdict and never opened.
    """
    data = content.read(MAX_BYTES + 1)
    if not data:
        raise InvalidInput("file_empty", _("The file is empty."))
    if len(data) > MAX_BYTES:
        raise InvalidInput("file_too_large", _("A file may have at most 25 MB."))
    plain = name.replace("\\", "/").rsplit("/", 1)[-1].strip()
    if not plain or len(plain) > NAME_CHARACTERS or not plain.isprintable():
        raise InvalidInput("file_name_malformed", _("The file's name cannot be used."))
    stored = _record_file(
        actor=actor,
        digest=write_bytes(data),
        size=len(data),
        content_type=type_of(data) or "application/octet-stream",
        name=plain,
        owner_ref=owner_ref,
        at=at,
    )
    return scan_file(file_id=stored.pk, at=at)


def scan_file(*, file_id: int, at: datetime) -> StoredFile:
    """Ask the scanner and write its verdict down; a file that has one keeps it.

    A scanner that does not answer leaves the file PENDING: the task asks again.
    """
    stored = StoredFile.objects.filter(pk=file_id).first()
    if stored is None:
        raise not_found("file")
    if stored.verdict != Verdict.PENDING:
        return stored
    try:
        reason = get_scanner().scan(path_of(stored.sha256).read_bytes())
    except OSError:
        logger.warning("no verdict yet on file %s", stored.public_id, exc_info=True)
        return stored
    return _record_verdict(file_id=file_id, reason=reason, at=at)


def scan_pending(*, at: datetime) -> int:
    """Ask again about what has no verdict yet; returns how many now have one."""
    pending = StoredFile.objects.filter(verdict=Verdict.PENDING).order_by("id")[:100]
    scanned = [scan_file(file_id=stored.pk, at=at) for stored in list(pending)]
    return sum(stored.verdict != Verdict.PENDING for stored in scanned)


@verb
def _record_file(
    *,
    actor: Actor,
    digest: str,
    size: int,
    content_type: str,
    name: str,
    owner_ref: str,
    at: datetime,
) -> StoredFile:
    if actor.user_id is None:
        raise NotAllowed("file_without_person", _("A file is brought by somebody."))
    stored = StoredFile.objects.create(
        public_id=secrets.token_hex(16),
        sha256=digest,
        size=size,
        content_type=content_type,
        original_name=name,
        owner_ref=owner_ref,
        uploaded_by_id=actor.user_id,
        uploaded_at=at,
    )
    record_event(
        "file.stored",
        actor=actor,
        subject_ref=owner_ref,
        agency_id=None,
        at=at,
        after={"file": stored.public_id, "sha256": digest, "size": size},
    )
    wake("files.scan")
    return stored


@verb
def _record_verdict(*, file_id: int, reason: str, at: datetime) -> StoredFile:
    stored = lock_rows(StoredFile.objects.filter(pk=file_id))[0]
    if stored.verdict != Verdict.PENDING:
        return stored
    stored.verdict = Verdict.REFUSED if reason else Verdict.CLEAN
    stored.verdict_reason = reason
    stored.scanned_at = at
    stored.save(update_fields=["verdict", "verdict_reason", "scanned_at"])
    record_event(
        "file.scanned",
        actor=Actor.system("files"),
        subject_ref=stored.owner_ref,
        agency_id=None,
        at=at,
        after={"file": stored.public_id, "verdict": str(stored.verdict), "reason": reason},
    )
    return stored
