"""The columns and words of FOCUS 1.2 that a claim needs (FinOps Foundation, tag v1.2)."""

from __future__ import annotations

DECIMALS = ("BilledCost", "EffectiveCost", "ListCost", "ContractedCost")
QUANTITIES = ("ConsumedQuantity", "PricingQuantity")
INSTANTS = ("ChargePeriodStart", "ChargePeriodEnd", "BillingPeriodStart", "BillingPeriodEnd")
# Without these a row cannot be claimed; other mandatory columns of the standard only warn.
NEEDED = (
    "BilledCost",
    "BillingAccountId",
    "BillingCurrency",
    "ChargeCategory",
    "ChargePeriodStart",
    "ChargePeriodEnd",
    "ProviderName",
    "ServiceCategory",
)
MANDATORY = (
    *NEEDED,
    "BillingPeriodStart",
    "BillingPeriodEnd",
    "ContractedCost",
    "EffectiveCost",
    "InvoiceIssuerName",
    "ListCost",
    "PublisherName",
    "ServiceName",
)
_OTHER_COLUMNS_TEXT = """
    AvailabilityZone BillingAccountName BillingAccountType CapacityReservationId
    CapacityReservationStatus ChargeClass ChargeDescription ChargeFrequency
    CommitmentDiscountCategory CommitmentDiscountId CommitmentDiscountName
    CommitmentDiscountQuantity CommitmentDiscountStatus CommitmentDiscountType
    CommitmentDiscountUnit ConsumedQuantity ConsumedUnit ContractedUnitPrice InvoiceId
    ListUnitPrice PricingCategory PricingCurrency PricingCurrencyContractedUnitPrice
    PricingCurrencyEffectiveCost PricingCurrencyListUnitPrice PricingQuantity PricingUnit RegionId
    RegionName ResourceId ResourceName ResourceType ServiceSubcategory SkuId SkuMeter
    SkuPriceDetails SkuPriceId SubAccountId SubAccountName SubAccountType Tags"""
OTHER_COLUMNS = frozenset(_OTHER_COLUMNS_TEXT.split())
ALLOWED: dict[str, tuple[str, ...]] = {
    "ChargeCategory": ("Usage", "Purchase", "Tax", "Credit", "Adjustment"),
    "ChargeFrequency": ("One-Time", "Recurring", "Usage-Based"),
    "ChargeClass": ("Correction",),
    "ServiceCategory": (
        "AI and Machine Learning", "Analytics", "Business Applications", "Compute", "Databases",
        "Developer Tools", "Identity", "Integration", "Internet of Things",
        "Management and Governance", "Media", "Migration", "Mobile", "Multicloud", "Networking",
        "Other", "Security", "Storage", "Web",
    ),
}  # fmt: skip
_CURRENCIES_TEXT = """
    AED ARS AUD BDT BGN BRL CAD CHF CLP CNY COP CZK DKK EGP EUR GBP HKD HUF IDR ILS INR ISK JPY
    KES KRW KWD KZT LKR MAD MOP MXN MYR NGN NOK NZD PEN PHP PKR PLN QAR RON RSD RUB SAR SEK SGD THB
    TRY TWD UAH USD UYU VND ZAR"""
CURRENCIES = frozenset(_CURRENCIES_TEXT.split())
PLACES_MAX = 11
WHOLE_PLACES_MAX = 12
