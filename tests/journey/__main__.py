"""From appropriation to payment and back, over HTTP; ends with the identity, told three ways."""

from __future__ import annotations

import os
import sys
from datetime import datetime, timedelta
from functools import partial

from companies.local_time import SHANGHAI
from config.management.demo import cast
from tests.journey import ending
from tests.journey.house import Person, house
from tests.journey.script import Script
from tests.journey.steps import Steps


def main() -> None:
    """Set up, live, tell."""
    seat_map = os.environ.get("SEATS", "strict")
    if seat_map not in ("strict", "compact"):
        sys.exit("journey: SEATS is strict or compact")
    with house() as url:
        ending.connect()
        from vouchers.programmes.seats import COMPACT, STRICT

        def sign_in(username: str) -> Person:
            return Person(url, username, cast.PASSWORD, partial(ending.code_of, username))

        script = Script(url, STRICT if seat_map == "strict" else COMPACT, sign_in)
        journey = Journey(script, seat_map)
        with script.from_day(datetime(2026, 3, 2, 9, 0, tzinfo=SHANGHAI)):
            journey.set_up()
            journey.live()
            journey.ways_back()
        print(
            f"\n{script.refusals} forbidden reuses of a person were tried and refused: seat_taken"
        )
        ending.tell(script.who("clerk"), script.who("auditor"), journey.programme)


class Journey(Steps):
    """A main file that is paid, and side files that end otherwise."""

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
        self.batch = self.follow_up(failed, main=True)
        self.close(self.batch)

    def ways_back(self) -> None:
        """Bounce, cancel, reverse, withdraw, reject, decline, revoke, expire."""
        s = self.s
        paid = s.who("clerk").get(f"batches/{self.batch}")["lines"][0]
        line = {"redemption": paid["redemption"], "budget_line": paid["budget_line"]}
        s.do("clerk", "bounce", f"batches/{self.batch}/bounce-line", {**line, "reason": "账户注销"})
        self.close(self.follow_up(self.batch))
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
        moment = datetime.fromisoformat(until) + timedelta(minutes=5)
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
