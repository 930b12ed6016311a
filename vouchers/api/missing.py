"""The answer below /api/ where no route matches."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from companies.errors import NotFound


class Missing(APIView):
    """404 in the API's own words, whatever the method."""

    schema = None
    authentication_classes: tuple[Any, ...] = ()
    permission_classes: tuple[Any, ...] = ()

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Every method alike."""
        self.http_method_names = [str(request.method).lower()]
        setattr(self, str(request.method).lower(), self.refuse)
        return super().dispatch(request, *args, **kwargs)

    def refuse(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """There is nothing here."""
        raise NotFound("not_found", _("There is nothing at this address."))
