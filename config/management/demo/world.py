"""The bodies, people, companies and providers of the demo, made by verbs from a seed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from django.contrib.auth.hashers import make_password

from companies.agencies import services as agencies
from companies.agencies.models import Agency
from companies.foundation.actors import Actor
from companies.local_time import SHANGHAI
from companies.registry import services as registry
from companies.registry.credit_code import make_credit_code
from companies.registry.models import Company
from companies.users import services as users
from companies.users.models import User
from config.management.demo import cast, second_factor
from vouchers.providers import services as providers
from vouchers.providers.models import Offer, Provider

SETUP = Actor.system("setup")
DIGITS = "〇一二三四五六七八九"
INDUSTRIES = ("6513", "6520", "6550", "7310", "7320", "3921", "6450", "8710", "2770", "0190")
ELSEWHERE = "980100"  # in another invented province
TOWNS = ("990100", "990200", "990300", "990400", "990000")
APPLICANTS = 92
PROVIDER_NAMES = ("智算中心", "云算", "超算服务", "数据服务", "边缘算力")


def instant(day: date, hour: int = 9, minute: int = 0) -> datetime:
    """A Shanghai time on that day."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI)


@dataclass
class World:
    """Who there is; filled as the verbs make them. `random` is the only source of chance."""

    random: Random
    begun: datetime
    password_hash: str = ""
    bodies: dict[str, Agency] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)
    applicants: list[Company] = field(default_factory=list)
    signatories: list[User] = field(default_factory=list)
    agents: list[User] = field(default_factory=list)
    providers: list[Provider] = field(default_factory=list)
    provider_agents: list[User] = field(default_factory=list)
    offers: dict[str, Offer] = field(default_factory=dict)

    def actor(self, username: str) -> Actor:
        """The person of this sign-in name."""
        return Actor.person(self.people[username].pk)

    @property
    def lead(self) -> Agency:
        """The programme's body."""
        return self.bodies[cast.LEAD]

    @property
    def finance(self) -> Agency:
        """The finance body."""
        return self.bodies[cast.FINANCE]


def build_world(seed: int, begun: datetime, applicants: int = APPLICANTS) -> World:
    """Bodies, officers, companies and providers, as of `begun`."""
    world = World(Random(seed), begun)  # noqa: S311 a demo's dice, no secret
    world.password_hash = make_password(cast.PASSWORD)
    agencies.load_regions(actor=SETUP, at=begun)
    for body in cast.BODIES:
        parent = world.bodies[body.parent].pk if body.parent else None
        world.bodies[body.code] = agencies.register_agency(
            actor=SETUP,
            code=body.code,
            name_zh=body.name_zh,
            name_en=body.name_en,
            kind=body.kind,
            region_code=body.region,
            parent_id=parent,
            is_demo=True,
            at=begun,
        )
    for person in cast.OFFICERS:
        _officer(world, person)
    for number in range(1, applicants + 1):
        _applicant(world, number)
    for index, kind in enumerate(PROVIDER_NAMES):
        _provider(world, index, kind)
    return world


def _user(world: World, username: str, zh: str, en: str, employer: Agency | None) -> User:
    user = users.create_user(
        actor=SETUP,
        username=username,
        name_zh=f"{zh}（演示）",
        name_en=f"{en} (demo)",
        email=f"{username}@demo.invalid",
        employer_id=employer.pk if employer else None,
        password_hash=world.password_hash,
        is_demo=True,
        at=world.begun,
    )
    world.people[username] = user
    return user


def _officer(world: World, person: cast.Person) -> None:
    """A duty in the lead body; finance people hold it in the finance body, too (its root lines)."""
    user = _user(
        world, person.username, person.name_zh, person.name_en, world.bodies[person.employer]
    )
    second_factor.enrol(user)
    places = {world.lead.pk}
    if any(role.startswith("finance") or role == "programme_manager" for role in person.roles):
        places.add(world.finance.pk)
    for role in person.roles:
        for place in sorted(places):
            users.grant_duty(
                actor=SETUP,
                user_id=user.pk,
                agency_id=place,
                role=role,
                programme_ref="",
                valid_from=world.begun,
                valid_until=None,
                basis="演示审计通知书〔2026〕1 号",
                at=world.begun,
            )


def _company(world: World, stem: str, name_zh: str, name_en: str, number: int) -> Company:
    return registry.register_company(
        actor=SETUP,
        credit_code=make_credit_code(stem),
        name_zh=name_zh,
        name_en=name_en,
        entity_type="enterprise",
        region_code=ELSEWHERE if is_outside(number) else TOWNS[number % len(TOWNS)],
        industry_code=INDUSTRIES[number % len(INDUSTRIES)],
        staff=world.random.choice((8, 18, 46, 86, 120, 260, 420)),
        revenue_fen=world.random.randrange(300, 60_000) * 1_000_000,
        assets_fen=world.random.randrange(300, 90_000) * 1_000_000,
        established_date=date(2016 + number % 8, 1 + number % 12, 1 + number % 27),
        is_demo=True,
        at=world.begun,
    )


def is_outside(number: int) -> bool:
    """One buyer in nine comes from beyond the province."""
    return number % 9 == 4


def _applicant(world: World, number: int) -> None:
    """A company with its signatory; the first one's people sign in in the demo."""
    numeral = "".join(DIGITS[int(digit)] for digit in f"{number:03d}")
    company = _company(
        world,
        f"91999900DEM{number:06d}",
        f"演示智算{numeral}有限公司",
        f"Demo Computing {number:03d} Co., Ltd.",
        number,
    )
    world.applicants.append(company)
    if number == 1:
        chosen = [_user(world, name, zh, en, None) for name, zh, en, _ in cast.COMPANY_PEOPLE]
        agent, signatory = chosen
    else:
        agent = signatory = _user(
            world, f"company{number:03d}", f"企业签字人{numeral}", f"Signatory {number:03d}", None
        )
    world.agents.append(agent)
    world.signatories.append(signatory)
    for user, role in ((agent, "company_agent"), (signatory, "company_signatory")):
        registry.grant_membership(
            actor=SETUP, user_id=user.pk, company_id=company.pk, role=role, at=world.begun
        )


def _provider(world: World, index: int, kind: str) -> None:
    """A provider company with its agent and bank account; it is admitted and verified later."""
    number = index + 1
    company = _company(
        world,
        f"91999900DEM9{number:05d}",
        f"演示{kind}有限公司",
        f"Demo Provider {number} Co., Ltd.",
        number,
    )
    if index == 0:
        both = [_user(world, name, zh, en, None) for name, zh, en, _ in cast.PROVIDER_PEOPLE]
        agent, finance = both
    else:
        agent = finance = _user(
            world, f"provider{number}", f"服务商经办{number}", f"Agent {number}", None
        )
    world.provider_agents.append(agent)
    for user, role in ((agent, "provider_agent"), (finance, "provider_finance")):
        registry.grant_membership(
            actor=SETUP, user_id=user.pk, company_id=company.pk, role=role, at=world.begun
        )
    at = world.begun + timedelta(hours=1)
    registry.add_bank_account(
        actor=Actor.person(finance.pk),
        company_id=company.pk,
        account_name=company.name_zh,
        account_number=f"99990000{number:04d}{1234 if number != 2 else 0:04d}",
        bank_name="演示银行砚江分行",
        cnaps="",
        at=at,
    )
    applied = providers.apply_as_provider(
        actor=Actor.person(agent.pk), agency_id=world.lead.pk, company_id=company.pk, at=at
    )
    providers.check_provider(actor=world.actor("reviewer2"), provider_id=applied.pk, at=at)
    approved = providers.approve_provider(
        actor=world.actor("approver2"), provider_id=applied.pk, at=at
    )
    world.providers.append(approved)
    _catalogue(world, approved, index, at)


def _catalogue(world: World, provider: Provider, index: int, at: datetime) -> None:
    """One compute and one data offer, a centre, an account for every applicant."""
    actor = Actor.person(world.provider_agents[index].pk)
    for code, zh, en, service, unit, price in (
        ("GPU-H", "GPU 卡时", "GPU card hours", "compute", "卡时", "12.50"),
        ("DATA-SET", "数据产品", "Data products", "data", "份", "1000"),
    ):
        offer = providers.publish_offer(
            actor=actor,
            provider_id=provider.pk,
            code=code,
            name_zh=zh,
            name_en=en,
            service_class=service,
            unit=unit,
            unit_price=Decimal(price),
            valid_from=at,
            at=at,
        )
        world.offers[f"{index}:{service}"] = offer
    providers.register_centre(
        actor=actor,
        provider_id=provider.pk,
        name_zh=f"{PROVIDER_NAMES[index]}一期（演示）",
        name_en=f"Demo centre {index + 1}",
        region_code=TOWNS[index],
        capacity_pflops=Decimal(f"{200 - 30 * index}"),
        pledged_hours=Decimal("1200000"),
        at=at,
    )


# In the journey's cast everybody could do nearly everything, so that only the seats stand between
# a person and a second act on the same file. A clerk is never a releaser.
JOURNEY_ROLES: dict[str, tuple[str, ...]] = {
    "intake": ("reviewer", "approver", "finance_clerk", "finance_authoriser"),
    "reviewer": ("intake", "approver", "finance_releaser", "finance_authoriser"),
    "approver": ("intake", "reviewer", "finance_clerk", "finance_authoriser"),
    "checker": ("intake", "approver", "finance_releaser", "finance_authoriser"),
    "approver2": ("intake", "reviewer", "finance_clerk", "finance_authoriser"),
    "clerk": ("intake", "reviewer", "approver", "finance_authoriser"),
    "authoriser": ("intake", "reviewer", "approver", "finance_clerk"),
    "releaser": ("intake", "reviewer", "approver", "finance_authoriser"),
}


def widen_duties(world: World) -> None:
    """Give the journey's people the duties above in the lead body."""
    for username, roles in JOURNEY_ROLES.items():
        for role in roles:
            users.grant_duty(
                actor=SETUP,
                user_id=world.people[username].pk,
                agency_id=world.lead.pk,
                role=role,
                programme_ref="",
                valid_from=world.begun,
                valid_until=None,
                basis="",
                at=world.begun,
            )
