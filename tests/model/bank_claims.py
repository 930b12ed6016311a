"""Redemptions in the dictionary: hold, proof, answer, check, debt, and the ways back."""

from __future__ import annotations

from typing import Any

from tests.model.bank import DEAD, SELLER, refuse_unless, split
from tests.model.bank_files import Files

RATE_BP = 3_000
SECOND_FROM_FEN = 2_000_000  # from here on a second person confirms
CHECKERS = ("reviewer", "intake")


class Claims(Files):
    """From the order to the debt."""

    def request_redemption(
        self, who: str, voucher: str, price_fen: int, requested_fen: int | None = None
    ) -> str:
        it = self.vouchers[voucher]
        self.require_member(who, it["company"], "agent")
        refuse_unless(
            it["status"] == "ACTIVE" and self.at < it["grace"], "voucher_not_usable"
        )  # fmt: skip
        most, there = price_fen * RATE_BP // 10_000, self.standing("VOUCHER", voucher)
        fen = min(most, sum(there.values())) if requested_fen is None else requested_fen
        refuse_unless(fen <= most, "amount_above_rate")
        refuse_unless(0 < fen <= sum(there.values()), "insufficient_funds")
        parts = dict(zip(there, split(fen, list(there.values())), strict=True))
        name = f"claim{len(self.claims) + 1}"
        self.claims[name] = {
            "voucher": voucher, "file": it["file"], "status": "REQUESTED", "price": price_fen,
            "requested": fen, "held": fen, "parts": parts, "accepted": 0, "subsidy": 0, "cycle": 0,
            "invoice": "", "first": None, "rejection": False, "reversal": False,
        }  # fmt: skip
        for line, part in parts.items():
            self.move(part, ("VOUCHER", voucher, line), ("HELD", voucher, line))
        self.promise(name, "redemptions.hold_end", 30, "calendar")
        return name

    def confirm_order(self, who: str, claim: str) -> None:
        self.require_seller(who)
        self.require_in_time(claim, "redemptions.hold_end")
        self.require_state(self.claims[claim], "REQUESTED")
        self.claims[claim]["status"] = "CONFIRMED"

    def decline_order(self, who: str, claim: str) -> None:
        self.require_seller(who)
        self.require_state(self.claims[claim], "REQUESTED")
        self._end_hold(claim, "DECLINED")

    def cancel_redemption(self, who: str, claim: str) -> None:
        if who != SELLER:
            company = self.vouchers[self.claims[claim]["voucher"]]["company"]
            self.require_member(who, company, "agent", "signatory")
        self.require_state(self.claims[claim], "REQUESTED", "CONFIRMED")
        self._end_hold(claim, "CANCELLED")

    def _end_hold(self, claim: str, status: str) -> None:
        it = self.claims[claim]
        self.keep(claim, "redemptions.hold_end")
        for line, part in it["parts"].items():
            self.move(part, ("HELD", it["voucher"], line), ("VOUCHER", it["voucher"], line))
        self._pass_on(it, it["parts"])
        it.update(status=status, held=0)

    def _pass_on(self, claim: dict[str, Any], parts: dict[str, int]) -> None:
        """What returns to a dead voucher goes on to its pool."""
        name = claim["voucher"]
        voucher = self.vouchers[name]
        if voucher["status"] not in DEAD:
            return
        for line, part in parts.items():
            self.move(part, ("VOUCHER", name, line), ("POOL", line, line))
        self.free_caps(voucher["file"], sum(parts.values()))
        self.close_if_over(name)

    def submit_evidence(self, who: str, claim: str, invoice_fen: int) -> None:
        it = self.claims[claim]
        self.require_seller(who)
        self.require_state(it, "CONFIRMED", "DISPUTED", "RETURNED")
        self.require_in_time(claim, "redemptions.hold_end")
        refuse_unless(invoice_fen <= it["price"], "bill_above_order")
        subsidy = min(invoice_fen * RATE_BP // 10_000, it["held"])
        refuse_unless(subsidy, "nothing_eligible")
        it.update(status="EVIDENCED", subsidy=subsidy, invoice="UNVERIFIED")
        self.keep(claim, "redemptions.hold_end", "redemptions.dispute")
        self.promise(claim, "redemptions.silence", 5)

    def countersign(self, who: str, claim: str) -> None:
        company = self.vouchers[self.claims[claim]["voucher"]]["company"]
        self.require_member(who, company, "agent", "signatory")
        self._countersigned(claim)

    def _countersigned(self, claim: str) -> None:
        self.require_state(self.claims[claim], "EVIDENCED")
        self.claims[claim]["status"] = "COUNTERSIGNED"
        self.keep(claim, "redemptions.silence")
        self._proceed(claim)

    def dispute_redemption(self, who: str, claim: str) -> None:
        company = self.vouchers[self.claims[claim]["voucher"]]["company"]
        self.require_member(who, company, "agent", "signatory")
        self.require_in_time(claim, "redemptions.silence")
        self.require_state(self.claims[claim], "EVIDENCED")
        self.claims[claim]["status"] = "DISPUTED"
        self.keep(claim, "redemptions.silence")
        self.promise(claim, "redemptions.dispute", 10)

    def decide_dispute(self, who: str, claim: str, goes_on: bool) -> None:
        it = self.claims[claim]
        self.require_duty(who, *CHECKERS)
        self.require_state(it, "DISPUTED")
        self.sign(it["file"], who, "ACCEPT", claim, it["cycle"])
        self._next_round(it)
        self.keep(claim, "redemptions.dispute")
        if goes_on:
            it["status"] = "UNDER_CHECK"
        else:
            self._end_hold(claim, "CANCELLED")

    def verify_invoice(self, who: str, claim: str, status: str) -> None:
        it = self.claims[claim]
        self.require_duty(who, *CHECKERS)
        refuse_unless(it["invoice"], "invoice_missing")
        it["invoice"] = status
        self._proceed(claim)

    def _proceed(self, claim: str) -> None:
        """Drawn, or with a bad invoice: checked. With a good one: a debt."""
        it = self.claims[claim]
        if it["status"] != "COUNTERSIGNED":
            return
        if it["invoice"] == "NOT_FOUND" or self.drawn[claim]:
            it["status"] = "UNDER_CHECK"
        elif it["invoice"] == "VERIFIED":
            self._accept(claim, it["subsidy"])

    def accept_redemption(self, who: str, claim: str, accepted_fen: int, reason: str) -> None:
        it = self.claims[claim]
        self.require_duty(who, *CHECKERS)
        self.require_state(it, "UNDER_CHECK")
        refuse_unless(it["invoice"] == "VERIFIED", "invoice_not_verified")
        refuse_unless(0 < accepted_fen <= it["subsidy"], "amount_too_high")
        refuse_unless(accepted_fen == it["subsidy"] or reason, "reason_missing")
        if it["first"]:
            self.require_duty(who, "reviewer")
            refuse_unless(it["first"] == accepted_fen, "sum_differs")
        act = "CONFIRM" if it["first"] else "ACCEPT"
        self.sign(it["file"], who, act, claim, it["cycle"])
        if accepted_fen >= SECOND_FROM_FEN and not it["first"]:
            it["first"] = accepted_fen
        else:
            self._accept(claim, accepted_fen)

    def _accept(self, claim: str, fen: int) -> None:
        it = self.claims[claim]
        name, held = it["voucher"], it["parts"]
        taken = dict(zip(held, split(fen, list(held.values())), strict=True))
        rests = {line: held[line] - taken[line] for line in held}
        for line in held:
            self.move(taken[line], ("HELD", name, line), ("PAYABLE", name, line))
            self.move(rests[line], ("HELD", name, line), ("VOUCHER", name, line))
        self._pass_on(it, rests)
        it.update(status="ACCEPTED", held=0, accepted=fen, parts=taken)
        self._next_round(it)
        self.promise(claim, "settlement.pay_within", 20)

    @staticmethod
    def _next_round(claim: dict[str, Any]) -> None:
        claim.update(cycle=claim["cycle"] + 1, first=None, rejection=False, reversal=False)

    def return_redemption(self, who: str, claim: str) -> None:
        it = self.claims[claim]
        self.require_duty(who, *CHECKERS)
        self.require_state(it, "UNDER_CHECK")
        self.sign(it["file"], who, "ACCEPT", claim, it["cycle"])
        self._next_round(it)
        it["status"] = "RETURNED"
        self.promise(claim, "redemptions.hold_end", 30, "calendar")

    def propose_rejection(self, who: str, claim: str) -> None:
        it = self.claims[claim]
        self.require_duty(who, *CHECKERS)
        self.require_state(it, "UNDER_CHECK")
        self.sign(it["file"], who, "ACCEPT", claim, it["cycle"])
        it["rejection"] = True

    def reject_redemption(self, who: str, claim: str) -> None:
        it = self.claims[claim]
        self.require_duty(who, "reviewer")
        self.require_state(it, "UNDER_CHECK")
        refuse_unless(it["rejection"], "rejection_unproposed")
        self.sign(it["file"], who, "CONFIRM", claim, it["cycle"])
        self._end_hold(claim, "REJECTED")

    def reverse_redemption(self, who: str, claim: str) -> None:
        it = self.claims[claim]
        self.require_duty(who, *(("finance_clerk",) if it["reversal"] else CHECKERS))
        self.require_state(it, "ACCEPTED")
        refuse_unless(not self._is_in_a_batch(claim), "in_a_batch")
        act = "BUILD" if it["reversal"] else "ACCEPT"
        self.sign(it["file"], who, act, claim, it["cycle"])
        if not it["reversal"]:
            it["reversal"] = True
            return
        self.keep(claim, "settlement.pay_within")
        for line, part in it["parts"].items():
            self.move(part, ("PAYABLE", it["voucher"], line), ("VOUCHER", it["voucher"], line))
        self._pass_on(it, it["parts"])
        it.update(status="REVERSED", accepted=0)

    def _is_in_a_batch(self, claim: str) -> bool:
        return any(
            key[1] == claim and row["status"] in ("DRAFT", "PENDING", "PAID")
            for key, row in self.rows.items()
        )

    def claim_is_due(self, claim: str, kind: str) -> None:
        """What the day does to a redemption; a missed promise is only told."""
        if kind == "redemptions.silence":
            self._countersigned(claim)
        elif kind == "redemptions.hold_end":
            self._end_hold(claim, "HOLD_EXPIRED")
