"""Layer B: short scripts at once over HTTP; some order of the dictionary explains every answer."""

from __future__ import annotations

import os
import secrets
import sys
import time

import pytest

from tests.given_money import findings
from tests.live import House
from tests.model.crowd import given_crowd

STORIES = int(os.environ.get("MODEL_STORIES", 300))


@pytest.mark.timeout(600)
def test_some_order_explains_what_a_crowd_was_told(live_house: House) -> None:
    seed = secrets.token_hex(4)
    print(f"\nbank model together, seed {seed}", file=sys.__stdout__)
    crowd = given_crowd(live_house, seed)
    begun = time.monotonic()
    for number in range(STORIES):
        differs = crowd.judge(crowd.play())
        assert not differs, f"seed {seed}, story {number}: {differs}"
    print(f"{STORIES} stories in {time.monotonic() - begun:.0f} s", file=sys.__stdout__)
    assert findings(crowd.world.scheme) == {}
