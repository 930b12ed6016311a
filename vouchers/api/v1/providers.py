"""Providers (服务商): let in, suspended, admitted to programmes; prices, centres, accounts."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from companies.agencies.selectors import get_agency
from companies.registry.selectors import get_company, get_company_for
from vouchers.api.base import CreateView, NounDetail, NounList, StrictSerializer, VerbView
from vouchers.api.fields import Moment, Text
from vouchers.api.v1.applications import ReasonIn
from vouchers.programmes.selectors import get_programme_for
from vouchers.providers import selectors, services
from vouchers.providers.models import ServiceClass


class OfferOut(serializers.Serializer):
    """A price in the catalogue: yuan per unit."""

    code = serializers.CharField()
    version = serializers.IntegerField()
    name_zh = serializers.CharField()
    name_en = serializers.CharField()
    service_class = serializers.CharField()
    unit = serializers.CharField()
    unit_price = serializers.DecimalField(max_digits=18, decimal_places=6)


class ProviderOut(serializers.Serializer):
    """A provider and its present offers."""

    number = serializers.CharField()
    status = serializers.CharField()
    company = serializers.CharField(source="company.credit_code")
    name_zh = serializers.CharField(source="company.name_zh")
    offers = serializers.SerializerMethodField()

    @extend_schema_field(OfferOut(many=True))
    def get_offers(self, provider: Any) -> Any:
        """Offers without an end."""
        return OfferOut(provider.offers.filter(valid_until__isnull=True), many=True).data


class ProviderList(NounList):
    """GET providers."""

    listing = selectors.list_providers
    output = ProviderOut


class ProviderDetail(NounDetail):
    """GET one provider."""

    door = selectors.get_provider_for
    output = ProviderOut


class ProviderIn(StrictSerializer):
    """Which company asks to sell, before which agency."""

    agency = Text()
    company = Text()


class ApplyAsProvider(CreateView):
    """POST: a company asks to sell in an agency's programmes."""

    verb = services.apply_as_provider
    input = ProviderIn
    output = ProviderOut

    def arguments(self, data: dict[str, Any]) -> dict[str, Any]:
        """Codes to ids."""
        return {
            "agency_id": get_agency(data["agency"]).pk,
            "company_id": get_company_for(self.scope, data["company"]).pk,
        }


class ProviderVerb(VerbView):
    """An act on one provider."""

    door = selectors.get_provider_for
    id_argument = "provider_id"
    output = ProviderOut


class CheckProvider(ProviderVerb):
    """POST: a reviewer has looked at the papers."""

    verb = services.check_provider


class ApproveProvider(ProviderVerb):
    """POST: an approver who did not check lets it in."""

    verb = services.approve_provider


class RefuseProvider(ProviderVerb):
    """POST: not let in, with the reason."""

    verb = services.refuse_provider
    input = ReasonIn


class SuspendProvider(ProviderVerb):
    """POST: no new holds; what is payable is paid."""

    verb = services.suspend_provider
    input = ReasonIn


class ResumeProvider(ProviderVerb):
    """POST: by another approver than who suspended."""

    verb = services.resume_provider


class OfferIn(StrictSerializer):
    """A price in yuan per unit, from a moment on."""

    code = Text(max_length=30)
    name_zh = Text(max_length=120)
    name_en = Text(max_length=160, allow_blank=True, default="")
    service_class = serializers.ChoiceField(ServiceClass.values)
    unit = Text(max_length=30)
    unit_price = serializers.DecimalField(max_digits=18, decimal_places=6)
    valid_from = Moment()


class PublishOffer(ProviderVerb):
    """POST: by the provider; the former price ends where this one begins."""

    verb = services.publish_offer
    input = OfferIn
    output = OfferOut
    success = 201


class CentreIn(StrictSerializer):
    """智算中心: its place, capacity in PFLOPS, card hours pledged a year."""

    name_zh = Text(max_length=120)
    name_en = Text(max_length=160, allow_blank=True, default="")
    region_code = Text(max_length=12)
    capacity_pflops = serializers.DecimalField(max_digits=12, decimal_places=3)
    pledged_hours = serializers.DecimalField(max_digits=14, decimal_places=2, min_value=0)


class CentreOut(serializers.Serializer):
    """Where a provider's machines stand."""

    name_zh = serializers.CharField()
    name_en = serializers.CharField()
    region = serializers.CharField(source="region.code")
    capacity_pflops = serializers.DecimalField(max_digits=12, decimal_places=3)
    pledged_hours = serializers.DecimalField(max_digits=14, decimal_places=2)


class RegisterCentre(ProviderVerb):
    """POST: by the provider."""

    verb = services.register_centre
    input = CentreIn
    output = CentreOut
    success = 201


class AdmissionIn(StrictSerializer):
    """准入: the programme and a half-open period."""

    programme = Text()
    valid_from = Moment()
    valid_until = Moment(allow_null=True, default=None)


class AdmissionOut(serializers.Serializer):
    """A provider's period in a programme."""

    provider = serializers.CharField(source="provider.number")
    programme = serializers.CharField(source="programme.code")
    valid_from = serializers.DateTimeField()
    valid_until = serializers.DateTimeField(allow_null=True)


class AdmitProvider(ProviderVerb):
    """POST: admit an approved provider to a programme."""

    verb = services.admit_provider
    input = AdmissionIn
    output = AdmissionOut
    success = 201

    def post(self, request: Request, number: str) -> Response:
        """Numbers to ids."""
        provider = selectors.get_provider_for(self.scope, number)
        data = self.read(self.input)
        programme = get_programme_for(self.scope, data.pop("programme"))
        return self.act({"provider_id": provider.pk, "programme_id": programme.pk, **data})


class UsageAccountIn(StrictSerializer):
    """A company's account at the provider."""

    company = Text()
    account_number = Text(max_length=60)


class UsageAccountOut(serializers.Serializer):
    """Whose usage an account tells."""

    company = serializers.CharField(source="company.credit_code")
    account_number = serializers.CharField()


class RegisterUsageAccount(ProviderVerb):
    """POST: by the provider."""

    verb = services.register_usage_account
    input = UsageAccountIn
    output = UsageAccountOut
    success = 201

    def post(self, request: Request, number: str) -> Response:
        """Numbers to ids; the credit code is the company's public number."""
        provider = selectors.get_provider_for(self.scope, number)
        data = self.read(self.input)
        company = get_company(data.pop("company"))
        return self.act({"provider_id": provider.pk, "company_id": company.pk, **data})
