"""文书: letters to the company; answering and waiving."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from companies.letters.models import LetterStatus
from companies.letters.selectors import get_letter_for, list_letters
from companies.letters.services import answer_letter, waive_letter
from vouchers.web.company.people import is_signatory
from vouchers.web.noun_links import url_of
from vouchers.web.tables import Column
from vouchers.web.templatetags.suanquan import stamp
from vouchers.web.views import ActView, ListPage, PageView
from vouchers.web.words import named


class LetterList(ListPage):
    """Newest first."""

    area = "company"
    title = _("Letters")
    columns = (
        Column("title", _("Letter"), link="url", sub="number"),
        Column("kind", _("Kind")),
        Column("served_at", _("Served"), kind="stamp"),
        Column("reply_until", _("Reply until"), kind="stamp"),
    )

    def rows(self) -> Any:
        """The companies' own."""
        return list_letters(self.scope).filter(company_id__in=self.scope.company_ids)

    def row(self, noun: Any) -> Any:
        """Shown."""
        return {
            "title": noun.title, "number": noun.number, "kind": noun.get_kind_display(),
            "url": reverse("company:letter-detail", args=[noun.number]),
            "served_at": noun.served_at, "reply_until": noun.reply_until,
        }  # fmt: skip


class LetterDetail(PageView):
    """The letter as signed, with its remedy."""

    area = "company"
    template = "web/company/letter_detail.html"

    def context(self, **kwargs: Any) -> dict[str, Any]:
        """Text, dates, answer."""
        letter = get_letter_for(self.scope, kwargs["number"])
        about = letter.subject_ref.partition(":")[2]
        summary = [
            {"label": _("Number"), "value": letter.number, "code": True},
            {"label": _("Kind"), "value": letter.get_kind_display()},
            {"label": _("From"), "value": named(letter.agency)},
            {"label": _("About"), "value": about, "url": url_of(letter.subject_ref, self.scope)},
            {"label": _("Status"), "value": letter.get_status_display()},
            {"label": _("Served"), "value": stamp(letter.served_at)},
            {"label": _("Reply until"), "value": stamp(letter.reply_until)},
        ]
        is_served = letter.status == LetterStatus.SERVED
        open_now = is_served and letter.reply_until is not None and self.at < letter.reply_until
        acts = []
        may_waive = is_signatory(self.scope, letter.company_id)
        if open_now and letter.replied_at is None:
            acts.append(
                {"url": reverse("company:letter-reply", args=[letter.number]),
                 "label": _("Send the answer"), "reason": _("Your statement"), "field": "reply"}
            )  # fmt: skip
        if open_now and letter.waived_at is None and may_waive:
            acts.append(
                {"url": reverse("company:letter-waive", args=[letter.number]),
                 "label": _("Waive the reply period"), "tone": "danger",
                 "text": _(
"The signatory gives up the rest of the period. The decision may "
"follow at once."
)}
            )  # fmt: skip
        crumbs = [(_("Letters"), reverse("company:letter-list")), (letter.number, "")]
        return {"title": letter.title, "letter": letter, "summary": summary, "acts": acts,
                "crumbs": crumbs}  # fmt: skip


class LetterAct(ActView):
    """An act on one letter."""

    area = "company"
    door = staticmethod(get_letter_for)
    id_argument = "letter_id"

    def next_url(self, noun: Any) -> str:
        """Back to the letter."""
        return reverse("company:letter-detail", args=[noun.number])


class Reply(LetterAct):
    """陈述申辩."""

    verb = staticmethod(answer_letter)
    fields = ("reply",)
    success = _("Your answer has been sent.")


class Waive(LetterAct):
    """The signatory waives."""

    verb = staticmethod(waive_letter)
    success = _("The reply period has been waived.")
