"""The product's addresses and the one that does nothing."""

from django.urls import path
from rest_framework.request import Request
from rest_framework.response import Response

from config.urls import *  # noqa: F403
from config.urls import urlpatterns as addresses
from vouchers.api.base import ApiView


class NoOp(ApiView):
    """The stack alone: middleware, signature, JSON read and written; no verb, no look-up."""

    def post(self, request: Request) -> Response:
        """What was sent."""
        return Response(dict(request.data))


urlpatterns = [path("api/v1/noop", NoOp.as_view()), *addresses]
