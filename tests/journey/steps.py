"""The steps a programme, a file, a voucher and a batch go through, each over HTTP."""

from __future__ import annotations

import base64
import time
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from config.management.demo import cast, papers, scheme
from tests.journey.house import Refused
from tests.journey.script import Script

PRICE_FEN = 1_000_000_00
GRANT_FEN = 300_000_00


def short_lived(seat_map: str) -> dict[str, Any]:
    """The demo's rules with vouchers of two months, so that one can expire within the story, and
    every claim drawn, so that a checker signs it."""
    rules = scheme.demo_rules(seat_map, life_months=2)
    rules["procedure"]["redemption_draw_bp"] = 10_000
    rules["procedure"]["grace"] = {"days": 5, "unit": "calendar"}
    return rules


class Steps:
    """One programme, and the words its story is told in."""

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
            {"document": short_lived(version)},
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
        self._verify_account()

    def _verify_account(self) -> None:
        """The provider's first account, by a body that deals with it now; once for all runs."""
        company = self.s.who("provider").get(f"providers/{self.provider}")["company"]
        path = f"companies/{company}/bank-accounts/1/verify/{cast.LEAD}"
        try:
            self.s.do("clerk", "verify account", path)
        except Refused as refused:
            if refused.code != "wrong_state":
                raise

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
        """Draw up a batch of these and finish it; returns its number."""
        body = {"programme": self.programme, "redemptions": redemptions}
        drawn = self.s.do("clerk", "draw up batch", "batches", body)
        return self.finish(str(drawn["number"]), main=main, paid=paid)

    def follow_up(self, batch: str, *, main: bool = False) -> str:
        """What failed or came back, in a linked batch, paid; returns its number."""
        self.s.later(days=1)
        path = f"batches/{batch}/draw-up-follow-up"
        drawn = self.s.do("clerk", "draw up follow-up", path)
        return self.finish(str(drawn["number"]), main=main, paid=True)

    def finish(self, batch: str, *, main: bool, paid: bool) -> str:
        """Lock, sign three times, send, record results."""
        s, at = self.s, f"batches/{batch}"
        s.act("BUILD", f"{at}/lock-batch", main=main)
        for act in ("BATCH_APPROVE", "AUTHORISE", "RELEASE"):
            s.later(hours=2)
            s.act(act, f"{at}/sign-batch", {"act": act}, main=main)
        s.do("releaser", "send payment sheet", f"{at}/send-batch")
        s.later(days=2)
        s.do("clerk", "record results", f"{at}/record-results", {"results": self.answers(at, paid)})
        return batch

    def close(self, batch: str) -> None:
        """Reconciled by one, closed by another."""
        self.s.do("authoriser", "reconcile", f"batches/{batch}/reconcile-batch")
        self.s.do("releaser", "close", f"batches/{batch}/close-batch")

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
