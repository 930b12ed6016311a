"""The dictionary: balances, promises, seats, counters, and how a command is told or refused."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from companies.local_time import deadline_at, is_workday_default, local_date
from tests.cast import OFFICERS

# Each act belongs to a seat; the strict map gives every act a seat of its own.
SELLER = "seller_sales"
DEAD = ("EXPIRED", "REVOKED")
CEILING = "CEILING"
COSIGN = "COSIGN"
DONE = "done"


class Refused(Exception):
    """The service should refuse with this code, and nothing should have changed."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Command:
    """One call: the verb's own name, who calls, its arguments by the names of the model, the key
    of a posting verb, and the seconds that pass before it."""

    verb: str
    who: str
    args: dict[str, Any] = field(default_factory=dict)
    key: str = ""
    wait: int = 60

    def again(self, **changes: Any) -> Command:
        """The same, but for these."""
        return replace(self, **changes)


def refuse_unless(holds: object, code: str) -> None:
    """Raises Refused."""
    if not holds:
        raise Refused(code)


@dataclass
class Core:
    """All there is. Names are ordinal ("file1"); sums are fen; a promise is due at a moment."""

    at: datetime
    closes: datetime
    ceiling: int
    money: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    lines: dict[str, dict[str, Any]] = field(default_factory=dict)
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    vouchers: dict[str, dict[str, Any]] = field(default_factory=dict)
    claims: dict[str, dict[str, Any]] = field(default_factory=dict)
    batches: dict[str, dict[str, Any]] = field(default_factory=dict)
    rows: dict[tuple[str, str, str], dict[str, Any]] = field(default_factory=dict)
    letters: dict[str, dict[str, Any]] = field(default_factory=dict)
    notices: dict[str, str] = field(default_factory=dict)
    used: Counter[str] = field(default_factory=Counter)
    counted: dict[str, Counter[str]] = field(default_factory=dict)
    due: dict[tuple[str, str], datetime] = field(default_factory=dict)
    seats: dict[tuple[str, str], str] = field(default_factory=dict)
    signed: set[tuple[str, str, str, int, str]] = field(default_factory=set)
    off_duty: set[str] = field(default_factory=set)
    keys: dict[tuple[str, str], tuple[str, dict[str, Any]]] = field(default_factory=dict)
    drawn: dict[str, bool] = field(default_factory=dict)

    def tell(self, command: Command) -> str | None:
        """Do it, or raise Refused and change nothing; the name of what it made, if anything."""
        self.at += timedelta(seconds=command.wait)
        told = (command.verb, command.args)
        if command.key:
            known = self.keys.get((command.who, command.key))
            if known:
                refuse_unless(known == told, "request_key_reused")
                return None
        made: str | None = getattr(self, command.verb)(command.who, **command.args)
        if command.key:
            self.keys[command.who, command.key] = told
        return made

    def end_duty(self, who: str, officer: str) -> None:
        """From now on this person may do nothing."""
        refuse_unless(officer not in self.off_duty, "duty_over")
        self.off_duty.add(officer)

    def grant_duty(self, who: str, officer: str) -> None:
        """And now again."""
        self.off_duty.discard(officer)

    def read(self, who: str) -> None:
        """Reading changes nothing; what is read is compared by the caller."""

    def sees(self, who: str) -> dict[str, Any]:
        """What a reader is shown: vouchers and claims by status, and the sums of the budget."""
        mine = [name for name, voucher in self.vouchers.items() if self._may_see(who, voucher)]
        return {
            "vouchers": {name: self.vouchers[name]["status"] for name in mine},
            "claims": {n: c["status"] for n, c in self.claims.items() if c["voucher"] in mine},
        }

    def _may_see(self, who: str, voucher: dict[str, Any]) -> bool:
        if who in OFFICERS:
            return who not in self.off_duty
        return who == SELLER or self.company_of(who) == voucher["company"]

    @staticmethod
    def company_of(who: str) -> str:
        """ "buyer" of "buyer_agent"."""
        return who.partition("_")[0]

    def require_duty(self, who: str, *roles: str) -> None:
        """An officer with one of these roles, today."""
        held = OFFICERS.get(who, ("", ""))[0]
        refuse_unless(held in roles and who not in self.off_duty, "duty_missing")

    def require_member(self, who: str, company: str, *roles: str) -> None:
        """Somebody of the company, "agent" or "signatory"."""
        refuse_unless(who in [f"{company}_{role}" for role in roles], "membership_missing")

    def require_seller(self, who: str) -> None:
        """The provider's agent."""
        refuse_unless(who == SELLER, "membership_missing")

    def require_state(self, noun: dict[str, Any], *statuses: str) -> None:
        """The step is one of the table's."""
        refuse_unless(noun["status"] in statuses, "wrong_state")

    def require_seat(self, file: str, who: str, act: str, subject: str, cycle: int = 0) -> None:
        """This person may still sign this: one seat on a file for ever, one signature a round. Who
        only co-signs takes no seat, but is another than whoever signed first."""
        if act == COSIGN:
            mine = [
                s for s in self.signed if (s[0], s[1], s[3], s[4]) == (file, subject, cycle, who)
            ]
            refuse_unless(not mine, "second_person_needed")
            return
        refuse_unless(self.seats.get((file, who), act) == act, "seat_taken")
        refuse_unless((file, subject, act, cycle, who) not in self.signed, "already_signed")

    def sign(self, file: str, who: str, act: str, subject: str, cycle: int = 0) -> None:
        """Signed; the seat is taken."""
        self.require_seat(file, who, act, subject, cycle)
        if act != COSIGN:
            self.seats[file, who] = act
        self.signed.add((file, subject, act, cycle, who))

    def move(self, fen: int, debit: tuple[str, str, str], credit: tuple[str, str, str]) -> None:
        """From one account to another."""
        self.money[debit] -= fen
        self.money[credit] += fen

    def promise(self, subject: str, kind: str, days: int, unit: str = "working") -> None:
        """Due at the midnight after the last of so many days."""
        self.due[subject, kind] = deadline_at(local_date(self.at), days, unit, is_workday_default)

    def keep(self, subject: str, *kinds: str) -> None:
        """These promises are kept or moot; without kinds, all about it."""
        for held in [key for key in self.due if key[0] == subject]:
            if not kinds or held[1] in kinds:
                del self.due[held]

    def require_in_time(self, subject: str, kind: str) -> None:
        """A late sweeper lets no late act through."""
        due = self.due.get((subject, kind))
        refuse_unless(due is None or self.at < due, "deadline_passed")

    def leaves(self) -> list[str]:
        """Lines that fund, in the order in which they are drawn on."""
        return [n for n, line in self.lines.items() if line["parent"] and line["status"] == "OPEN"]

    def shown(self) -> dict[str, Any]:
        """Everything the service shows of this, in one comparable form."""
        return {
            "money": {key: fen for key, fen in self.money.items() if fen},
            "lines": {name: line["status"] for name, line in self.lines.items()},
            "files": {n: (f["status"], f["approved"], f["reserved"]) for n, f in
                      self.files.items()},
            "vouchers": {n: (v["status"], v["face"]) for n, v in self.vouchers.items()},
            "claims": {
                n: (c["status"], c["requested"], c["held"], c["accepted"], c["cycle"])
                for n, c in self.claims.items()
            },
            "batches": {n: (b["status"], b["total"], b["cycle"]) for n, b in self.batches.items()},
            "rows": {key: (row["status"], row["fen"]) for key, row in self.rows.items()},
            "notices": dict(self.notices),
            "used": {cap: fen for cap, fen in self.used.items() if fen},
            "due": dict(self.due),
            "seats": dict(self.seats),
            "signatures": len(self.signed),
        }  # fmt: skip


def split(fen: int, weights: list[int]) -> list[int]:
    """By largest remainder, ties to the earlier: told again, in other words than the service's."""
    whole = sum(weights)
    shares = [divmod(fen * weight, whole) for weight in weights]
    missing = fen - sum(part for part, _rest in shares)
    order = sorted(range(len(weights)), key=lambda index: -shares[index][1])
    return [part + (index in order[:missing]) for index, (part, _rest) in enumerate(shares)]
