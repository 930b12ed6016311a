"""How drf-spectacular reads our views: their `input`, `output`, `posts` say it all."""

from __future__ import annotations

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter


class VerbSchema(AutoSchema):
    """Request and response from the class; posting verbs ask for an Idempotency-Key."""

    def get_request_serializer(self) -> Any:
        """The verb's input, or none."""
        return getattr(self.view, "input", None) if self.method == "POST" else None

    def get_response_serializers(self) -> Any:
        """The noun; free-form where a view shapes its own answer."""
        output = getattr(self.view, "output", None)
        return output or OpenApiTypes.OBJECT

    def get_override_parameters(self) -> list[Any]:
        """Idempotency-Key where money moves; cursor and limit where rows are listed."""
        if self.method == "POST" and getattr(self.view, "posts", False):
            return [
                OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, required=True)
            ]
        if self.method == "GET" and hasattr(self.view, "listing"):
            names = ("after", "limit", *self.view.filters)
            return [OpenApiParameter(name, str, OpenApiParameter.QUERY) for name in names]
        return []

    def get_operation_id(self) -> str:
        """The verb's own name, or read_/list_ and the address."""
        verb = getattr(type(self.view), "verb", None)
        if self.method == "POST" and verb is not None:
            return str(verb.__name__)
        return str(super().get_operation_id())
