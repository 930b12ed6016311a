"""The provider's pages: orders, usage, what is paid, products."""

from django.urls import path

from vouchers.web.provider import catalogue, orders, usage

app_name = "provider"
urlpatterns = [
    path("", orders.Home.as_view(), name="home"),
    path("accept/", orders.Accept.as_view(), name="accept"),
    path("redemptions/", orders.RedemptionList.as_view(), name="redemption-list"),
    path("redemptions/<str:number>/", orders.RedemptionDetail.as_view(), name="redemption-detail"),
    path("redemptions/<str:number>/confirm/", orders.Confirm.as_view(), name="redemption-confirm"),
    path("redemptions/<str:number>/decline/", orders.Decline.as_view(), name="redemption-decline"),
    path("redemptions/<str:number>/cancel/", orders.Cancel.as_view(), name="redemption-cancel"),
    path("usage/", usage.UsageList.as_view(), name="usage-upload"),
    path("usage/<str:number>/", usage.UsageUpload.as_view(), name="usage-upload"),
    path("settlement/", orders.SettlementList.as_view(), name="settlement-list"),
    path("accounts/", catalogue.UsageAccounts.as_view(), name="usage-account-list"),
    path("catalogue/", catalogue.Catalogue.as_view(), name="catalogue"),
]
