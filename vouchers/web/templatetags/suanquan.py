"""Tags and filters of the pages: `{% load suanquan %}`.

Values: `{{ fen|yuan }}` 1,234.50 · `{{ bp|percent }}` 41.28% · `{{ dt|stamp }}`
2026-11-26 09:30 ·
`{{ day|day }}` 2026-11-26 (both Asia/Shanghai) ·
`{{ fen|capitals }}` 大写 · `{{ row|look:"a.b" }}` ·
`{{ company|named }}` · `{{ decimal|plain }}`.
Marks: `{% icon "name" %}` · `{% status_tag noun.status noun.get_status_display %}` (a third
word names the noun where one code means two things: "payment") · `{% number "AP-…" url %}` ·
`{% qr text %}`.
Money: `{% state_bar amounts %}` (fen by state) · `{% burn_down points %}` (charts.BurnPoint) ·
`{% bar_cell value most target %}` · `{% voucher_card voucher %}` (number, programme, status, …).
Forms: `{% render_form form %}` or `{% error_summary form %}` and `{% field form.x %}` one by one.
Parts to include, each says what it takes in its first line (`web/parts/`): head, stats, table,
filters, chips, summary, steps, history, callout, checks, deadline, empty, dialog, hash, ledger,
pager, seed_progress. Layouts: `web/layouts/{public,party,officer}.html` with the blocks `title`,
`head`, `content`.
"""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

import lucide
import segno
from django import template
from django.forms import BaseForm, BoundField
from django.template.loader import render_to_string
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from companies.local_time import SHANGHAI, local_date
from vouchers import money
from vouchers.web import charts, tables, words
from vouchers.web.forms.kinds import is_needed, kind_of
from vouchers.web.status import look_of

register = template.Library()


@register.filter
def yuan(fen: int | str | None) -> str:
    """Money as people see it; a dash where there is none."""
    return "—" if fen is None or fen == "" else money.format_yuan(int(fen))


@register.filter
def capitals(fen: int) -> str:
    """大写金额."""
    return money.capitals(int(fen))


@register.filter
def percent(bp: int | None) -> str:
    """Basis points as a percentage: 3000 is 30%."""
    return "—" if bp is None else money.format_rate(int(bp))


@register.filter
def stamp(at: datetime | None) -> str:
    """An instant in Shanghai, to the minute."""
    return "—" if at is None else f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


@register.filter
def day(value: date | datetime | None) -> str:
    """A Shanghai day."""
    if value is None:
        return "—"
    return (local_date(value) if isinstance(value, datetime) else value).isoformat()


@register.filter
def last_day(end: datetime | None) -> str:
    """The last day of a period whose end is half-open: midnight belongs to the day before."""
    return "—" if end is None else local_date(end - timedelta(microseconds=1)).isoformat()


@register.filter
def named(noun: Any) -> str:
    """A noun's name in the page's language."""
    return words.named(noun)


@register.filter
def plain(value: Decimal | None) -> str:
    """A bill's figure: thousands apart, at least two decimals, no needless ones."""
    if value is None:
        return "—"
    text = f"{value:,f}"
    whole, _point, rest = text.partition(".")
    return f"{whole}.{rest.rstrip('0').ljust(2, '0')}"


@register.filter
def look(record: Any, path: str) -> Any:
    """A value by its dotted name."""
    return tables.look(record, path)


@register.filter
def as_json(value: object) -> str:
    """For attributes such as hx-headers; the template escapes it."""
    return json.dumps(value)


@register.simple_tag
def icon(name: str, size: int = 16) -> SafeString:
    """A picture beside a word; readers that speak pass over it."""
    return _icon(str(name), int(size))


@lru_cache(maxsize=256)
def _icon(name: str, size: int) -> SafeString:
    attributes: dict[str, object] = {
        "class": "icon",
        "aria_hidden": "true",
        "focusable": "false",
        "stroke_width": "1.75",
    }
    # The wheel's own drawing; nothing of a user's is in it.
    return mark_safe(lucide._render_icon(name, size, **attributes))  # noqa: S308


@register.simple_tag
def status_tag(status: str, label: object, noun: str = "") -> SafeString:
    """Word, icon and tone of a status."""
    tone, picture = look_of(str(status), str(noun))
    return format_html(
        '<span class="tag tag--{}">{}{}</span>', tone, _icon(picture, 12), str(label)
    )


@register.simple_tag
def number(text: str, url: str = "") -> SafeString:
    """An object's number with a button that copies it (shown once script runs)."""
    return render_to_string("web/parts/number.html", {"text": text, "url": url})


@register.simple_tag
def qr(text: str, scale: int = 4) -> SafeString:
    """A QR code as inline SVG; the page states the same text beside it."""
    drawn = segno.make(str(text), error="m", micro=False)
    svg = drawn.svg_inline(scale=scale, border=4, svgclass="qr", lineclass=None, omitsize=False)
    named = svg.replace("<svg ", f'<svg role="img" aria-label="{escape(text)}" ', 1)
    return mark_safe(named)  # noqa: S308 - drawn here, its only text escaped above


@register.simple_tag
def state_bar(amounts: dict[str, int]) -> SafeString:
    """The shown money states of a budget."""
    return charts.state_bar(amounts)


@register.simple_tag
def burn_down(points: list[charts.BurnPoint], ident: str = "burn-down") -> SafeString:
    """The budget's states day by day."""
    return charts.burn_down(points, ident=ident)


@register.inclusion_tag("web/parts/bar_cell.html")
def bar_cell(value: int, most: int, target: int | None = None) -> dict[str, object]:
    """A bar in a table cell; the figure stands beside it."""
    return {"bar": charts.bar(int(value), int(most), target)}


@register.inclusion_tag("web/parts/voucher_card.html")
def voucher_card(card: dict[str, Any]) -> dict[str, Any]:
    """The security-paper card. Keys: see the template's first line."""
    face = int(card["face_fen"])
    used = face - int(card["balance_fen"])
    return {
        "card": card,
        "left_width": int(card["balance_fen"]) * 1000 // face if face else 0,
        "used_percent": charts.percent(used, face),
    }


@register.inclusion_tag("web/parts/field.html")
def field(bound: BoundField) -> dict[str, Any]:
    """Label, hint, error and control of one field, tied together for those who listen."""
    kind = kind_of(bound)
    needed = is_needed(bound)
    described = []
    if bound.help_text:
        described.append(f"{bound.id_for_label}_hint")
    if bound.errors:
        described.append(f"{bound.id_for_label}_error")
    attributes: dict[str, str] = {"class": kind.css}
    if described:
        attributes["aria-describedby"] = " ".join(described)
    if bound.errors:
        attributes["aria-invalid"] = "true"
    if needed:
        attributes["aria-required"] = "true"
    control = "" if kind.many else bound.as_widget(attrs=attributes)
    return {
        "field": bound,
        "kind": kind,
        "control": control,
        "described": " ".join(described),
        "needed": needed,
    }


@register.inclusion_tag("web/parts/error_summary.html")
def error_summary(form: BaseForm) -> dict[str, Any]:
    """What is wrong, each line a link to its field; takes the focus when the page opens."""
    faults = []
    for bound in form:
        first = f"{bound.id_for_label or bound.auto_id}"
        if kind_of(bound).many:
            first = f"{bound.auto_id}_0"
        faults += [{"target": first, "label": bound.label, "text": text} for text in bound.errors]
    return {"faults": faults, "general": form.non_field_errors()}


@register.inclusion_tag("web/parts/form.html")
def render_form(form: BaseForm) -> dict[str, Any]:
    """Summary of errors, hidden fields and every visible field in order."""
    return {"form": form, "any_needed": any(is_needed(bound) for bound in form)}
