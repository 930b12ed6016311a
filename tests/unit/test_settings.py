"""Unsafe settings refuse to start, and every setting is explained to who runs the service."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import checks, env

ROOT = Path(__file__).resolve().parents[2]
SAFE: dict[str, Any] = {
    "DEMO": False,
    "SECRET_KEY": "a" * 40,
    "EVIDENCE_KEY": "b" * 40,
    "CERTIFICATE_KEY": "c" * 40,
    "SITE_URL": "https://suanquan.example",
    "ALLOWED_HOSTS": ["suanquan.example"],
    "DEBUG": False,
    "FAILPOINT": "",
    "SESSION_COOKIE_SECURE": True,
    "CSRF_COOKIE_SECURE": True,
    "SECURE_SSL_REDIRECT": True,
    "SECURE_HSTS_SECONDS": 1,
    "DATABASES": {"default": {"USER": "sq_app", "PASSWORD": "of-one's-own"}},
    "REDIS_URL": "redis://:of-ones-own@redis.example/0",
    "CACHES": {"fast": {"LOCATION": "redis://127.0.0.1/1"}},
    "METRICS_TOKEN": "",
}
DEMO = {"DEMO": True, "SITE_URL": "http://127.0.0.1:8000", "ALLOWED_HOSTS": ["localhost"]}


def test_safe_settings_start() -> None:
    checks.refuse_unsafe(SAFE)
    checks.refuse_unsafe({**SAFE, **DEMO})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({**DEMO, "ALLOWED_HOSTS": ["voucher.gov.example"]}, "DEMO=1 serves this machine only"),
        ({**DEMO, "SITE_URL": "https://voucher.gov.example"}, "DEMO=1 serves this machine only"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY is shorter"),
        ({"EVIDENCE_KEY": ""}, "EVIDENCE_KEY is shorter"),
        ({"CERTIFICATE_KEY": "b" * 40}, "must differ"),
        ({"SITE_URL": "http://suanquan.example"}, "https://"),
        ({"ALLOWED_HOSTS": []}, "SQ_ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": ["*"]}, "SQ_ALLOWED_HOSTS"),
        ({"DEBUG": True}, "DEBUG"),
        ({"FAILPOINT": "seal_events.written:kill"}, "FAILPOINT"),
        ({"SESSION_COOKIE_SECURE": False}, "SESSION_COOKIE_SECURE"),
        ({"CSRF_COOKIE_SECURE": False}, "CSRF_COOKIE_SECURE"),
        ({"SECURE_SSL_REDIRECT": False}, "SECURE_SSL_REDIRECT"),
        ({"SECURE_HSTS_SECONDS": 0}, "SECURE_HSTS_SECONDS"),
        ({"DATABASES": {"default": {"USER": "sq_owner"}}}, "sq_app"),
        ({"DATABASES": {"default": {"USER": "sq_app", "PASSWORD": "secret"}}}, "everybody knows"),
        ({"REDIS_URL": "redis://redis.example/0"}, "REDIS_URL needs a password"),
        ({"REDIS_URL": "rediss://:secret@redis.example/0"}, "REDIS_URL holds a password"),
        (
            {"CACHES": {"fast": {"LOCATION": "redis://user@10.0.0.7/1"}}},
            "REDIS_CACHE_URL needs a password",
        ),
        ({"METRICS_TOKEN": "short"}, "SQ_METRICS_TOKEN is shorter"),
    ],
)
def test_an_unsafe_setting_refuses_to_start(change: dict[str, Any], words: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=re.escape(words)):
        checks.refuse_unsafe({**SAFE, **change})


def test_production_starts_only_with_all_it_needs() -> None:
    given = {
        "PATH": os.environ["PATH"],
        "SECRET_KEY": "a" * 40,
        "SQ_EVIDENCE_KEY": "b" * 40,
        "SQ_CERTIFICATE_KEY": "c" * 40,
        "SQ_SITE_URL": "https://suanquan.example",
        "SQ_ALLOWED_HOSTS": "suanquan.example",
        "DATABASE_URL": "postgresql://sq_app:of-ones-own@db.example/suanquan",
        "REDIS_URL": "redis://:of-ones-own@redis.example/0",
    }

    def start(module: str = "config.settings", **change: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", f"import {module}"],
            cwd=ROOT, env={**given, **change}, capture_output=True, text=True, check=False,
        )  # fmt: skip

    assert start().returncode == 0
    for change, words in (
        ({"SQ_CERTIFICATE_KEY": "short"}, "CERTIFICATE_KEY is shorter"),
        ({"DATABASE_URL": "postgresql://sq_app:secret@db.example/s"}, "everybody knows"),
        ({"REDIS_URL": "redis://redis.example/0"}, "REDIS_URL needs a password"),
        ({"SQ_ALOWED_HOSTS": "x"}, "unknown settings: SQ_ALOWED_HOSTS"),
        ({"DEMO": "yes"}, "DEMO=yes is neither 1 nor 0"),
        ({"DB_PROFILE": "fast"}, "DB_PROFILE=fast is none of"),
        ({"SECRET_KEY_FILE": "/nowhere"}, "SECRET_KEY_FILE names /nowhere, which cannot be read"),
    ):
        refused = start(**change)
        assert refused.returncode and words in refused.stderr
    refused = start(module="config.settings_test")
    assert refused.returncode and "serve tests only" in refused.stderr


def test_a_setting_may_lie_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "key").write_text("from the file\n", encoding="utf-8")
    monkeypatch.setenv("SQ_EVIDENCE_KEY_FILE", str(tmp_path / "key"))
    assert env.text("SQ_EVIDENCE_KEY") == "from the file"


def test_every_setting_is_explained() -> None:
    code = (ROOT / "config" / "settings.py").read_text(encoding="utf-8")
    read = set(re.findall(r'env\.(?:text|flag|words|choice|address)\(\s*"([A-Z_]+)"', code))
    explained = set(
        re.findall(r"^([A-Z_]+)=", (ROOT / "deploy" / "env.example").read_text("utf-8"), re.M)
    )
    assert len(read) > 10
    assert read | env.KNOWN <= explained
