"""Vouchers (算力券): prepare, consent, suspend, revoke; the public check of a certificate."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from vouchers.api.base import ApiView, NounDetail, NounList, StrictSerializer, VerbView
from vouchers.api.fields import Text
from vouchers.api.v1.applications import ReasonIn
from vouchers.applications.selectors import get_application_for
from vouchers.issuance import selectors, services
from vouchers.issuance.writers import certificate_pdf


class VoucherOut(serializers.Serializer):
    """A voucher and its money in fen."""

    number = serializers.CharField()
    status = serializers.CharField()
    application = serializers.CharField(source="application.number")
    programme = serializers.CharField(source="programme.code")
    company = serializers.CharField(source="company.credit_code")
    kind = serializers.CharField()
    mode = serializers.CharField()
    face_fen = serializers.IntegerField()
    valid_until = serializers.DateTimeField()
    grace_until = serializers.DateTimeField()
    issued_at = serializers.DateTimeField(allow_null=True)
    terms = serializers.JSONField()
    money = serializers.SerializerMethodField()
    is_demo = serializers.BooleanField()

    def get_money(self, voucher: Any) -> dict[str, int]:
        """face, available, held, payable, paid."""
        return selectors.voucher_money(voucher)


class VoucherList(NounList):
    """GET vouchers."""

    listing = selectors.list_vouchers
    output = VoucherOut
    filters = ("status", "programme", "company")


class VoucherDetail(NounDetail):
    """GET one voucher."""

    door = selectors.get_voucher_for
    output = VoucherOut


class Certificate(ApiView):
    """GET the certificate as PDF, once the voucher is issued."""

    media_type = "application/pdf"

    def get(self, request: Request, number: str) -> HttpResponse:
        """Whoever may see the voucher."""
        voucher = selectors.get_voucher_for(self.scope, number)
        response = HttpResponse(certificate_pdf(voucher), content_type=self.media_type)
        response["Content-Disposition"] = f'attachment; filename="{voucher.number}.pdf"'
        return response


class VoucherVerb(VerbView):
    """An act on one voucher."""

    door = selectors.get_voucher_for
    id_argument = "voucher_id"
    output = VoucherOut


class PrepareVoucher(VerbView):
    """POST on an approved application: its voucher, awaiting consent."""

    verb = services.prepare_voucher
    door = get_application_for
    id_argument = "application_id"
    output = VoucherOut


class AcceptVoucher(VoucherVerb):
    """POST: the signatory consents; the voucher becomes active."""

    verb = services.accept_voucher
    posts = True


class DeclineVoucher(VoucherVerb):
    """POST: the signatory declines; the money goes back."""

    verb = services.decline_voucher
    posts = True


class SuspendVoucher(VoucherVerb):
    """POST: no new holds, with a reason told to the company at once."""

    verb = services.suspend_voucher
    input = ReasonIn


class ResumeVoucher(VoucherVerb):
    """POST: lifted by another approver."""

    verb = services.resume_voucher


class ProposeRevocation(VoucherVerb):
    """POST: serve the prior notice."""

    verb = services.propose_revocation
    input = ReasonIn


class DropRevocation(VoucherVerb):
    """POST: withdraw the prior notice; nothing is revoked."""

    verb = services.drop_revocation
    input = ReasonIn


class RevokeVoucher(VoucherVerb):
    """POST: revoke, after the reply period, by a second person."""

    verb = services.revoke_voucher
    posts = True


class CheckIn(StrictSerializer):
    """What stands on the certificate."""

    number = Text(max_length=24)
    code = Text(max_length=64)


class CheckOut(serializers.Serializer):
    """A voucher's status, or NOT_FOUND; the sum and the last day only of one that is found."""

    state = serializers.CharField()
    face_fen = serializers.IntegerField(required=False)
    valid_until = serializers.DateTimeField(required=False)
    checked_at = serializers.DateTimeField()


class CheckCertificate(ApiView):
    """POST without signing in: does this certificate stand? Minimum facts only."""

    is_public = True
    input = CheckIn
    output = CheckOut

    def post(self, request: Request) -> Response:
        """{state, face_fen, valid_until} or state NOT_FOUND."""
        asked = self.read(CheckIn)
        voucher = selectors.find_by_verify_code(asked["number"], asked["code"])
        answer = {"state": "NOT_FOUND", "checked_at": self.at}
        if voucher is not None:
            found = {"face_fen": voucher.face_fen, "valid_until": voucher.valid_until}
            answer |= {"state": voucher.status, **found}
        return Response(CheckOut(answer).data)
