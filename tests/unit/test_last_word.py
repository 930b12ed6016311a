"""What is answered where no view could."""

from __future__ import annotations

import json

import pytest
from django.db import InterfaceError, OperationalError
from django.test import RequestFactory

from config.faults import answer


def answered(path: str, error: Exception):
    """What Django would send after this error."""
    try:
        raise error
    except type(error):
        return answer(RequestFactory().get(path))


@pytest.mark.parametrize("error", [OperationalError("recovery mode"), InterfaceError("closed")])
def test_a_machine_is_told_to_send_the_same_again_while_the_database_is_away(error):
    response = answered("/api/v1/redemptions", error)
    told = json.loads(response.content)
    assert (response.status_code, told["code"]) == (503, "database_unavailable")
    assert response["Content-Type"] == "application/problem+json"
    assert response["Retry-After"] == "2"
    assert set(told["messages"]) == {"zh-Hans", "en"}


def test_a_machine_reads_our_own_fault_as_a_problem_document():
    response = answered("/api/v1/redemptions", ValueError("secret detail"))
    assert (response.status_code, json.loads(response.content)["code"]) == (500, "internal_error")
    assert b"secret" not in response.content


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [(OperationalError("away"), 503, "服务暂时中断"), (KeyError("x"), 500, "责任在我们")],
)
def test_a_person_gets_a_page_that_needs_no_database(error, status, words):
    response = answered("/company/", error)
    assert response.status_code == status
    assert words in response.content.decode()
