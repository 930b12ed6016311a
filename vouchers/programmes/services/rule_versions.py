"""Rule documents: drafted by one, published by another, then never changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from companies.audit.services import record_event
from companies.errors import InvalidInput, NotAllowed
from companies.foundation.actors import Actor
from companies.foundation.states import require_step
from companies.foundation.verbs import verb
from companies.users.models import Role
from companies.users.policies import require_duty
from vouchers.programmes.models import Programme, RuleStatus, RuleVersion
from vouchers.programmes.rules import (
    as_data,
    digest,
    missing_for_publication,
    not_carried_out,
    parse_rules,
)
from vouchers.programmes.selectors import get_named_seat_map
from vouchers.programmes.services.steps import lock_one, status_of
from vouchers.programmes.states import RULE_STEPS


@verb
def draft_rule_version(
    *, actor: Actor, programme_id: int, document: dict[str, Any], at: datetime
) -> RuleVersion:
    """A draft of the next version. Raises NotAllowed, InvalidInput `rules_invalid`."""
    programme = lock_one(Programme.objects.filter(pk=programme_id), "programme")
    duty = require_duty(
        actor=actor,
        roles=[Role.PROGRAMME_MANAGER],
        agency_id=programme.agency_id,
        at=at,
        programme_ref=programme.ref,
    )
    rules = parse_rules(document)
    last = programme.rule_versions.aggregate(last=Max("version"))["last"] or 0
    version = RuleVersion.objects.create(
        agency_id=programme.agency_id,
        programme=programme,
        version=last + 1,
        document=as_data(rules),
        sha256=digest(rules),
        status=RuleStatus.DRAFT,
        author_id=duty.user_id,
    )
    _told(actor, version, "drafted", duty.pk, at, before={})
    return version


@verb
def publish_rule_version(*, actor: Actor, rule_version_id: int, at: datetime) -> RuleVersion:
    """DRAFT → PUBLISHED by an approver who is not the author; the former version retires.

    Raises NotAllowed (`own_draft`), Conflict (`wrong_state`, `seat_map_missing`), InvalidInput
    (`rules_incomplete`, `rules_not_supported`) naming every place.
    """
    wanted = RuleVersion.objects.filter(pk=rule_version_id)
    # Two publications of one programme wait for each other on its row.
    programme = lock_one(Programme.objects.filter(rule_versions__in=wanted), "rule_version")
    version = lock_one(wanted, "rule_version")
    duty = require_duty(
        actor=actor,
        roles=[Role.APPROVER],
        agency_id=version.agency_id,
        at=at,
        programme_ref=programme.ref,
    )
    if version.author_id == duty.user_id:
        raise NotAllowed("own_draft", _("Another person must publish what you drafted."))
    named = f"{programme.code}@{version.version}"
    require_step(RULE_STEPS, version.status, RuleStatus.PUBLISHED, named)
    _require_publishable(version)
    for former in programme.rule_versions.filter(status=RuleStatus.PUBLISHED):
        before = status_of(former)
        former.status = RuleStatus.RETIRED
        former.save(update_fields=["status"])
        _told(actor, former, "retired", duty.pk, at, before=before)
    before = status_of(version)
    version.status = RuleStatus.PUBLISHED
    version.published_by_id = duty.user_id
    version.published_at = at
    version.save(update_fields=["status", "published_by", "published_at"])
    _told(actor, version, "published", duty.pk, at, before=before)
    return version


def _require_publishable(version: RuleVersion) -> None:
    """Everything is said, everything said is kept, and its seat map is approved."""
    rules = parse_rules(version.document)
    if missing := missing_for_publication(rules):
        raise InvalidInput(
            "rules_incomplete",
            _("Nothing has a hidden default; still to be set: %(missing)s."),
            missing=", ".join(missing),
        )
    if unkept := not_carried_out(rules):
        raise InvalidInput(
            "rules_not_supported",
            _("This version of the system cannot yet carry out: %(places)s."),
            places=", ".join(unkept),
        )
    get_named_seat_map(version)


def _told(
    actor: Actor,
    version: RuleVersion,
    past: str,
    duty_id: int,
    at: datetime,
    *,
    before: dict[str, str],
) -> None:
    record_event(
        f"rule_version.{past}",
        actor=actor,
        subject_ref=version.programme.ref,
        agency_id=version.agency_id,
        at=at,
        duty_ref=f"duty:{duty_id}",
        before=before,
        after={"version": version.version, "sha256": version.sha256, **status_of(version)},
    )
