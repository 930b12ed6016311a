"""What the officers' pages share: who may open them, keyset pages, and acts on one noun.

A page lists its `Act`s; each is shown as a form where state, duty and seat allow it, and as the
reason where they do not. A POST names one act and makes one call of its verb.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.contrib import messages
from django.db.models import QuerySet
from django.forms import ChoiceField
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from companies.errors import DomainError, NotAllowed, not_found
from companies.users.models import Role
from vouchers.programmes.explain import Language
from vouchers.web.forms import PageForm
from vouchers.web.views import PageView, blame, status_of

Text = str | Promise
OFFICERS = (Role.INTAKE, Role.REVIEWER, Role.APPROVER, Role.PROGRAMME_MANAGER)
FINANCE = (Role.FINANCE_CLERK, Role.FINANCE_AUTHORISER, Role.FINANCE_RELEASER)
WATCHERS = (Role.AUDITOR, Role.OVERSEER)
COUNT_MOST = 1000


@dataclass(frozen=True, kw_only=True)
class Act:
    """One verb as a page offers it. Fields of `form` are arguments of the verb.

    `argument` is the verb's name for the noun's id ('' where the page resolves it); `seat` names
    the act in the file's seat map; `fixed` are arguments nobody chooses.
    """

    name: str
    label: Text
    verb: Callable[..., Any]
    argument: str
    statuses: Iterable[str]
    roles: Iterable[str]
    done: Text
    form: type[PageForm] | None = None
    seat: str = ""
    posts: bool = False
    tone: str = ""
    hint: Text = ""
    fixed: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Offer:
    """An act as it stands before this person: a form, or the reason why not."""

    act: Act
    form: PageForm | None
    reason: str = ""
    refusal: str = ""
    request_key: str = ""
    primary: bool = False


class Desk(PageView):
    """A page for people with one of these duties, whichever desk they sit at."""

    area = "officer"
    roles: ClassVar[tuple[str, ...]] = OFFICERS

    def require_area(self) -> None:
        """Raises NotAllowed `area_closed` for people without one of the duties."""
        if not self.scope.has_role(*self.roles):
            raise NotAllowed("area_closed", _("Your account has no duty at this desk."))

    @property
    def language(self) -> Language:
        """The domain's texts know these two."""
        return "zh" if (get_language() or "zh").startswith("zh") else "en"


class ActsDesk(Desk):
    """A page of one noun and the acts on it."""

    acts: ClassVar[tuple[Act, ...]] = ()

    def find(self) -> Any:
        """The noun, through its door."""
        raise NotImplementedError

    def seat_reason(self, act: Act) -> str:
        """Why this person's seat on the file forbids the act; '' where it does not."""
        return ""

    def offices(self) -> set[int]:
        """The public bodies whose duties count here."""
        return {self.noun.agency_id}

    def after(self, noun: Any, result: Any) -> str:
        """Where to go once it is done."""
        return self.request.path

    def start(self, act: Act) -> dict[str, Any]:
        """First values of the act's form."""
        return {}

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """The noun and what may be done with it."""
        return self.show()

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """One act; refused, the page says why in its place."""
        self.noun = self.find()
        chosen = next((a for a in self.acts if a.name == request.POST.get("act")), None)
        if chosen is None:
            raise not_found("act")
        form = self.make_form(chosen, request.POST, request.FILES or None)
        typed = Offer(chosen, form, request_key=self.request_key())
        if form is not None and not form.is_valid():
            self.require_duty(chosen)
            return self.show(typed, 422)
        try:
            result = self.call(chosen, dict(form.cleaned_data) if form else {})
        except DomainError as refusal:
            if form is None:
                typed.refusal = refusal.text()
            else:
                blame(form, refusal)
            return self.show(typed, status_of(refusal))
        messages.success(request, str(chosen.done))
        return HttpResponseRedirect(self.after(self.noun, result))

    def show(self, typed: Offer | None = None, status: int = 200) -> HttpResponse:
        """The page as things stand now, with what was typed."""
        self.noun = self.find()
        self.offers = self.list_offers(typed)
        return self.page(code=status, **self.context(**self.kwargs))

    def call(self, act: Act, data: dict[str, Any]) -> Any:
        """The one domain call."""
        key = {"request_key": self.request_key()} if act.posts else {}
        return act.verb(
            actor=self.actor,
            **({act.argument: self.noun.pk} if act.argument else {}),
            **data,
            **act.fixed,
            at=self.at,
            **key,
        )

    def list_offers(self, typed: Offer | None = None) -> list[Offer]:
        """The acts this state knows, each with its form or its reason."""
        offers = []
        for act in self.acts:
            was_typed = typed is not None and typed.act is act
            if self.noun.status not in act.statuses and not was_typed:
                continue
            offer = typed if typed is not None and was_typed else self._offer(act)
            offer.reason = self.why_not(act) or _nothing_to_choose(offer.form)
            offers.append(offer)
        first = next((o for o in offers if not o.reason and o.act.tone != "danger"), None)
        if first is not None:
            first.primary = True
        return offers

    def require_duty(self, act: Act) -> None:
        """What cannot even be read is said only to those who may act: the verb asks the rest.

        Raises NotAllowed `duty_missing`.
        """
        if self.scope.agency_ids_with(*act.roles).isdisjoint(self.offices()):
            roles = [Role(role) for role in act.roles]
            raise NotAllowed("duty_missing", _("For: %(roles)s."), roles=roles)

    def why_not(self, act: Act) -> str:
        """The duty, then the seat."""
        try:
            self.require_duty(act)
        except NotAllowed as refusal:
            return refusal.text()
        return self.seat_reason(act) if act.seat else ""

    def _offer(self, act: Act) -> Offer:
        form = self.make_form(act, initial=self.start(act))
        return Offer(act, form, request_key=uuid.uuid4().hex)

    def make_form(self, act: Act, *given: Any, **kwargs: Any) -> PageForm | None:
        """The act's form; override to give it choices."""
        return act.form(*given, prefix=act.name, **kwargs) if act.form else None

    def context(self, **kwargs: Any) -> dict[str, Any]:
        """The noun, the acts open to this person, and those closed with their reason."""
        return {
            "noun": self.noun,
            "offers": [offer for offer in self.offers if not offer.reason],
            "closed": [offer for offer in self.offers if offer.reason],
        }


def _nothing_to_choose(form: PageForm | None) -> str:
    """An act on one of several is closed while there is none."""
    for one in form.fields.values() if form else ():
        if isinstance(one, ChoiceField) and one.required and not list(one.choices):
            return gettext("Nothing waits for this now.")
    return ""


def count_some(rows: QuerySet[Any]) -> str:
    """How many, counted to a thousand: "1,000+"."""
    found = rows.order_by()[: COUNT_MOST + 1].count()
    return f"{COUNT_MOST:,}+" if found > COUNT_MOST else str(found)


ALL_DESKS: tuple[str, ...] = (*OFFICERS, *FINANCE, *WATCHERS)
