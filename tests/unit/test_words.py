"""Every code that reaches a page has words in both languages."""

from __future__ import annotations

import re
from pathlib import Path

from django.utils.translation import override

from companies.audit.actions import ACTIONS
from vouchers.web.words import OUTCOMES, action_label, outcome_label

ROOT = Path(__file__).resolve().parents[2]
SIGNED = re.compile(r'outcome="([A-Z_]+)"|^PROPOSED(?:_REJECTION)? = "([A-Z_]+)"', re.MULTILINE)


def test_every_action_of_the_record_has_its_words():
    for language in ("zh-hans", "en"):
        with override(language):
            assert [code for code in sorted(ACTIONS) if action_label(code) == code] == []


def test_every_outcome_that_is_signed_has_its_words():
    signed = {
        found
        for path in (ROOT / "vouchers").glob("*/services/*.py")
        for pair in SIGNED.findall(path.read_text(encoding="utf-8"))
        for found in pair
        if found
    }
    assert signed - set(OUTCOMES) == set()
    with override("zh-hans"):
        assert [code for code in OUTCOMES if outcome_label(code).isascii()] == []
