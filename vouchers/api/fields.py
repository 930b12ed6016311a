"""Fields of requests that take JSON at its word: a number is no text, a date-time has its zone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from companies.local_time import YEARS
from vouchers.money import FEN_MAX

# The largest whole number that every JSON reader keeps exact (RFC 8785); far beyond any budget.
EXACT = 2**53 - 1


class Text(serializers.CharField):
    """Text; a number does not pass for it."""

    def to_internal_value(self, data: Any) -> str:
        """Raises ValidationError `invalid`."""
        if not isinstance(data, str):
            self.fail("invalid")
        return str(super().to_internal_value(data))


class Whole(serializers.IntegerField):
    """A whole number; neither text nor a fraction nor true passes for it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_value": EXACT, **kwargs})

    def to_internal_value(self, data: Any) -> int:
        """Raises ValidationError `invalid` for anything but a JSON integer."""
        if not isinstance(data, int) or isinstance(data, bool):
            self.fail("invalid")
        return data


class Fen(Whole):
    """A sum in integer fen; no larger than a page takes."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_value": FEN_MAX, **kwargs})


class Flag(serializers.BooleanField):
    """true or false; no word passes for them."""

    def to_internal_value(self, data: Any) -> bool:
        """Raises ValidationError `invalid`."""
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class Moment(serializers.DateTimeField):
    """An instant that says its zone: nobody's wall clock is guessed."""

    def to_internal_value(self, data: Any) -> datetime:
        """Raises ValidationError `naive` where the zone is missing, `out_of_time` outside YEARS."""
        try:
            told = parse_datetime(data) if isinstance(data, str) else None
        except ValueError:
            told = None
        if told is not None and told.tzinfo is None:
            raise serializers.ValidationError(_("Say the time zone, as in +08:00."), "naive")
        if told is not None and told.year not in YEARS:
            raise serializers.ValidationError(_("This lies too far from today."), "out_of_time")
        moment: datetime = super().to_internal_value(data)
        return moment
