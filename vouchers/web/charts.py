"""Charts drawn here as SVG: they print, need no script, and stand beside a table of their data.

Widths are attributes of SVG, never inline style. Figures are fen; an axis is in 万元 for Chinese
readers and in million yuan for English ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

# Drawn from the top down: what is paid leaves the pot first; recovered money joins what is left.
LAYERS = ("paid", "payable", "issued", "reserved", "available")
_FEN_PER_TICK = {"zh": 1_000_000, "en": 100_000_000}
_LABEL_GAP = 34
_DAY_GAP = 56


@dataclass(frozen=True, kw_only=True)
class BurnPoint:
    """The shown money states at the end of one day, in fen."""

    day: date
    paid_fen: int
    payable_fen: int
    issued_fen: int
    reserved_fen: int
    available_fen: int

    @property
    def layers(self) -> tuple[int, ...]:
        """Amounts in the order drawn."""
        return tuple(int(getattr(self, f"{name}_fen")) for name in LAYERS)

    @property
    def total_fen(self) -> int:
        """All that was received by that day."""
        return sum(self.layers)


@dataclass(frozen=True, kw_only=True)
class _Frame:
    """Where the plot lies within its picture, and what its axes mean."""

    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int
    first: date
    days: int
    most_fen: int

    def x(self, day: date) -> int:
        span = self.width - self.left - self.right
        return self.left + (day - self.first).days * span // max(self.days, 1)

    def y(self, fen: int) -> int:
        span = self.height - self.top - self.bottom
        return self.height - self.bottom - fen * span // max(self.most_fen, 1)


def state_labels() -> dict[str, str]:
    """The shown money states by code, in the reader's language."""
    return {
        "paid": pgettext("money state", "Paid"),
        "payable": pgettext("money state", "Payable"),
        "issued": pgettext("money state", "Issued, not redeemed"),
        "reserved": pgettext("money state", "Reserved"),
        "available": pgettext("money state", "Available"),
        "recovered": pgettext("money state", "Recovered"),
    }


def percent(part: int, whole: int) -> str:
    """ "41.28%", rounded half up, without floats."""
    hundredths = (part * 20_000 + whole) // (2 * whole) if whole else 0
    return f"{hundredths // 100}.{hundredths % 100:02d}%"


def state_bar(amounts: dict[str, int]) -> SafeString:
    """The shown money states of one budget as one bar with its legend."""
    labels, total = state_labels(), sum(amounts.values())
    segments, at = [], 0
    for name in (*LAYERS, "recovered"):
        fen = amounts.get(name, 0)
        width = fen * 1000 // total if total else 0
        segments.append(
            {
                "name": name,
                "label": labels[name],
                "fen": fen,
                "percent": percent(fen, total),
                "x": at,
                "width": max(width - 2, 1) if fen else 0,
            }
        )
        at += width
    return render_to_string("web/parts/state_bar.html", {"segments": segments, "total_fen": total})


def bar(value: int, most: int, target: int | None = None) -> dict[str, int | bool | None]:
    """A bar cell in thousandths of its track; a bar under its target is marked."""
    scale = max(most, 1)
    return {
        "width": min(value * 1000 // scale, 1000),
        "mark": None if target is None else min(target * 1000 // scale, 998),
        "below": target is not None and value < target,
    }


def burn_down(points: Sequence[BurnPoint], *, ident: str = "burn-down") -> SafeString:
    """Stacked areas from the day money came to the last point, labelled directly."""
    if not points:
        return render_to_string("web/parts/empty.html", {"title": _("No money has come in yet")})
    unit = "zh" if (get_language() or "zh").startswith("zh") else "en"
    pictures = [
        _picture(points, unit, size) for size in (("wide", 760, 300, 158), ("narrow", 340, 260, 12))
    ]
    labels = state_labels()
    return render_to_string(
        "web/parts/burn_down.html",
        {
            "ident": ident,
            "pictures": pictures,
            "unit": _("10,000 yuan") if unit == "zh" else _("million yuan"),
            "points": points,
            "columns": [labels[name] for name in LAYERS],
            "last": points[-1],
        },
    )


def _picture(
    points: Sequence[BurnPoint], unit: str, size: tuple[str, int, int, int]
) -> dict[str, object]:
    name, width, height, right = size
    step = _tick_step(max(point.total_fen for point in points))
    frame = _Frame(
        width=width,
        height=height,
        left=58,
        right=right,
        top=34,
        bottom=26,
        first=points[0].day,
        days=(points[-1].day - points[0].day).days,
        most_fen=-(-max(point.total_fen for point in points) // step) * step or step,
    )
    divisor = _FEN_PER_TICK[unit]
    return {
        "name": name,
        "frame": frame,
        "plot_right": width - right,
        "floor": height - frame.bottom,
        "ticks": [
            {"y": frame.y(fen), "label": _short(fen, divisor)}
            for fen in range(0, frame.most_fen + 1, step)
        ],
        "days": _days(points, frame),
        "areas": _areas(points, frame),
        "labels": _end_labels(points[-1], frame, divisor) if name == "wide" else [],
        "today_x": frame.x(points[-1].day),
    }


def _days(points: Sequence[BurnPoint], frame: _Frame) -> list[dict[str, object]]:
    """Days under the axis, from the last one back, none so near that it covers its neighbour."""
    days: list[dict[str, object]] = []
    limit = frame.width
    for point in reversed(points):
        x = frame.x(point.day)
        if x <= limit:
            days.append({"x": x, "label": f"{point.day:%m-%d}"})
            limit = x - _DAY_GAP
    return days[::-1]


def _areas(points: Sequence[BurnPoint], frame: _Frame) -> list[dict[str, str]]:
    heights = [list(accumulate(reversed(point.layers), initial=0)) for point in points]
    areas = []
    for index, layer in enumerate(reversed(LAYERS)):
        low = [(frame.x(p.day), frame.y(h[index])) for p, h in zip(points, heights, strict=True)]
        high = [
            (frame.x(p.day), frame.y(h[index + 1])) for p, h in zip(points, heights, strict=True)
        ]
        ring = " ".join(f"{x},{y}" for x, y in (*high, *reversed(low)))
        areas.append({"name": layer, "ring": ring, "edge": " ".join(f"{x},{y}" for x, y in high)})
    return areas


def _end_labels(last: BurnPoint, frame: _Frame, divisor: int) -> list[dict[str, object]]:
    """Names at the right edge, pushed apart so that none covers another."""
    labels, names, low = [], state_labels(), 0
    wanted: list[tuple[str, int, int]] = []
    for name, fen in zip(reversed(LAYERS), reversed(last.layers), strict=True):
        if fen:
            wanted.append((name, fen, frame.y(low + fen // 2)))
        low += fen
    floor = frame.height - frame.bottom
    limit = floor
    for name, fen, middle in wanted:
        y = min(middle, limit)
        labels.append(
            {"text": names[name], "value": _short(fen, divisor), "y": y, "from_y": middle}
        )
        limit = y - _LABEL_GAP
    return labels


def _tick_step(most_fen: int) -> int:
    """1, 2 or 5 times a power of ten, for four to six lines."""
    power = 100
    while True:
        for factor in (1, 2, 5):
            if most_fen <= 5 * factor * power:
                return factor * power
        power *= 10


def _short(fen: int, divisor: int) -> str:
    """ "4,127.51" of the axis unit; whole numbers without decimals."""
    hundredths = (fen * 200 + divisor) // (2 * divisor)
    whole, rest = divmod(hundredths, 100)
    return f"{whole:,}.{rest:02d}".rstrip("0").rstrip(".") if rest else f"{whole:,}"
