"""The sentence of an assessment's line or reason, in Chinese or English, made on demand."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from vouchers.money import format_yuan
from vouchers.programmes.facts import FACTS
from vouchers.programmes.rules.document import RuleDocument
from vouchers.programmes.rules.verdict import Line, Reason, Value

Language = Literal["zh", "en"]

_LINES: dict[str, tuple[str, str]] = {
    "line": ("{line}：计入基数 {amount_fen} 元。", "{line}: {amount_fen} yuan counts."),
    "line_left_out": (
        "{line}：{amount_fen} 元不在支持范围，不计入。",
        "{line}: {amount_fen} yuan is not supported and left out.",
    ),
    "base*days/term": (
        "{base_fen} 元 × {days}/{term} 天，得 {output} 元。",
        "{base_fen} yuan × {days}/{term} days = {output} yuan.",
    ),
    "base*rate": (
        "基数 {base_fen} 元 × {rate_bp} = {amount} 元。",
        "Base {base_fen} yuan × {rate_bp} = {amount} yuan.",
    ),
    "flat": ("一次性支持 {flat_fen} 元。", "A fixed sum of {flat_fen} yuan."),
    "officer_rate": (
        "核定比例 {rate_bp}，得 {output} 元。",
        "The officer set {rate_bp}: {output} yuan.",
    ),
    "sum_to_ceiling": (
        "各项合计不超过 {top_fen} 元，得 {output} 元。",
        "Together at most {top_fen} yuan: {output} yuan.",
    ),
    "ceiling": (
        "已获其他财政支持 {other_fen} 元，合计受限，得 {output} 元。",
        "With {other_fen} yuan of other public money the total is limited: {output} yuan.",
    ),
    "reduce": (
        "扣减其他财政支持 {other_fen} 元，得 {output} 元。",
        "Less {other_fen} yuan of other public money: {output} yuan.",
    ),
    "zero": (
        "低于最低额 {floor_fen} 元，不予支持。",
        "Below the least sum of {floor_fen} yuan: nothing.",
    ),
    "cap": (
        "上限 {cap_fen} 元，已占用 {used_fen} 元，得 {output} 元。",
        "Cap {cap_fen} yuan, {used_fen} yuan used: {output} yuan.",
    ),
    "down": (
        "{exact_fen} 元，舍去 {unit_fen} 元以下，得 {output} 元。",
        "{exact_fen} yuan cut to whole units of {unit_fen} yuan: {output} yuan.",
    ),
    "half_up": (
        "{exact_fen} 元，四舍五入至 {unit_fen} 元，得 {output} 元。",
        "{exact_fen} yuan rounded half up to {unit_fen} yuan: {output} yuan.",
    ),
    "half_even": (
        "{exact_fen} 元，四舍六入五成双至 {unit_fen} 元，得 {output} 元。",
        "{exact_fen} yuan rounded half to even to {unit_fen} yuan: {output} yuan.",
    ),
}
_REASONS: dict[str, tuple[str, str]] = {
    "natural_person_not_supported": (
        "自然人不能直接申请，可由所在孵化机构等法人单位申请",
        "natural persons cannot apply; a host organisation, say an incubator, may",
    ),
    "entity_not_eligible": ("申请主体类型", "type of applicant"),
    "region_not_eligible": ("申请主体所在地", "place of the applicant"),
    "gate_failed": ("信用与合规条件", "credit and compliance"),
    "provider_not_eligible": ("服务商条件", "condition on the provider"),
    "affiliated_provider": ("与服务商无关联关系", "no affiliation with the provider"),
    "signed_outside_period": ("合同签订日期在规定期间", "contract signed in the period"),
    "term_too_long": ("合同期限", "term of the contract"),
    "outside_usage_period": ("使用期间与支持期间有重叠", "use falls in the supported period"),
    "window_closed": ("在申报时间内", "the window is open"),
    "document_missing": ("材料齐全", "papers complete"),
    "no_eligible_goods": ("有可支持的采购内容", "there are supported purchases"),
    "goods_unknown": ("采购内容", "what was bought"),
    "base_unknown": ("支持基数", "the base of the support"),
    "rules_incomplete": ("规则尚不完整", "the rules are not complete"),
    "rate_unknown": ("支持比例的适用条件", "which rate applies"),
    "no_rate_matches": ("有适用的支持比例", "a rate applies"),
    "other_support": ("未获其他同类财政支持", "no other public money of the kind"),
    "stacking_unknown": ("其他财政支持情况", "other public money"),
    "below_base_floor": ("达到最低支出额", "least spend reached"),
    "below_grant_floor": ("达到最低支持额", "least grant reached"),
    "floor_unknown": ("最低额的适用条件", "which least sum applies"),
    "cap_unknown": ("已占用额度", "how much of the cap is used"),
    "cap_exhausted": ("额度仍有剩余", "something of the cap is left"),
    "nothing_left": ("计算结果大于零", "the result is above zero"),
}
_VERDICTS = {True: ("符合", "met"), False: ("不符合", "not met"), None: ("待核实", "not known yet")}


def explain_line(line: Line, *, rules: RuleDocument, language: Language) -> str:
    """One line as a sentence that begins with its clause."""
    chosen = 0 if language == "zh" else 1
    origin = _origin(line.clause, rules, language)
    if line.step == "eligibility":
        verdict = line.output if isinstance(line.output, bool) else None
        return origin + _verdict(line.formula, verdict, language)
    template = _LINES["cap" if line.step == "cap" else line.formula][chosen]
    values: dict[str, Value] = {**line.inputs, "output": line.output, "amount": line.amount}
    shown = {name: _shown(name, value, language) for name, value in values.items()}
    return origin + template.format(**shown)


def explain_reason(reason: Reason, *, rules: RuleDocument, language: Language) -> str:
    """Why not, or what must still be found out."""
    verdict = None if reason.unknown else False
    text = _origin(reason.clause, rules, language) + _verdict(reason.code, verdict, language)
    labels = [name_fact(name, language) for name in reason.facts]
    if not labels:
        return text
    joined = "、".join(labels) if language == "zh" else ", ".join(labels)
    return f"{text}（{joined}）" if language == "zh" else f"{text} ({joined})"


def name_fact(name: str, language: Language) -> str:
    """A fact's label; a paper's kind or an unlisted name as it is."""
    known = FACTS.get(name)
    if known is None:
        return name.removeprefix("document.")
    return known.label_zh if language == "zh" else known.label_en


def _origin(clause_id: str, rules: RuleDocument, language: Language) -> str:
    clause = next((c for c in rules.clauses if c.id == clause_id), None)
    if clause is None:
        return ""
    if clause.article == "—":  # the text says nothing of it; the document as a whole bears it
        return f"依据《{clause.document}》：" if language == "zh" else f"By {clause.document}: "
    if language == "zh":
        return f"依据《{clause.document}》“{clause.article}”："
    return f"By “{clause.article}” of {clause.document}: "


def _verdict(code: str, verdict: bool | None, language: Language) -> str:
    zh, en = _REASONS[code]
    good_zh, good_en = _VERDICTS[verdict]
    return f"{zh}：{good_zh}" if language == "zh" else f"{en}: {good_en}"


def _shown(name: str, value: Value, language: Language) -> str:
    """Sums of fen as yuan (parts of a fen as third and fourth decimal), rates in percent."""
    if value is None or name in ("days", "term"):
        return "—" if value is None else str(value)
    if name in ("line", "fact"):
        return name_fact(str(value), language)
    if name == "rate_bp":
        whole, rest = divmod(int(value), 100)
        return f"{whole}.{rest:02d}%" if rest else f"{whole}%"
    exact = Fraction(value)
    text = format_yuan(int(exact))
    return text if exact.denominator == 1 else f"{text}{int(exact % 1 * 100):02d}…"
