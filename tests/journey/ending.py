"""The identity of the domain, from API, ledger and export; then every invariant."""

from __future__ import annotations

import csv
import io
import os
import sys
import time
import zipfile
from typing import Any

from tests.journey.house import Person

STATES = ("available", "reserved", "issued", "payable", "paid", "recovered")


def connect() -> None:
    """Speak to the instance's database with the runtime role (for the ledger's own word)."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()


def code_of(username: str) -> str:
    """The present second-factor code, as `make code` prints it; '' for people without one."""
    from django.core.management import CommandError, call_command

    out = io.StringIO()
    try:
        call_command("code", username, stdout=out)
    except CommandError:
        return ""
    return out.getvalue().strip()


def tell(clerk: Person, auditor: Person, programme: str) -> None:
    """Print the identity three times, then one line per invariant. Exits 1 on a difference."""
    from django.core.management import call_command

    told = {
        "API": from_api(clerk, programme),
        "ledger": from_ledger(programme),
        "export": from_export(auditor, programme),
    }
    print("\nreceived = available + reserved + issued + payable + paid + recovered   (fen)")
    for source, states in told.items():
        parts = " + ".join(f"{states[name]:,}" for name in STATES)
        print(f"  {source:<7} {states['received']:,} = {parts}")
    same = len({tuple(states.values()) for states in told.values()}) == 1
    holds = all(s["received"] == sum(s[name] for name in STATES) for s in told.values())
    if not (same and holds):
        sys.exit("journey: the identity does not hold, or the three differ")
    time.sleep(6)  # the sealer's turn: unsealed events would be a finding
    print()
    call_command("check_invariants")


def from_api(person: Person, programme: str) -> dict[str, int]:
    """GET …/budget."""
    total = person.get(f"programmes/{programme}/budget")["total"]
    return {name: int(total[f"{name}_fen"]) for name in ("received", *STATES)}


def from_ledger(programme: str) -> dict[str, int]:
    """The accounts of the programme's funding lines."""
    from vouchers.ledger.selectors import get_money_states
    from vouchers.programmes.models import Programme
    from vouchers.programmes.selectors import list_funding_lines

    found = Programme.objects.get(code=programme)
    groups = [line.pool_account_id for line in list_funding_lines(found.pk)]
    states = get_money_states([group for group in groups if group])
    return {name: getattr(states, f"{name}_fen") for name in ("received", *STATES)}


def from_export(auditor: Person, programme: str) -> dict[str, int]:
    """Sums over the exported ledger rows, reckoned by nothing but csv and zipfile."""
    body = {"programme": programme, "dataset": "ledger", "purpose": "journey"}
    number = str(auditor.do("exports", body)["number"])
    for _ in range(240):
        job = auditor.get(f"exports/{number}")
        if job["status"] != "QUEUED":
            break
        time.sleep(0.25)
    if job["status"] != "BUILT":
        sys.exit(f"journey: the export was not built: {job['failure']}")
    answer = auditor.session.get(f"{auditor.url}/api/v1/exports/{number}/package", timeout=60)
    with zipfile.ZipFile(io.BytesIO(answer.content)) as package:
        name = next(name for name in package.namelist() if name.endswith(".csv"))
        rows = list(csv.DictReader(io.StringIO(package.read(name).decode("utf-8-sig"))))
    return summed(rows)


def summed(rows: list[dict[str, Any]]) -> dict[str, int]:
    """The shown states from transfers: each row moves its fen from one kind of account to another.

    Only the programme's funding lines count: a root line's own rows are left aside.
    """
    from vouchers.ledger.chart import SHOWN_STATES

    state_of = {str(kind): state for state, kinds in SHOWN_STATES.items() for kind in kinds}
    out = dict.fromkeys(("received", *STATES), 0)
    for row in rows:
        fen = int(row["amount_fen"])
        source, target = row["from_kind"], row["to_kind"]
        if row["kind"] == "APPROPRIATE":
            continue
        if row["kind"] in ("SUBALLOCATE", "RECALL"):
            sign = 1 if row["kind"] == "SUBALLOCATE" else -1
            out["received"] += sign * fen
            out["available"] += sign * fen
            continue
        out[state_of[source]] -= fen
        out[state_of[target]] += fen
    return out
