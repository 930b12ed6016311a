"""The people and bodies of the demo: roles instead of names, places that do not exist."""

from __future__ import annotations

from typing import NamedTuple

PASSWORD = "Yanjiang-Demo-2026"  # noqa: S105 printed by `make run`; demo only


class Body(NamedTuple):
    """A public body: code, names, kind, region, parent's code."""

    code: str
    name_zh: str
    name_en: str
    kind: str
    region: str
    parent: str


class Person(NamedTuple):
    """An officer: sign-in name, title, employer's code, roles in the lead body."""

    username: str
    name_zh: str
    name_en: str
    employer: str
    roles: tuple[str, ...]


BODIES = (
    Body(
        "YJ-GOV", "砚江省人民政府（演示）", "Yanjiang Government (demo)", "GOVERNMENT", "990000", ""
    ),
    Body(
        "YJ-DATA", "砚江省数据局（演示）", "Yanjiang Data Bureau (demo)", "LEAD", "990000", "YJ-GOV"
    ),
    Body(
        "YJ-FIN", "砚江省财政厅（演示）", "Yanjiang Finance (demo)", "FINANCE", "990000", "YJ-GOV"
    ),
    Body(
        "YJ-AUD",
        "砚江省审计厅（演示）",
        "Yanjiang Audit Office (demo)",
        "AUDIT",
        "990000",
        "YJ-GOV",
    ),
)

LEAD, FINANCE = "YJ-DATA", "YJ-FIN"

OFFICERS = (
    Person("manager", "项目管理员甲", "Programme manager A", LEAD, ("programme_manager",)),
    Person("intake", "受理甲", "Intake A", LEAD, ("intake",)),
    Person("reviewer", "审核乙", "Reviewer B", LEAD, ("reviewer",)),
    Person("reviewer2", "审核丁", "Reviewer D", LEAD, ("reviewer",)),
    Person("approver", "审批丙", "Approver C", LEAD, ("approver",)),
    Person("approver2", "审批戊", "Approver E", LEAD, ("approver",)),
    Person("approver3", "审批辛（异议）", "Approver H (objections)", LEAD, ("approver",)),
    Person("checker", "核销审核庚", "Redemption checker G", LEAD, ("reviewer",)),
    Person("confirmer", "核销复核壬", "Second checker J", LEAD, ("reviewer",)),
    Person("clerk", "会计甲", "Finance clerk A", LEAD, ("finance_clerk",)),
    Person("authoriser", "资金审核乙", "Finance authoriser B", FINANCE, ("finance_authoriser",)),
    Person("releaser", "支付丙", "Finance releaser C", FINANCE, ("finance_releaser",)),
    Person("auditor", "审计甲", "Auditor A", "YJ-AUD", ("auditor",)),
    Person("overseer", "监管甲", "Overseer A", "YJ-GOV", ("overseer",)),
    Person("operator", "运维甲", "Operator A", LEAD, ("operator",)),
)

# The company whose people sign in: the first applicant; its provider: the first provider.
COMPANY_PEOPLE = (
    ("agent", "企业经办己", "Company agent F", "company_agent"),
    ("signatory", "企业签字人子", "Company signatory K", "company_signatory"),
)
PROVIDER_PEOPLE = (
    ("provider", "服务商经办丑", "Provider agent L", "provider_agent"),
    ("provider-finance", "服务商财务寅", "Provider finance M", "provider_finance"),
)

SIGN_INS = (
    *((person.username, person.name_zh, person.name_en) for person in OFFICERS),
    *((name, zh, en) for name, zh, en, _ in (*COMPANY_PEOPLE, *PROVIDER_PEOPLE)),
)
