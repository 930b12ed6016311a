"""What a machine's signature covers, and what it therefore refuses."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from http_message_signatures import HTTPMessageSigner, InvalidSignature, algorithms

from companies.errors import NotSignedIn
from companies.users import signatures
from companies.users.signatures import sign_request, verify_request

AT = datetime(2025, 6, 3, 4, 5, 6, tzinfo=UTC)
URL = "https://quan.example/api/v1/redemptions?voucher=VC-1"
BODY = b'{"amount_fen": 100}'
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw()


def signed(**changed):
    request = {
        "method": "POST",
        "url": URL,
        "headers": {"Idempotency-Key": "k1", "Content-Type": "application/json"},
        "body": BODY,
        "at": AT,
    } | changed
    headers = sign_request(**request, key_id="robot", private_key=KEY.private_bytes_raw())
    return request | {"headers": headers}


def verify(request):
    find = {"robot": PUBLIC}.get
    return verify_request(**request, find_key=find)


def test_a_signed_request_names_its_key():
    assert verify(signed()) == "robot"
    assert verify(signed(method="GET", body=b"", headers={})) == "robot"


@pytest.mark.parametrize(
    "forged",
    [
        {"method": "PUT"},
        {"url": URL + "1"},
        {"url": "https://quan.example/api/v1/vouchers?voucher=VC-1"},
        {"body": BODY + b" "},
        {"body": b""},
        {"at": AT + timedelta(seconds=301)},
        {"at": AT - timedelta(seconds=301)},
    ],
)
def test_anything_covered_that_changed_breaks_it(forged):
    with pytest.raises(NotSignedIn):
        verify(signed() | forged)


def test_another_idempotency_key_or_none_breaks_it():
    request = signed()
    for headers in (
        request["headers"] | {"idempotency-key": "k2"},
        {k: v for k, v in request["headers"].items() if k != "idempotency-key"},
    ):
        with pytest.raises(NotSignedIn):
            verify(request | {"headers": headers})


def test_a_key_added_to_an_unkeyed_request_is_refused():
    request = signed(headers={})
    with pytest.raises(NotSignedIn):
        verify(request | {"headers": request["headers"] | {"idempotency-key": "k1"}})


def test_an_unknown_key_and_garbage_are_refused():
    with pytest.raises(NotSignedIn):
        verify_request(**signed(), find_key={}.get)
    for headers in ({}, {"signature-input": "x", "signature": "y"}):
        with pytest.raises(NotSignedIn):
            verify(signed() | {"headers": headers})


def test_a_key_that_cannot_be_looked_up_is_no_wrong_signature():
    def away(key_id: str) -> bytes | None:
        raise ConnectionError(key_id)

    with pytest.raises(ConnectionError):
        verify_request(**signed(), find_key=away)


def test_a_signature_without_the_query_is_too_thin():
    message = signatures._Message("GET", URL, {})
    HTTPMessageSigner(
        signature_algorithm=algorithms.ED25519, key_resolver=signatures._Signer(KEY)
    ).sign(message, key_id="robot", created=AT, covered_component_ids=["@method", "@path"])
    with pytest.raises(NotSignedIn):
        verify({"method": "GET", "url": URL, "headers": message.headers, "body": b"", "at": AT})


def test_the_example_of_the_standard_verifies():
    """RFC 9421, B.2.6: Ed25519 over a request."""
    public = base64.b64decode("JrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=")
    message = signatures._Message(
        "POST",
        "https://example.com/foo?param=Value&Pet=dog",
        {
            "date": "Tue, 20 Apr 2021 02:07:55 GMT",
            "content-type": "application/json",
            "content-length": "18",
            "signature-input": 'sig-b26=("date" "@method" "@path" "@authority" "content-type" '
            '"content-length");created=1618884473;keyid="test-key-ed25519"',
            "signature": "sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu"
            "4A0w6vuQv5lIp5WPpBKRCw==:",
        },
    )
    verifier = signatures._Verifier(
        signature_algorithm=algorithms.ED25519,
        key_resolver=signatures._Keys({"test-key-ed25519": public}.get),
    )
    verifier.at = datetime.fromtimestamp(1618884473, UTC)
    assert verifier.verify(message)[0].parameters["keyid"] == "test-key-ed25519"
    message.headers["content-length"] = "19"
    with pytest.raises(InvalidSignature):
        verifier.verify(message)
