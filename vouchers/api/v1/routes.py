"""How routes are named: a verb's view stands at `<nouns>/<number>/<verb-in-kebab>`."""

from __future__ import annotations

from django.urls import URLPattern, path

from vouchers.api.base import CreateView, NounList, VerbView


def verb_paths(nouns: str, *views: type[VerbView]) -> list[URLPattern]:
    """One POST route per verb; its name and last segment are the verb's own name."""
    paths = []
    for view in views:
        name = view.verb.__name__.replace("_", "-")
        paths.append(path(f"{nouns}/<str:number>/{name}", view.as_view(), name=name))
    return paths


def collection(nouns: str, listing: type[NounList], creating: type[CreateView]) -> URLPattern:
    """GET lists, POST makes: two views joined behind one address."""
    both = type(f"{listing.__name__}AndCreate", (listing, creating), {"__doc__": listing.__doc__})
    return path(nouns, both.as_view(), name=nouns)
