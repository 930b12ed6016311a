"""Who acts: a person, a person's machine key, or the system by rule.

Rights are not carried here: `users/policies.py` and `registry/policies.py` look them up at the
moment of the act and name the duty or membership that was used.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Actor:
    """`ref` is what events and journal keys show: "user:7", "key:ab12cd", "system:sweep"."""

    kind: Literal["person", "machine", "system"]
    ref: str
    user_id: int | None = None
    scopes: frozenset[str] = frozenset()

    @classmethod
    def person(cls, user_id: int) -> Actor:
        """A signed-in person."""
        return cls("person", f"user:{user_id}", user_id)

    @classmethod
    def machine(cls, key_id: str, user_id: int, scopes: frozenset[str]) -> Actor:
        """A machine key; it acts with the rights of its user, narrowed by its scopes."""
        return cls("machine", f"key:{key_id}", user_id, scopes)

    @classmethod
    def system(cls, task: str) -> Actor:
        """A rule carried out by a worker; `task` says which."""
        return cls("system", f"system:{task}")

    def request_ref(self, request_key: str) -> str:
        """The caller's name for one request: the beginning of every journal key it makes."""
        return f"{self.ref}/{request_key}"
