"""The demo's second round: a file in every state there is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from companies.foundation.actors import Actor
from companies.letters import services as letters
from companies.letters.models import Letter
from config.management.demo.due import carry_out
from config.management.demo.life import File, Scheme
from config.management.demo.world import World, instant
from vouchers.applications import services as files
from vouchers.applications.models import PublicNotice
from vouchers.issuance.models import Voucher

Post = Callable[[list[int], str, datetime], PublicNotice]


class Autumn:
    """The second round's files, one for each state."""

    def __init__(self, world: World, year: Scheme, post: Post, issued: dict[int, Voucher]) -> None:
        self.world, self.scheme, self.post, self.issued = world, year, post, issued
        self.day = instant(date(2026, 10, 12))

    def file(self, number: int, submit: bool = True) -> File:
        """A file of a company that has not applied before."""
        file = File(self.world, self.scheme.second, number, 30_000_000 + number * 100_000)
        file.draft(self.day)
        if submit:
            file.submit(self.day + timedelta(hours=1))
        return file

    def upto(self, number: int, step: str) -> File:
        """Submitted and moved on to the named step, a working day each."""
        file = self.file(number)
        for index, name in enumerate(("screen", "accept", "recommend"), 1):
            getattr(file, name)(self.day + timedelta(hours=2 + index))
            if name == step:
                break
        return file

    def tell(self) -> datetime:
        """DRAFT … CANCELLED."""
        intake, reviewer = self.world.actor("intake"), self.world.actor("reviewer")
        approver = self.world.actor("approver")
        self._approved(self.day + timedelta(hours=8))
        self.day = instant(date(2026, 10, 26), 8)
        self._on_notice()
        self.day = instant(date(2026, 10, 28), 8)
        late = self.day + timedelta(hours=8)
        self.file(73, submit=False)
        self.file(74)
        self.file(75)
        self.upto(76, "screen")
        returned = self.upto(77, "screen")
        files.return_application(
            actor=intake,
            application_id=returned.pk,
            note="合同缺少盖章页，请补充（演示）。",
            at=late,
        )
        self.upto(78, "accept")
        self.upto(79, "accept")
        self.upto(80, "recommend")
        refused = self.upto(81, "accept")
        files.advise_against(
            actor=reviewer,
            application_id=refused.pk,
            reason="采购内容不属于支持范围（演示）。",
            at=late,
        )
        rejected = self.upto(82, "accept")
        files.advise_against(
            actor=reviewer, application_id=rejected.pk, reason="合同早于支持期（演示）。", at=late
        )
        files.reject_application(
            actor=approver,
            application_id=rejected.pk,
            reason="合同签订早于支持期。",
            at=late,
            request_key="reject-82",
        )
        withdrawn = self.file(83)
        files.withdraw_application(
            actor=withdrawn.signatory,
            application_id=withdrawn.pk,
            at=late,
            request_key="withdraw-83",
        )
        self._ineligible(84, intake, approver)
        return instant(date(2026, 10, 29))

    def _ineligible(self, number: int, intake: Actor, approver: Actor) -> None:
        """不予受理 after a prior notice the company waived to answer."""
        file = self.upto(number, "screen")
        later = self.day + timedelta(hours=8)
        files.propose_ineligible(
            actor=intake,
            application_id=file.pk,
            reason="申请材料与登记信息不一致（演示）。",
            at=later,
        )
        letter = Letter.objects.filter(subject_ref=file.application.ref, kind="PRIOR_NOTICE").get()
        letters.waive_letter(
            actor=file.signatory, letter_id=letter.pk, at=later + timedelta(hours=1)
        )
        files.declare_ineligible(
            actor=approver, application_id=file.pk, at=later + timedelta(hours=2)
        )

    def _approved(self, at: datetime) -> None:
        """A list whose period is over: approved, awaiting consent, issued, called off by two."""
        chosen = [self.upto(number, "recommend") for number in (85, 86, 87, 92)]
        notice = self.post(
            [file.pk for file in chosen], "2026 年第二批算力券拟支持名单公示一（演示）", at
        )
        end = notice.ends_at + timedelta(minutes=1)
        carry_out(end, "applications.notice_end")
        voucher = chosen[1].prepare(end + timedelta(hours=9))
        self.issued[86] = voucher
        last = chosen[2].prepare(end + timedelta(hours=9))
        chosen[2].consent(last, end + timedelta(hours=10))
        for hour, who in enumerate(("approver", "manager"), 11):
            files.cancel_application(
                actor=self.world.actor(who),
                application_id=chosen[3].pk,
                reason="采购项目已终止（演示）。",
                at=end + timedelta(hours=hour),
                request_key="cancel-92",
            )

    def _on_notice(self) -> None:
        """A list still posted, with one objection."""
        chosen = [self.upto(number, "recommend") for number in (88, 89, 90, 91)]
        at = self.day + timedelta(hours=8)
        notice = self.post(
            [file.pk for file in chosen], "2026 年第二批算力券拟支持名单公示二（演示）", at
        )
        row = notice.rows.order_by("id").first()
        if row is not None:
            files.lodge_objection(
                actor=Actor.system("public"),
                notice_row_id=row.pk,
                text="该单位与服务商可能存在关联（演示）。",
                contact="",
                at=at + timedelta(hours=6),
            )
