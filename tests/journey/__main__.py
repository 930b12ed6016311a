"""From appropriation to payment and back, over HTTP; ends with the identity, told three ways."""

from __future__ import annotations

import base64
import os
import sys
import time
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

from companies.local_time import SHANGHAI
from config.management.demo import cast, papers, scheme
from tests.journey import ending
from tests.journey.house import Person, house
from tests.journey.script import Script

PRICE_FEN = 1_000_000_00
GRANT_FEN = 300_000_00


def main() -> None:
    """Set up, live, tell."""
    seat_map = os.environ.get("SEATS", "strict")
    if seat_map not in ("strict", "compact"):
        sys.exit("journey: SEATS is strict or compact")
    with house() as url:
        ending.connect()
        from vouchers.programmes.seats import COMPACT, STRICT

        def sign_in(username: str) -> Person:
            return Person(url, username, cast.PASSWORD, ending.code_of(username))

        script = Script(url, STRICT if seat_map == "strict" else COMPACT, sign_in)
        script.clock(datetime(2026, 3, 2, 9, 0, tzinfo=SHANGHAI))
        journey = Journey(script, seat_map)
        journey.set_up()
        journey.live()
        journey.ways_back()
        print(
            f"\n{script.refusals} forbidden reuses of a person were tried and refused: seat_taken"
        )
        ending.tell(script.who("clerk"), script.who("auditor"), journey.programme)


class Journey:
    """One programme; a main file that is paid, and side files that end otherwise."""

    def __init__(self, script: Script, seat_map: str) -> None:
        self.s, self.seat_map = script, seat_map
        self.tag = format(int(time.time()), "x")
        self.programme = f"JRNY-{self.tag}"
        self.provider = ""
        self.serial = int(time.time()) % 10**8 * 1000

    def set_up(self) -> None:
        """Seat map, programme, rules, money, ceiling, round, provider."""
        s = self.s
        maps = {"agency": cast.LEAD, "name_zh": "岗位方案", "name_en": "Seat map"}
        made = s.do(
            "manager",
            "propose seat map",
            "seat-maps",
            {**maps, "code": self.seat_map, "seats": s.seats},
        )
        version = f"{self.seat_map}@{made['version']}"
        s.do("authoriser", "approve seat map", f"seat-maps/{version}/approve-seat-map")
        names = {"name_zh": "旅程（演示）", "name_en": "Journey (demo)"}
        body = {
            "agency": cast.LEAD,
            "finance_agency": cast.FINANCE,
            "code": self.programme,
            **names,
        }
        s.do("manager", "create programme", "programmes", body)
        at = f"programmes/{self.programme}"
        rules = s.do(
            "manager",
            "draft rules",
            f"{at}/draft-rule-version",
            {"document": scheme.demo_rules(version)},
        )
        s.do(
            "approver3",
            "publish rules",
            f"rule-versions/{self.programme}@{rules['version']}/publish-rule-version",
        )
        s.do("approver3", "activate programme", f"{at}/activate-programme")
        s.do(
            "authoriser",
            "set ceiling",
            f"{at}/set-ceiling",
            {"period": "2026", "limit_fen": scheme.CEILING_FEN},
        )
        for order, (number, day, amount_fen) in enumerate(scheme.DOCUMENTS, 1):
            self._fund(order, f"{number}-{self.tag}", day, amount_fen)
        window = {
            "code": "R1",
            "name_zh": "第一批",
            "name_en": "First round",
            "opens_at": s.at.isoformat(),
            "closes_at": (s.at + timedelta(days=200)).isoformat(),
        }
        s.do("manager", "create round", f"{at}/create-round", window)
        s.do("approver3", "publish round", f"rounds/{self.programme}@R1/publish-round")
        providers = s.who("manager").get("providers")["items"]
        self.provider = min(item["number"] for item in providers)
        admission = {"programme": self.programme, "valid_from": s.at.isoformat()}
        s.do("approver3", "admit provider", f"providers/{self.provider}/admit-provider", admission)

    def _fund(self, order: int, number: str, day: str, amount_fen: int) -> None:
        """One document: root line, funding line, APPROPRIATE, SUBALLOCATE."""
        s, at = self.s, f"programmes/{self.programme}"
        document = {
            "document_number": number,
            "document_date": day,
            "title": "指标下达（演示）",
            "fiscal_year": 2026,
            "amount_fen": amount_fen,
        }
        s.do("manager", "record appropriation", f"{at}/record-appropriation", document)
        line = {
            "document_number": number,
            "name_zh": "指标",
            "name_en": "Line",
            "function_code": "2150805",
            "economic_code": "50701",
            "fund_nature": "一般公共预算",
            "channel": "TREASURY",
            "draw_order": order,
        }
        root = s.do("manager", "draft root line", f"{at}/draft-budget-line", line)["number"]
        s.do("authoriser", "approve line", f"budget-lines/{root}/approve-budget-line")
        leaf = s.do(
            "manager", "draft funding line", f"{at}/draft-budget-line", {**line, "parent": root}
        )["number"]
        s.do("authoriser", "approve line", f"budget-lines/{leaf}/approve-budget-line")
        s.do("authoriser", "book appropriation", f"budget-lines/{root}/book-appropriation")
        s.do(
            "authoriser",
            "suballocate",
            f"budget-lines/{root}/suballocate",
            {"child": leaf, "amount_fen": amount_fen},
        )

    # ── the company's side ──────────────────────────────────────────────────────────────────

    def apply(self, agent: str, signatory: str, company: str) -> str:
        """Draft, fill in, attach, submit; returns the number."""
        s, day = self.s, self.s.at.date().isoformat()
        told = s.do(
            agent,
            "draft",
            "applications",
            {"programme": self.programme, "round": "R1", "company": company},
        )
        number = str(told["number"])
        form = {
            "purpose": "模型训练（演示）",
            "kind": "compute",
            "service_class": "compute",
            "provider_number": self.provider,
            "planned_amount_fen": PRICE_FEN,
            "contract_number": f"HT-{self.tag}-{number}",
            "contract_date": day,
            "period_first": day,
            "period_last": "2026-12-31",
            "prior_support_fen": 0,
            "declares_true": True,
        }
        s.do(agent, "save", f"applications/{number}/save-application", {"form": form})
        s.who(agent).attach(number, "contract", "contract.pdf", papers.contract_pdf(number))
        s.do(signatory, "submit", f"applications/{number}/submit-application")
        return number

    def award(self, number: str, *, main: bool = False, returned: bool = False) -> str:
        """Screen (return once), accept, recommend, publish; returns the notice."""
        s, at = self.s, f"applications/{number}"
        s.later(days=1)
        s.act("SCREEN", f"{at}/take-screening", main=main)
        if returned:
            s.act("SCREEN", f"{at}/return-application", {"note": "请补充用量清单。"}, main=main)
            s.later(hours=2)
            s.do("signatory", "submit again", f"{at}/submit-application")
            s.act("SCREEN", f"{at}/take-screening", main=main)
        s.act("SCREEN", f"{at}/accept-application", main=main)
        s.later(hours=3)
        advice = {"amount_fen": GRANT_FEN, "reason": "符合条件"}
        s.act("REVIEW", f"{at}/recommend-application", advice, main=main)
        s.later(hours=3)
        notice = {
            "applications": [number],
            "title_zh": f"公示 {number}",
            "title_en": f"Notice {number}",
        }
        return str(s.act("APPROVE", "notices", notice, main=main)["number"])

    def issue(self, number: str, signatory: str) -> str:
        """The notice's period passes; the voucher is prepared and consented to."""
        s = self.s
        voucher = self.prepared(number)
        s.later(hours=1)
        s.do(signatory, "consent", f"vouchers/{voucher}/accept-voucher")
        return voucher

    def prepared(self, number: str) -> str:
        """The notice's period passes; workers approve the file and prepare its voucher."""
        self.s.later(days=12)
        self.s.wait_for("manager", f"applications/{number}", "ISSUED")
        vouchers = self.s.who("manager").get(f"vouchers?programme={self.programme}")["items"]
        return str(next(v["number"] for v in vouchers if v["application"] == number))

    def redeem(
        self, voucher: str, agent: str, company: str, account: str, *, main: bool = False
    ) -> str:
        """Order, hold, confirm, prove, countersign, verify, accept."""
        s = self.s
        number = self.order(voucher, agent)
        at = f"redemptions/{number}"
        s.do("provider", "confirm order", f"{at}/confirm-order")
        s.later(days=6)
        s.do(
            "provider",
            "file evidence",
            f"{at}/submit-evidence",
            self.evidence(voucher, agent, company, account, number),
        )
        s.later(hours=1)
        s.do(agent, "countersign", f"{at}/countersign")
        s.act("ACCEPT", f"{at}/verify-invoice", {"status": "VERIFIED"}, main=False)
        held = s.who(agent).get(at)["held_fen"]
        s.act("ACCEPT", f"{at}/accept-redemption", {"accepted_fen": held}, main=main)
        return number

    def order(self, voucher: str, agent: str) -> str:
        """HOLD."""
        self.serial += 1
        body = {
            "voucher": voucher,
            "provider": self.provider,
            "offer": "GPU-H",
            "order_number": f"SO-{self.serial}",
            "price_fen": PRICE_FEN // 2,
        }
        return str(self.s.do(agent, "order", "redemptions", body)["number"])

    def evidence(
        self, voucher: str, agent: str, company: str, account: str, number: str
    ) -> dict[str, Any]:
        """Invoice, own payment and a FOCUS bill."""
        seller = str(self.s.who("provider").get(f"providers/{self.provider}")["company"])
        day: date = self.s.at.date()
        price_fen = PRICE_FEN // 2
        own_fen = price_fen - int(self.s.who(agent).get(f"redemptions/{number}")["requested_fen"])
        invoice_number = papers.invoice_number(self.serial)
        bill = papers.usage_bill(
            amount_fen=price_fen,
            account=account,
            company="演示",
            credit_code=company,
            provider="演示",
            invoice_number=invoice_number,
            voucher=voucher,
            first=day - timedelta(days=4),
        )
        invoice = papers.invoice(invoice_number, day, price_fen, seller, company)
        payment = papers.receipt(f"HD{self.serial}", day, own_fen, company, seller)
        for paper in (invoice, payment):
            paper["date"] = day.isoformat()
        usage = base64.b64encode(bill).decode()
        return {"invoice": invoice, "payment": payment, "usage_file": usage}

    def pay(self, redemptions: list[str], *, main: bool = False, paid: bool = True) -> str:
        """Draw up, lock, sign three times, send, record results; returns the batch."""
        s = self.s
        body = {"programme": self.programme, "redemptions": redemptions}
        batch = str(s.do("clerk", "draw up batch", "batches", body)["number"])
        at = f"batches/{batch}"
        s.act("BUILD", f"{at}/lock-batch", main=main)
        for act in ("BATCH_APPROVE", "AUTHORISE", "RELEASE"):
            s.later(hours=2)
            s.act(act, f"{at}/sign-batch", {"act": act}, main=main)
        s.do("releaser", "send payment sheet", f"{at}/send-batch")
        s.later(days=2)
        s.do("clerk", "record results", f"{at}/record-results", {"results": self.answers(at, paid)})
        return batch

    def answers(self, at: str, paid: bool) -> list[dict[str, Any]]:
        """What the treasury says."""
        rows = self.s.who("clerk").get(at)["instructions"]
        answers = []
        for row in rows:
            number = f"ZF{self.tag}{row['order'][-4:]}{row['row_number']}"
            said = {
                "row_number": row["row_number"],
                "paid": paid,
                "reason": "" if paid else "户名不符",
            }
            if paid:
                said |= {
                    "treasury_number": number,
                    "paid_on": self.s.at.date().isoformat(),
                    "account": row["account"],
                    "receipt_sha256": sha256(number.encode()).hexdigest(),
                }
            answers.append(said)
        return answers

    # ── the story ───────────────────────────────────────────────────────────────────────────

    def live(self) -> None:
        """The main file, from draft to paid and closed, with a failed row paid anew."""
        s = self.s
        company = self.company_of("agent")
        account = self.account(company)
        number = self.apply("agent", "signatory", company)
        self.award(number, main=True, returned=True)
        self.voucher = self.issue(number, "signatory")
        redeemed = self.redeem(self.voucher, "agent", company, account, main=True)
        s.later(days=1)
        failed = self.pay([redeemed], main=True, paid=False)
        s.later(days=1)
        batch = str(
            s.do("clerk", "draw up follow-up", f"batches/{failed}/draw-up-follow-up")["number"]
        )
        at = f"batches/{batch}"
        s.act("BUILD", f"{at}/lock-batch")
        for act in ("BATCH_APPROVE", "AUTHORISE", "RELEASE"):
            s.later(hours=2)
            s.act(act, f"{at}/sign-batch", {"act": act})
        s.do("releaser", "send payment sheet", f"{at}/send-batch")
        s.later(days=2)
        s.do("clerk", "record results", f"{at}/record-results", {"results": self.answers(at, True)})
        s.do("authoriser", "reconcile", f"{at}/reconcile-batch")
        s.do("releaser", "close", f"{at}/close-batch")
        self.batch, self.redeemed = batch, redeemed

    def ways_back(self) -> None:
        """Bounce, cancel, reverse, withdraw, reject, decline, revoke, expire."""
        s = self.s
        paid = s.who("clerk").get(f"batches/{self.batch}")["lines"][0]
        line = {"redemption": paid["redemption"], "budget_line": paid["budget_line"]}
        s.do("clerk", "bounce", f"batches/{self.batch}/bounce-line", {**line, "reason": "账户注销"})
        company = self.company_of("agent")
        account = f"acct-{self.tag}"
        cancelled = self.order(self.voucher, "agent")
        s.do("agent", "cancel order", f"redemptions/{cancelled}/cancel-redemption")
        second = self.redeem(self.voucher, "agent", company, account)
        s.later(hours=1)
        s.act(
            "ACCEPT", f"redemptions/{second}/reverse-redemption", {"reason": "重复入账"}, main=False
        )
        s.do(
            "clerk",
            "reverse (second)",
            f"redemptions/{second}/reverse-redemption",
            {"reason": "重复入账"},
        )
        others = [f"company{index:03d}" for index in (2, 3, 4, 5)]
        withdrawn = self.apply(others[0], others[0], self.company_of(others[0]))
        s.do(others[0], "withdraw", f"applications/{withdrawn}/withdraw-application")
        self._reject(others[1])
        declined = self.apply(others[2], others[2], self.company_of(others[2]))
        self.award(declined)
        s.do(others[2], "decline", f"vouchers/{self.prepared(declined)}/decline-voucher")
        self._revoke(others[3])
        self._expire()

    def _reject(self, name: str) -> None:
        """Advised against and not supported."""
        s = self.s
        number = self.apply(name, name, self.company_of(name))
        at = f"applications/{number}"
        s.act("SCREEN", f"{at}/take-screening", main=False)
        s.act("SCREEN", f"{at}/accept-application", main=False)
        s.later(hours=2)
        s.act("REVIEW", f"{at}/advise-against", {"reason": "不在支持范围"}, main=False)
        s.later(hours=2)
        s.act("APPROVE", f"{at}/reject-application", {"reason": "不在支持范围"}, main=False)

    def _revoke(self, name: str) -> None:
        """Prior notice, waived, then revoked by a second person."""
        s = self.s
        number = self.apply(name, name, self.company_of(name))
        self.award(number)
        voucher = self.issue(number, name)
        s.act(
            "APPROVE", f"vouchers/{voucher}/propose-revocation", {"reason": "材料不实"}, main=False
        )
        s.later(hours=1)
        letters = s.who(name).get("letters")["items"]
        letter = next(item for item in letters if item["kind"] == "PRIOR_NOTICE")
        s.do(name, "waive reply", f"letters/{letter['number']}/waive-letter")
        s.do("authoriser", "revoke", f"vouchers/{voucher}/revoke-voucher")

    def _expire(self) -> None:
        """The main voucher's life and grace end; the rest goes back to the pool."""
        until = self.s.who("agent").get(f"vouchers/{self.voucher}")["grace_until"]
        now = datetime.now(tz=SHANGHAI)
        moment = datetime.fromisoformat(until) + timedelta(minutes=5)
        if moment > now:
            print("     (the voucher's grace ends in the real future: expiry is left to the tests)")
            return
        self.s.clock(moment)
        self.s.wait_for("agent", f"vouchers/{self.voucher}", "EXPIRED")

    def company_of(self, username: str) -> str:
        """The credit code of the person's company."""
        return str(self.s.who(username).get("me")["memberships"][0]["company"])

    def account(self, company: str) -> str:
        """The provider registers the company's account."""
        number = f"acct-{self.tag}"
        body = {"company": company, "account_number": number}
        self.s.do(
            "provider",
            "register account",
            f"providers/{self.provider}/register-usage-account",
            body,
        )
        return number


if __name__ == "__main__":
    main()
