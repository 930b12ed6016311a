"""Batches and payments in the dictionary, and the bank as a whole."""

from __future__ import annotations

from typing import Any

from companies.local_time import local_date
from tests.cast import OFFICERS
from tests.model.bank import COSIGN, refuse_unless
from tests.model.bank_claims import Claims

Row = tuple[str, str, str]  # batch, claim, line
LIVE = ("DRAFT", "PENDING", "PAID")
ON_THE_WAY = ("PENDING", "PAID", "FAILED", "RETURNED")
BEFORE_SENT = ("LOCKED", "IN_APPROVAL", "IN_AUTHORISATION", "IN_RELEASE")
ANSWERED = ("PAID", "PARTLY_PAID", "FAILED")
SIGNERS = {
    "BATCH_APPROVE": ("approver", "reviewer"),
    "AUTHORISE": ("finance_authoriser", "approver"),
    "RELEASE": ("finance_releaser",),
}
SIGNED_FROM = {
    "BATCH_APPROVE": ("LOCKED", "IN_APPROVAL"), "AUTHORISE": ("IN_AUTHORISATION",),
    "RELEASE": ("IN_RELEASE",),
}  # fmt: skip
NEXT_ACT = {
    "IN_APPROVAL": "BATCH_APPROVE", "IN_AUTHORISATION": "AUTHORISE", "IN_RELEASE": "RELEASE",
}  # fmt: skip
LEADS_TO = {
    "BATCH_APPROVE": "IN_AUTHORISATION", "AUTHORISE": "IN_RELEASE", "RELEASE": "IN_RELEASE",
}  # fmt: skip


class Bank(Claims):
    """Everything, to the payment and its return."""

    def draw_up_batch(self, who: str) -> str:
        self.require_duty(who, "finance_clerk")
        ready = {
            (claim, line): fen
            for claim, it in self.claims.items()
            if it["status"] == "ACCEPTED" and it["invoice"] == "VERIFIED"
            and not self._rows_of_claim(claim, *LIVE)
            for line, fen in it["parts"].items()
            if fen
        }  # fmt: skip
        refuse_unless(ready, "nothing_to_pay")
        return self._open_batch(ready, {})

    def draw_up_follow_up(self, who: str, batch: str) -> str:
        self.require_duty(who, "finance_clerk")
        open_rows = {
            key: row for key, row in self._rows_of(batch, "FAILED", "RETURNED").items()
            if not any(other["replaces"] == key for other in self.rows.values())
        }  # fmt: skip
        was_answered = self.batches[batch]["status"] in (*ANSWERED, "RECONCILED", "CLOSED")
        refuse_unless(was_answered and open_rows, "nothing_to_pay")
        return self._open_batch(
            {key[1:]: row["fen"] for key, row in open_rows.items()},
            {key[1:]: key for key in open_rows},
        )

    def _open_batch(
        self, wanted: dict[tuple[str, str], int], replaced: dict[tuple[str, str], Row]
    ) -> str:
        name = f"batch{len(self.batches) + 1}"
        self.batches[name] = {
            "status": "OPEN", "total": sum(wanted.values()), "cycle": 0, "released": False,
            "aborting": False, "sent_on": "",
        }  # fmt: skip
        for (claim, line), fen in wanted.items():
            self.rows[name, claim, line] = {
                "status": "DRAFT", "fen": fen, "replaces": replaced.get((claim, line)),
            }  # fmt: skip
        return name

    def _rows_of(self, batch: str, *statuses: str) -> dict[Row, dict[str, Any]]:
        return {
            key: row for key, row in self.rows.items()
            if key[0] == batch and row["status"] in statuses
        }  # fmt: skip

    def _rows_of_claim(self, claim: str, *statuses: str) -> dict[Row, dict[str, Any]]:
        return {
            key: row for key, row in self.rows.items()
            if key[1] == claim and row["status"] in statuses
        }  # fmt: skip

    def take_out_line(self, who: str, row: Row) -> None:
        self.require_duty(who, "finance_clerk")
        self.require_state(self.batches[row[0]], "OPEN")
        self.require_state(self.rows[row], "DRAFT")
        self.rows[row].update(status="VOID", replaces=None)
        self.batches[row[0]]["total"] -= self.rows[row]["fen"]

    def lock_batch(self, who: str, batch: str) -> None:
        self.require_duty(who, "finance_clerk")
        self.require_state(self.batches[batch], "OPEN")
        rows = self._rows_of(batch, "DRAFT")
        refuse_unless(rows, "batch_empty")
        claims = {key[1] for key in rows}
        are_good = all(self.claims[claim]["invoice"] == "VERIFIED" for claim in claims)
        refuse_unless(are_good, "not_payable")
        self._sign_files(batch, who, "BUILD")
        self._put(rows, "PENDING")
        for claim in claims:
            if self.claims[claim]["status"] == "ACCEPTED":
                self.claims[claim]["status"] = "IN_SETTLEMENT"
        self.batches[batch].update(
            status="LOCKED", total=sum(row["fen"] for row in rows.values())
        )  # fmt: skip

    @staticmethod
    def _put(rows: dict[Row, dict[str, Any]], status: str) -> None:
        for row in rows.values():
            row["status"] = status

    def _sign_files(self, batch: str, who: str, act: str, question: str = "") -> None:
        cycle = self.batches[batch]["cycle"]
        claims = [key[1] for key in self._rows_of(batch, *LIVE, "FAILED", "RETURNED")]
        files = sorted({self.claims[claim]["file"] for claim in claims})
        for file in files:
            self.require_seat(file, who, act, batch + question, cycle)
        for file in files:
            self.sign(file, who, act, batch + question, cycle)

    def sign_batch(self, who: str, batch: str, act: str) -> None:
        it = self.batches[batch]
        self.require_duty(who, *SIGNERS[act])
        self.require_state(it, *SIGNED_FROM[act])
        self._sign_files(batch, who, act)
        it["status"] = LEADS_TO[act]
        it["released"] = act == "RELEASE"

    def reject_batch(self, who: str, batch: str) -> None:
        """Whose turn it is; until the first signature the clerk, too."""
        it = self.batches[batch]
        act = NEXT_ACT.get(it["status"], "BATCH_APPROVE")
        roles = SIGNERS[act]
        if it["status"] == "LOCKED" and OFFICERS.get(who, ("",))[0] == "finance_clerk":
            act, roles = "BUILD", ("finance_clerk",)
        self.require_duty(who, *roles)
        self.require_state(it, *BEFORE_SENT)
        self._sign_files(batch, who, act, "#rejection")
        claims = {key[1] for key in self._rows_of(batch, "PENDING")}
        self._put(self._rows_of(batch, "PENDING"), "DRAFT")
        it.update(status="OPEN", cycle=it["cycle"] + 1, released=False, aborting=False)
        self._free(claims)

    def abort_batch(self, who: str, batch: str) -> None:
        """An authoriser proposes, a manager carries it out; an empty one needs no second."""
        it = self.batches[batch]
        roles = ("programme_manager",) if it["aborting"] else SIGNERS["AUTHORISE"]
        self.require_duty(who, *roles)
        self.require_state(it, "OPEN", *BEFORE_SENT)
        self._sign_files(batch, who, COSIGN if it["aborting"] else "AUTHORISE", "#abort")
        rows = self._rows_of(batch, "DRAFT", "PENDING")
        if rows and not it["aborting"]:
            it["aborting"] = True
            return
        for row in rows.values():
            row.update(status="VOID", replaces=None)
        it["status"] = "ABORTED"
        self._free({key[1] for key in rows})

    def _free(self, claims: set[str]) -> None:
        """What is no longer on the way is an open debt again."""
        for claim in claims:
            it = self.claims[claim]
            if it["status"] == "IN_SETTLEMENT" and not self._rows_of_claim(claim, *ON_THE_WAY):
                it["status"] = "ACCEPTED"

    def send_batch(self, who: str, batch: str) -> None:
        it = self.batches[batch]
        self.require_duty(who, "finance_releaser")
        if it["status"] == "SENT":
            return
        self.require_state(it, "IN_RELEASE")
        refuse_unless(it["released"], "not_released")
        invoices = {self.claims[key[1]]["invoice"] for key in self._rows_of(batch, "PENDING")}
        refuse_unless(invoices == {"VERIFIED"}, "not_payable")
        it.update(status="SENT", sent_on=local_date(self.at).isoformat())

    def record_results(self, who: str, batch: str, failed: list[str], paid_on: str) -> None:
        """Every row of the sheet is answered: one per line of the budget."""
        self.require_duty(who, "finance_clerk")
        self.require_state(self.batches[batch], "SENT")
        rows = self._rows_of(batch, "PENDING")
        is_possible = self.batches[batch]["sent_on"] <= paid_on <= local_date(self.at).isoformat()
        refuse_unless(is_possible or {key[2] for key in rows} <= {*failed}, "paid_on_impossible")
        for (_batch, claim, line), row in rows.items():
            row["status"] = "FAILED" if line in failed else "PAID"
            if row["status"] == "PAID":
                voucher = self.claims[claim]["voucher"]
                self.move(row["fen"], ("PAYABLE", voucher, line), ("PAID", voucher, line))
        for claim in sorted({key[1] for key in rows}, key=lambda name: int(name[5:])):
            self._settle(claim)
        said = {row["status"] for row in rows.values()}
        self.batches[batch]["status"] = said.pop() if len(said) == 1 else "PARTLY_PAID"

    def _settle(self, claim: str) -> None:
        it = self.claims[claim]
        owed = {line for line, fen in it["parts"].items() if fen}
        paid = {key[2] for key in self._rows_of_claim(claim, "PAID")}
        if it["status"] == "IN_SETTLEMENT" and owed == paid:
            it["status"] = "SETTLED"
            self.keep(claim, "settlement.pay_within")
            self.close_if_over(it["voucher"])

    def bounce_line(self, who: str, row: Row) -> None:
        """The bank sends back a whole row of the sheet: every claim paid by it."""
        self.require_duty(who, "finance_clerk")
        self.require_state(self.rows[row], "PAID")
        for key, other in self._rows_of(row[0], "PAID").items():
            if key[2] == row[2]:
                voucher = self.claims[key[1]]["voucher"]
                other["status"] = "RETURNED"
                self.move(other["fen"], ("PAID", voucher, key[2]), ("PAYABLE", voucher, key[2]))

    def reconcile_batch(self, who: str, batch: str) -> None:
        self.require_duty(who, "finance_authoriser")
        self.require_state(self.batches[batch], *ANSWERED)
        self.batches[batch]["status"] = "RECONCILED"

    def close_batch(self, who: str, batch: str) -> None:
        self.require_duty(who, "finance_releaser")
        self.require_state(self.batches[batch], "RECONCILED")
        self.batches[batch]["status"] = "CLOSED"

    def carry_out_deadline(self, who: str, subject: str, kind: str) -> None:
        """The sweeper comes by; before the day, or twice, nothing happens."""
        due = self.due.get((subject, kind))
        if due is None or self.at < due:
            return
        if kind.startswith("redemptions"):
            self.claim_is_due(subject, kind)
        elif kind.startswith(("applications", "issuance")):
            self.file_is_due(subject, kind)
        self.keep(subject, kind)
