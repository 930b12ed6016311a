"""A cursor tells nobody but the service where a page ended."""

from __future__ import annotations

from base64 import urlsafe_b64decode

import pytest

from companies.foundation.cursors import open_cursor, seal_cursor


def test_a_cursor_opens_for_its_purpose_only_and_shows_nothing() -> None:
    sealed = seal_cursor(123456789, purpose="one")
    assert open_cursor(sealed, purpose="one") == 123456789
    assert b"123456789" not in urlsafe_b64decode(sealed)
    for text, purpose in (
        (sealed, "other"),
        (sealed[:-4] + "AAA=", "one"),
        ("", "one"),
        ("é", "one"),
    ):
        with pytest.raises(ValueError, match="not one of our cursors"):
            open_cursor(text, purpose=purpose)
