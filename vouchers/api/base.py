"""What every view shares: the caller, the clock, strict input, one call of a verb, the answer.

`VerbView` shows one noun's verb at `POST …/<number>/<verb>`; `NounList` and `NounDetail` read.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache, cached_property
from typing import Any, ClassVar, TypeVar

from django.utils import translation
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from companies.audit.selectors import answering
from companies.foundation.calls import read_calls
from companies.foundation.clock import now
from companies.foundation.request_context import current_request_id
from companies.registry.selectors import Scope, get_scope
from vouchers.api.authentication import actor_of
from vouchers.api.pagination import keyset_page
from vouchers.ledger.selectors import making

S = TypeVar("S", bound=serializers.Serializer)


class StrictSerializer(serializers.Serializer):
    """Input: a field nobody asked for is refused, so that a typing error is never swallowed."""

    def to_internal_value(self, data: Any) -> Any:
        """Raises ValidationError `unknown_field` beside the ordinary ones."""
        if isinstance(data, Mapping):
            unknown = set(data) - set(self.fields)
            if unknown:
                message = serializers.ErrorDetail(
                    str(_("There is no such field here.")), "unknown_field"
                )
                raise serializers.ValidationError({name: [message] for name in sorted(unknown)})
        return super().to_internal_value(data)


class ApiView(APIView):
    """`self.scope`, `self.at` and (for acts) `self.actor` stand ready in every handler."""

    is_public: ClassVar[bool] = False

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Who, when, in which language; 401 before anything is read."""
        tag = translation.get_language_from_request(request._request)
        translation.activate(tag)
        super().initial(request, *args, **kwargs)
        self.at = now()
        if self.is_public:
            self.reader_id = None
        else:
            self.actor = actor_of(request)
            self.reader_id = self.actor.user_id
        if hasattr(self, request.method.lower()):
            _ = request.data  # what cannot be read is refused before anything is looked up

    @cached_property
    def scope(self) -> Scope:
        """What the caller may see, once somebody asks."""
        return get_scope(self.reader_id, self.at)

    def perform_authentication(self, request: Request) -> None:
        """What anybody may ask is asked by nobody in particular, half signed in or not."""
        if not self.is_public:
            super().perform_authentication(request)

    def read(self, serializer: type[StrictSerializer] | None) -> dict[str, Any]:
        """The validated body; without a serializer the body must be empty."""
        return dict(_shared(serializer or StrictSerializer).run_validation(self.request.data))


@cache
def _shared(serializer: type[S]) -> S:
    """One of each kind for the whole process: reading and showing leave no trace in it, and its
    fields are copied once and not at each request."""
    return serializer()


def shown(serializer: type[serializers.Serializer], noun: Any) -> dict[str, Any]:
    """The noun as an answer tells it."""
    return dict(_shared(serializer).to_representation(noun))


class NounList(ApiView):
    """GET a keyset page of one noun: `?after=<cursor>&limit=50` and the noun's filters."""

    listing: Callable[..., Any]
    output: type[serializers.Serializer]
    filters: ClassVar[tuple[str, ...]] = ()

    def get(self, request: Request) -> Response:
        """One page, newest first."""
        chosen = {f: request.query_params[f] for f in self.filters if f in request.query_params}
        rows = type(self).listing(self.scope, **chosen)
        return Response(keyset_page(rows, request.query_params, self.output))


class NounDetail(ApiView):
    """GET one noun by its public number; foreign and missing answer alike."""

    door: Callable[[Scope, str], Any]
    output: type[serializers.Serializer]

    def get(self, request: Request, number: str) -> Response:
        """The noun."""
        return Response(shown(self.output, type(self).door(self.scope, number)))


class VerbView(ApiView):
    """POST one verb on one noun. `posts` verbs move money and need an Idempotency-Key."""

    verb: Callable[..., Any]
    door: Callable[[Scope, str], Any]
    id_argument: str
    input: type[StrictSerializer] | None = None
    output: type[serializers.Serializer]
    posts: ClassVar[bool] = False
    success: ClassVar[int] = 200

    def post(self, request: Request, number: str) -> Response:
        """See, read, act, answer."""
        noun = type(self).door(self.scope, number)
        arguments = {self.id_argument: noun.pk, **self.read(self.input)}
        return self.act(arguments)

    def act(self, arguments: dict[str, Any]) -> Response:
        """Call the verb; a posting verb's answer names the entries it made and tells a replay."""
        if not self.posts:
            result = type(self).verb(actor=self.actor, **arguments, at=self.at)
            return Response(shown(self.output, result), status=self.success)
        key = self.request.headers.get("Idempotency-Key", "")
        result = type(self).verb(actor=self.actor, **arguments, at=self.at, request_key=key)
        return posted(self.actor.request_ref(key), shown(self.output, result), self.success)


def two_part(door: Callable[[Scope, str, str], Any]) -> Any:
    """The door of a noun whose number is "<code>@<part>"; without @ nothing is behind it."""
    return staticmethod(lambda scope, number: door(scope, *number.rpartition("@")[::2]))


class CreateView(VerbView):
    """POST that makes a new noun; nothing stands in the URL."""

    success = 201

    def post(self, request: Request, number: str = "") -> Response:
        """Read, act, answer 201."""
        return self.act(self.arguments(self.read(self.input)))

    def arguments(self, data: dict[str, Any]) -> dict[str, Any]:
        """Turn public numbers into ids through their doors."""
        return data


def posted(request_ref: str, noun: Any, status: int) -> Response:
    """{entries, result}: a replay answers 200 with `Idempotent-Replayed: true`."""
    answerer, made = read_calls(answering(request_ref), making(request_ref))
    replayed = answerer not in (None, current_request_id())
    body = {"entries": _entries(made), "result": noun}
    response = Response(body, status=200 if replayed else status)
    if replayed:
        response["Idempotent-Replayed"] = "true"
    return response


def entries_of(request_ref: str) -> list[dict[str, str]]:
    """The journal entries a request made."""
    return _entries(*read_calls(making(request_ref)))


def _entries(made: str) -> list[dict[str, str]]:
    return [{name: row[name] for name in ("number", "kind", "key")} for row in json.loads(made)]
