"""Reading a rule document: typed or refused with places; its digest; what publishing lacks."""

from __future__ import annotations

import hashlib
from typing import Any

import rfc8785
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ValidationError

from companies.errors import InvalidInput
from vouchers.programmes.rules.conditions import facts_in
from vouchers.programmes.rules.document import RuleDocument
from vouchers.programmes.rules.eligibility import PLACE_FACTS

# Where null is an answer: no experts, no advance, no decision at once.
_NULL_IN_PROCEDURE = {"experts", "advance", "fast"}
_EXPLICIT_LISTS = ("rates", "rounding", "bases")
_EXPLICIT = (
    "pool",
    "entities",
    "region",
    "gates",
    "goods",
    "combine",
    "bracket_mode",
    "discretion",
    "caps",
    "floors",
    "periods",
    "windows",
    "draws",
    "provider",
    "invoice",
    "contract_filed",
    "affiliation",
    "stacking",
    "evidence",
    "transferable",
)
# The modes that are carried out, and who is paid in each.
PAYEES = {"INSTANT": "provider", "CLAIM_THEN_REDEEM": "company", "REIMBURSE": "company"}
_NULLABLE = {"goods", "periods", "draws", "affiliation", "bracket_mode", "pool"}


def parse_rules(data: dict[str, Any]) -> RuleDocument:
    """The typed document, or `rules_invalid` with every wrong place and its reason."""
    try:
        return RuleDocument.model_validate(data)
    except ValidationError as error:
        places = [
            {
                "field": ".".join(str(step) for step in problem["loc"]) or "document",
                "code": problem["type"],
                "message": problem["msg"],
            }
            for problem in error.errors(include_url=False, include_context=False)
        ]
        raise InvalidInput(
            "rules_invalid",
            _("The rule document has %(count)s faults; first: %(first)s."),
            errors=places,
            count=len(places),
            first=f"{places[0]['field']}: {places[0]['message']}",
        ) from None


def as_data(document: RuleDocument) -> dict[str, Any]:
    """Plain JSON data of what was set; an unset part stays absent, null stays null."""
    return document.model_dump(mode="json", by_alias=True, exclude_unset=True)


def digest(document: RuleDocument) -> str:
    """SHA-256 of the canonical JSON (RFC 8785): what the event log records of a version."""
    return hashlib.sha256(rfc8785.dumps(as_data(document))).hexdigest()


def json_schema() -> dict[str, Any]:
    """The form of a rule document for other programs."""
    return RuleDocument.model_json_schema(by_alias=True)


def missing_for_publication(document: RuleDocument) -> list[str]:
    """Every part that has no explicit value: nothing is published on a hidden default."""
    missing = [name for name in _EXPLICIT_LISTS if not getattr(document, name)]
    missing += _unset(document, _EXPLICIT, "", _NULLABLE)
    missing += _unset(document.base, tuple(type(document.base).model_fields), "base.", {"prorate"})
    procedure = document.procedure
    names = tuple(name for name in type(procedure).model_fields if name != "terms")
    missing += _unset(procedure, names, "procedure.", _NULL_IN_PROCEDURE)
    terms = procedure.terms
    missing += _unset(terms, tuple(type(terms).model_fields), "procedure.terms.", set())
    if document.rounding and document.rounding_at("grant") is None:
        missing.append("rounding.grant")
    if any(rate.brackets for rate in document.rates) and document.bracket_mode is None:
        missing.append("bracket_mode")
    if document.combine == "sum_to_ceiling" and document.combine_ceiling_bp is None:
        missing.append("combine_ceiling_bp")
    return list(dict.fromkeys(missing))


def not_carried_out(document: RuleDocument) -> list[str]:
    """Places whose promise no code of this version keeps: such a document is not published."""
    kinds, procedure = enumerate(document.kinds), document.procedure
    places = [f"kinds.{n}.mode" for n, kind in kinds if PAYEES.get(kind.mode) != kind.payee]
    tranches = procedure.settlement.tranches if procedure.settlement else ()
    unkept = {
        "decided_by": procedure.decided_by == "plan",
        "experts": procedure.experts is not None,
        "advance": procedure.advance is not None,
        "fast": procedure.fast is not None,
        "notice": any(notice.at == "settlement" for notice in procedure.notice or ()),
        "settlement.tranches": any(part.trigger != "accepted" for part in tranches),
    }
    return places + [f"procedure.{name}" for name, is_unkept in unkept.items() if is_unkept]


def _unset(model: BaseModel, names: tuple[str, ...], prefix: str, nullable: set[str]) -> list[str]:
    """Fields not given at all, or null where null says nothing."""
    return [
        prefix + name.rstrip("_")
        for name in names
        if name not in model.model_fields_set
        or (getattr(model, name) is None and name not in nullable)
    ]


def facts_needed(document: RuleDocument) -> list[str]:
    """The facts an assessment looks up, sorted: what a form or a register must supply."""
    conditions = [getattr(rule, "when", None) for rule in document.rules()]
    names = {"applicant.person_type", f"amount.{document.base.measure}_fen"}
    names = names.union(*(facts_in(condition) for condition in conditions))
    names |= {PLACE_FACTS[r.relation] for r in document.region if r.relation != "any"}
    names |= {f"caps.used.{cap.scope}" for cap in document.caps if cap.scope != "claim"}
    if document.affiliation:
        names.add("provider.affiliated")
    periods = document.periods
    if periods and (periods.contract_signed_from or periods.contract_signed_until):
        names.add("contract.signed_date")
    dated = periods and (
        periods.contract_term_max_months or periods.usage_first or periods.usage_last
    )
    if dated or document.base.prorate:
        names |= {"contract.first_date", "contract.last_date"}
    return sorted(names)
