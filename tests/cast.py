"""The people and bodies of the tests, by what they do; all made by verbs."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from companies.agencies.models import Agency
from companies.agencies.services import load_regions, register_agency
from companies.foundation.actors import Actor
from companies.local_time import SHANGHAI
from companies.registry.credit_code import make_credit_code
from companies.registry.models import Company
from companies.registry.services import grant_membership, register_company
from companies.users.models import User
from companies.users.services import create_user, grant_duty

SETUP = Actor.system("setup")
START = datetime(2025, 3, 3, 9, 0, tzinfo=SHANGHAI)
PLACE = "520100"

# Every duty is held by a person of its own; three roles need a second person.
OFFICERS = {
    "manager": ("programme_manager", "lead"),
    "intake": ("intake", "lead"),
    "reviewer": ("reviewer", "lead"),
    "reviewer2": ("reviewer", "lead"),
    "approver": ("approver", "lead"),
    "approver2": ("approver", "lead"),
    "approver3": ("approver", "lead"),
    "checker": ("intake", "lead"),
    "clerk": ("finance_clerk", "lead"),
    "authoriser": ("finance_authoriser", "finance"),
    "releaser": ("finance_releaser", "finance"),
    "auditor": ("auditor", "lead"),
}


@dataclass
class Cast:
    """Who there is. `actor("reviewer")` is the person; companies have an agent and a signatory.

    `suffix` ends every code and user name of a second cast beside the first; both stand below
    `parent_id`.
    """

    suffix: str = ""
    parent_id: int | None = None
    bodies: dict[str, Agency] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)
    companies: dict[str, Company] = field(default_factory=dict)

    def actor(self, name: str) -> Actor:
        """The person of this name, acting."""
        return Actor.person(self.people[name].pk)


def given_cast(at: datetime = START, *, suffix: str = "", parent_id: int | None = None) -> Cast:
    """A lead body, its finance body, their officers, two applicants and a provider."""
    cast = Cast(suffix, parent_id)
    load_regions(actor=SETUP, at=at)
    for name, kind in (("finance", "FINANCE"), ("lead", "LEAD")):
        cast.bodies[name] = register_agency(
            actor=SETUP, code=f"T-{name.upper()}{suffix}", name_zh=f"测试{name}{suffix}",
            name_en=f"Test {name}{suffix}", kind=kind, region_code=PLACE, parent_id=parent_id,
            is_demo=True, at=at,
        )  # fmt: skip
    for name, (role, employer) in OFFICERS.items():
        add_officer(cast, name, role, employer, at)
    for number, name in enumerate(("buyer", "rival", "seller"), start=501 if suffix else 1):
        add_company(cast, name, number, at)
    return cast


def add_officer(cast: Cast, name: str, role: str, employer: str, at: datetime) -> User:
    """A person with one duty in the lead body, and the finance body's own people there too."""
    person = add_person(cast, name, at, employer)
    bodies = {"lead", employer} if role.startswith("finance") else {"lead"}
    for body in sorted(bodies):
        grant_duty(
            actor=SETUP, user_id=person.pk, agency_id=cast.bodies[body].pk, role=role,
            programme_ref="", valid_from=at, valid_until=None, basis="测试任命", at=at,
        )  # fmt: skip
    return person


def add_company(cast: Cast, name: str, number: int, at: datetime) -> Company:
    """A company with its people: "<name>_agent", "<name>_signatory", "<name>_sales"."""
    company = register_company(
        actor=SETUP, credit_code=make_credit_code(f"91520100MA6{number:06d}"),
        name_zh=f"测试{name}{cast.suffix}有限公司", name_en=f"Test {name}{cast.suffix} Ltd",
        entity_type="enterprise", region_code=PLACE, industry_code="6513", staff=50,
        revenue_fen=500_000_000, assets_fen=300_000_000, established_date=date(2019, 5, 6),
        is_demo=True, at=at,
    )  # fmt: skip
    cast.companies[name] = company
    roles = {"agent": "company_agent", "signatory": "company_signatory"}
    if name.startswith("seller"):
        roles = {"sales": "provider_agent", "cashier": "provider_finance"}
    for suffix, role in roles.items():
        person = add_person(cast, f"{name}_{suffix}", at, None)
        grant_membership(actor=SETUP, user_id=person.pk, company_id=company.pk, role=role, at=at)
    return company


def add_person(cast: Cast, name: str, at: datetime, employer: str | None) -> User:
    """An account without any right."""
    cast.people[name] = create_user(
        actor=SETUP, username=f"{name}{cast.suffix}", name_zh=f"测试{name}", name_en=name.title(),
        email="",
        employer_id=cast.bodies[employer].pk if employer else None, password_hash="!",
        is_demo=True, at=at,
    )  # fmt: skip
    return cast.people[name]
