"""Cursors of keyset pages: encrypted, so that a row's id is neither shown nor guessed."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings


def seal_cursor(place: Any, *, purpose: str) -> str:
    """Where a page ended, as text that only this service can read."""
    return _box(purpose).encrypt(json.dumps(place).encode()).decode()


def open_cursor(text: str, *, purpose: str) -> Any:
    """What was sealed for this purpose. Raises ValueError for anything else."""
    try:
        return json.loads(_box(purpose).decrypt(text.encode()))
    except InvalidToken as error:
        raise ValueError("not one of our cursors") from error


def _box(purpose: str) -> Fernet:
    key = sha256(f"cursor:{purpose}:{settings.SECRET_KEY}".encode()).digest()
    return Fernet(urlsafe_b64encode(key))
