"""The limit of a form with files: Django's own limits count a form's text only."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler


class BodyLimit(FileUploadHandler):
    """Stands before the handlers that store."""

    def handle_raw_input(
        self, input_data: Any, META: Any, content_length: int, *_more: Any, **_words: Any
    ) -> None:
        """Raises RequestDataTooBig before a byte is read."""
        if content_length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise RequestDataTooBig(f"a form of {content_length} bytes")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Pass on."""
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """The next handler's."""
