"""What every page shares: who looks, when, what a refusal becomes, and how an act is posted.

`PageView` lets people in and turns a refusal into a page; `ListPage`, `FormPage` and `ActView` are
its three shapes. Handlers make one domain call and never touch a model.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar
from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views import View

from companies import errors
from companies.foundation.actors import Actor
from companies.foundation.clock import now
from companies.foundation.counters import REFUSALS
from companies.registry.selectors import get_scope
from companies.users.second_factor import has_second_factor
from vouchers.web.forms import PageForm
from vouchers.web.navigation import AREA_OF_ROLE
from vouchers.web.paging import page_of
from vouchers.web.tables import Column, Table

STATUSES: tuple[tuple[type[errors.DomainError], int], ...] = (
    (errors.Malformed, 400),
    (errors.NotSignedIn, 401),
    (errors.NotAllowed, 403),
    (errors.NotFound, 404),
    (errors.Conflict, 409),
    (errors.InvalidInput, 422),
    (errors.TryAgain, 503),
)
# Open to whoever is signed in, and to everybody.
WITHOUT_ROLE = frozenset({"public", "account"})
Text = str | Promise


def status_of(refusal: errors.DomainError) -> int:
    """The HTTP status of a refusal's family."""
    return next(status for family, status in STATUSES if isinstance(refusal, family))


class PageView(View):
    """`self.scope`, `self.at` and `self.actor` stand ready in every handler."""

    area: ClassVar[str] = "public"
    also_open_to: ClassVar[tuple[str, ...]] = ()
    template: str = ""
    title: Text = ""
    lead: Text = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Let in, act, and say a refusal in its own words."""
        self.at = now()
        is_known = request.user.is_authenticated and has_second_factor(request)
        if self.area != "public":
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not is_known:
                return HttpResponseRedirect(reverse("mfa_index"))
            self.actor = Actor.person(request.user.pk)
        self.scope = get_scope(request.user.pk if is_known else None, self.at)
        try:
            self.require_area()
            return super().dispatch(request, *args, **kwargs)
        except errors.DomainError as refusal:
            REFUSALS.labels(refusal.code).inc()
            return self.refuse(refusal)

    def require_area(self) -> None:
        """Raises NotAllowed `area_closed` for people without a role here."""
        mine = {AREA_OF_ROLE.get(role) for role in self.scope.roles}
        if self.area not in WITHOUT_ROLE and mine.isdisjoint({self.area, *self.also_open_to}):
            raise errors.NotAllowed(
                "area_closed", _("Your account has no role in this part of the service.")
            )

    def refuse(self, refusal: errors.DomainError) -> HttpResponse:
        """A page with the refusal's words, its single places and the way back."""
        places = [
            f"{place.get('field', '')}: {place.get('message') or place.get('code', '')}"
            for place in refusal.errors
        ]
        context = {"refusal": refusal.text(), "places": places, "title": _("This did not work")}
        if isinstance(refusal, errors.NotFound):
            context["title"] = _("Not found")
        elif isinstance(refusal, errors.NotAllowed):
            context["title"] = _("You may not do this")
        return self.page("web/message.html", code=status_of(refusal), **context)

    def page(self, template: str = "", *, code: int = 200, **context: Any) -> HttpResponse:
        """Render with a fresh request key; the layout is the reader's own (navigation.context)."""
        values = {
            "title": self.title,
            "lead": self.lead,
            "scope": self.scope,
            "at": self.at,
            "request_key": uuid4().hex,
            **context,
        }
        return render(self.request, template or self.template, values, status=code)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """A reading page."""
        return self.page(**self.context(**kwargs))

    def context(self, **kwargs: Any) -> dict[str, Any]:
        """What the template shows."""
        return {}

    def request_key(self) -> str:
        """The hidden field of a posting form: the same key is a replay, not a second posting."""
        return self.request.POST.get("request_key", "")


class ListPage(PageView):
    """A table of one noun. Give `columns` and `rows()`; rows come ordered by -id."""

    template = "web/list.html"
    columns: Sequence[Column] = ()
    empty_title: Text = _("Nothing here yet")
    empty_text: Text = ""
    statuses: Any = None

    def rows(self) -> Any:
        """The whole list as a query set."""
        raise NotImplementedError

    def row(self, noun: Any) -> Any:
        """What one row shows; the noun itself unless told otherwise."""
        return noun

    def context(self, **kwargs: Any) -> dict[str, Any]:
        """The table, and tabs by status where the noun has them."""
        rows = self.rows()
        chosen = self.request.GET.get("status", "")
        tabs = []
        if self.statuses is not None:
            if chosen in self.statuses.values:
                rows = rows.filter(status=chosen)
            tabs = [{"label": _("All"), "url": "?", "current": chosen == "", "count": None}]
            tabs += [
                {"label": label, "url": f"?status={value}", "current": chosen == value,
                 "count": None}
                for value, label in self.statuses.choices
            ]  # fmt: skip
        page = page_of(rows, self.request)
        table = Table(
            columns=self.columns, rows=[self.row(noun) for noun in page.rows],
            caption=self.title, request=self.request, cursor_param="page",
            next_cursor=page.next, previous_cursor=page.previous,
            empty_title=self.empty_title, empty_text=self.empty_text,
        )  # fmt: skip
        return {"table": table, "tabs": tabs}


class FormPage(PageView):
    """GET shows a form, POST performs it: a refusal returns to the form, success goes on."""

    template = "web/form.html"
    form_class: type[PageForm] = PageForm
    submit: Text = _("Save and continue")
    success: Text = ""

    def initial(self, **kwargs: Any) -> dict[str, Any]:
        """Values the form begins with."""
        return {}

    def make_form(self, data: Any = None, files: Any = None, **kwargs: Any) -> Any:
        """The form; override to give it choices."""
        return self.form_class(data, files, initial=self.initial(**kwargs))

    def perform(self, data: dict[str, Any], **kwargs: Any) -> str:
        """Call the verb and return the address to go to."""
        raise NotImplementedError

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """The empty form."""
        return self.show(self.make_form(**kwargs), **kwargs)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Read, act, go on."""
        form = self.make_form(request.POST, request.FILES, **kwargs)
        if not form.is_valid():
            return self.show(form, status=422, **kwargs)
        try:
            url = self.perform(form.cleaned_data, **kwargs)
        except (errors.InvalidInput, errors.Conflict, errors.TryAgain) as refusal:
            self.blame(form, refusal)
            return self.show(form, status=status_of(refusal), **kwargs)
        if self.success:
            messages.success(request, self.success)
        return HttpResponseRedirect(url)

    def blame(self, form: PageForm, refusal: errors.DomainError) -> None:
        """Put a refusal on the form."""
        blame(form, refusal)

    def show(self, form: Any, *, status: int = 200, **kwargs: Any) -> HttpResponse:
        """The page round the form; a repeated attempt keeps its request key."""
        context = {"form": form, "submit": self.submit, **self.context(**kwargs)}
        if key := self.request_key():
            context["request_key"] = key
        return self.page(code=status, **context)


class ActView(PageView):
    """POST one verb on one noun, then go back to it: give `verb`, `door` and `id_argument`."""

    http_method_names: ClassVar[list[str]] = ["post", "options"]
    verb: Callable[..., Any]
    door: Callable[..., Any]
    id_argument: str = ""
    posts: bool = False
    fields: tuple[str, ...] = ()
    success: Text = _("Done.")

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        """See, act, say so."""
        noun = type(self).door(self.scope, number)
        arguments: dict[str, Any] = {self.id_argument: noun.pk, **self.arguments()}
        if self.posts:
            arguments["request_key"] = self.request_key()
        type(self).verb(actor=self.actor, **arguments, at=self.at)
        messages.success(request, self.success)
        return HttpResponseRedirect(self.next_url(noun))

    def arguments(self) -> dict[str, Any]:
        """Further arguments of the verb, as typed."""
        return {name: self.request.POST.get(name, "").strip() for name in self.fields}

    def next_url(self, noun: Any) -> str:
        """Where to go; the page the form stood on unless told otherwise."""
        raise NotImplementedError


def blame(form: PageForm, refusal: errors.DomainError) -> None:
    """Put a refusal on the form: at its fields where it names them, else above."""
    placed = False
    for place in refusal.errors:
        name = str(place.get("field", "")).split(".")[-1]
        if name in form.fields:
            form.add_error(name, str(place.get("message") or refusal.text()))
            placed = True
        elif place.get("field"):
            said = place.get("message") or place.get("code", "")
            form.add_error(None, f"{place['field']}: {said}")
    if not placed:
        form.add_refusal(refusal)
