"""Budget, files and vouchers in the dictionary."""

from __future__ import annotations

from companies.local_time import (
    add_months,
    deadline_at,
    end_of_day,
    is_workday_default,
    local_date,
)
from tests.model.bank import CEILING, COSIGN, Core, refuse_unless

GRANT_BP = 3_000
BEFORE_APPROVAL = ("DRAFT", "SUBMITTED", "IN_SCREENING", "IN_REVIEW", "RECOMMENDED",
                   "IN_PUBLIC_NOTICE")  # fmt: skip


class Files(Core):
    """From the appropriation to the voucher, and its end."""

    def book_appropriation(self, who: str, line: str) -> None:
        self.require_duty(who, "finance_authoriser")
        refuse_unless(not self.lines[line]["parent"], "not_a_root")
        self.require_state(self.lines[line], "APPROVED")
        self.lines[line]["status"] = "OPEN"
        fen = self.lines[line]["document"]
        self.move(fen, ("APPROPRIATION", line, line), ("POOL", line, line))

    def suballocate(self, who: str, parent: str, child: str, amount_fen: int) -> None:
        refuse_unless(self.lines[child]["parent"] == parent, "not_a_child")
        self.require_duty(who, "finance_authoriser")
        refuse_unless(amount_fen > 0, "amount_not_positive")
        self.require_state(self.lines[parent], "OPEN")
        refuse_unless(self.money["POOL", parent, parent] >= amount_fen, "insufficient_funds")
        self.lines[child]["status"] = "OPEN"
        self.move(amount_fen, ("POOL", parent, parent), ("POOL", child, child))

    def draft_application(self, who: str, company: str) -> str:
        self.require_member(who, company, "agent", "signatory")
        refuse_unless(self.at < self.closes, "round_closed")
        unnamed = [f for f in self.files.values() if f["company"] == company and not f["named"]
                   and f["status"] == "DRAFT"]  # fmt: skip
        refuse_unless(not unnamed, "application_exists")
        name = f"file{len(self.files) + 1}"
        self.files[name] = {
            "company": company, "status": "DRAFT", "named": False, "planned": 0, "paper": False,
            "grant": 0, "advice": 0, "approved": 0, "reserved": 0, "voucher": "",
            "cancelling": False,
        }  # fmt: skip
        self.due[name, "applications.round_end"] = self.closes
        return name

    def save_application(self, who: str, file: str, planned_fen: int) -> None:
        self._require_own_draft(who, file)
        self.files[file]["planned"] = planned_fen

    def attach_file(self, who: str, file: str) -> None:
        self._require_own_draft(who, file)
        self.files[file]["paper"] = True

    def _require_own_draft(self, who: str, file: str) -> None:
        self.require_member(who, self.files[file]["company"], "agent", "signatory")
        refuse_unless(self.files[file]["status"] == "DRAFT", "application_closed")

    def submit_application(self, who: str, file: str) -> None:
        it = self.files[file]
        self.require_member(who, it["company"], "signatory")
        self.require_state(it, "DRAFT")
        refuse_unless(self.at < self.closes, "round_closed")
        refuse_unless(it["planned"], "form_invalid")
        refuse_unless(it["paper"], "documents_missing")
        it.update(status="SUBMITTED", named=True, grant=it["planned"] * GRANT_BP // 10_000)
        self.keep(file, "applications.round_end")
        self.promise(file, "applications.intake", 5)

    def take_screening(self, who: str, file: str) -> None:
        self.require_duty(who, "intake")
        self.require_state(self.files[file], "SUBMITTED")
        refuse_unless(self.seats.get((file, who), "SCREEN") == "SCREEN", "seat_taken")
        self.seats[file, who] = "SCREEN"
        self.files[file]["status"] = "IN_SCREENING"

    def accept_application(self, who: str, file: str) -> None:
        self.require_duty(who, "intake")
        self.require_state(self.files[file], "IN_SCREENING")
        self.sign(file, who, "SCREEN", file)
        self.files[file]["status"] = "IN_REVIEW"
        self.keep(file, "applications.intake")
        self.promise(file, "applications.review", 10)

    def recommend_application(self, who: str, file: str, amount_fen: int) -> None:
        it = self.files[file]
        self.require_duty(who, "reviewer")
        self.require_state(it, "IN_REVIEW")
        refuse_unless(0 < amount_fen <= it["grant"], "amount_out_of_range")
        self.sign(file, who, "REVIEW", file)
        it.update(status="RECOMMENDED", advice=amount_fen)
        self.keep(file, "applications.review")

    def reject_application(self, who: str, file: str) -> None:
        self.require_duty(who, "approver")
        self.require_state(self.files[file], "RECOMMENDED")
        self.sign(file, who, "APPROVE", file)
        self._end_file(file, "REJECTED")

    def post_notice(self, who: str, files: list[str]) -> str:
        self.require_duty(who, "approver")
        pools = {line: self.money["POOL", line, line] for line in self.leaves()}
        room, legs = self.ceiling - self.used[CEILING], []
        for file in sorted(files):
            fen = self.files[file]["advice"]
            self.require_state(self.files[file], "RECOMMENDED")
            self.require_seat(file, who, "APPROVE", file)
            refuse_unless(fen <= room, "ceiling_short")
            refuse_unless(fen <= sum(pools.values()), "insufficient_funds")
            room -= fen
            for line, there in pools.items():
                part = min(there, fen)
                pools[line], fen = there - part, fen - part
                legs += [(file, line, part)] if part else []
        notice = f"notice{len(self.notices) + 1}"
        self.notices[notice] = "POSTED"
        self.promise(notice, "applications.notice_end", 5)
        for file in files:
            fen = self.files[file]["advice"]
            self.sign(file, who, "APPROVE", file)
            self.files[file].update(status="IN_PUBLIC_NOTICE", approved=fen, reserved=fen)
            self.counted[file] = {cap: fen for cap in (CEILING, self.files[file]["company"])}
            self.used.update(self.counted[file])
            self.promise(file, "applications.notice_end", 5)
        for file, line, fen in legs:
            self.move(fen, ("POOL", line, line), ("RESERVED", file, line))
        return notice

    def withdraw_application(self, who: str, file: str) -> None:
        it = self.files[file]
        roles = ("signatory",) if it["named"] else ("agent", "signatory")
        self.require_member(who, it["company"], *roles)
        self.require_state(it, *BEFORE_APPROVAL)
        self._end_file(file, "WITHDRAWN")

    def cancel_application(self, who: str, file: str) -> None:
        """An approver proposes, a manager co-signs and carries it out."""
        it = self.files[file]
        self.require_duty(who, "programme_manager" if it["cancelling"] else "approver")
        self.require_state(it, "APPROVED")
        act = COSIGN if it["cancelling"] else "APPROVE"
        self.sign(file, who, act, f"{file}#cancellation")
        if it["cancelling"]:
            self._end_file(file, "CANCELLED")
        it["cancelling"] = True

    def _end_file(self, file: str, status: str) -> None:
        self.files[file]["status"] = status
        self.free_caps(file, None)
        self.keep(file)
        self._unreserve(file)

    def _unreserve(self, file: str) -> None:
        for line, fen in self.standing("RESERVED", file).items():
            self.move(fen, ("RESERVED", file, line), ("POOL", line, line))
        self.files[file]["reserved"] = 0

    def standing(self, kind: str, owner: str) -> dict[str, int]:
        """What stands on this owner's accounts of a kind, by line in draw order."""
        found = {line: self.money[kind, owner, line] for line in self.lines}
        return {line: fen for line, fen in found.items() if fen}

    def free_caps(self, file: str, fen: int | None) -> None:
        """What no longer counts; None: all of it."""
        for cap, counted in self.counted.get(file, {}).items():
            back = counted if fen is None else min(fen, counted)
            self.used[cap] -= back
            self.counted[file][cap] -= back

    def prepare_voucher(self, who: str, file: str) -> str | None:
        it = self.files[file]
        self.require_duty(who, "programme_manager")
        if it["voucher"]:
            return None
        self.require_state(it, "APPROVED")
        name = f"voucher{len(self.vouchers) + 1}"
        until = add_months(local_date(self.at), 1)
        self.vouchers[name] = {
            "file": file, "company": it["company"], "status": "PENDING", "face": it["approved"],
            "parts": self.standing("RESERVED", file), "until": end_of_day(until),
            "grace": deadline_at(until, 30, "calendar", is_workday_default),
            "suspended_by": "", "rounds": 0, "letter": "", "from": self.at,
            "consent": deadline_at(local_date(self.at), 10, "working", is_workday_default),
        }  # fmt: skip
        it.update(status="ISSUED", voucher=name)
        self.due[name, "issuance.consent"] = self.vouchers[name]["consent"]
        return name

    def accept_voucher(self, who: str, voucher: str) -> None:
        it = self.vouchers[voucher]
        self.require_member(who, it["company"], "signatory")
        self.require_state(it, "PENDING")
        refuse_unless(self.at < min(it["consent"], it["until"]), "consent_period_over")
        for line, fen in it["parts"].items():
            self.move(fen, ("RESERVED", it["file"], line), ("VOUCHER", voucher, line))
        self.files[it["file"]]["reserved"] = 0
        it["status"] = "ACTIVE"
        self.keep(voucher, "issuance.consent")
        self.due[voucher, "issuance.grace_end"] = it["grace"]

    def decline_voucher(self, who: str, voucher: str) -> None:
        self.require_member(who, self.vouchers[voucher]["company"], "signatory")
        self.require_state(self.vouchers[voucher], "PENDING")
        self._drop_pending(voucher, "DECLINED")

    def _drop_pending(self, voucher: str, status: str) -> None:
        file = self.vouchers[voucher]["file"]
        self.vouchers[voucher]["status"] = status
        self.keep(voucher, "issuance.consent")
        self._unreserve(file)
        self.free_caps(file, None)

    def suspend_voucher(self, who: str, voucher: str) -> None:
        self.require_duty(who, "approver")
        self.require_state(self.vouchers[voucher], "ACTIVE")
        self.vouchers[voucher].update(status="SUSPENDED", suspended_by=who)

    def resume_voucher(self, who: str, voucher: str) -> None:
        self.require_duty(who, "approver")
        self.require_state(self.vouchers[voucher], "SUSPENDED")
        refuse_unless(self.vouchers[voucher]["suspended_by"] != who, "second_person_needed")
        self.vouchers[voucher].update(status="ACTIVE", suspended_by="")

    def propose_revocation(self, who: str, voucher: str) -> str:
        it = self.vouchers[voucher]
        self.require_duty(who, "approver")
        self.require_state(it, "ACTIVE", "SUSPENDED")
        self.require_seat(it["file"], who, "APPROVE", voucher, it["rounds"])
        refuse_unless(not it["letter"], "prior_notice_served")
        self._sign_round(who, voucher)
        it["letter"] = name = f"letter{len(self.letters) + 1}"
        self.promise(name, "letters.reply", 5)
        self.letters[name] = {
            "company": it["company"], "until": self.due[name, "letters.reply"],
            "waived": False, "withdrawn": False,
        }  # fmt: skip
        return name

    def drop_revocation(self, who: str, voucher: str) -> None:
        """The notice no longer stands; one may propose again."""
        it = self.vouchers[voucher]
        self.require_duty(who, "approver")
        self.require_state(it, "ACTIVE", "SUSPENDED")
        refuse_unless(it["letter"], "nothing_noticed")
        self._sign_round(who, voucher)
        self.letters[it["letter"]]["withdrawn"] = True
        self.keep(it["letter"], "letters.reply")
        it["letter"] = ""

    def _sign_round(self, who: str, voucher: str) -> None:
        it = self.vouchers[voucher]
        self.sign(it["file"], who, "APPROVE", voucher, it["rounds"])
        it["rounds"] += 1

    def waive_letter(self, who: str, letter: str) -> None:
        it = self.letters[letter]
        self.require_member(who, it["company"], "signatory")
        refuse_unless(self.at < it["until"] and not it["withdrawn"], "reply_period_over")
        it["waived"] = True
        self.keep(letter, "letters.reply")

    def revoke_voucher(self, who: str, voucher: str) -> None:
        it = self.vouchers[voucher]
        self.require_duty(who, "finance_authoriser")
        self.require_state(it, "ACTIVE", "SUSPENDED")
        letter = self.letters.get(it["letter"])
        may_rest = letter is not None and (letter["waived"] or letter["until"] <= self.at)
        refuse_unless(may_rest, "prior_notice_missing")
        refuse_unless(not self.standing("HELD", voucher), "redemptions_open")
        self.sign(it["file"], who, "AUTHORISE", voucher)
        self.keep(voucher, "issuance.grace_end")
        self._take_back(voucher, "REVOKED")

    def _take_back(self, voucher: str, status: str) -> None:
        left = self.standing("VOUCHER", voucher)
        for line, fen in left.items():
            self.move(fen, ("VOUCHER", voucher, line), ("POOL", line, line))
        self.free_caps(self.vouchers[voucher]["file"], sum(left.values()))
        self.vouchers[voucher]["status"] = status

    def close_voucher(self, who: str, voucher: str) -> None:
        self.require_state(self.vouchers[voucher], "ACTIVE", "EXPIRED", "REVOKED")
        refuse_unless(self.close_if_over(voucher), "voucher_not_empty")

    def close_if_over(self, voucher: str) -> bool:
        """Nothing on it and nothing owed: the voucher is over."""
        it = self.vouchers[voucher]
        owes = any(self.standing(kind, voucher) for kind in ("VOUCHER", "HELD", "PAYABLE"))
        if owes or it["status"] not in ("ACTIVE", "EXPIRED", "REVOKED"):
            return False
        if it["status"] == "ACTIVE":
            self.keep(voucher, "issuance.grace_end")
        it["status"] = "CLOSED"
        return True

    def file_is_due(self, subject: str, kind: str) -> None:
        """What the day does to a notice, a file or a voucher."""
        if subject in self.notices:
            self.notices[subject] = "ENDED"
        elif kind == "applications.round_end" and self.files[subject]["status"] == "DRAFT":
            self._end_file(subject, "LAPSED")
        elif kind == "applications.notice_end":
            if self.files[subject]["status"] == "IN_PUBLIC_NOTICE":
                self.files[subject]["status"] = "APPROVED"
        elif kind == "issuance.consent":
            self._drop_pending(subject, "LAPSED")
        elif kind == "issuance.grace_end":
            self._take_back(subject, "EXPIRED")
