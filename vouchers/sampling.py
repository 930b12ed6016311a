"""Seeded draws: anyone can draw again from what is published and get the same answer."""

from __future__ import annotations

from hashlib import sha256

BP_WHOLE = 10_000


def is_drawn(seed: str, share_bp: int) -> bool:
    """Whether the seed's digest falls into the drawn share."""
    return int.from_bytes(sha256(seed.encode()).digest(), "big") % BP_WHOLE < share_bp
