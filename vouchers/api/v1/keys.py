"""Machine keys (RFC 9421): everybody's own."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from companies.users import selectors, services
from vouchers.api.base import CreateView, NounList, StrictSerializer, VerbView
from vouchers.api.fields import Moment, Text


class ApiKeyOut(serializers.Serializer):
    """A key's name and reach; nothing of it is secret."""

    key_id = serializers.CharField()
    scopes = serializers.ListField(child=serializers.CharField())
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    revoked_at = serializers.DateTimeField(allow_null=True)


class ApiKeyIn(StrictSerializer):
    """An Ed25519 public key, its 32 bytes in base64; scopes are read, or read and write."""

    key_id = serializers.RegexField(r"^[a-z0-9][a-z0-9._-]*$", max_length=40)
    public_key = Text(max_length=64)
    scopes = serializers.ListField(child=Text(max_length=10), max_length=2)
    expires_at = Moment()

    def validate_public_key(self, text: str) -> bytes:
        """Base64 to bytes."""
        try:
            return base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError) as error:
            raise serializers.ValidationError(_("This is not base64.")) from error


class ApiKeyList(NounList):
    """GET one's own keys."""

    listing = selectors.list_api_keys
    output = ApiKeyOut


class RegisterApiKey(CreateView):
    """POST: by its person, signed in; a key never makes keys."""

    verb = services.register_api_key
    input = ApiKeyIn
    output = ApiKeyOut

    def arguments(self, data: dict[str, Any]) -> dict[str, Any]:
        """For oneself."""
        return {"user_id": self.actor.user_id, **data}


class RevokeApiKey(VerbView):
    """POST: out of use for ever."""

    verb = services.revoke_api_key
    door = selectors.get_api_key_for
    id_argument = "api_key_id"
    output = ApiKeyOut
