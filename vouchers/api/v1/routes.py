"""How routes are named: a verb's view stands at `<nouns>/<number>/<verb-in-kebab>`."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern, path
from django.views.decorators.csrf import csrf_exempt

from vouchers.api.base import CreateView, NounList, VerbView


def verb_paths(nouns: str, *views: type[VerbView]) -> list[URLPattern]:
    """One POST route per verb; its name and last segment are the verb's own name."""
    paths = []
    for view in views:
        name = view.verb.__name__.replace("_", "-")
        paths.append(path(f"{nouns}/<str:number>/{name}", view.as_view(), name=name))
    return paths


def collection(
    nouns: str, listing: type[NounList], creating: type[CreateView]
) -> URLPattern:
    """GET lists, POST makes: two views behind one address."""
    views = {"GET": listing.as_view(), "HEAD": listing.as_view(), "POST": creating.as_view()}

    def dispatch(request: Any, *args: Any, **kwargs: Any) -> Any:
        return views.get(request.method, views["GET"])(request, *args, **kwargs)

    return path(nouns, csrf_exempt(dispatch), name=nouns)

