"""What lies on the desks when the demo's story ends: redemptions on every way, a batch to sign."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from companies.letters import services as letters
from companies.letters.models import Letter
from config.management.demo.due import carry_out
from config.management.demo.life import File
from config.management.demo.world import instant
from vouchers.issuance import services as vouchers
from vouchers.redemptions import services as redemptions
from vouchers.redemptions.models import Redemption, RedemptionStatus
from vouchers.settlement import services as settlement

if TYPE_CHECKING:
    from config.management.demo.story import Story

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Desks:
    """The last weeks; each file of the first batch does one thing."""

    def __init__(self, story: Story) -> None:
        self.story, self.world = story, story.world
        self.at = instant(date(2026, 10, 20))
        self.candidates = iter((5, 18, 20, *range(27, 60)))

    def tell(self) -> None:
        """Waiting, ended without money, judged, in a batch; two vouchers in trouble."""
        self._waiting()
        self._ended()
        self._judged()
        self._batch()
        self._suspended(14)
        self._revoked(25)

    def _use(self, number: int, until: str = "redeem", at: datetime | None = None) -> Redemption:
        return self.story.use(self._file(number), at or self.at, share=6, until=until)

    def _drawn(self) -> Redemption:
        """The next claim that the lot sends to a checker; others wait for their invoice's 查验."""
        while True:
            claim = self._use(next(self.candidates), "countersign")
            claim.refresh_from_db()
            if claim.status == RedemptionStatus.UNDER_CHECK:
                return claim

    def _file(self, number: int) -> File:
        return self.story.files[number - 1]

    def _waiting(self) -> None:
        """Ordered, confirmed, filed, countersigned, drawn, disputed, accepted."""
        for number, until in ((1, "confirm"), (2, "order"), (4, "prove")):
            self._use(number, until)
        self._drawn()
        disputed = self._use(7, "prove")
        redemptions.dispute_redemption(
            actor=self._file(7).agent,
            redemption_id=disputed.pk,
            reason="账单中有两日未使用（演示）。",
            at=self.at + 7 * DAY,
        )
        for number in (11, 12, 13):
            self._use(number, at=self.at - 3 * DAY)

    def _ended(self) -> None:
        """Cancelled, declined, and a hold nobody followed up."""
        cancelled = self._use(8, "order")
        redemptions.cancel_redemption(
            actor=self._file(8).agent,
            redemption_id=cancelled.pk,
            at=self.at + 2 * HOUR,
            request_key="cancel-1",
        )
        declined = self._use(15, "order")
        redemptions.decline_order(
            actor=self._file(15).provider_agent,
            redemption_id=declined.pk,
            reason="本月机时已排满（演示）。",
            at=self.at + 3 * HOUR,
            request_key="decline-1",
        )
        self._use(16, "order", instant(date(2026, 9, 16)))
        carry_out(self.at, "redemptions.hold_end")

    def _judged(self) -> None:
        """Returned to the provider; not paid, by two; accepted and reversed, by two."""
        checker, confirmer = self.world.actor("checker"), self.world.actor("confirmer")
        at = self.at + 7 * DAY
        returned = self._drawn()
        redemptions.return_redemption(
            actor=checker, redemption_id=returned.pk, reason="用量清单与合同不符（演示）。", at=at
        )
        refused = self._drawn()
        reason = "所购服务不在支持范围（演示）。"
        redemptions.propose_rejection(actor=checker, redemption_id=refused.pk, reason=reason, at=at)
        redemptions.reject_redemption(
            actor=confirmer,
            redemption_id=refused.pk,
            reason=reason,
            at=at + HOUR,
            request_key="reject-1",
        )
        reversed_ = self._use(21)
        for who, key in (("checker", "reverse-1"), ("clerk", "reverse-2")):
            at += HOUR
            redemptions.reverse_redemption(
                actor=self.world.actor(who),
                redemption_id=reversed_.pk,
                reason="发票抬头有误，重新申请（演示）。",
                at=at,
                request_key=key,
            )

    def _batch(self) -> None:
        """A batch the approver has signed: the authoriser is next."""
        chosen = [self._use(number, at=self.at - 4 * DAY).pk for number in (22, 23, 26)]
        at = instant(date(2026, 10, 28))
        batch = settlement.draw_up_batch(
            actor=self.world.actor("clerk"),
            programme_id=self.story.scheme.programme.pk,
            redemption_ids=chosen,
            at=at,
        )
        settlement.lock_batch(actor=self.world.actor("clerk"), batch_id=batch.pk, at=at + HOUR)
        settlement.sign_batch(
            actor=self.world.actor("approver2"),
            batch_id=batch.pk,
            act="BATCH_APPROVE",
            at=at + 2 * HOUR,
        )

    def _suspended(self, number: int) -> None:
        vouchers.suspend_voucher(
            actor=self.world.actor("approver2"),
            voucher_id=self.story.vouchers[number].pk,
            reason="用量曲线异常，待核实（演示）。",
            at=self.at + 8 * DAY,
        )

    def _revoked(self, number: int) -> None:
        """By two, after a prior notice the company waived to answer."""
        voucher = self.story.vouchers[number]
        at = self.at + 7 * DAY
        reason = "将算力转租他人（演示）。"
        vouchers.propose_revocation(
            actor=self.world.actor("approver"), voucher_id=voucher.pk, reason=reason, at=at
        )
        letter = Letter.objects.get(subject_ref=voucher.ref, kind="PRIOR_NOTICE")
        signatory = self._file(number).signatory
        letters.waive_letter(actor=signatory, letter_id=letter.pk, at=at + HOUR)
        vouchers.revoke_voucher(
            actor=self.world.actor("authoriser"),
            voucher_id=voucher.pk,
            at=at + 2 * HOUR,
            request_key="revoke-1",
        )
