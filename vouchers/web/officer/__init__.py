"""The review desk: queue, files, notices, vouchers, redemptions, programmes and registers."""

from django.urls import path

from vouchers.web.officer import (
    alerts,
    notices,
    programmes,
    queue,
    redemptions,
    registers,
    review,
    vouchers,
)

app_name = "officer"
urlpatterns = [
    path("", queue.Home.as_view(), name="home"),
    path("queue/", queue.Queue.as_view(), name="queue"),
    path("queue/<str:number>/panel/", review.QueuePanel.as_view(), name="queue-panel"),
    path("applications/<str:number>/", review.Review.as_view(), name="application-review"),
    path(
        "applications/<str:number>/papers/<str:public_id>/",
        review.Paper.as_view(),
        name="paper",
    ),
    path("notices/", notices.NoticeList.as_view(), name="notice-list"),
    path("notices/new/", notices.NoticeBuild.as_view(), name="notice-build"),
    path("notices/<str:number>/", notices.NoticeDetail.as_view(), name="notice-detail"),
    path("objections/", notices.ObjectionList.as_view(), name="objection-list"),
    path(
        "objections/<str:code>/",
        notices.ObjectionDetail.as_view(),
        name="objection-detail",
    ),
    path("alerts/", alerts.AlertList.as_view(), name="alert-list"),
    path("alerts/<str:number>/", alerts.AlertDetail.as_view(), name="alert-detail"),
    path("letters/", registers.LetterList.as_view(), name="letter-list"),
    path("issue/", vouchers.IssueBatch.as_view(), name="issue-batch"),
    path("vouchers/", vouchers.VoucherList.as_view(), name="voucher-list"),
    path("vouchers/<str:number>/", vouchers.VoucherDetail.as_view(), name="voucher-detail"),
    path("redemptions/", redemptions.RedemptionList.as_view(), name="redemption-list"),
    path(
        "redemptions/<str:number>/",
        redemptions.RedemptionDetail.as_view(),
        name="redemption-detail",
    ),
    path("programmes/", programmes.ProgrammeList.as_view(), name="programme-list"),
    path("programmes/new/", programmes.ProgrammeNew.as_view(), name="programme-new"),
    path("programmes/<str:code>/", programmes.ProgrammeDetail.as_view(), name="programme-detail"),
    path("programmes/<str:code>/edit/", programmes.ProgrammeEdit.as_view(), name="programme-edit"),
    path("seat-map/", programmes.SeatMaps.as_view(), name="seat-map"),
    path("providers/", registers.ProviderRegister.as_view(), name="provider-register"),
    path("providers/<str:number>/", registers.ProviderDetail.as_view(), name="provider-detail"),
    path("companies/", registers.CompanyRegister.as_view(), name="company-register"),
]
