"""Exports: ask, look, fetch."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from vouchers.api.base import ApiView, CreateView, NounDetail, NounList, StrictSerializer
from vouchers.api.fields import Text
from vouchers.programmes.selectors import get_programme_for
from vouchers.reports import selectors, services


class ExportOut(serializers.Serializer):
    """A job: `files` lists {name, sha256, rows, total_fen, bytes}."""

    number = serializers.CharField()
    dataset = serializers.CharField()
    programme = serializers.CharField(source="programme.code")
    status = serializers.CharField()
    purpose = serializers.CharField()
    requested_at = serializers.DateTimeField()
    as_of_leaf = serializers.IntegerField(allow_null=True)
    root_hex = serializers.CharField()
    files = serializers.JSONField()
    failure = serializers.CharField()


class ExportIn(StrictSerializer):
    """Which programme and dataset, and what for."""

    programme = Text()
    dataset = Text(max_length=30)
    purpose = Text(max_length=200)


class RequestExport(CreateView):
    """POST: a job; a worker builds it."""

    verb = services.request_export
    input = ExportIn
    output = ExportOut

    def arguments(self, data: dict[str, Any]) -> dict[str, Any]:
        """Numbers to ids."""
        programme = get_programme_for(self.scope, data.pop("programme"))
        return {"programme_id": programme.pk, **data}


class ExportList(NounList):
    """GET one's exports."""

    listing = selectors.list_exports
    output = ExportOut


class ExportDetail(NounDetail):
    """GET one job."""

    door = selectors.get_export_for
    output = ExportOut


class ExportDownload(ApiView):
    """GET the package; the right is judged now, not when it was asked for."""

    media_type = "application/zip"

    def get(self, request: Request, number: str) -> Response | FileResponse:
        """The zip as an attachment."""
        job = selectors.get_export_for(self.scope, number)
        return FileResponse(
            selectors.open_package(job), as_attachment=True, filename=f"{job.number}.zip"
        )
