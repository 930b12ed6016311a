"""Which control a field needs, told from its widget."""

from __future__ import annotations

from typing import NamedTuple

from django import forms
from django.forms import BoundField
from django.utils.functional import Promise


class Kind(NamedTuple):
    """`many`: several boxes in a fieldset; `tick`: one box before its label."""

    css: str
    many: bool = False
    tick: bool = False
    file: bool = False
    day: bool = False
    suffix: str | Promise = ""


def is_needed(bound: BoundField) -> bool:
    """Whether it must be answered: by the form, or before a draft may be handed in."""
    return bound.field.required or getattr(bound.field, "is_needed", False)


def kind_of(bound: BoundField) -> Kind:
    """The kind of one bound field."""
    widget = bound.field.widget
    suffix = getattr(bound.field, "suffix", "")
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return Kind("", many=True)
    if isinstance(widget, forms.CheckboxInput):
        return Kind("tick__box", tick=True)
    if isinstance(widget, forms.FileInput):
        return Kind("file__input", file=True)
    if isinstance(widget, forms.Select):
        return Kind("input input--select")
    if isinstance(widget, forms.DateInput):
        return Kind("input", day=True)
    return Kind("input input--right" if suffix else "input", suffix=suffix)
