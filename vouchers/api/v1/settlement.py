"""Settlement (兑付): batches, signatures, the payment sheet, the channel's results."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from companies.errors import not_found
from vouchers.api.base import CreateView, NounDetail, NounList, StrictSerializer, VerbView
from vouchers.api.fields import Flag, Text, Whole
from vouchers.api.v1.applications import ReasonIn
from vouchers.programmes.selectors import get_programme_for
from vouchers.redemptions.selectors import get_redemption_for
from vouchers.settlement import selectors, services


class SettlementLineOut(serializers.Serializer):
    """One redemption's debt on one funding line."""

    redemption = serializers.CharField(source="redemption.number")
    budget_line = serializers.CharField(source="voucher_funding.line.number")
    payee = serializers.CharField(source="redemption.payee.credit_code")
    amount_fen = serializers.IntegerField()
    status = serializers.CharField()


class InstructionOut(serializers.Serializer):
    """A row of the payment sheet and what became of it."""

    order = serializers.CharField(source="order.number")
    row_number = serializers.IntegerField()
    budget_line = serializers.CharField(source="line.number")
    economic_code = serializers.CharField()
    account = serializers.CharField(source="order.bank_account.account_number")
    amount_fen = serializers.IntegerField()
    status = serializers.CharField()
    treasury_number = serializers.CharField()
    failure_reason = serializers.CharField()


class BatchOut(serializers.Serializer):
    """A batch with its lines and payments; sums in fen."""

    number = serializers.CharField()
    status = serializers.CharField()
    programme = serializers.CharField(source="programme.code")
    total_fen = serializers.IntegerField()
    sha256 = serializers.CharField()
    sheet_sha256 = serializers.CharField()
    lines = serializers.SerializerMethodField()
    instructions = serializers.SerializerMethodField()
    is_demo = serializers.BooleanField()

    @extend_schema_field(SettlementLineOut(many=True))
    def get_lines(self, batch: Any) -> Any:
        """Its debts, in order."""
        return SettlementLineOut(selectors.list_lines(batch), many=True).data

    @extend_schema_field(InstructionOut(many=True))
    def get_instructions(self, batch: Any) -> Any:
        """The rows of the payment sheet, in order."""
        return InstructionOut(selectors.list_instructions(batch), many=True).data


class BatchIn(StrictSerializer):
    """A programme's accepted redemptions: those named, or all that can be paid."""

    programme = Text()
    redemptions = serializers.ListField(child=Text(), required=False, allow_null=True, default=None)


class SignIn(StrictSerializer):
    """Which signature."""

    act = serializers.ChoiceField(["BATCH_APPROVE", "AUTHORISE", "RELEASE"])


class ResultIn(StrictSerializer):
    """What the channel says of one row of the sheet."""

    row_number = Whole(min_value=1)
    paid = Flag()
    treasury_number = Text(max_length=40, allow_blank=True, default="")
    paid_on = serializers.DateField(allow_null=True, default=None)
    account = Text(max_length=40, allow_blank=True, default="")
    receipt_sha256 = Text(max_length=64, allow_blank=True, default="")
    reason = Text(max_length=200, allow_blank=True, default="")


class ResultsIn(StrictSerializer):
    """Every row of the sheet, or some of them."""

    results = ResultIn(many=True)


class TakeOutIn(StrictSerializer):
    """Which line of the batch, and why it is bounced (退票) or taken out.

    `budget_line` may be left out where the redemption stands on one alone.
    """

    redemption = Text()
    budget_line = Text(allow_blank=True, default="")
    reason = Text(max_length=200)


class BatchList(NounList):
    """GET batches."""

    listing = selectors.list_batches
    output = BatchOut
    filters = ("status", "programme")


class BatchDetail(NounDetail):
    """GET one batch."""

    door = selectors.get_batch_for
    output = BatchOut


class DrawUpBatch(CreateView):
    """POST: a batch of what can be paid."""

    verb = services.draw_up_batch
    input = BatchIn
    output = BatchOut

    def arguments(self, data: dict[str, Any]) -> dict[str, Any]:
        """Numbers to ids."""
        programme = get_programme_for(self.scope, data["programme"])
        chosen = data["redemptions"]
        ids = chosen and [get_redemption_for(self.scope, number).pk for number in chosen]
        return {"programme_id": programme.pk, "redemption_ids": ids}


class BatchVerb(VerbView):
    """An act on one batch."""

    door = selectors.get_batch_for
    id_argument = "batch_id"
    output = BatchOut


class LockBatch(BatchVerb):
    """POST: freeze lines, total and digest."""

    verb = services.lock_batch


class SignBatch(BatchVerb):
    """POST: one signature of the seat map's order."""

    verb = services.sign_batch
    input = SignIn


class RejectBatch(BatchVerb):
    """POST: back to open; signatures are void."""

    verb = services.reject_batch
    input = ReasonIn


class SendBatch(BatchVerb):
    """POST: the payment sheet leaves."""

    verb = services.send_batch


class RecordResults(BatchVerb):
    """POST: what the channel answered; paid lines post PAY."""

    verb = services.record_results
    input = ResultsIn
    posts = True


class LineVerb(BatchVerb):
    """An act on one line, named by its redemption and budget line whatever its status."""

    input = TakeOutIn

    def post(self, request: Request, number: str) -> Response:
        """Find the line, act."""
        batch, data = selectors.get_batch_for(self.scope, number), self.read(self.input)
        line = selectors.find_line(batch, data["redemption"], data["budget_line"])
        if line is None:
            raise not_found("line")
        return self.act({"line_id": line.pk, "reason": data["reason"]})


class TakeOutLine(LineVerb):
    """POST: leave a line of an open batch for a later one."""

    verb = services.take_out_line


class BounceLine(LineVerb):
    """POST: a payment came back."""

    verb = services.bounce_line
    posts = True


class ReconcileBatch(BatchVerb):
    """POST: our payments equal the channel's."""

    verb = services.reconcile_batch


class CloseBatch(BatchVerb):
    """POST: done."""

    verb = services.close_batch


class DrawUpFollowUp(BatchVerb):
    """POST: the failed and returned lines in a linked batch."""

    verb = services.draw_up_follow_up


class AbortBatch(BatchVerb):
    """POST: an authoriser proposes to give it up, a manager's POST frees its debts."""

    verb = services.abort_batch
    input = ReasonIn
