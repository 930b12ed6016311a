"""Reading the ledger. Callers pass accounts or lines they have been let in to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import F, Q, QuerySet, Sum

from companies.foundation.calls import Call
from vouchers.ledger.chart import SHOWN_STATES, AccountKind
from vouchers.ledger.models import Account, JournalEntry, Transfer


class MoneyStates(NamedTuple):
    """The five shown states and 已追回, in fen; `received` must equal their sum."""

    received_fen: int
    available_fen: int
    reserved_fen: int
    issued_fen: int
    payable_fen: int
    paid_fen: int
    recovered_fen: int

    @property
    def sum_fen(self) -> int:
        """The sum of the six shown figures (the identity of the domain)."""
        return sum(self[1:])


def get_balance(account_id: int) -> int:
    """Balance in fen: credits − debits."""
    account = Account.objects.get(pk=account_id)
    return account.credits_fen - account.debits_fen


def get_balances(account_ids: Iterable[int]) -> dict[int, int]:
    """Balances in fen by account id."""
    rows = Account.objects.filter(pk__in=list(account_ids)).values_list(
        "pk", F("credits_fen") - F("debits_fen")
    )
    return dict(rows)


def get_entry(entry_id: int) -> JournalEntry:
    """One entry by its id inside the house."""
    return JournalEntry.objects.get(pk=entry_id)


def find_entry(key: str) -> JournalEntry | None:
    """The entry of this key, or None."""
    return JournalEntry.objects.filter(key=key).first()


def making(request_ref: str) -> Call:
    """The call that tells every entry one request made, as JSON: its own key, or that key with
    /1, /2 …"""
    return Call("ledger_made(%s)", (request_ref,))


def list_entries(subject_ref: str) -> QuerySet[JournalEntry]:
    """The entries of one noun, oldest first."""
    return JournalEntry.objects.filter(subject_ref=subject_ref).order_by("id")


def list_statement(line_groups: Iterable[int]) -> QuerySet[Transfer]:
    """Every transfer that touches these lines, newest first."""
    groups = list(line_groups)
    return (
        Transfer.objects.select_related("entry", "debit_account", "credit_account")
        .filter(Q(debit_account__line_group__in=groups) | Q(credit_account__line_group__in=groups))
        .order_by("-id")
    )


def trial_balance(line_groups: Iterable[int]) -> list[tuple[str, int, int]]:
    """(kind, debits_fen, credits_fen) summed over these lines, in chart order."""
    rows = {
        row["kind"]: (row["all_debits_fen"], row["all_credits_fen"])
        for row in Account.objects.filter(line_group__in=list(line_groups))
        .values("kind")
        .annotate(all_debits_fen=Sum("debits_fen"), all_credits_fen=Sum("credits_fen"))
    }
    return [(kind, *rows[kind]) for kind in AccountKind.values if kind in rows]


def sum_by_kind() -> list[tuple[str, int]]:
    """(kind, balance in fen) over the whole ledger, in chart order."""
    rows = dict(
        Account.objects.values("kind")
        .annotate(balance_fen=Sum(F("credits_fen") - F("debits_fen")))
        .values_list("kind", "balance_fen")
    )
    return [(kind, rows[kind]) for kind in AccountKind.values if kind in rows]


def get_money_states(line_groups: Iterable[int]) -> MoneyStates:
    """The shown states of funding lines.

    `received` = what came into their pools from outside (document or parent) less what went back.
    """
    groups = list(line_groups)
    balances = {kind: credits - debits for kind, debits, credits in trial_balance(groups)}
    shown = {
        state: sum(balances.get(kind, 0) for kind in kinds) for state, kinds in SHOWN_STATES.items()
    }
    return MoneyStates(
        received_fen=_received_fen(groups),
        **{f"{state}_fen": amount for state, amount in shown.items()},
    )


def _received_fen(groups: list[int]) -> int:
    """Transfers between a line's accounts and anything outside it (its source, another pool)."""
    inside = Account.objects.filter(line_group__in=groups).exclude(kind__in=["APPROPRIATION"])
    ids = inside.values("pk")
    came = Transfer.objects.filter(credit_account__in=ids).exclude(debit_account__in=ids)
    went = Transfer.objects.filter(debit_account__in=ids).exclude(credit_account__in=ids)
    total = "amount_fen"
    return (came.aggregate(s=Sum(total))["s"] or 0) - (went.aggregate(s=Sum(total))["s"] or 0)
