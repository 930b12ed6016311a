"""Stories that once differed, shortened: they are told again in every run."""

from __future__ import annotations

from tests.model.bank import Command

PAID = {"paid_on": "2025-03-19"}  # the day on which the stories begin
EXAMPLES = {
    "a notice about a draft": [
        Command("draft_application", "buyer_agent", {"company": "buyer"}),
        Command("post_notice", "approver", {"files": ["file3"]}, "key-1"),
        Command("prepare_voucher", "manager", {"file": "file3"}),
    ],
    "an answer of the channel repeated when it has been booked": [
        Command("request_redemption", "buyer_agent", {"voucher": "voucher1", "price_fen": 1_000_000,
                                                      "requested_fen": None}, "order-1"),
        Command("confirm_order", "seller_sales", {"claim": "claim1"}),
        Command("submit_evidence", "seller_sales", {"claim": "claim1", "invoice_fen": 1_000_000}),
        Command("verify_invoice", "checker", {"claim": "claim1", "status": "NOT_FOUND"}),
        Command("countersign", "buyer_agent", {"claim": "claim1"}),
        Command("verify_invoice", "checker", {"claim": "claim1", "status": "VERIFIED"}),
        Command("accept_redemption", "checker", {"claim": "claim1", "accepted_fen": 300_000,
                                                 "reason": ""}, "accept-1"),
        Command("draw_up_batch", "clerk"),
        Command("lock_batch", "clerk", {"batch": "batch1"}),
        Command("sign_batch", "approver2", {"batch": "batch1", "act": "BATCH_APPROVE"}),
        Command("sign_batch", "authoriser", {"batch": "batch1", "act": "AUTHORISE"}),
        Command("sign_batch", "releaser", {"batch": "batch1", "act": "RELEASE"}),
        Command("send_batch", "releaser", {"batch": "batch1"}),
        Command("record_results", "clerk", {"batch": "batch1", "failed": [], **PAID}, "paid-1"),
        Command("record_results", "clerk", {"batch": "batch1", "failed": [], **PAID}, "paid-1"),
        Command("bounce_line", "clerk", {"row": ("batch1", "claim1", "leaf1")}, "back-1"),
        Command("record_results", "clerk", {"batch": "batch1", "failed": ["leaf1"], **PAID},
                "paid-1"),
        Command("draw_up_follow_up", "clerk", {"batch": "batch1"}),
        Command("reconcile_batch", "authoriser", {"batch": "batch1"}),
        Command("close_batch", "releaser", {"batch": "batch1"}),
    ],
}  # fmt: skip
