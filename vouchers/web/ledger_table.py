"""The ledger as people read it: from → to, one page by keyset."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from vouchers.ledger.chart import AccountKind, EntryKind
from vouchers.web.paging import page_of

if TYPE_CHECKING:
    from vouchers.ledger.models import JournalEntry, Transfer


def ledger_table(transfers: QuerySet[Transfer], request: HttpRequest) -> dict[str, Any]:
    """Newest first; for `web/parts/ledger.html` and the pager."""
    page = page_of(transfers, request, param="ledger")
    return {
        "entries": [_shown(transfer.entry, [transfer]) for transfer in page.rows],
        "next_url": _address(request, page.next),
        "previous_url": _address(request, page.previous),
    }


def entry_rows(entries: QuerySet[JournalEntry]) -> list[dict[str, Any]]:
    """Whole entries with all their transfers."""
    return [
        _shown(
            entry,
            entry.transfers.select_related("debit_account", "credit_account").order_by("id"),
        )
        for entry in entries
    ]


def _shown(entry: JournalEntry, transfers: Any) -> dict[str, Any]:
    return {
        "number": entry.number,
        "kind_label": EntryKind(entry.kind).label,
        "effective_at": entry.effective_at,
        "subject_ref": entry.subject_ref.partition(":")[2],
        "url": f"{reverse('audit:record')}?q={entry.subject_ref}",
        "transfers": [
            {
                "from_label": AccountKind(t.debit_account.kind).label,
                "to_label": AccountKind(t.credit_account.kind).label,
                "amount_fen": t.amount_fen,
            }
            for t in transfers
        ],
    }


def _address(request: HttpRequest, cursor: str | None) -> str:
    if cursor is None:
        return ""
    query = request.GET.copy()
    query["ledger"] = cursor
    return f"?{query.urlencode()}"
