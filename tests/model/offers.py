"""What can be asked of what there is: by status who may do which verb, the sums a draw of luck."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from companies.local_time import local_date
from tests.model.bank import SELLER, Command
from tests.model.bank_batches import Bank

# verb: by whom, on which noun, in which statuses it should go through, whether it needs a key
OFFERS: tuple[tuple[str, tuple[str, ...], str, tuple[str, ...], bool], ...] = (
    ("save_application", ("agent",), "file", ("DRAFT",), False),
    ("attach_file", ("agent",), "file", ("DRAFT",), False),
    ("submit_application", ("signatory",), "file", ("DRAFT",), False),
    ("take_screening", ("intake", "checker"), "file", ("SUBMITTED",), False),
    ("accept_application", ("intake", "checker"), "file", ("IN_SCREENING",), False),
    ("recommend_application", ("reviewer", "reviewer2"), "file", ("IN_REVIEW",), False),
    ("reject_application", ("approver2",), "file", ("RECOMMENDED",), True),
    ("post_notice", ("approver",), "file", ("RECOMMENDED",), True),
    ("withdraw_application", ("signatory",), "file", ("RECOMMENDED", "IN_PUBLIC_NOTICE"), True),
    ("cancel_application", ("approver", "manager"), "file", ("APPROVED",), True),
    ("prepare_voucher", ("manager",), "file", ("APPROVED",), False),
    ("accept_voucher", ("signatory",), "voucher", ("PENDING",), True),
    ("decline_voucher", ("signatory",), "voucher", ("PENDING",), True),
    ("suspend_voucher", ("approver", "approver3"), "voucher", ("ACTIVE",), False),
    ("resume_voucher", ("approver", "approver3"), "voucher", ("SUSPENDED",), False),
    ("propose_revocation", ("approver",), "voucher", ("SUSPENDED",), False),
    ("drop_revocation", ("approver",), "voucher", ("SUSPENDED",), False),
    ("revoke_voucher", ("authoriser",), "voucher", ("ACTIVE", "SUSPENDED"), True),
    ("close_voucher", ("system",), "voucher", ("EXPIRED", "REVOKED"), False),
    ("request_redemption", ("agent",), "voucher", ("ACTIVE",), True),
    ("confirm_order", (SELLER,), "claim", ("REQUESTED",), False),
    ("decline_order", (SELLER,), "claim", ("REQUESTED",), True),
    ("cancel_redemption", ("agent", SELLER), "claim", ("REQUESTED", "CONFIRMED"), True),
    ("submit_evidence", (SELLER,), "claim", ("CONFIRMED", "DISPUTED", "RETURNED"), False),
    ("countersign", ("agent",), "claim", ("EVIDENCED",), False),
    ("dispute_redemption", ("signatory",), "claim", ("EVIDENCED",), False),
    ("decide_dispute", ("checker", "reviewer2"), "claim", ("DISPUTED",), True),
    ("verify_invoice", ("checker",), "claim", ("EVIDENCED", "COUNTERSIGNED", "UNDER_CHECK"), False),
    ("accept_redemption", ("checker", "reviewer2"), "claim", ("UNDER_CHECK",), True),
    ("return_redemption", ("checker",), "claim", ("UNDER_CHECK",), False),
    ("propose_rejection", ("checker",), "claim", ("UNDER_CHECK",), False),
    ("reject_redemption", ("reviewer2",), "claim", ("UNDER_CHECK",), True),
    ("reverse_redemption", ("checker", "clerk"), "claim", ("ACCEPTED",), True),
    ("lock_batch", ("clerk",), "batch", ("OPEN",), False),
    ("sign_batch", ("approver2", "authoriser", "releaser"), "batch",
     ("LOCKED", "IN_AUTHORISATION", "IN_RELEASE"), False),
    ("reject_batch", ("releaser",), "batch", ("IN_RELEASE",), False),
    ("abort_batch", ("authoriser", "manager"), "batch", ("OPEN", "LOCKED"), False),
    ("send_batch", ("releaser",), "batch", ("IN_RELEASE",), False),
    ("record_results", ("clerk",), "batch", ("SENT",), True),
    ("reconcile_batch", ("authoriser",), "batch", ("PAID", "PARTLY_PAID", "FAILED"), False),
    ("close_batch", ("releaser",), "batch", ("RECONCILED",), False),
    ("draw_up_follow_up", ("clerk",), "batch", ("PARTLY_PAID", "FAILED", "CLOSED"), False),
    ("take_out_line", ("clerk",), "row", ("DRAFT",), False),
    ("bounce_line", ("clerk",), "row", ("PAID",), True),
)  # fmt: skip
# How often the ways back and out are drawn, in hundredths; all else always.
SELDOM = {
    "reject_application": 10, "withdraw_application": 10, "cancel_application": 15,
    "decline_voucher": 10,
    "suspend_voucher": 20, "propose_revocation": 10, "revoke_voucher": 50,
    "drop_revocation": 30, "decline_order": 20,
    "cancel_redemption": 30, "dispute_redemption": 20, "return_redemption": 20,
    "propose_rejection": 20, "reverse_redemption": 25, "reject_batch": 15, "abort_batch": 10,
    "take_out_line": 10, "bounce_line": 40, "draft_application": 20, "suballocate": 10,
    "save_application": 30, "attach_file": 30,
}  # fmt: skip
# What leads on is drawn the more often, so that stories reach the payment and its return.
URGENT = {
    "confirm_order": 2, "submit_evidence": 3, "countersign": 3, "verify_invoice": 3,
    "accept_redemption": 3, "draw_up_batch": 2, "lock_batch": 4, "sign_batch": 6, "send_batch": 6,
    "record_results": 8, "draw_up_follow_up": 4, "bounce_line": 2,
}  # fmt: skip
BUYERS = ("buyer", "rival")
FILES_MOST = 8
CLAIMS_OPEN_MOST = 6
ENDED = ("DECLINED", "CANCELLED", "HOLD_EXPIRED", "REJECTED", "REVERSED", "SETTLED")


def offers(
    bank: Bank, luck: random.Random, key: Callable[[], str], *, only_lawful: bool
) -> list[Command]:
    """A command for each verb and noun; lawful ones only on a noun in a fitting status."""
    found = without_a_noun(bank, luck, key, only_lawful)
    nouns: dict[str, dict[Any, dict[str, Any]]] = {
        "file": bank.files, "voucher": bank.vouchers, "claim": bank.claims, "batch": bank.batches,
        "row": bank.rows,
    }  # fmt: skip
    for verb, people, noun, statuses, has_key in OFFERS:
        fitting = [
            name for name, it in nouns[noun].items()
            if not only_lawful or it["status"] in statuses
        ]  # fmt: skip
        often = SELDOM.get(verb, 100) if only_lawful else 100
        if verb == "request_redemption" and only_lawful and is_busy(bank):
            often = 5
        if fitting and luck.randrange(100) < often:
            name = luck.choice(fitting)
            args = {noun: name, **more(verb, name, bank, luck)}
            if verb == "post_notice":
                args = {"files": luck.sample(fitting, min(len(fitting), luck.choice((1, 1, 2))))}
            person = caller(bank, luck.choice(people), noun, name)
            command = Command(verb, person, args, key() if has_key else "")
            found += [command] * (URGENT.get(verb, 1) if only_lawful else 1)
    return found


def is_busy(bank: Bank) -> bool:
    """Enough is under way."""
    return sum(it["status"] not in ENDED for it in bank.claims.values()) >= CLAIMS_OPEN_MOST


def without_a_noun(
    bank: Bank, luck: random.Random, key: Callable[[], str], only_lawful: bool
) -> list[Command]:
    """What begins something."""
    company = luck.choice(BUYERS)
    found = []
    if not only_lawful or any(it["status"] == "ACCEPTED" for it in bank.claims.values()):
        found.append(Command("draw_up_batch", "clerk"))
    if len(bank.files) < FILES_MOST and luck.randrange(100) < SELDOM["draft_application"]:
        found.append(Command("draft_application", f"{company}_agent", {"company": company}))
    if bank.lines["root3"]["status"] == "APPROVED":
        if luck.randrange(100) < SELDOM["suballocate"]:
            found.append(Command("book_appropriation", "authoriser", {"line": "root3"}, key()))
    elif luck.randrange(100) < SELDOM["suballocate"]:
        fen = luck.choice((1_000_003, 999_999, 2_000_000))
        args = {"parent": "root3", "child": "leaf3", "amount_fen": fen}
        found.append(Command("suballocate", "authoriser", args, key()))
    for name, letter in bank.letters.items():
        if not letter["waived"]:
            person = f"{letter['company']}_signatory"
            found.append(Command("waive_letter", person, {"letter": name}))
    return found


def caller(bank: Bank, person: str, noun: str, name: Any) -> str:
    """ "agent" is the agent of the company whose noun it is."""
    if person not in ("agent", "signatory"):
        return person
    holder = {"file": bank.files, "voucher": bank.vouchers}.get(noun)
    company = holder[name]["company"] if holder else company_of_claim(bank, name)
    return f"{company}_{person}"


def company_of_claim(bank: Bank, claim: str) -> str:
    """Whose voucher it uses."""
    return str(bank.vouchers[bank.claims[claim]["voucher"]]["company"])


def more(verb: str, name: Any, bank: Bank, luck: random.Random) -> dict[str, Any]:
    """Sums and answers, on and about their limits."""
    if verb == "save_application":
        return {"planned_fen": luck.choice((3_333_337, 9_999_999, 1_000_001, 12_000_000))}
    if verb == "recommend_application":
        most = bank.files[name]["grant"]
        return {"amount_fen": luck.choice((most, most, most - 1, most // 2, most + 1))}
    if verb == "request_redemption":
        price = luck.choice((100_001, 333_333, 1_000_000, 2_500_000, 7_000_000))
        most = price * 3 // 10
        wanted = luck.choice((None, None, None, most, most // 2, most + 1, 1))
        return {"price_fen": price, "requested_fen": wanted}
    if verb == "submit_evidence":
        price = bank.claims[name]["price"]
        return {"invoice_fen": luck.choice((price, price, price - 1, price // 2, price + 1))}
    if verb == "verify_invoice":
        return {"status": luck.choice(("VERIFIED", "VERIFIED", "VERIFIED", "NOT_FOUND"))}
    if verb == "decide_dispute":
        return {"goes_on": luck.random() < 0.7}
    if verb == "accept_redemption":
        most = bank.claims[name]["subsidy"]
        fen = bank.claims[name]["first"] or luck.choice((most, most, most - 1, most // 3, most + 1))
        return {"accepted_fen": fen, "reason": luck.choice(("", "部分不符"))}
    if verb == "sign_batch":
        acts = {"LOCKED": "BATCH_APPROVE", "IN_AUTHORISATION": "AUTHORISE"}
        return {"act": acts.get(bank.batches[name]["status"], "RELEASE")}
    if verb == "record_results":
        return {
            "paid_on": local_date(bank.at).isoformat(),
            "failed": luck.choice(([], [], ["leaf1"], ["leaf2"], ["leaf1", "leaf2"])),
        }
    return {}
