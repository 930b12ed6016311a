"""Codes printed on a voucher. They find slips and forgeries; they open nothing by themselves."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re

from stdnum.iso7064 import mod_37_36

VERIFY_LENGTH = 16
_NUMBER = re.compile(r"[A-Z0-9]+(?:-[A-Z0-9]+)*", re.ASCII)


def check_symbol(number: str) -> str:
    """ISO 7064 MOD 37,36 over letters and digits: finds every single slip and most swaps."""
    if not _NUMBER.fullmatch(number):
        raise ValueError("a voucher number has capital letters, digits and hyphens")
    return str(mod_37_36.calc_check_digit(number.replace("-", "")))


def with_check(number: str) -> str:
    """As printed and read aloud: "VC-2025-000001-K"."""
    return f"{number}-{check_symbol(number)}"


def read_checked(text: str) -> str | None:
    """The number inside a printed one, or None where it was mistyped."""
    number, hyphen, symbol = text.strip().upper().rpartition("-")
    if not hyphen or not _NUMBER.fullmatch(number):
        return None
    return number if symbol == check_symbol(number) else None


def verify_code(*, key: bytes, number: str, holder_code: str, face_fen: int, until: str) -> str:
    """What a certificate's QR carries: 80 bits of an HMAC over what the paper says."""
    said = json.dumps([number, holder_code, face_fen, until], ensure_ascii=True).encode()
    digest = hmac.new(key, b"voucher-certificate\x00" + said, hashlib.sha256).digest()
    return base64.b32encode(digest[: VERIFY_LENGTH * 5 // 8]).decode("ascii")


def verify_code_matches(
    *, code: str, key: bytes, number: str, holder_code: str, face_fen: int, until: str
) -> bool:
    """Compared in constant time; hyphens, blanks and case of the typed code do not matter."""
    typed = "".join(code.split()).replace("-", "").upper()
    right = verify_code(
        key=key, number=number, holder_code=holder_code, face_fen=face_fen, until=until
    )
    return hmac.compare_digest(typed.encode("utf-8"), right.encode("ascii"))
