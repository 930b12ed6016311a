"""How drf-spectacular reads our views: their `input`, `output`, `posts`, `verb` say it all."""

from __future__ import annotations

import inspect
import re
from functools import cache
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, inline_serializer
from rest_framework import serializers


class PersonScheme(OpenApiAuthenticationExtension):
    """People: the session's cookie, with a CSRF token for acts."""

    target_class = "vouchers.api.authentication.PersonAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        """A cookie; acts send X-CSRFToken besides."""
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}


class MachineScheme(OpenApiAuthenticationExtension):
    """Machines: an RFC 9421 signature."""

    target_class = "vouchers.api.authentication.MachineAuthentication"
    name = "signature"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        """The header that says what the Signature header covers."""
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Signature-Input",
            "description": "RFC 9421 with Ed25519, together with the Signature header.",
        }


class ProblemOut(serializers.Serializer):
    """RFC 9457. `messages` always holds zh-Hans and en; `errors` names single places."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField()
    messages = serializers.DictField(child=serializers.CharField())
    errors = serializers.ListField(child=serializers.DictField())
    facts = serializers.DictField()
    request_id = serializers.CharField()


class EntryOut(serializers.Serializer):
    """A journal entry that the request made."""

    number = serializers.CharField()
    kind = serializers.CharField()
    key = serializers.CharField()


@cache
def _page(noun: str, output: type[serializers.Serializer]) -> Any:
    following = serializers.CharField(allow_null=True)
    return inline_serializer(f"{noun}Page", {"items": output(many=True), "next": following})


@cache
def _posted(noun: str, output: type[serializers.Serializer]) -> Any:
    fields = {"entries": EntryOut(many=True), "result": output()}
    return inline_serializer(f"{noun}Posted", fields)


MEANINGS = {
    400: "It cannot be read.",
    401: "Nobody is signed in, or the signature does not hold.",
    403: "Another person's act.",
    404: "Absent, or not to be seen.",
    406: "Only JSON is spoken.",
    409: "The wrong moment.",
    413: "More than 25 MB, or than ten files.",
    415: "Another media type than the one described.",
    422: "Well formed, but wrong; `errors` names the places.",
    429: "Too often from one network: wait as long as Retry-After says.",
    503: "It will pass: ask again after Retry-After.",
}


class VerbSchema(AutoSchema):
    """Request and response from the class; posting verbs ask for an Idempotency-Key."""

    def get_request_serializer(self) -> Any:
        """The verb's input, or none."""
        return getattr(self.view, "input", None) if self.method == "POST" else None

    def get_response_serializers(self) -> Any:
        """The noun, its page or its posting; bytes where a view has no output."""
        acts = self.method == "POST"
        success = getattr(self.view, "success", 200) if acts else 200
        media = getattr(self.view, "media_type", "application/json")
        answers: dict[Any, Any] = {(str(success), media): self._answer()}
        if acts and success == 201 and getattr(self.view, "posts", False):
            answers["200"] = self._answer()  # a replay
        for status, meaning in self._refusals():
            answers[(str(status), "application/problem+json")] = OpenApiResponse(
                ProblemOut, meaning
            )
        return answers

    def _refusals(self) -> list[tuple[int, str]]:
        """The families that this operation can answer with."""
        acts, named = self.method == "POST", "{" in self.path
        knows = not getattr(self.view, "is_public", False)
        asked = {
            400: True,
            401: knows,
            403: acts and knows,
            404: named or (acts and knows),
            406: True,
            # Of what is read, a package not built yet.
            409: (acts and (named or knows)) or not hasattr(self.view, "output"),
            413: acts,
            415: acts,
            422: acts or hasattr(self.view, "listing"),
            429: acts and not knows,
            503: True,
        }
        return [(status, MEANINGS[status]) for status, may in asked.items() if may]

    def _answer(self) -> Any:
        output = getattr(self.view, "output", None)
        if output is None:
            return OpenApiTypes.BINARY
        noun = output.__name__.removesuffix("Out")
        if self.method == "GET" and hasattr(self.view, "listing"):
            return _page(noun, output)
        if self.method == "POST" and getattr(self.view, "posts", False):
            return _posted(noun, output)
        return output

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

    def get_auth(self) -> list[dict[str, Any]]:
        """Either way of signing in; none for what is public."""
        return [{}] if getattr(self.view, "is_public", False) else super().get_auth()

    def get_tags(self) -> list[str]:
        """The noun of the address."""
        return [self.path.removeprefix("/api/v1/").split("/")[0]]

    def get_description(self) -> str:
        """The verb's own words, or those of the view."""
        return inspect.getdoc(self._verb() or type(self.view)) or ""

    def get_operation_id(self) -> str:
        """The name of the verb or of the list's selector, else the view's: grep finds each."""
        listing = getattr(type(self.view), "listing", None) if self.method == "GET" else None
        named = self._verb() or listing
        name = named.__name__ if named else type(self.view).__name__
        return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()

    def _verb(self) -> Any:
        return getattr(type(self.view), "verb", None) if self.method == "POST" else None
