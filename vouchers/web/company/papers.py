"""材料: the papers a scheme asks for, those on the file, and why one may not be used."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from django import forms
from django.utils.translation import gettext_lazy as _

from companies.files.models import Verdict
from vouchers.applications.selectors import current_papers
from vouchers.programmes.rules import parse_rules
from vouchers.programmes.selectors import get_published_rules
from vouchers.web.forms.base import PageForm
from vouchers.web.paper_words import paper_label, why_refused

LIMITS = _(
    "PDF, picture, Word, Excel or CSV, at most 25 MB each. Checked as soon as it arrives; a new "
    "file replaces the former one."
)
ACCEPTED = ".pdf,.png,.jpg,.jpeg,.docx,.xlsx,.csv"


class Wanted(NamedTuple):
    """A kind of paper the rules name; `always`: no file is complete without it."""

    kind: str
    always: bool


def list_wanted(application: Any, at: datetime) -> list[Wanted]:
    """What the rules frozen on the file, or now in force, ask for when a file is handed in."""
    version = application.rule_version or get_published_rules(application.programme_id, at)
    rules = parse_rules(version.document).evidence if version else ()
    asked = {rule.kind: rule.when is None for rule in rules if rule.at == "apply"}
    return [Wanted(kind, always) for kind, always in ({"contract": False} | asked).items()]


def list_papers(application: Any) -> list[Any]:
    """The papers now on the file: of a kind the one that counts, and one refused beside it."""
    papers = application.attachments.filter(replaced_at__isnull=True)
    return list(papers.select_related("file").order_by("kind"))


def is_missing(application: Any, at: datetime) -> bool:
    """Whether a paper that must be there is not, or one that lies there was not found clean."""
    counting = {paper.kind: paper.file.verdict for paper in current_papers(application)}
    needed = {wanted.kind for wanted in list_wanted(application, at) if wanted.always}
    is_unread = any(paper.file.verdict == Verdict.PENDING for paper in list_papers(application))
    is_refused = any(verdict != Verdict.CLEAN for verdict in counting.values())
    return is_unread or is_refused or not needed <= counting.keys()


def paper_rows(application: Any) -> list[dict[str, Any]]:
    """Each paper with the scanner's word, and what to do where it was refused."""
    return [
        {
            "label": paper_label(paper.kind),
            "value": paper.file.original_name,
            "status": paper.file.verdict,
            "status_label": paper.file.get_verdict_display(),
            "wrong": why_refused(paper.file),
        }
        for paper in list_papers(application)
    ]


def make_papers_form(wanted: list[Wanted], data: Any = None, uploads: Any = None) -> PageForm:
    """One upload for every kind."""
    form = PageForm(data, uploads)
    for kind, always in wanted:
        form.fields[kind] = forms.FileField(
            label=paper_label(kind),
            required=False,
            widget=forms.FileInput(attrs={"accept": ACCEPTED}),
        )
        form.fields[kind].is_needed = always
    return form
