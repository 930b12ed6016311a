"""The public pages of words: headed paragraphs."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

HELP = (
    (
        _("How do I apply?"),
        _(
            "Sign in, choose an open round, fill in six short sections and hand "
            "the file in. Drafts are kept."
        ),
    ),
    (
        _("How do I use a voucher?"),
        _(
            "Order from an admitted provider and name the voucher. Its part is "
            "held at once; the company pays its own share only."
        ),
    ),
    (
        _("Who pays the provider?"),
        _("The finance department, in batches, after usage, invoice and payment were checked."),
    ),
    (
        _("Something is wrong with a notice"),
        _(
            "Anybody may object to a row while the notice runs. A tracking code "
            "tells how it stands."
        ),
    ),
    (
        _("By telephone"),
        _("On working days from 9:00 to 17:00; the number stands at the foot of every page."),
    ),
)
ACCESSIBILITY = (
    (
        _("What we aim at"),
        _(
            "Every page is made to work by keyboard, with a screen reader, "
            "enlarged four times and without colour. The measure is WCAG 2.2, "
            "level AA."
        ),
    ),
    (
        _("Light, dark and print"),
        _("Pages follow the setting of your device; a switch stands at the top."),
    ),
    (
        _("Tell us"),
        _(
            "If a page does not work for you, call the number at the foot. The "
            "same matter can be settled by telephone or at the counter."
        ),
    ),
)
PRIVACY = (
    (
        _("What is kept"),
        _(
            "Who acted on a file, when, and by which duty. It is kept as long as "
            "the file must be kept."
        ),
    ),
    (
        _("What is public"),
        _(
            "Name, credit code and amount of an award, as the rules require. "
            "People's names and telephone numbers are not."
        ),
    ),
    (
        _("Cookies"),
        _(
            "One for your session, one against forged requests, one for light or "
            "dark. None follows you."
        ),
    ),
)
