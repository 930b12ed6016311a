"""Programmes: rules, rounds, budget lines, the shown money states."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from companies.agencies.selectors import get_agency
from vouchers.api.base import (
    ApiView,
    CreateView,
    NounDetail,
    NounList,
    StrictSerializer,
    VerbView,
    two_part,
)
from vouchers.api.fields import Fen, Moment, Text, Whole
from vouchers.api.v1.applications import ReasonIn
from vouchers.ledger.selectors import get_money_states
from vouchers.programmes import selectors, services


class ProgrammeOut(serializers.Serializer):
    """A scheme."""

    code = serializers.CharField()
    name_zh = serializers.CharField()
    name_en = serializers.CharField()
    status = serializers.CharField()
    summary_zh = serializers.CharField()
    summary_en = serializers.CharField()
    is_demo = serializers.BooleanField()


class RoundOut(serializers.Serializer):
    """A window for applications."""

    programme = serializers.CharField(source="programme.code")
    code = serializers.CharField()
    name_zh = serializers.CharField()
    name_en = serializers.CharField()
    opens_at = serializers.DateTimeField()
    closes_at = serializers.DateTimeField()
    status = serializers.CharField()


class RuleVersionOut(serializers.Serializer):
    """A rule document with its digest."""

    programme = serializers.CharField(source="programme.code")
    version = serializers.IntegerField()
    status = serializers.CharField()
    sha256 = serializers.CharField()
    document = serializers.JSONField()


class LineOut(serializers.Serializer):
    """预算指标: one node of the budget tree."""

    number = serializers.CharField()
    programme = serializers.CharField(source="programme.code")
    parent = serializers.CharField(source="parent.number", allow_null=True, default=None)
    document_number = serializers.CharField(source="appropriation.document_number")
    name_zh = serializers.CharField()
    name_en = serializers.CharField()
    fiscal_year = serializers.IntegerField()
    status = serializers.CharField()


class RulesIn(StrictSerializer):
    """A whole rule document."""

    document = serializers.DictField()


class RoundIn(StrictSerializer):
    """A window; the end is exclusive."""

    code = Text(max_length=20)
    name_zh = Text(max_length=80)
    name_en = Text(max_length=120)
    opens_at = Moment()
    closes_at = Moment()


class AppropriationIn(StrictSerializer):
    """指标下达文件."""

    document_number = Text(max_length=60)
    document_date = serializers.DateField()
    title = Text(max_length=120)
    fiscal_year = Whole(min_value=2000, max_value=2100)
    amount_fen = Fen(min_value=1)


class AppropriationOut(serializers.Serializer):
    """A recorded document."""

    document_number = serializers.CharField()
    amount_fen = serializers.IntegerField()
    fiscal_year = serializers.IntegerField()


class LineIn(StrictSerializer):
    """A node under a document; without a parent it is a root."""

    document_number = Text()
    parent = Text(required=False, allow_null=True, default=None)
    name_zh = Text(max_length=80)
    name_en = Text(max_length=120)
    function_code = Text(max_length=10)
    economic_code = Text(max_length=10)
    fund_nature = Text(max_length=20)
    channel = serializers.ChoiceField(["TREASURY", "BANK"])
    draw_order = Whole(min_value=1, max_value=9999)


class SuballocateIn(StrictSerializer):
    """How much, in fen, and to which child line."""

    child = Text()
    amount_fen = Fen(min_value=1)


class CeilingIn(StrictSerializer):
    """The policy ceiling of a period: a promise, no money."""

    period = Text(max_length=20)
    limit_fen = Fen(min_value=1)


class ProgrammeIn(StrictSerializer):
    """A new scheme: the bodies by their codes."""

    agency = Text()
    finance_agency = Text()
    code = Text(max_length=30)
    name_zh = Text(max_length=80)
    name_en = Text(max_length=120)
    summary_zh = Text(allow_blank=True, default="")
    summary_en = Text(allow_blank=True, default="")


class CreateProgramme(CreateView):
    """POST: a draft scheme."""

    verb = services.create_programme
    input = ProgrammeIn
    output = ProgrammeOut

    def arguments(self, data: dict[str, Any]) -> dict[str, Any]:
        """Codes to ids; what is made in a demonstration is marked as one."""
        bodies = {f"{n}_id": get_agency(data.pop(n)).pk for n in ("agency", "finance_agency")}
        return {**bodies, **data, "is_demo": settings.DEMO}


class ProgrammeList(NounList):
    """GET programmes."""

    listing = selectors.list_programmes
    output = ProgrammeOut


class ProgrammeDetail(NounDetail):
    """GET one programme."""

    door = selectors.get_programme_for
    output = ProgrammeOut


class ProgrammeVerb(VerbView):
    """An act on one programme."""

    door = selectors.get_programme_for
    id_argument = "programme_id"
    output = ProgrammeOut


class ActivateProgramme(ProgrammeVerb):
    """POST: open for business."""

    verb = services.activate_programme


class PauseProgramme(ProgrammeVerb):
    """POST: no submission, no reservation, until resumed."""

    verb = services.pause_programme


class ResumeProgramme(ProgrammeVerb):
    """POST: open again."""

    verb = services.resume_programme


class DraftRules(ProgrammeVerb):
    """POST: a draft rule document."""

    verb = services.draft_rule_version
    input = RulesIn
    output = RuleVersionOut


class PublishRules(VerbView):
    """POST: publish, by a second person; refused while anything is left unsaid."""

    verb = services.publish_rule_version
    door = two_part(selectors.get_rule_version_for)
    id_argument = "rule_version_id"
    output = RuleVersionOut


class CreateRound(ProgrammeVerb):
    """POST: a draft window."""

    verb = services.create_round
    input = RoundIn
    output = RoundOut


class PublishRound(VerbView):
    """POST: publish the window; `number` is "<programme>@<round>"."""

    verb = services.publish_round
    door = two_part(selectors.get_round_for)
    id_argument = "round_id"
    output = RoundOut


class RecordAppropriation(ProgrammeVerb):
    """POST: a document that authorises money; no money yet."""

    verb = services.record_appropriation
    input = AppropriationIn
    output = AppropriationOut


class CeilingOut(serializers.Serializer):
    """A ceiling and what is committed under it, in fen."""

    period = serializers.CharField()
    limit_fen = serializers.IntegerField()
    used_fen = serializers.IntegerField()


class SetCeiling(ProgrammeVerb):
    """POST: the policy ceiling."""

    verb = services.set_ceiling
    input = CeilingIn
    output = CeilingOut


class DraftLine(ProgrammeVerb):
    """POST: a draft budget line under a recorded document."""

    verb = services.draft_budget_line
    input = LineIn
    output = LineOut
    success = 201

    def post(self, request: Request, number: str) -> Response:
        """Numbers to ids; the programme's own bodies hold and pay the line."""
        programme = selectors.get_programme_for(self.scope, number)
        data = self.read(self.input)
        document = selectors.get_appropriation_for(
            self.scope, programme.code, data.pop("document_number")
        )
        parent_number = data.pop("parent")
        parent = selectors.get_line_for(self.scope, parent_number) if parent_number else None
        return self.act(
            {
                "programme_id": programme.pk,
                "agency_id": programme.agency_id if parent else programme.finance_agency_id,
                "appropriation_id": document.pk,
                "parent_id": parent.pk if parent else None,
                "payer_id": programme.finance_agency_id,
                **data,
            }
        )


class LineVerb(VerbView):
    """An act on one line."""

    door = selectors.get_line_for
    id_argument = "line_id"
    output = LineOut


class ApproveLine(LineVerb):
    """POST: approve, by a second person; its accounts open."""

    verb = services.approve_budget_line


class FreezeLine(LineVerb):
    """POST: nothing is reserved or issued from it; live vouchers go on."""

    verb = services.freeze_line
    input = ReasonIn


class UnfreezeLine(LineVerb):
    """POST: usable again."""

    verb = services.unfreeze_line
    input = ReasonIn


class BookAppropriation(LineVerb):
    """POST: the document's whole sum enters its root line."""

    verb = services.book_appropriation
    posts = True


class Suballocate(VerbView):
    """POST: from this line to its child."""

    verb = services.suballocate
    door = selectors.get_line_for
    id_argument = "parent_line_id"
    input = SuballocateIn
    output = LineOut
    posts = True

    def post(self, request: Request, number: str) -> Response:
        """Numbers to ids."""
        parent = selectors.get_line_for(self.scope, number)
        data = self.read(self.input)
        child = selectors.get_line_for(self.scope, data["child"])
        return self.act(
            {
                "parent_line_id": parent.pk,
                "child_line_id": child.pk,
                "amount_fen": data["amount_fen"],
            }
        )


class MoneyOut(serializers.Serializer):
    """Five shown states and what was recovered, in fen; `sum_fen` must equal `received_fen`."""

    received_fen = serializers.IntegerField()
    available_fen = serializers.IntegerField()
    reserved_fen = serializers.IntegerField()
    issued_fen = serializers.IntegerField()
    payable_fen = serializers.IntegerField()
    paid_fen = serializers.IntegerField()
    recovered_fen = serializers.IntegerField()
    sum_fen = serializers.IntegerField()


class LineMoneyOut(LineOut, MoneyOut):
    """A line with its money."""


class BudgetOut(serializers.Serializer):
    """Where a programme's money stands."""

    programme = serializers.CharField()
    total = MoneyOut()
    lines = LineMoneyOut(many=True)
    ceilings = CeilingOut(many=True)


class ProgrammeBudget(ApiView):
    """GET the money states of a programme of one's own bodies and of each line, in fen."""

    output = BudgetOut

    def get(self, request: Request, number: str) -> Response:
        """received = available + reserved + issued + payable + paid + recovered."""
        programme = selectors.get_own_programme_for(self.scope, number)
        lines = selectors.list_budget_lines(programme.pk)
        funding = selectors.list_funding_lines(programme.pk)
        body: dict[str, Any] = {
            "programme": programme.code,
            "total": self.states([line.pool_account_id for line in funding]),
            "lines": [
                {**LineOut(line).data, **self.states([line.pool_account_id])} for line in lines
            ],
            "ceilings": selectors.list_ceilings(programme.pk),
        }
        return Response(body)

    def states(self, groups: list[Any]) -> dict[str, int]:
        """A line's pool id is its line group."""
        states = get_money_states([group for group in groups if group])
        return {**states._asdict(), "sum_fen": states.sum_fen}
