"""What may not be told by the clock: whether a certificate, a name, or another's noun exists.

Interleaved pairs; told apart means a median ratio outside 0.8–1.25 *and* a Mann-Whitney p below
0.001. `TIMING_PAIRS=2000` asks as long as `make test-full` does.
"""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable, Iterator
from math import erfc, sqrt
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.test.utils import override_settings

from companies.users.models import User
from tests.access.asking import Asker
from tests.access.world import World
from tests.cast import given_cast
from tests.given import given_live_voucher
from vouchers.api.v1.vouchers import VoucherDetail
from vouchers.issuance import selectors

PAIRS = int(os.environ.get("TIMING_PAIRS", "0"))
ARGON = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
Times = list[int]


def interleaved(one: Callable[[int], Any], other: Callable[[int], Any], pairs: int) -> Any:
    """Nanoseconds of each, asked in turn; the first few only warm up."""
    times: tuple[Times, Times] = ([], [])
    gc.disable()
    try:
        for number in range(-1, pairs):
            for ask, kept in ((one, times[0]), (other, times[1])):
                begun = time.perf_counter_ns()
                ask(number)
                if number >= 0:
                    kept.append(time.perf_counter_ns() - begun)
    finally:
        gc.enable()
    return times


def mann_whitney(one: Times, other: Times) -> float:
    """Two-sided p, by the normal approximation (from twenty a side)."""
    ranked = sorted([(value, 0) for value in one] + [(value, 1) for value in other])
    ranks = sum(rank for rank, (_value, side) in enumerate(ranked, start=1) if side == 0)
    n, m = len(one), len(other)
    mean, spread = n * (n + m + 1) / 2, sqrt(n * m * (n + m + 1) / 12)
    return erfc(abs(ranks - mean) / spread / sqrt(2))


def is_told_apart(one: Times, other: Times) -> bool:
    """Whether an outsider with a clock learns something."""
    ratio, p = median(one) / median(other), mann_whitney(one, other)
    print(f"{len(one)} pairs: ratio {ratio:.3f}, p {p:.4f}")
    return not 0.8 <= ratio <= 1.25 and p <= 0.001


@pytest.fixture
def voucher(db: None) -> Iterator[Any]:
    """One that exists."""
    yield given_live_voucher()
    (Path(settings.STATE_DIR) / "demo-clock").unlink(missing_ok=True)


def certificate_times(number: str, pairs: int) -> Any:
    """A number that exists and one that does not, both with a wrong code."""

    def ask(said: str) -> Callable[[int], Any]:
        body = {"number": said, "code": "ABCD-EFGH-JKMN"}
        return lambda _n: client.post(
            "/api/v1/certificate-checks", body, content_type="application/json"
        )

    client = Client()
    return interleaved(ask(number), ask("VC-2025-999999-X"), pairs)


def test_the_clock_does_not_tell_which_certificates_exist(voucher: Any) -> None:
    assert not is_told_apart(*certificate_times(voucher.number, PAIRS or 200))


def test_an_early_return_would_be_told_apart(voucher: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The probe sees what it is for: here whoever asks for a wrong number is sent away at once."""
    honest = selectors.find_by_verify_code

    def hasty(number: str, code: str) -> Any:
        return honest(number, code) if number == voucher.number else None

    monkeypatch.setattr(selectors, "find_by_verify_code", hasty)
    assert is_told_apart(*certificate_times(voucher.number, PAIRS or 200))


def sign_in_times(pairs: int) -> Any:
    """Names that are borne and names that are not, both with a wrong password."""
    borne = sorted(User.objects.values_list("username", flat=True))

    def ask(names: list[str]) -> Callable[[int], Any]:
        return lambda n: client.post(
            "/account/login/", {"login": names[n % len(names)], "password": "wrong"},
            REMOTE_ADDR=f"10.{n % 250}.{n // 250 % 250}.1",
        )  # fmt: skip

    client = Client()
    known, unknown = ask(borne), ask([f"{name}x"[-20:] for name in borne])
    times: tuple[Times, Times] = ([], [])
    for first in range(0, pairs, 10):
        AccessAttempt.objects.all().delete()
        part = interleaved(
            lambda n, base=first: known(base + n), lambda n, base=first: unknown(base + n), 10
        )
        times[0].extend(part[0])
        times[1].extend(part[1])
    return times


@pytest.fixture
def names(db: None) -> Iterator[None]:
    """The cast, with passwords hashed as in earnest."""
    given_cast()
    with override_settings(PASSWORD_HASHERS=ARGON):
        User.objects.update(password=make_password("right-Horse-2025"))
        yield


def test_the_clock_does_not_tell_which_names_exist(names: None) -> None:
    assert not is_told_apart(*sign_in_times(PAIRS or 20))


def test_a_name_that_costs_no_hash_would_be_told_apart(
    names: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library hashes for nobody, too; without that the names are open."""
    monkeypatch.setattr(User, "set_password", lambda self, raw: None)
    assert is_told_apart(*sign_in_times(PAIRS or 10))


def voucher_times(world: World, pairs: int) -> Any:
    """Another company's voucher and one that nobody has, asked for by who may see neither."""
    asker = Asker(world, "company_agent")
    states = world.nouns["voucher"]

    def ask(state: str) -> Callable[[int], Any]:
        path = f"/api/v1/vouchers/{states[state]['number']}"
        return lambda _n: asker.send("GET", path)

    assert ask("OTHER_COMPANY")(0).status_code == ask("MISSING")(0).status_code == 404
    return interleaved(ask("OTHER_COMPANY"), ask("MISSING"), pairs)


def test_the_clock_does_not_tell_which_foreign_nouns_exist(world: World) -> None:
    assert not is_told_apart(*voucher_times(world, PAIRS or 100))


def test_thirty_milliseconds_more_for_what_exists_would_be_told_apart(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = VoucherDetail.door
    foreign = world.nouns["voucher"]["OTHER_COMPANY"]["number"]

    def slow(scope: Any, number: str) -> Any:
        if number == foreign:
            time.sleep(0.03)
        return honest(scope, number)

    monkeypatch.setattr(VoucherDetail, "door", staticmethod(slow))
    assert is_told_apart(*voucher_times(world, PAIRS or 40))
