"""Layer A: each verb against the dictionary, one after the other, compared after each step."""

from __future__ import annotations

import copy
import gc
import os
import secrets
import sys
import time
from collections import Counter

import pytest

from tests.model.driver import (
    Answers,
    Difference,
    Fate,
    Story,
    given_live_model,
    shorten,
    tell_story,
    try_story,
)
from tests.model.examples import EXAMPLES
from tests.rollback import rolled_back

COMMANDS = 5_000  # each of four, in stories of so many
STORY = 400
FIXED = "2025-03-03"


@pytest.mark.django_db
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("seed", [f"{FIXED}/1", f"{FIXED}/2", "fresh/1", "fresh/2"])
def test_the_service_and_a_dictionary_never_differ(seed: str) -> None:
    chosen = seed.replace("fresh", os.environ.get("MODEL_SEED", secrets.token_hex(4)))
    world, bank = given_live_model()
    gc.freeze()  # what is there stays: collecting it anew costs a tenth of the time
    answers: Answers = Counter()
    begun, wanted = time.monotonic(), int(os.environ.get("MODEL_COMMANDS", COMMANDS))
    while answers.total() < wanted:
        told: Story = []
        mine = copy.deepcopy(bank)
        fate = Fate(f"{chosen}/{answers.total()}", mine)
        length = min(STORY, wanted - answers.total())
        try:
            with rolled_back():
                answers += tell_story(world.copy(), mine, fate.commands(length), told)
        except Difference as difference:
            print(f"\nbank model, seed {chosen}: {difference}", file=sys.__stdout__, flush=True)
            short = shorten(told, lambda story: bool(try_story(world, bank, story)))
            lines = "\n".join(f"    {command}," for command in short)
            pytest.fail(f"seed {chosen}: {difference}\nshortest:\n{lines}")
    print(
        f"\nbank model, seed {chosen}: {answers.total()} commands in"
        f" {time.monotonic() - begun:.0f} s, {len(answers)} kinds of answers",
        file=sys.__stdout__,
    )
    if os.environ.get("MODEL_ANSWERS"):
        for (verb, said), times in sorted(answers.items()):
            print(f"  {times:5}  {verb}: {said}", file=sys.__stdout__)


@pytest.mark.django_db
@pytest.mark.parametrize("name", EXAMPLES)
def test_what_once_differed_does_so_no_more(name: str) -> None:
    world, bank = given_live_model()
    assert try_story(world, bank, EXAMPLES[name]) == ""
