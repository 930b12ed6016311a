"""Handing a file in: all it will be judged by is frozen in one transaction."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from companies.agencies.services import close_deadline, require_in_time, resume_deadlines
from companies.errors import Conflict, InvalidInput, NotAllowed
from companies.files.models import Verdict
from companies.foundation.actors import Actor
from companies.foundation.locks import lock_rows
from companies.foundation.states import require_step
from companies.foundation.verbs import verb
from companies.registry.models import CompanyRole
from companies.registry.policies import require_membership
from companies.registry.selectors import are_related
from vouchers.applications.fingerprints import contract_identity
from vouchers.applications.form import require_complete
from vouchers.applications.models import (
    Application,
    ApplicationStatus,
    ApplicationVersion,
    EvidenceKind,
)
from vouchers.applications.selectors import current_papers
from vouchers.applications.services.apply import require_only_one, require_open
from vouchers.applications.services.evidence import (
    claim_evidence,
    register_evidence,
    release_claims,
)
from vouchers.applications.services.facts import choose_kind, find_provider, take_snapshot
from vouchers.applications.services.steps import (
    digest,
    exported,
    find_application,
    lock_application,
    move,
    open_term,
    rules_of,
)
from vouchers.applications.states import STEPS
from vouchers.programmes.models import Round
from vouchers.programmes.rules.assessing import assess
from vouchers.programmes.rules.document import RuleDocument
from vouchers.programmes.selectors import get_named_seat_map, get_published_rules
from vouchers.providers.models import Provider


@verb
def submit_application(*, actor: Actor, application_id: int, at: datetime) -> Application:
    """Hand the file in: everything it will be judged by is frozen now, and it gets its number.

    Raises NotAllowed, Conflict `wrong_state`, `round_closed`, `deadline_passed`, `form_invalid`,
    `documents_missing`, `provider_unknown`, `related_party`, `duplicate_contract`.
    """
    found = find_application(application_id)
    require_membership(
        actor=actor, company_id=found.company_id, roles=(CompanyRole.SIGNATORY,), at=at
    )
    opened = lock_rows(Round.objects.filter(pk=found.round_id))[0]
    application = lock_application(application_id)
    require_step(STEPS, application.status, ApplicationStatus.SUBMITTED, application.number)
    is_first = application.submitted_at is None
    if is_first:
        require_open(opened, application.programme, at)
    else:
        require_in_time(subject_ref=application.ref, kind="applications.return_reply", at=at)
    require_complete(application.form)
    provider = find_provider(application)
    _refuse_related(application, provider)
    before = exported(application)
    if is_first:
        _freeze_rules(application, opened, at)
    rules = rules_of(application)
    _require_documents(application, rules)
    _name_object(application, provider, rules)
    _freeze_version(application, provider, rules, actor, at)
    _claim_contract(application, provider, actor, at)
    _restart_clocks(application, rules, is_first, at)
    move(
        application,
        ApplicationStatus.SUBMITTED,
        action="application.submitted" if is_first else "application.resubmitted",
        actor=actor,
        at=at,
        before=before,
        receipt_number=application.receipt_number,
        version=application.version,
    )
    return application


def _refuse_related(application: Application, provider: Provider) -> None:
    """Public money must not go round in one group of companies."""
    if are_related(application.company_id, provider.company_id):
        raise InvalidInput(
            "related_party",
            _("Your company and this provider belong together: the scheme forbids that."),
        )


def _freeze_rules(application: Application, opened: Round, at: datetime) -> None:
    """Rules, seat map and the gap-free arrival number, under the round's lock."""
    rule_version = get_published_rules(application.programme_id, at)
    if rule_version is None:
        raise Conflict("rules_missing", _("This scheme has no published rules now."))
    application.rule_version = rule_version
    application.seat_map = get_named_seat_map(rule_version)
    opened.receipts_issued += 1
    opened.save(update_fields=["receipts_issued"])
    application.receipt_number = opened.receipts_issued
    application.submitted_at = at


def _require_documents(application: Application, rules: RuleDocument) -> None:
    """The papers the rules always ask for are there, and the scanner found them clean."""
    current = {paper.kind: paper.file for paper in current_papers(application)}
    wanted = [rule.kind for rule in rules.evidence if rule.at == "apply" and rule.when is None]
    missing = [kind for kind in wanted if kind not in current]
    pending = application.attachments.filter(replaced_at=None, file__verdict=Verdict.PENDING)
    unchecked = sorted(
        {kind for kind, file in current.items() if file.verdict != Verdict.CLEAN}
        | set(pending.values_list("kind", flat=True))
    )
    if missing or unchecked:
        raise InvalidInput(
            "documents_missing",
            _("Papers are missing or not yet checked: %(kinds)s."),
            errors=[
                {"field": kind, "code": "document_missing", "message": kind}
                for kind in [*missing, *unchecked]
            ],
            kinds=", ".join([*missing, *unchecked]),
        )


def _name_object(application: Application, provider: Provider, rules: RuleDocument) -> None:
    """What tells two live files of one company and round apart, by the rule."""
    key = ""
    if rules.procedure.object in ("contract", "unit"):
        key = digest(_contract_of(application, provider))
    elif rules.procedure.object == "kind":
        key = choose_kind(rules, application.form).code
    require_only_one(application.company_id, application.round_id, key, but=application.pk)
    application.object_key = key


def _freeze_version(
    application: Application, provider: Provider, rules: RuleDocument, actor: Actor, at: datetime
) -> None:
    """The verdict with its facts, and the word-for-word copy of what was handed in."""
    if actor.user_id is None:
        raise NotAllowed("person_needed", _("A person has to sign this."))
    application.form["kind"] = choose_kind(rules, application.form).code
    snapshot = take_snapshot(application=application, provider=provider, rules=rules, at=at)
    verdict = assess(facts=snapshot, rules=rules, at=at)
    assessment = {**verdict.to_dict(), "facts": snapshot.model_dump(mode="json")}
    application.assessment = assessment
    application.requested_fen = application.form.get("requested_fen") or verdict.grant_fen
    application.version += 1
    papers = current_papers(application)
    unused = application.attachments.filter(replaced_at__isnull=True)
    unused.exclude(pk__in=[paper.pk for paper in papers]).update(replaced_at=at)
    files = [
        {"kind": row.kind, "sha256": row.file.sha256, "name": row.file.original_name}
        for row in papers
    ]
    frozen = {"form": application.form, "attachments": files, "assessment": assessment}
    ApplicationVersion.objects.create(
        agency_id=application.agency_id,
        application=application,
        version=application.version,
        submitted_at=at,
        submitted_by_id=actor.user_id,
        sha256=digest({**frozen, "number": application.number, "version": application.version}),
        **frozen,
    )


def _contract_of(application: Application, provider: Provider) -> str:
    return contract_identity(
        buyer_code=application.company.credit_code,
        provider_code=provider.company.credit_code,
        number=application.form["contract_number"],
    )


def _claim_contract(
    application: Application, provider: Provider, actor: Actor, at: datetime
) -> None:
    """A second version may name another contract: the former is freed first."""
    release_claims(subject_ref=application.ref, actor=actor, at=at)
    planned = application.form["planned_amount_fen"]
    document = register_evidence(
        kind=EvidenceKind.CONTRACT,
        identity=_contract_of(application, provider),
        base_fen=planned,
        subject_ref=application.ref,
        agency_id=application.agency_id,
        actor=actor,
        at=at,
    )
    claim_evidence(
        document=document,
        agency_id=application.agency_id,
        subject_ref=application.ref,
        amount_fen=min(planned, document.limit_fen - document.claimed_fen),
        actor=actor,
        at=at,
    )


def _restart_clocks(
    application: Application, rules: RuleDocument, is_first: bool, at: datetime
) -> None:
    """The office's clock begins with the first submission and goes on after a return."""
    kind = "applications.round_end" if is_first else "applications.return_reply"
    close_deadline(subject_ref=application.ref, kind=kind, at=at, outcome="submitted")
    resume_deadlines(subject_ref=application.ref, at=at)
    close_deadline(
        subject_ref=application.ref, kind="applications.review", at=at, outcome="returned"
    )
    if is_first:
        open_term(application, "intake", rules.procedure.terms.intake, at)
