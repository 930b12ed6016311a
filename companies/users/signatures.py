"""RFC 9421 message signatures of machine keys: Ed25519, ±300 s, the body by its digest.

What must be covered: the method, the path with its query (or the whole target URI), the digest of
a body, and the Idempotency-Key where one is sent: that key is the nonce, for the ledger answers a
second use of it with the first effect. Knows no HTTP framework and no table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.utils.translation import gettext_lazy as _
from http_message_signatures import (
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    InvalidSignature,
    algorithms,
)
from http_message_signatures.exceptions import HTTPMessageSignaturesException

from companies.errors import NotSignedIn

TOLERANCE = timedelta(seconds=300)
LABEL = "sig1"

FindPublicKey = Callable[[str], bytes | None]


@dataclass
class _Message:
    """What the library reads of a request."""

    method: str
    url: str
    headers: dict[str, str]


class _Keys(HTTPSignatureKeyResolver):
    def __init__(self, find: FindPublicKey) -> None:
        self.find = find
        self.is_interrupted = False

    def resolve_public_key(self, key_id: str) -> Ed25519PublicKey | None:
        self.is_interrupted = True
        raw = self.find(key_id)
        self.is_interrupted = False
        return None if raw is None else Ed25519PublicKey.from_public_bytes(raw)


class _Signer(HTTPSignatureKeyResolver):
    def __init__(self, key: Ed25519PrivateKey) -> None:
        self.key = key

    def resolve_private_key(self, key_id: str) -> Ed25519PrivateKey:
        return self.key


class _Verifier(HTTPMessageVerifier):
    """Judges freshness by the instant it is given, not by a clock of its own."""

    at: datetime

    def validate_created_and_expires(
        self, sig_input: Any, max_age: timedelta | None = None
    ) -> None:
        if "created" not in sig_input.params:
            raise InvalidSignature("no creation time")
        created = self._parse_integer_timestamp(sig_input.params["created"], "created")
        if abs(self.at - created) > TOLERANCE:
            raise InvalidSignature("too old, or from the future")
        if "expires" in sig_input.params:
            if self._parse_integer_timestamp(sig_input.params["expires"], "expires") < self.at:
                raise InvalidSignature("expired")


def verify_request(
    *,
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes,
    at: datetime,
    find_key: FindPublicKey,
) -> str:
    """The id of the key that signed this request.

    `find_key` gives the 32 raw bytes of a live key, or None; what it raises is raised. Raises
    NotSignedIn `signature_invalid`, with the same words whatever was wrong.
    """
    message = _Message(method, url, {name.lower(): value for name, value in headers.items()})
    keys = _Keys(find_key)
    verifier = _Verifier(signature_algorithm=algorithms.ED25519, key_resolver=keys)
    verifier.at = at
    try:
        results = verifier.verify(message, body=body)
    except (HTTPMessageSignaturesException, ValueError) as error:
        if keys.is_interrupted and error.__cause__:
            # The library takes a database that is away for a wrong signature; 401 would be final.
            raise error.__cause__ from None
        raise _invalid() from error
    if len(results) != 1:
        raise _invalid()
    covered = {name.strip('"') for name in results[0].covered_components}
    if not (covered >= _must_cover(message, body) and _names_target(message.url, covered)):
        raise _invalid()
    return str(results[0].parameters["keyid"])


def sign_request(
    *,
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes,
    key_id: str,
    private_key: bytes,
    at: datetime,
) -> dict[str, str]:
    """The headers of a signed request: those given, with digest and signature added.

    The client's half, for providers' own programs, the journey and the tests.
    """
    message = _Message(method, url, {name.lower(): value for name, value in headers.items()})
    components = ["@method", "@path"]
    if urlsplit(url).query:
        components.append("@query")
    components += sorted(_must_cover(message, body) - {"@method", "content-digest"})
    key = Ed25519PrivateKey.from_private_bytes(private_key)
    signer = HTTPMessageSigner(signature_algorithm=algorithms.ED25519, key_resolver=_Signer(key))
    signer.sign(
        message,
        key_id=key_id,
        created=at.astimezone(UTC),
        label=LABEL,
        covered_component_ids=components,
        body=body or None,
    )
    return message.headers


def _must_cover(message: _Message, body: bytes) -> set[str]:
    names = {"@method"}
    if body:
        names.add("content-digest")
    if "idempotency-key" in message.headers:
        names.add("idempotency-key")
    return names


def _names_target(url: str, covered: set[str]) -> bool:
    """A signature over the path alone would leave a query to whoever forwards the request."""
    if "@target-uri" in covered:
        return True
    return "@path" in covered and ("@query" in covered or not urlsplit(url).query)


def _invalid() -> NotSignedIn:
    return NotSignedIn(
        "signature_invalid", _("The request's signature does not hold, or its key is not known.")
    )
