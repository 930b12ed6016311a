"""Alerts (疑点): listed for those who answer them, and answered with a reason."""

from __future__ import annotations

from django.db.models import QuerySet
from rest_framework import serializers

from companies.alerts import selectors, services
from companies.alerts.models import Alert
from companies.registry.selectors import Scope
from vouchers.api.base import NounDetail, NounList, VerbView
from vouchers.api.v1.applications import ReasonIn


def list_alerts(scope: Scope, **filters: str) -> QuerySet[Alert]:
    """Those of the agencies where the caller may answer them."""
    return selectors.list_alerts(scope.agency_ids_with(*services.ANSWERING)).filter(**filters)


def get_alert(scope: Scope, number: str) -> Alert:
    """One of them. Raises NotFound."""
    return selectors.get_alert_for(scope.agency_ids_with(*services.ANSWERING), number)


class AlertOut(serializers.Serializer):
    """A doubt: the rule that raised it, what it saw, and the answer."""

    number = serializers.CharField()
    code = serializers.CharField()
    severity = serializers.CharField()
    subject_ref = serializers.CharField()
    facts = serializers.JSONField()
    status = serializers.CharField()
    raised_at = serializers.DateTimeField()
    answered_at = serializers.DateTimeField(allow_null=True)
    answer = serializers.CharField()


class AlertList(NounList):
    """GET alerts."""

    listing = list_alerts
    output = AlertOut
    filters = ("status", "code", "severity", "subject_ref")


class AlertDetail(NounDetail):
    """GET one alert."""

    door = get_alert
    output = AlertOut


class AlertVerb(VerbView):
    """An answer to one alert."""

    door = get_alert
    id_argument = "alert_id"
    input = ReasonIn
    output = AlertOut


class DismissAlert(AlertVerb):
    """POST: there is nothing, and why."""

    verb = services.dismiss_alert


class ConfirmAlert(AlertVerb):
    """POST: it is so."""

    verb = services.confirm_alert
