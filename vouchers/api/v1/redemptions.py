"""Redemptions (用券单): order, hold, usage, countersignature, check, debt."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from vouchers.api.base import (
    CreateView,
    NounDetail,
    NounList,
    StrictSerializer,
    VerbView,
)
from vouchers.api.fields import Fen, Flag, Text
from vouchers.api.v1.applications import ReasonIn
from vouchers.issuance.selectors import get_voucher_for
from vouchers.providers.selectors import get_offer
from vouchers.redemptions import selectors, services


class RedemptionOut(serializers.Serializer):
    """One purchase or billing period; sums in fen."""

    number = serializers.CharField()
    status = serializers.CharField()
    voucher = serializers.CharField(source="voucher.number")
    application = serializers.CharField(source="application.number")
    company = serializers.CharField(source="company.credit_code")
    provider = serializers.CharField(source="provider.number")
    order_number = serializers.CharField()
    price_fen = serializers.IntegerField()
    rate_bp = serializers.IntegerField()
    requested_fen = serializers.IntegerField()
    held_fen = serializers.IntegerField()
    eligible_fen = serializers.IntegerField()
    accepted_fen = serializers.IntegerField()
    invoice = serializers.JSONField()
    calculation = serializers.JSONField()
    reason = serializers.CharField()
    is_silent = serializers.BooleanField()
    requested_at = serializers.DateTimeField()
    accepted_at = serializers.DateTimeField(allow_null=True)
    settled_at = serializers.DateTimeField(allow_null=True)
    is_demo = serializers.BooleanField()


class RedemptionIn(StrictSerializer):
    """The provider's order; without `requested_fen` the voucher pays what its rules allow."""

    voucher = Text()
    provider = Text()
    offer = Text()
    order_number = Text(max_length=60)
    price_fen = Fen(min_value=1)
    requested_fen = Fen(min_value=1, required=False, allow_null=True, default=None)


class InvoiceIn(StrictSerializer):
    """An e-fapiao as filed; sums in fen."""

    number = Text(max_length=40)
    date = serializers.DateField()
    amount_fen = Fen(min_value=1)
    tax_fen = Fen(min_value=0)
    seller_code = Text(max_length=18)
    buyer_code = Text(max_length=18)


class PaymentIn(StrictSerializer):
    """The bank receipt of the company's own share."""

    receipt_number = Text(max_length=60)
    date = serializers.DateField()
    amount_fen = Fen(min_value=1)
    payer_code = Text(max_length=18)
    payee_code = Text(max_length=18)


class EvidenceIn(StrictSerializer):
    """Invoice, own payment, and the usage bill (a FOCUS CSV in base64)."""

    invoice = InvoiceIn()
    payment = PaymentIn()
    usage_name = Text(max_length=200, default="usage.csv")
    usage_file = Text(allow_null=True, default=None)

    def validate_usage_file(self, text: str | None) -> bytes | None:
        """Base64 to bytes."""
        try:
            return base64.b64decode(text, validate=True) if text else None
        except (binascii.Error, ValueError) as error:
            raise serializers.ValidationError(_("This is not base64.")) from error


class InvoiceStatusIn(StrictSerializer):
    """What the invoice platform said (查验)."""

    status = serializers.ChoiceField(["VERIFIED", "RED_LETTERED", "VOIDED", "NOT_FOUND"])


class AcceptIn(StrictSerializer):
    """The sum accepted for payment, in fen; less than asked needs a reason."""

    accepted_fen = Fen(min_value=1)
    reason = Text(max_length=2000, allow_blank=True, default="")


class RedemptionList(NounList):
    """GET redemptions."""

    listing = selectors.list_redemptions
    output = RedemptionOut
    filters = ("status", "programme", "voucher")


class RedemptionDetail(NounDetail):
    """GET one redemption."""

    door = selectors.get_redemption_for
    output = RedemptionOut


class RequestRedemption(CreateView):
    """POST: an order; the voucher's part is held at once."""

    verb = services.request_redemption
    input = RedemptionIn
    output = RedemptionOut
    posts = True

    def arguments(self, data: dict[str, Any]) -> dict[str, Any]:
        """Numbers to ids: by the straight door, or by those that say what is not there."""
        named = {name: data.pop(name) for name in ("voucher", "provider", "offer")}
        found = selectors.find_order_door(self.reader_id, **named, at=self.at)
        if found is None:
            voucher = get_voucher_for(self.scope, named["voucher"])
            offer = get_offer(
                agency_id=voucher.agency_id,
                provider_number=named["provider"],
                code=named["offer"],
                at=self.at,
            )
            found = voucher.pk, offer.pk
        return {"voucher_id": found[0], "offer_id": found[1], **data}


class RedemptionVerb(VerbView):
    """An act on one redemption."""

    door = selectors.get_redemption_for
    id_argument = "redemption_id"
    output = RedemptionOut


class ConfirmOrder(RedemptionVerb):
    """POST: the provider knows this order."""

    verb = services.confirm_order


class DeclineOrder(RedemptionVerb):
    """POST: the provider declines; the hold is released."""

    verb = services.decline_order
    input = ReasonIn
    posts = True


class CancelRedemption(RedemptionVerb):
    """POST: either side cancels before delivery; the hold is released."""

    verb = services.cancel_redemption
    posts = True


class SubmitEvidence(RedemptionVerb):
    """POST: usage, invoice, payment; the eligible base is reckoned line by line."""

    verb = services.submit_evidence
    input = EvidenceIn


class Countersign(RedemptionVerb):
    """POST: the other side agrees."""

    verb = services.countersign


class DisputeRedemption(RedemptionVerb):
    """POST: the other side does not agree, and says why."""

    verb = services.dispute_redemption
    input = ReasonIn


class VerifyInvoice(RedemptionVerb):
    """POST: an officer records what the invoice platform said."""

    verb = services.verify_invoice
    input = InvoiceStatusIn


class AcceptRedemption(RedemptionVerb):
    """POST: accept for payment, in whole or part."""

    verb = services.accept_redemption
    input = AcceptIn
    posts = True


class ReturnRedemption(RedemptionVerb):
    """POST: back to the filer, with reasons."""

    verb = services.return_redemption
    input = ReasonIn


class ProposeRejection(RedemptionVerb):
    """POST: the checker's advice to reject."""

    verb = services.propose_rejection
    input = ReasonIn


class RejectRedemption(RedemptionVerb):
    """POST: a second person rejects; the hold is released."""

    verb = services.reject_redemption
    input = ReasonIn
    posts = True


class DecisionIn(StrictSerializer):
    """Whether a disputed claim goes on to be checked, and why."""

    goes_on = Flag()
    reason = Text(max_length=2000)


class DecideDispute(RedemptionVerb):
    """POST: a reviewer ends a dispute: on to the check, or off with the hold released."""

    verb = services.decide_dispute
    input = DecisionIn
    posts = True


class ReverseRedemption(RedemptionVerb):
    """POST: 冲销 before payment."""

    verb = services.reverse_redemption
    input = ReasonIn
    posts = True
