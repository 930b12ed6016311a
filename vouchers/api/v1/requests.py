"""What became of a request: its Idempotency-Key tells, as long as the money rows live."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from companies.audit.selectors import find_request_event
from companies.errors import not_found
from vouchers.api.base import ApiView, entries_of
from vouchers.api.schema import EntryOut


class RequestOut(serializers.Serializer):
    """The noun the request acted on, when, and the entries it made."""

    subject_ref = serializers.CharField()
    action = serializers.CharField()
    at = serializers.DateTimeField()
    entries = serializers.SerializerMethodField()

    @extend_schema_field(EntryOut(many=True))
    def get_entries(self, event: Any) -> list[dict[str, str]]:
        """In the order they were posted."""
        return entries_of(event.request_ref)


class RequestByKey(ApiView):
    """GET one's own request by its key; one that had no effect is not found: send it anew."""

    output = RequestOut

    def get(self, request: Request, key: str) -> Response:
        """The caller's alone: keys of others begin with other names."""
        event = find_request_event(self.actor.request_ref(key))
        if event is None:
            raise not_found("request")
        return Response(RequestOut(event).data)
