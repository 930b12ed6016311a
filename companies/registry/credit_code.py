"""Unified social credit codes (GB 32100-2015). A good digit says nothing about existence."""

from __future__ import annotations

import unicodedata

from django.utils.translation import gettext_lazy as _
from stdnum.cn import uscc
from stdnum.exceptions import InvalidChecksum, ValidationError

from companies.errors import InvalidInput

LENGTH = 18
# 31 symbols: no I, O, Z, S, V, which hands confuse with digits and each other.
SYMBOLS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def normalise_credit_code(text: str) -> str:
    """Width, blanks and case put right; then length, symbols and check digit are judged."""
    code = "".join(unicodedata.normalize("NFKC", text).split()).upper()
    if len(code) != LENGTH:
        raise InvalidInput(
            "credit_code_invalid",
            _("A credit code has 18 characters; this one has %(length)s."),
            what="length",
            length=len(code),
        )
    for place, symbol in enumerate(code, start=1):
        if symbol not in SYMBOLS:
            raise InvalidInput(
                "credit_code_invalid",
                _("“%(symbol)s” at place %(place)s does not occur in credit codes."),
                what="character",
                symbol=symbol,
                place=place,
            )
    try:
        uscc.validate(code)
    except InvalidChecksum:
        raise _wrong_check_digit() from None
    except ValidationError:
        raise InvalidInput(
            "credit_code_invalid",
            _("The first eight places name an authority and a place in digits."),
            what="character",
        ) from None
    return code


def make_credit_code(stem17: str) -> str:
    """The whole code of an invented stem: the demo's companies have true check digits."""
    return normalise_credit_code(stem17 + str(uscc.calc_check_digit(stem17)))


def _wrong_check_digit() -> InvalidInput:
    return InvalidInput(
        "credit_code_invalid",
        _("The last character does not fit the others: a character is mistyped or swapped."),
        what="check_digit",
    )
