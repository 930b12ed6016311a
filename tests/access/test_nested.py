"""Another's number inside a body, a list, a query or deeper in an address is as good as none."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.access.asking import Asker, plain, undone
from tests.access.world import World

pytestmark = pytest.mark.timeout(600)
API = "/api/v1"
# actor, address, body; {foreign} is another's number and then one that nothing bears; the status.
CASES: tuple[tuple[str, str, Any, str, int], ...] = (
    ("approver", f"{API}/notices", {"applications": ["$application_RECOMMENDED", "{foreign}"],
     "title_zh": "公示"}, "application_OTHER_AGENCY", 404),
    ("finance_clerk", f"{API}/batches", {"programme": "$programme",
     "redemptions": ["$redemption_ACCEPTED", "{foreign}"]}, "redemption_OTHER_AGENCY", 404),
    ("company_agent", f"{API}/applications", {"programme": "$programme", "round": "R5",
     "company": "{foreign}"}, "company_OTHER_COMPANY", 404),
    ("company_agent", f"{API}/redemptions", {"voucher": "{foreign}", "provider": "$provider",
     "offer": "$offer", "order_number": "SO-9", "price_fen": 9}, "voucher_OTHER_COMPANY", 404),
    ("company_agent", f"{API}/redemptions", {"voucher": "$voucher_OWN", "provider": "{foreign}",
     "offer": "$offer", "order_number": "SO-9", "price_fen": 9}, "provider_OTHER_AGENCY", 404),
    ("finance_authoriser", f"{API}/budget-lines/$line_OPEN/suballocate",
     {"child": "{foreign}", "amount_fen": 1}, "line_OTHER_AGENCY", 404),
    ("programme_manager", f"{API}/programmes/$programme/draft-budget-line",
     {"document_number": "$document", "parent": "{foreign}", "name_zh": "新", "name_en": "New",
      "function_code": "1", "economic_code": "1", "fund_nature": "一般", "channel": "TREASURY",
      "draw_order": 3}, "line_OTHER_AGENCY", 404),
    ("approver", f"{API}/providers/$provider_UNADMITTED/admit-provider",
     {"programme": "{foreign}", "valid_from": "$now"}, "programme_OTHER_AGENCY", 404),
    ("company_agent", f"{API}/applications/$application_OWN/attachments/{{foreign}}", None,
     "paper_OTHER_COMPANY_file", 404),
    ("approver", f"{API}/applications/$application_OWN/attachments/{{foreign}}", None,
     "paper_OTHER_AGENCY_file", 404),
    ("approver", "/officer/applications/$application_OWN/papers/{foreign}/", None,
     "paper_OTHER_AGENCY_file", 404),
    ("anonymous", f"{API}/notices/$notice_POSTED/rows/{{foreign}}/objections", {"text": "不实"},
     "application_OTHER_AGENCY", 404),
    ("finance_clerk", f"{API}/requests/by-key/{{foreign}}", None, "request_OWN", 404),
    ("approver", "/officer/notices/new/", {"number": "{foreign}", "title_zh": "公示"},
     "application_OTHER_AGENCY", 404),
    ("programme_manager", "/officer/issue/", {"number": "{foreign}"},
     "application_OTHER_AGENCY", 404),
    ("programme_manager", "/officer/queue/?selected={foreign}", None,
     "application_OTHER_AGENCY", 200),
    ("intake", "/officer/queue/?view=all&q={foreign}", None, "application_OTHER_AGENCY", 200),
    ("auditor", "/audit/record/?q=voucher:{foreign}", None, "voucher_OTHER_AGENCY", 404),
    ("auditor", "/audit/search/?q={foreign}", None, "voucher_OTHER_AGENCY", 200),
    ("auditor", "/audit/ledger/?programme={foreign}", None, "programme_OTHER_AGENCY", 200),
    ("company_agent", "/company/record/?company={foreign}", None, "company_OTHER_COMPANY", 404),
    ("provider_agent", "/provider/catalogue/?provider={foreign}", None,
     "provider_OTHER_COMPANY", 404),
    ("finance_authoriser", "/finance/budgets/$programme/",
     {"act": "approve-line", "approve-line-line": "{foreign}"}, "line_OTHER_AGENCY", 422),
    ("finance_clerk", "/finance/settlement/$batch_OWN/",
     {"act": "take-out", "take-out-line": "{foreign}", "take-out-reason": "缓"},
     "batch_OTHER_AGENCY_line", 422),
    ("finance_clerk", "/finance/accounts/", {"which": "{foreign}"},
     "account_OTHER_AGENCY_which", 422),
    ("finance_clerk", "/finance/settlement/", {"programme": "{foreign}"},
     "programme_OTHER_AGENCY", 422),
    ("auditor", "/audit/exports/new/", {"programme": "{foreign}", "dataset": "ledger",
     "purpose": "审计"}, "programme_OTHER_AGENCY", 422),
)  # fmt: skip


@pytest.mark.parametrize("case", range(len(CASES)))
def test_a_foreign_number_inside_is_as_good_as_none(world: World, case: int) -> None:
    actor, path, body, name, status = CASES[case]
    asker = Asker(world, actor)
    foreign = str(world.names[name])
    unborne = foreign[:-4] + "9999" if len(foreign) > 4 else "9" * len(foreign)
    answers = []
    for number in (foreign, unborne):
        with undone():
            answer = _send(asker, path, body, number)
        assert answer.status_code == status, (number, answer.content.decode()[:300])
        answers.append(plain(answer, {"number": number}))
    if len(foreign) > 4:  # the key of a row is too short to be told from other digits
        assert answers[0] == answers[1]


def _send(asker: Asker, path: str, body: Any, number: str) -> Any:
    place = asker.filled(path).replace("{foreign}", number)
    if body is None:
        return asker.send("GET", place)
    sent = _put(asker.filled(body), number)
    if path.startswith(API):
        return asker.send("POST", place, json.dumps(sent).encode())
    return asker.get_response(asker.factory.post(place, {**sent, "request_key": "nested"}))


def _put(value: Any, number: str) -> Any:
    if isinstance(value, dict):
        return {name: _put(inner, number) for name, inner in value.items()}
    if isinstance(value, list):
        return [_put(inner, number) for inner in value]
    return number if value == "{foreign}" else value
