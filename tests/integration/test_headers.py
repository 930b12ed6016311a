"""The headers every answer carries, whoever made it, and what no page may hold."""

from __future__ import annotations

import re

import pytest
from django.test import Client

POLICY = {
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:",
    "font-src 'self'", "connect-src 'self'", "form-action 'self'", "base-uri 'none'",
    "frame-ancestors 'none'",
}  # fmt: skip
INLINE = re.compile(r"<[^>]+\s(?:style|on\w+)=|<style|<script(?![^>]*\ssrc=)")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "host", "status"),
    [
        ("/", "testserver", 200), ("/en/", "testserver", 200),
        ("/account/login/", "testserver", 200), ("/account/login", "testserver", 301),
        ("/company/", "testserver", 302), ("/nowhere/", "testserver", 404),
        ("/nowhere/%00", "testserver", 400), ("/", "evil.example", 400),
        ("/api/v1/me", "testserver", 401), ("/api/v1/me", "evil.example", 400),
        ("/api/docs/", "testserver", 200), ("/static/web/tokens.css", "testserver", 200),
        ("/livez", "testserver", 200),
    ],
)  # fmt: skip
def test_no_answer_goes_without_its_headers(address: str, host: str, status: int) -> None:
    answer = Client(raise_request_exception=False).get(address, HTTP_HOST=host)
    assert answer.status_code == status
    said = {part.strip() for part in answer["Content-Security-Policy"].split(";")}
    assert said == POLICY
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer["Permissions-Policy"] and answer["X-Request-Id"]
    if address.startswith(("/api/", "/account/login/", "/company/")):
        assert "no-store" in answer["Cache-Control"]
    if "html" in answer.get("Content-Type", ""):
        assert not INLINE.search(answer.content.decode())
