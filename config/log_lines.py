"""Log lines as JSON: static message, primitives, the request's id, nothing personal."""

from __future__ import annotations

import json
import logging

from companies.foundation.request_context import current_request_id


class JsonLines(logging.Formatter):
    """One record, one line; CR, LF and control characters stay inside the JSON string."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "request_id": current_request_id(),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=True)
