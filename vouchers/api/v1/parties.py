"""Who: the caller, companies and their accounts, letters, seat maps."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from companies.agencies.selectors import get_agency
from companies.letters import selectors as letters
from companies.letters import services as letter_services
from companies.registry import selectors as registry
from companies.registry import services as registry_services
from vouchers.api.base import (
    ApiView,
    CreateView,
    NounDetail,
    NounList,
    StrictSerializer,
    VerbView,
    two_part,
)
from vouchers.api.fields import Text
from vouchers.programmes import services as programme_services
from vouchers.programmes.selectors import get_seat_map_for
from vouchers.settlement.selectors import get_account_for
from vouchers.settlement.services import verify_bank_account


class DutyOut(serializers.Serializer):
    """A public duty; an empty programme means all of the agency's."""

    role = serializers.CharField()
    agency = serializers.CharField(source="agency.code")
    programme = serializers.CharField(source="programme_ref")


class MembershipOut(serializers.Serializer):
    """A role in a company."""

    role = serializers.CharField()
    company = serializers.CharField(source="company.credit_code")


class MeOut(serializers.Serializer):
    """Who is asking."""

    user = serializers.CharField()
    duties = DutyOut(many=True)
    memberships = MembershipOut(many=True)


class WhoAmI(ApiView):
    """GET the caller's duties and memberships."""

    output = MeOut

    def get(self, request: Request) -> Response:
        """Roles by agency and by company."""
        held = {"duties": self.scope.duties, "memberships": self.scope.memberships}
        return Response(MeOut({"user": request.user.username, **held}).data)


class CompanyOut(serializers.Serializer):
    """A company by its credit code."""

    credit_code = serializers.CharField()
    name_zh = serializers.CharField()
    name_en = serializers.CharField()
    entity_type = serializers.CharField()
    region = serializers.CharField(source="region.code")
    industry_code = serializers.CharField()
    size_class = serializers.CharField()
    is_demo = serializers.BooleanField()


class CompanyDetail(NounDetail):
    """GET a company."""

    door = registry.get_company_for
    output = CompanyOut


class BankAccountIn(StrictSerializer):
    """A new version of a company's account."""

    account_name = Text(max_length=120)
    account_number = Text(max_length=40)
    bank_name = Text(max_length=120)
    cnaps = Text(max_length=12, allow_blank=True, default="")


class BankAccountOut(serializers.Serializer):
    """An account's version and whether a second person has verified it."""

    version = serializers.IntegerField()
    account_name = serializers.CharField()
    account_number = serializers.CharField()
    status = serializers.CharField()


class AddBankAccount(VerbView):
    """POST: by the company; pays only once verified."""

    verb = registry_services.add_bank_account
    door = registry.get_company_for
    id_argument = "company_id"
    input = BankAccountIn
    output = BankAccountOut


class VerifyBankAccount(ApiView):
    """POST: by a finance officer of the agency named."""

    output = BankAccountOut

    def post(self, request: Request, number: str, version: int, agency: str) -> Response:
        """Verify this version."""
        account = get_account_for(self.scope, number, version)
        self.read(None)
        verified = verify_bank_account(
            actor=self.actor,
            bank_account_id=account.pk,
            agency_id=get_agency(agency).pk,
            at=self.at,
        )
        return Response(BankAccountOut(verified).data)


class LetterOut(serializers.Serializer):
    """A letter as served."""

    number = serializers.CharField()
    kind = serializers.CharField()
    subject_ref = serializers.CharField()
    title = serializers.CharField()
    body = serializers.CharField()
    remedy = serializers.CharField()
    status = serializers.CharField()
    served_at = serializers.DateTimeField(allow_null=True)
    reply_until = serializers.DateTimeField(allow_null=True)
    reply = serializers.CharField()
    waived_at = serializers.DateTimeField(allow_null=True)


class ReplyIn(StrictSerializer):
    """陈述申辩."""

    reply = Text(max_length=4000)


class LetterList(NounList):
    """GET letters."""

    listing = letters.list_letters
    output = LetterOut


class LetterDetail(NounDetail):
    """GET one letter."""

    door = letters.get_letter_for
    output = LetterOut


class AnswerLetter(VerbView):
    """POST: the company's answer within the reply period."""

    verb = letter_services.answer_letter
    door = letters.get_letter_for
    id_argument = "letter_id"
    input = ReplyIn
    output = LetterOut


class WaiveLetter(VerbView):
    """POST: the company waives its answer."""

    verb = letter_services.waive_letter
    door = letters.get_letter_for
    id_argument = "letter_id"
    output = LetterOut


class SeatMapIn(StrictSerializer):
    """Every act in one seat."""

    agency = Text()
    code = Text(max_length=20)
    name_zh = Text(max_length=60)
    name_en = Text(max_length=80)
    seats = serializers.DictField(child=Text(max_length=30))


class SeatMapOut(serializers.Serializer):
    """岗位分离方案: a version."""

    code = serializers.CharField()
    version = serializers.IntegerField()
    seats = serializers.JSONField()
    status = serializers.CharField()


class ProposeSeatMap(CreateView):
    """POST: the next version of a map."""

    verb = programme_services.propose_seat_map
    input = SeatMapIn
    output = SeatMapOut

    def arguments(self, data: dict[str, Any]) -> dict[str, Any]:
        """The agency by its code."""
        return {"agency_id": get_agency(data.pop("agency")).pk, **data}


class ApproveSeatMap(VerbView):
    """POST: by another body; `number` is "<code>@<version>"."""

    verb = programme_services.approve_seat_map
    door = two_part(get_seat_map_for)
    id_argument = "seat_map_id"
    output = SeatMapOut
