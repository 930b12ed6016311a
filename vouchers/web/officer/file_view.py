"""What a file looks like to an officer: form, checks in sentences, papers, seats, history."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from companies.alerts.selectors import list_alerts
from companies.letters.selectors import list_letters
from companies.registry.industries import industry_name
from companies.registry.selectors import Scope
from vouchers.applications.models import Act, Application
from vouchers.applications.selectors import list_application_history
from vouchers.money import format_yuan
from vouchers.programmes.explain import Language, explain_line, explain_reason
from vouchers.programmes.rules import Assessment, RuleDocument, parse_rules
from vouchers.programmes.seats import SEAT_LABELS
from vouchers.providers.models import ServiceClass
from vouchers.providers.selectors import list_providers
from vouchers.web.paper_words import paper_label
from vouchers.web.words import action_label, actor_label, alert_label, named, outcome_label

FORM_LABELS = {
    "purpose": _("Purpose"),
    "kind": _("Kind of voucher"),
    "service_class": _("Service"),
    "chip_class": _("Accelerator"),
    "provider_number": _("Provider"),
    "planned_amount_fen": _("Planned spend (yuan)"),
    "requested_fen": _("Amount asked (yuan)"),
    "contract_number": _("Contract number"),
    "contract_date": _("Contract signed on"),
    "period_first": _("First day of use"),
    "period_last": _("Last day of use"),
    "declares_true": _("Declares all this to be true"),
    "prior_support_fen": _("Other public money (yuan)"),
}
_ORDER = {"fail": 0, "attention": 1, "pass": 2}


def amounts(application: Application) -> list[dict[str, Any]]:
    """The file's sums, each from its own column."""
    company, found = application.company, application.assessment or {}
    return [
        {"label": _("Credit code"), "value": company.credit_code, "code": True},
        {"label": _("Industry"), "value": industry_name(company.industry_code)},
        {"label": _("Size"), "value": company.get_size_class_display() or "—"},
        {"label": _("Programme"), "value": named(application.programme)},
        {"label": _("Amount asked (yuan)"), "value": application.requested_fen, "money": True},
        {
            "label": _("Eligible base (yuan)"),
            "value": found.get("eligible_base_fen"),
            "money": True,
        },
        {"label": _("Reckoned by rule (yuan)"), "value": found.get("grant_fen"), "money": True},
        {"label": _("Approved (yuan)"), "value": application.approved_fen or None, "money": True},
        {"label": _("Reserved (yuan)"), "value": application.reserved_fen, "money": True},
    ]


def form_rows(application: Application, scope: Scope) -> list[dict[str, Any]]:
    """The answers, in the form's order, in words."""
    rules = rules_of(application)
    words = {
        "kind": {kind.code: named(kind) for kind in rules.kinds} if rules else {},
        "service_class": dict(ServiceClass.choices),
        "provider_number": {
            provider.number: f"{named(provider.company)} {provider.number}"
            for provider in list_providers(scope).filter(
                number=application.form.get("provider_number", "")
            )
        },
    }
    return [
        {"label": label, "value": _shown(key, application.form[key], words.get(key, {}))}
        for key, label in FORM_LABELS.items()
        if key in application.form
    ]


def _shown(key: str, value: Any, words: dict[str, Any]) -> str:
    if key.endswith("_fen"):
        return format_yuan(int(value))
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    return str(words.get(str(value), value))


def rules_of(application: Application) -> RuleDocument | None:
    """The rules frozen on the file."""
    version = application.rule_version
    return parse_rules(version.document) if version else None


def verdict_of(application: Application) -> Assessment:
    """The frozen verdict; the facts it judged are stored beside it."""
    found = application.assessment or {}
    return Assessment.from_dict({k: v for k, v in found.items() if k != "facts"})


def checks(application: Application, scope: Scope, language: Language) -> list[dict[str, Any]]:
    """Problems first: open alerts, what failed or is unknown, then what was met."""
    found = [
        {
            "state": "fail" if alert.severity == "CRITICAL" else "attention",
            "label": alert_label(alert.code),
            "text": alert.number,
        }
        for alert in list_alerts(scope.agency_ids).filter(
            subject_ref=application.ref, status="OPEN"
        )
    ]
    rules = rules_of(application)
    if rules is not None and application.assessment:
        found += _judged(verdict_of(application), rules, language)
    return sorted(found, key=lambda check: _ORDER[check["state"]])


def _judged(
    verdict: Assessment, rules: RuleDocument, language: Language
) -> Iterable[dict[str, Any]]:
    for reason in verdict.reasons:
        text = explain_reason(reason, rules=rules, language=language)
        yield {"state": "attention" if reason.unknown else "fail", "label": text}
    for line in verdict.lines:
        if line.step == "eligibility" and line.output is True:
            yield {"state": "pass", "label": explain_line(line, rules=rules, language=language)}


def calculation(application: Application, language: Language) -> list[str]:
    """Every line that makes the sum, as a sentence that begins with its clause."""
    rules = rules_of(application)
    if rules is None or not application.assessment:
        return []
    verdict = verdict_of(application)
    return [
        explain_line(line, rules=rules, language=language)
        for line in verdict.lines
        if line.step != "eligibility"
    ]


def papers(application: Application) -> list[dict[str, Any]]:
    """Current papers with their address; one that was not found clean has none."""
    return [
        {
            "kind": paper_label(paper.kind),
            "file": paper.file,
            "url": reverse("officer:paper", args=[application.number, paper.file.public_id])
            if paper.file.verdict == "CLEAN"
            else "",
        }
        for paper in application.attachments.filter(replaced_at=None).select_related("file")
    ]


def my_seat(application: Application, user_id: int | None) -> str:
    """The seat this person has on the file, or ''."""
    mine = application.seats.filter(user_id=user_id).first()
    return mine.seat if mine else ""


def seat_label(seat: str) -> str:
    """A seat in words."""
    return str(SEAT_LABELS.get(seat, seat))


def seat_reason(application: Application, act: str, user_id: int | None) -> str:
    """Why this person may not do the act on this file; '' where the seat is free or theirs."""
    mine = my_seat(application, user_id)
    if not mine or application.seat_map is None:
        return ""
    wanted = str(application.seat_map.seats.get(act, ""))
    if wanted == mine:
        return ""
    facts = {"mine": seat_label(mine), "wanted": seat_label(wanted)}
    return gettext("You sit as %(mine)s on this file; this act belongs to %(wanted)s.") % facts


def seats(application: Application, user_id: int | None) -> list[dict[str, Any]]:
    """Every act of the file's seat map, in the order of the way: mine, taken, free or closed."""
    if application.seat_map is None:
        return []
    taken = {seat.seat: seat for seat in application.seats.select_related("user").order_by("-id")}
    mine = my_seat(application, user_id)
    return [
        {
            "act": Act(act).label,
            "seat": seat_label(seat),
            "state": _state(seat, mine, seat in taken),
            "holder": taken[seat].user if seat in taken else "",
        }
        for act in Act.values
        if (seat := application.seat_map.seats.get(act))
    ]


def _state(seat: str, mine: str, is_taken: bool) -> str:
    if seat == mine:
        return "mine"
    if mine:
        return "closed"
    return "taken" if is_taken else "free"


def decisions(application: Application) -> list[dict[str, Any]]:
    """Signed acts on the file, oldest first."""
    signed = application.decisions.select_related("user").order_by("id")
    return [
        {
            "at": decision.at,
            "title": f"{decision.get_act_display()} · {outcome_label(decision.outcome)}",
            "text": " · ".join(
                part
                for part in (
                    named(decision.user),
                    seat_label(decision.seat or ""),
                    format_yuan(decision.amount_fen) if decision.amount_fen is not None else "",
                    decision.reason,
                )
                if part
            ),
        }
        for decision in signed
    ]


def history(application: Application) -> list[dict[str, Any]]:
    """What the record says of the file."""
    return [
        {"at": e.at, "title": action_label(e.action), "text": actor_label(e.actor_ref)}
        for e in list_application_history(application)
    ]


def letters(application: Application, scope: Scope) -> list[Any]:
    """Letters about the file."""
    return list(list_letters(scope).filter(subject_ref=application.ref))
