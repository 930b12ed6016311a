"""The company's pages: applications, letters, vouchers, redemptions, its own record."""

from django.urls import path

from vouchers.web.company import (
    applications,
    home,
    letters,
    record,
    redemptions,
    sections,
    vouchers,
)

app_name = "company"
urlpatterns = [
    path("", home.Home.as_view(), name="home"),
    path("programmes/", home.OpenProgrammes.as_view(), name="programmes"),
    path("applications/", applications.ApplicationList.as_view(), name="application-list"),
    path("applications/new/", applications.ApplicationNew.as_view(), name="application-new"),
    path(
        "applications/<str:number>/",
        applications.ApplicationDetail.as_view(),
        name="application-detail",
    ),
    path(
        "applications/<str:number>/tasks/",
        sections.ApplicationTasks.as_view(),
        name="application-tasks",
    ),
    path(
        "applications/<str:number>/tasks/<slug:section>/",
        sections.ApplicationSection.as_view(),
        name="application-section",
    ),
    path(
        "applications/<str:number>/check/",
        sections.ApplicationCheck.as_view(),
        name="application-check",
    ),
    path("applications/<str:number>/supplement/", sections.Supplement.as_view(), name="supplement"),
    path(
        "applications/<str:number>/submitted/",
        applications.ApplicationSubmitted.as_view(),
        name="application-submitted",
    ),
    path(
        "applications/<str:number>/withdraw/",
        applications.Withdraw.as_view(),
        name="application-withdraw",
    ),
    path("letters/", letters.LetterList.as_view(), name="letter-list"),
    path("letters/<str:number>/", letters.LetterDetail.as_view(), name="letter-detail"),
    path("letters/<str:number>/reply/", letters.Reply.as_view(), name="letter-reply"),
    path("letters/<str:number>/waive/", letters.Waive.as_view(), name="letter-waive"),
    path("vouchers/", vouchers.VoucherList.as_view(), name="voucher-list"),
    path("vouchers/<str:number>/", vouchers.VoucherDetail.as_view(), name="voucher-detail"),
    path("vouchers/<str:number>/accept/", vouchers.Accept.as_view(), name="voucher-accept"),
    path("vouchers/<str:number>/decline/", vouchers.Decline.as_view(), name="voucher-decline"),
    path(
        "vouchers/<str:number>/certificate/",
        vouchers.Certificate.as_view(),
        name="voucher-certificate",
    ),
    path(
        "vouchers/<str:number>/redeem/", redemptions.RedemptionNew.as_view(), name="redemption-new"
    ),
    path("redemptions/", redemptions.RedemptionList.as_view(), name="redemption-list"),
    path(
        "redemptions/<str:number>/",
        redemptions.RedemptionDetail.as_view(),
        name="redemption-detail",
    ),
    path(
        "redemptions/<str:number>/countersign/",
        redemptions.Countersign.as_view(),
        name="redemption-countersign",
    ),
    path(
        "redemptions/<str:number>/dispute/",
        redemptions.Dispute.as_view(),
        name="redemption-dispute",
    ),
    path(
        "redemptions/<str:number>/cancel/", redemptions.Cancel.as_view(), name="redemption-cancel"
    ),
    path("record/", record.CompanyRecord.as_view(), name="company-record"),
]
