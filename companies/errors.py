"""The families of refusal. They know no HTTP; `vouchers/api/errors.py` holds that table.

A refusal has a public `code` (never reused), a lazy `message` with named placeholders and
`facts` (primitives and choices) that fill them. `errors` lists single places: {"field", "code",
"message"}.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class DomainError(Exception):
    """A refusal with a public code. `facts` hold primitives, choices or lists of choices only."""

    def __init__(
        self,
        code: str,
        message: StrOrPromise,
        *,
        errors: Sequence[dict[str, Any]] = (),
        **facts: Any,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.facts = facts
        self.errors = list(errors)

    def __str__(self) -> str:
        return f"{self.code}: {self.text()}"

    def text(self) -> str:
        """The sentence in the active language, with its facts filled in.

        `%`-style named placeholders: a tenant's text in a fact is never a template itself.
        """
        message = str(self.message)
        if not self.facts:
            return message
        return message % {name: _said(fact) for name, fact in self.facts.items()}


def _said(fact: Any) -> str:
    """A choice is said by its label, several one after the other."""
    if isinstance(fact, list | tuple):
        return ", ".join(_said(one) for one in fact)
    return str(getattr(fact, "label", fact))


class Malformed(DomainError):
    """It cannot be read (400)."""


class NotSignedIn(DomainError):
    """Nobody yet (401)."""


class NotAllowed(DomainError):
    """The wrong person (403)."""


class NotFound(DomainError):
    """Absent or hidden: the caller cannot tell which (404)."""


class Conflict(DomainError):
    """The wrong moment (409)."""


class InvalidInput(DomainError):
    """Well formed, but wrong (422)."""


class TryAgain(DomainError):
    """Will pass (503)."""


class InvariantBroken(Exception):
    """Our own fault, never the user's: 500, a CRITICAL log line, an alert."""


def not_found(noun: str) -> NotFound:
    """The one answer for an absent and for a foreign object: code `<noun>_not_found`."""
    return NotFound(f"{noun}_not_found", _("There is no such record, or it is not yours to see."))
