"""One document, one identity, however it is typed; and the keyed digest all agencies share. Pure.

The digest is keyed: without the key nobody can try invoice numbers until one fits.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata

from django.utils.translation import gettext_lazy as _

from companies.errors import InvalidInput

# What people put between the characters of a number; a difference in these is no difference.
_FILLING = re.compile(r"[\s\W_]+")
_INVOICE = re.compile(r"\d{20}|(?:\d{10}|\d{12})\d{8}", re.ASCII)
# Chinese papers write a zero also as a circle.
_CIRCLES = str.maketrans({"〇": "0", "○": "0"})


def normalise(text: str) -> str:
    """Capitals and digits alone: width, case, blanks, dashes and marks do not tell apart."""
    folded = unicodedata.normalize("NFKC", text.translate(_CIRCLES)).upper()
    plain = "".join(
        str(unicodedata.decimal(sign)) if sign.isdecimal() else sign
        for sign in folded
        if unicodedata.category(sign) != "Cf"
    )
    return _FILLING.sub("", plain)


def invoice_identity(number: str, code: str = "") -> str:
    """The 20-digit number, or the older code (10 or 12 digits) and number (8 digits).

    Raises InvalidInput `invoice_number_malformed`.
    """
    identity = re.sub(r"\D", "", normalise(code)) + re.sub(r"^(?:NO|号码)", "", normalise(number))
    if not _INVOICE.fullmatch(identity):
        raise InvalidInput(
            "invoice_number_malformed",
            _("“%(number)s” is no invoice number: 20 digits, or its code and 8 digits."),
            number=number[:60],
        )
    return identity


def contract_identity(*, buyer_code: str, provider_code: str, number: str) -> str:
    """Whose contract with whom, and its number. Raises InvalidInput `contract_number_missing`."""
    plain = normalise(number)
    if not plain:
        raise InvalidInput("contract_number_missing", _("The contract needs a number."))
    return f"{normalise(buyer_code)}|{normalise(provider_code)}|{plain}"


def payment_identity(*, payer_code: str, number: str) -> str:
    """A bank receipt's number among those of its payer. Raises `receipt_number_missing`."""
    plain = normalise(number)
    if not plain:
        raise InvalidInput("receipt_number_missing", _("The bank receipt needs a number."))
    return f"{normalise(payer_code)}|{plain}"


def fingerprint(*, key: bytes, kind: str, identity: str) -> str:
    """HMAC-SHA256 of the kind and the normalised identity, in hex."""
    said = f"{kind}\x00{identity}".encode()
    return hmac.new(key, said, hashlib.sha256).hexdigest()
