"""这些数字从哪里来: every published figure the pages use, with its source and year."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Figure(NamedTuple):
    """One figure as published; `state` says how sure its source makes it."""

    figure: str
    meaning: Promise
    year: str
    source: Promise
    state: Promise


FIGURES = (
    Figure(
        "¥140,000,000.00",
        _("Policy ceiling of the year. A ceiling is a promise, no money."),
        "2026",
        _("Guizhou compute voucher measures, 2026 revision"),
        _("published"),
    ),
    Figure(
        "¥100,000,000.00",
        _("Provincial budget for vouchers: what may be spent."),
        "2024",
        _("news report on the provincial budget"),
        _("reported"),
    ),
    Figure(
        "¥2,000,000.00",
        _("Most that one applicant gets in a year."),
        "2023",
        _("newspaper comparison, value of the 2023 version"),
        _("unconfirmed"),
    ),
    Figure(
        "30%",
        _(
            "Part of the order amount that a voucher pays for local model services, data trading "
            "and corpora. What was published names no rate for compute; the demonstration reckons "
            "with the same one."
        ),
        "2026",
        _("Guizhou compute voucher measures, 2026 revision"),
        _("published"),
    ),
    Figure(
        "72",
        _("Firms that received the first vouchers, on 2024-02-29."),
        "2024",
        _("news reports of the first issue"),
        _("reported"),
    ),
)
