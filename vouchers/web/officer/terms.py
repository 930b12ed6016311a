"""A voucher's frozen terms, in words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from vouchers.issuance.models import Mode, Side, Voucher
from vouchers.programmes.rules import VoucherTerms, parse_rules
from vouchers.providers.models import ServiceClass
from vouchers.web.bill_words import term
from vouchers.web.templatetags.suanquan import day, last_day, percent, yuan
from vouchers.web.words import named

_PAYEES = {"company": _("The company"), "provider": _("The provider")}
_INVOICES = {"full": _("For the whole price"), "net": _("For the company's own share")}
_ROUNDING = {
    "down": _("cut"),
    "half_up": _("rounded half up"),
    "half_even": _("rounded half to even"),
}


def term_rows(voucher: Voucher) -> list[dict[str, Any]]:
    """Label and value of each term, as `web/parts/summary.html` takes them."""
    terms = VoucherTerms.from_dict(voucher.terms)
    rules = parse_rules(voucher.application.rule_version.document)
    kinds = {kind.code: named(kind) for kind in rules.kinds}
    no_limit = gettext("No limit of its own")
    rounding = gettext("%(how)s, to %(unit)s yuan") % {
        "how": _ROUNDING[terms.rounding_mode],
        "unit": yuan(terms.rounding_unit_fen),
    }
    rows: list[tuple[Any, Any]] = [
        (_("Kind of voucher"), kinds.get(terms.kind, terms.kind)),
        (_("Pays for"), ", ".join(_services(voucher.terms.get("goods")))),
        (
            _("Kinds of charges on the bill"),
            ", ".join(str(term(name)) for name in terms.service_categories) or no_limit,
        ),
        (_("Coverage rate"), percent(terms.rate_bp)),
        (_("Rounding of a sum"), rounding),
        (_("Way of paying"), Mode(terms.mode).label),
        (_("Side"), Side(terms.side).label),
        (_("Payee"), _PAYEES[terms.payee]),
        (_("Invoice"), _INVOICES[terms.invoice]),
        (_("Credits on a bill are deducted"), _yes(terms.net_credits)),
        (_("May be used how often"), terms.max_draws or no_limit),
        (_("First day of use"), day(terms.usage_first or terms.valid_from)),
        (
            _("Last day of use"),
            day(terms.usage_last) if terms.usage_last else last_day(terms.valid_until),
        ),
        (_("Earlier use may be claimed until"), last_day(terms.grace_until)),
        (_("Transferable"), _yes(terms.transferable)),
    ]
    shown = [{"label": label, "value": value} for label, value in rows]
    return [*shown, {"label": _("Digest of the rules"), "value": terms.rules_sha256, "code": True}]


def _services(goods: dict[str, Any] | None) -> list[str]:
    """What the goods condition admits, where it is a plain list of services."""
    known = dict(ServiceClass.choices)
    wanted = (goods or {}).get("value")
    if not isinstance(wanted, list):
        return [gettext("As the rules say")]
    return [str(known.get(code, code)) for code in wanted]


def _yes(answer: bool) -> str:
    return gettext("Yes") if answer else gettext("No")
