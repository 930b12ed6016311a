"""What is known about an applicant and its purchase, from whom, and of which moment.

A snapshot is frozen with the verdict it led to. A missing fact, an empty one or one that is too
old is unknown: it never decides.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

FactValue = bool | int | str | list[str]
FactType = Literal["bool", "fen", "int", "text", "date", "region", "industry", "list"]
FactSource = Literal["applicant", "register", "provider", "officer", "system"]


class FactDef(NamedTuple):
    """A fact rules may ask for. On a goods line it is looked up there first."""

    type: FactType
    label_zh: str
    label_en: str


FACTS: dict[str, FactDef] = {
    "application.kind": FactDef("text", "券种", "Kind of voucher"),
    "application.side": FactDef("text", "申请方", "Side of the contract"),
    "applicant.person_type": FactDef("text", "主体性质", "Legal or natural person"),
    "applicant.entity_type": FactDef("text", "单位类型", "Type of organisation"),
    "applicant.independent_legal_person": FactDef("bool", "独立法人", "Independent legal person"),
    "applicant.size_class": FactDef("text", "企业规模", "Size class"),
    "applicant.gbt4754": FactDef("industry", "国民经济行业", "Industry"),
    "applicant.registered_region": FactDef("region", "注册地", "Place of registration"),
    "applicant.operating_region": FactDef("region", "经营地", "Place of operation"),
    "applicant.tax_region": FactDef("region", "纳税地", "Place of taxation"),
    "applicant.established_date": FactDef("date", "成立日期", "Date of establishment"),
    "applicant.finance_rules": FactDef("bool", "财务制度健全", "Sound finance rules"),
    "credit.serious_dishonesty": FactDef(
        "bool", "列入严重失信主体名单", "On the list of seriously dishonest parties"
    ),
    "credit.dishonesty_record": FactDef("bool", "失信记录", "Dishonesty record"),
    "credit.major_penalty": FactDef("bool", "重大行政处罚", "Major administrative penalty"),
    "credit.criminal_record": FactDef("bool", "刑事犯罪记录", "Criminal record"),
    "provider.admitted": FactDef("bool", "服务商已准入", "Provider admitted"),
    "provider.lists": FactDef("list", "服务商所在名单", "Lists the provider is on"),
    "provider.affiliated": FactDef("bool", "与服务商存在关联", "Affiliated with the provider"),
    "contract.signed_date": FactDef("date", "合同签订日", "Contract signed on"),
    "contract.first_date": FactDef("date", "合同起始日", "Contract starts on"),
    "contract.last_date": FactDef("date", "合同终止日", "Contract ends on"),
    "contract.number": FactDef("text", "合同编号", "Contract number"),
    "amount.contract_fen": FactDef("fen", "合同金额", "Contract amount"),
    "amount.occurred_fen": FactDef("fen", "实际发生额", "Amount incurred"),
    "amount.settled_fen": FactDef("fen", "实际结算额", "Amount settled"),
    "amount.paid_fen": FactDef("fen", "实际支付额", "Amount paid"),
    "amount.order_fen": FactDef("fen", "订单额", "Order amount"),
    "amount.year_total_fen": FactDef("fen", "年度总额", "Total of the year"),
    "amount.requested_fen": FactDef("fen", "申请金额", "Amount requested"),
    "goods.service_class": FactDef("text", "服务类别", "Service class"),
    "goods.chip_class": FactDef("text", "芯片类别", "Chip class"),
    "goods.facility_region": FactDef("region", "算力设施所在地", "Place of the facility"),
    "goods.bought_on_platform": FactDef("bool", "通过平台采购", "Bought on the platform"),
    "officer.rate_bp": FactDef("int", "核定比例", "Rate set by the officer"),
    "caps.used.contract": FactDef("fen", "本合同已占用额度", "Cap used by the contract"),
    "caps.used.kind_year": FactDef("fen", "本年度本券种已占用额度", "Cap used, kind and year"),
    "caps.used.firm_year": FactDef("fen", "本年度已占用额度", "Cap used, company and year"),
    "caps.used.lifetime": FactDef("fen", "累计已占用额度", "Cap used in all"),
}


class Frozen(BaseModel):
    """Plain data that never changes and holds nothing unnamed."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Fact(Frozen):
    """One answer, its source and the moment it speaks of."""

    value: FactValue | None
    source: FactSource
    as_of: datetime


class GoodsLine(Frozen):
    """A line of the contract, invoice or bill; a credit note is negative."""

    ref: str
    amount_fen: int
    facts: dict[str, FactValue] = Field(default_factory=dict)


class OtherSupport(Frozen):
    """Other public money on the same contract, found by its fingerprint."""

    scope_level: Literal["national", "province", "city", "district"]
    same: Literal["contract", "kind"]
    amount_fen: int
    ref: str


class FactSnapshot(Frozen):
    """All that was known. `other_support`, `documents`: None = nobody has looked yet."""

    facts: dict[str, Fact]
    lines: tuple[GoodsLine, ...] = ()
    other_support: tuple[OtherSupport, ...] | None = None
    documents: tuple[str, ...] | None = None

    def find(self, name: str, at: datetime, max_age_days: int | None = None) -> FactValue | None:
        """The value, or None where it is unknown at that moment."""
        fact = self.facts.get(name)
        if fact is None:
            return None
        if max_age_days is not None and at - fact.as_of > timedelta(days=max_age_days):
            return None
        return fact.value


def make_snapshot(
    values: dict[str, FactValue | None],
    *,
    source: FactSource,
    as_of: datetime,
    lines: tuple[GoodsLine, ...] = (),
    other_support: tuple[OtherSupport, ...] | None = None,
    documents: tuple[str, ...] | None = None,
) -> FactSnapshot:
    """A snapshot whose facts share one source and moment; `merge` joins several."""
    return FactSnapshot(
        facts={name: Fact(value=v, source=source, as_of=as_of) for name, v in values.items()},
        lines=lines,
        other_support=other_support,
        documents=documents,
    )


def merge(first: FactSnapshot, *others: FactSnapshot) -> FactSnapshot:
    """Later snapshots speak over earlier ones where they know something."""
    for other in others:
        first = FactSnapshot(
            facts={**first.facts, **other.facts},
            lines=other.lines or first.lines,
            other_support=(
                first.other_support if other.other_support is None else other.other_support
            ),
            documents=first.documents if other.documents is None else other.documents,
        )
    return first
