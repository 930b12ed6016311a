"""The procedure block: who decides when. Nothing has a default; what is unset is not published."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from vouchers.programmes.facts import Frozen

Unit = Literal["working", "calendar"]


class Term(Frozen):
    """A number of days; the day of the event is not counted."""

    days: int = Field(ge=0, le=3660)
    unit: Unit


class Notice(Frozen):
    """One public notice (公示) and what it shows."""

    at: Literal["award", "settlement"]
    days: int = Field(ge=1, le=365)
    unit: Unit
    fields: tuple[str, ...]
    channel: str


class Life(Frozen):
    """How long a voucher lives from the day it becomes active."""

    n: int = Field(ge=1, le=3660)
    unit: Literal["days", "months"]


class Terms(Frozen):
    """Every promise with a date, `payment` counted from ACCEPTED."""

    intake: Term | None = None
    return_: Term | None = Field(default=None, alias="return")
    review: Term | None = None
    objection: Term | None = None
    appeal: Term | None = None
    consent: Term | None = None
    hold: Term | None = None
    silence: Term | None = None
    dispute: Term | None = None
    payment: Term | None = None
    clawback_reply: Term | None = None


class Signature(Frozen):
    """From this sum on, so many different people sign the act."""

    act: Literal["APPROVE", "CONFIRM", "BATCH_APPROVE"]
    from_fen: int = Field(ge=0)
    people: int = Field(ge=0, le=5)


class Tranche(Frozen):
    """A part of the payment and what sets it free."""

    share_bp: int = Field(gt=0, le=10_000)
    trigger: Literal["accepted", "delivered", "year_end"]


class Settlement(Frozen):
    """How often batches are drawn up and in which parts they pay."""

    cycle: Literal["on_demand", "monthly", "quarterly", "yearly"]
    tranches: tuple[Tranche, ...]

    @model_validator(mode="after")
    def _whole(self) -> Settlement:
        if sum(tranche.share_bp for tranche in self.tranches) != 10_000:
            raise ValueError("the tranches must add up to 10000 bp")
        return self


class Recovery(Frozen):
    """What is asked back, and from when interest is reckoned."""

    share_bp: int = Field(ge=0, le=10_000)
    interest_from: Literal["none", "paid_at", "served_at"]


class ExpertDraw(Frozen):
    """Experts drawn by a recorded seed."""

    pool: str
    n: int = Field(ge=1)
    avoid: tuple[str, ...]
    anonymous: bool


class Advance(Frozen):
    """The most an entrusted body may hold unearned."""

    share_bp: int = Field(ge=0, le=10_000)
    days: int = Field(ge=0)


class Fast(Frozen):
    """即申即享: up to the limit by rule at once, a share drawn for a later check."""

    limit_fen: int = Field(ge=0)
    sample_bp: int = Field(ge=0, le=10_000)


class Allocation(Frozen):
    """First come; how the last file, waiting files and equal files are treated."""

    method: Literal["rolling"]
    at_edge: Literal["partial", "skip", "stop"]
    waitlist: bool
    remainder: Literal["largest", "leave_in_pool"]
    tie_breaks: tuple[str, ...]
    unused_reserve: Literal["open_pool", "keep"]


class Procedure(Frozen):
    """`rules.missing_for_publication` asks for each; null counts only where null says something."""

    object: Literal["none", "contract", "kind", "unit"] | None = None
    order_by: Literal["submitted", "accepted"] | None = None
    while_returned: Literal["keeps_place", "keeps_place_until_deadline", "goes_to_end"] | None = (
        None
    )
    clock_from: Literal["submitted", "accepted"] | None = None
    decided_by: Literal["officer", "plan"] | None = None
    notice: tuple[Notice, ...] | None = None
    year_end: Literal["end_31_dec", "carry", "lapse"] | None = None
    seat_map: str | None = Field(default=None, pattern=r"^[a-z][a-z_]*@[1-9]\d*$")
    experts: ExpertDraw | None = None
    reverify_days: tuple[int, ...] | None = None
    advance: Advance | None = None
    binds_at: Literal["submitted", "round_opens", "award"] | None = None
    terms: Terms = Terms()
    return_rounds_max: int | None = Field(default=None, ge=0)
    signatures: tuple[Signature, ...] | None = None
    fast: Fast | None = None
    allocation: Allocation | None = None
    redeem_code_hours: int | None = Field(default=None, ge=1, le=720)
    voucher_life: Life | None = None
    grace: Term | None = None
    redemption_draw_bp: int | None = Field(default=None, ge=0, le=10_000)
    unused_money: Literal["to_pool"] | None = None
    settlement: Settlement | None = None
    recovery: Recovery | None = None
    unknown_after_deadline: Literal["refuse", "officer"] | None = None
    results_published_years: int | None = Field(default=None, ge=0)
    retention_years: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _consistent(self) -> Procedure:
        moments = [notice.at for notice in self.notice or ()]
        if len(set(moments)) != len(moments):
            raise ValueError("one notice at each moment")
        for act in ("APPROVE", "CONFIRM", "BATCH_APPROVE"):
            rows = sorted((r.from_fen, r.people) for r in self.signatures or () if r.act == act)
            sums, people = [fen for fen, _count in rows], [count for _fen, count in rows]
            if len(set(sums)) != len(sums) or people != sorted(people):
                raise ValueError(f"{act}: each sum once, and a greater one asks no fewer people")
        return self

    def people_asked(self, act: str, amount_fen: int) -> int:
        """How many different people sign this act on this sum; 0 where the table is silent."""
        rows = [r for r in self.signatures or () if r.act == act and r.from_fen <= amount_fen]
        return max((row.people for row in rows), default=0)
