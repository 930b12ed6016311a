"""Whether this session has shown the second factor its person's duties demand."""

from __future__ import annotations

from typing import Any

from companies.users.selectors import has_duties

# Where sign-in keeps what was shown in this session: a list of {"method": "password" | "mfa", …}.
RECORDS = "account_authentication_methods"


def has_second_factor(request: Any) -> bool:
    """True for people who never had a public duty; else only once the session has shown it."""
    if not has_duties(request.user.pk):
        return True
    shown = request.session.get(RECORDS, ())
    return any(record.get("method") == "mfa" for record in shown)
