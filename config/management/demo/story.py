"""What happened in the demo's year: a first batch of 72, redemptions, two paid batches, and files
in every state. Dates are fixed; the demo's clock stands at NOW when the story ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

from companies.audit.services import seal_events
from config.management.demo import scheme
from config.management.demo.autumn import Autumn
from config.management.demo.desks import Desks
from config.management.demo.due import carry_out
from config.management.demo.life import (
    LIFE_MONTHS,
    File,
    Scheme,
    publish_rules,
    set_up_scheme,
)
from config.management.demo.world import World, build_world, instant
from vouchers.applications import services as files
from vouchers.applications.models import PublicNotice
from vouchers.issuance import services as vouchers
from vouchers.issuance.models import Voucher
from vouchers.redemptions.models import Redemption
from vouchers.settlement import selectors as batches
from vouchers.settlement import services as settlement
from vouchers.settlement.models import SettlementBatch

SEED = 20260224
BEGUN = instant(date(2026, 2, 24))
NOW = instant(date(2026, 10, 30), 10)
FIRST_BATCH = 72
AT_CAP = (3, 17, 38, 61)
MOST_FEN = 6_000_000_000
EARLY = 72  # handed in under the first rules, and never used its voucher
LATE = 92  # began a file and let the round pass
USED_UP = 69  # spends its whole voucher at once
Progress = Callable[[int, int], None]


def tell(progress: Progress, applicants: int = 92) -> None:
    """The whole story, by verbs; `progress(done, total)` is called as it goes."""
    world = build_world(SEED, BEGUN, applicants)
    progress(5, 100)
    year = Story(world, set_up_scheme(world))
    for done, chapter in enumerate(year.chapters(), 1):
        progress(5 + done * 9, 100)
        seal_events(at=chapter)
    while seal_events(at=NOW):
        pass
    progress(100, 100)


class Story:
    """The chapters, in order; each yields the instant it ended."""

    def __init__(self, world: World, year: Scheme) -> None:
        self.world, self.scheme = world, year
        self.files: list[File] = []
        self.vouchers: dict[int, Voucher] = {}
        self.serial = 0

    def chapters(self) -> Iterator[datetime]:
        """The order of the year."""
        yield self.first_applications()
        yield self.first_reviews()
        yield self.first_notice()
        yield self.first_vouchers()
        yield self.spring_redemptions()
        yield self.first_payment()
        yield self.summer_redemptions()
        yield self.second_payment()
        yield self.autumn_files()
        yield self.open_redemptions()

    def first_applications(self) -> datetime:
        """72 files in March, sums log-normal, four at the cap, together at most 60 million; one
        comes before the rules are revised."""
        self.files = [
            File(self.world, self.scheme.first, number, grant_fen)
            for number, grant_fen in enumerate(self._grants(), 1)
        ]
        first_day = instant(date(2026, 3, 2), 10)
        self._hand_in(self.files[EARLY - 1], first_day)
        publish_rules(
            self.world,
            self.scheme.programme,
            first_day + timedelta(hours=6),
            life_months=LIFE_MONTHS,
        )
        at = instant(date(2026, 3, 3))
        for file in self.files:
            if file.number != EARLY:
                self._hand_in(file, at)
                at += timedelta(hours=1) if file.number % 8 else timedelta(hours=17)
        File(self.world, self.scheme.first, LATE, 20_000_000).draft(at)  # and never handed in
        return at

    def _hand_in(self, file: File, at: datetime) -> None:
        file.draft(at)
        file.submit(at + timedelta(minutes=20))

    def _grants(self) -> list[int]:
        """Deterministic sums in fen, whole hundreds of yuan."""
        dice = self.world.random
        grants = [
            min(int(dice.lognormvariate(13.0, 0.75)) // 100 * 10_000, scheme.CAP_FEN - 10_000)
            for _ in range(FIRST_BATCH)
        ]
        for place in AT_CAP:
            grants[place - 1] = scheme.CAP_FEN
        while sum(grants) > MOST_FEN:
            largest = max((fen, i) for i, fen in enumerate(grants) if fen < scheme.CAP_FEN)[1]
            grants[largest] = grants[largest] // 20_000 * 10_000
        return [max(fen, 500_000) for fen in grants]

    def first_reviews(self) -> datetime:
        """Screened, two returned and answered, reviewed."""
        at = instant(date(2026, 3, 23))
        for file in self.files:
            file.screen(at)
            if file.number in (9, 40):
                at = self._supplement(file, at)
            file.accept(at + timedelta(minutes=10))
            file.recommend(at + timedelta(minutes=30))
            at += timedelta(minutes=40) if file.number % 12 else timedelta(hours=15)
        return at

    def _supplement(self, file: File, at: datetime) -> datetime:
        """补正: returned once with one list, answered the next day."""
        intake = self.world.actor("intake")
        files.return_application(
            actor=intake, application_id=file.pk, note="请补充合同附件中的用量清单。", at=at
        )
        later = at + timedelta(minutes=5)
        form = {**file.form(date(2026, 3, 3)), "purpose": "已补充用量清单（演示）。"}
        files.save_application(actor=file.agent, application_id=file.pk, form=form, at=later)
        file.submit(later)
        file.screen(later + timedelta(minutes=5))
        return later + timedelta(minutes=5)

    def first_notice(self) -> datetime:
        """One list for all, five working days, no objection."""
        at = instant(date(2026, 4, 8), 16)
        notice = self.post(
            [file.pk for file in self.files], "2026 年第一批算力券拟支持名单公示（演示）", at
        )
        return self._let_end(notice)

    def post(self, ids: list[int], title: str, at: datetime) -> PublicNotice:
        """Approve and publish."""
        return files.post_notice(
            actor=self.world.actor("approver"),
            application_ids=ids,
            title_zh=title,
            title_en="Compute vouchers, intended awards (demo)",
            at=at,
            request_key=f"notice-{ids[0]}",
        )

    def _let_end(self, notice: PublicNotice) -> datetime:
        """The period passes; what falls due is carried out as the worker would."""
        at = notice.ends_at + timedelta(minutes=1)
        carry_out(at, "applications.")
        return at

    def first_vouchers(self) -> datetime:
        """Prepared and consented to, all but four: declined, lapsing, and two still waiting."""
        at = instant(date(2026, 4, 20))
        for file in self.files:
            voucher = file.prepare(at)
            self.vouchers[file.number] = voucher
            if file.number == 70:
                vouchers.decline_voucher(
                    actor=file.signatory, voucher_id=voucher.pk, at=at, request_key="decline-70"
                )
            elif file.number != 71:
                file.consent(voucher, at + timedelta(hours=3))
        carry_out(instant(date(2026, 5, 20)), "issuance.consent")
        return instant(date(2026, 5, 20))

    def spring_redemptions(self) -> datetime:
        """From June on, most vouchers are used for the first time, one of them up."""
        self.use(self.files[USED_UP - 1], instant(date(2026, 6, 2)), share=1)
        return self._season(date(2026, 6, 1), [n for n in range(1, 70) if n % 10 != 9][:40])

    def summer_redemptions(self) -> datetime:
        """A second season."""
        return self._season(date(2026, 8, 3), [n for n in range(2, 66) if n % 3 != 0][:34])

    def _season(self, first: date, numbers: list[int]) -> datetime:
        at = instant(first)
        for number in numbers:
            self.use(self.files[number - 1], at, share=3)
            at += timedelta(hours=3) if number % 4 else timedelta(hours=15)
        return at + timedelta(days=3)

    def use(self, file: File, at: datetime, share: int, until: str = "redeem") -> Redemption:
        """One purchase, a third of the voucher by default, up to the named step."""
        voucher = self.vouchers[file.number]
        self.serial += 1
        serial = self.serial
        price_fen = file.price_fen // share // 100 * 100 if share > 1 else file.price_fen
        redemption = file.order(voucher, serial, price_fen, at)
        steps: dict[str, Callable[[], Any]] = {
            "confirm": lambda: file.confirm(redemption, at + timedelta(hours=1)),
            "prove": lambda: file.prove(redemption, voucher, serial, at + timedelta(days=6)),
            "countersign": lambda: file.countersign(redemption, at + timedelta(days=6, hours=1)),
            "redeem": lambda: file.redeem(redemption, at + timedelta(days=6, hours=2)),
        }
        for name, step in steps.items():
            if until == "order":
                break
            step()
            if name == until:
                break
        return redemption

    def first_payment(self) -> datetime:
        """The first batch: one row fails (an account the bank does not know), paid anew."""
        at = instant(date(2026, 7, 6))
        batch = self.pay(at)
        failed = settlement.draw_up_follow_up(
            actor=self.world.actor("clerk"), batch_id=batch.pk, at=at + timedelta(days=6)
        )
        self.finish(failed, at + timedelta(days=7), bad=())
        return at + timedelta(days=9)

    def second_payment(self) -> datetime:
        """The second batch, and a payment that the bank sent back."""
        at = instant(date(2026, 9, 14))
        carry_out(at, "issuance.grace_end")
        batch = self.pay(at, bad=())
        line = batches.list_lines(batch).filter(status="PAID").order_by("id").first()
        if line is not None:
            settlement.bounce_line(
                actor=self.world.actor("clerk"),
                line_id=line.pk,
                reason="收款账户信息不符（演示）",
                at=at + timedelta(days=8),
                request_key="bounce-1",
            )
        return at + timedelta(days=9)

    def pay(self, at: datetime, bad: tuple[str, ...] = ("0000",)) -> SettlementBatch:
        """Draw up all that can be paid, and finish it."""
        batch = settlement.draw_up_batch(
            actor=self.world.actor("clerk"),
            programme_id=self.scheme.programme.pk,
            redemption_ids=None,
            at=at,
        )
        return self.finish(batch, at, bad)

    def finish(self, batch: SettlementBatch, at: datetime, bad: tuple[str, ...]) -> SettlementBatch:
        """Lock, three signatures, send, results, reconcile, close."""
        hour = timedelta(hours=1)
        settlement.lock_batch(actor=self.world.actor("clerk"), batch_id=batch.pk, at=at + hour)
        for step, (who, act) in enumerate(
            (("approver2", "BATCH_APPROVE"), ("authoriser", "AUTHORISE"), ("releaser", "RELEASE")),
            2,
        ):
            settlement.sign_batch(
                actor=self.world.actor(who), batch_id=batch.pk, act=act, at=at + step * hour
            )
        releaser = self.world.actor("releaser")
        settlement.send_batch(actor=releaser, batch_id=batch.pk, at=at + 5 * hour)
        settlement.record_results(
            actor=self.world.actor("clerk"),
            batch_id=batch.pk,
            results=self._answers(batch, at, bad),
            at=at + timedelta(days=2),
            request_key=f"results-{batch.number}",
        )
        authoriser = self.world.actor("authoriser")
        settlement.reconcile_batch(actor=authoriser, batch_id=batch.pk, at=at + timedelta(days=3))
        return settlement.close_batch(
            actor=releaser, batch_id=batch.pk, at=at + timedelta(days=3, hours=1)
        )

    def _answers(
        self, batch: SettlementBatch, at: datetime, bad: tuple[str, ...]
    ) -> list[dict[str, Any]]:
        """What the treasury says of each row."""
        answers = []
        for row in batches.list_instructions(batch):
            account = row.order.bank_account.account_number
            number = f"ZF{batch.number[-6:]}{row.row_number:04d}"
            paid = not account.endswith(bad) if bad else True
            answers.append(
                {
                    "row_number": row.row_number,
                    "paid": paid,
                    "treasury_number": number if paid else "",
                    "paid_on": (at + timedelta(days=1)).date() if paid else None,
                    "account": account if paid else "",
                    "receipt_sha256": sha256(number.encode()).hexdigest() if paid else "",
                    "reason": "" if paid else "账号不存在（演示）",
                }
            )
        return answers

    def autumn_files(self) -> datetime:
        """The second round: a file in every state there is."""
        return Autumn(self.world, self.scheme, self.post, self.vouchers).tell()

    def open_redemptions(self) -> datetime:
        """What is on the desks at the end."""
        Desks(self).tell()
        carry_out(NOW - timedelta(hours=1), "issuance.")
        return NOW
