"""Forms of the officers' acts: field names are the arguments of the verbs."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from vouchers.web.forms import DayField, MoneyField, PageForm, ReasonField


class ReasonForm(PageForm):
    """Why: the person concerned reads it."""

    reason = ReasonField(
        label=_("Reason"), help_text=_("Name the clause, the fact and the remedy.")
    )


class AdmissionForm(PageForm):
    """准入: a programme and the days of it."""

    programme = forms.ChoiceField(label=_("Programme"))
    first = DayField(label=_("First day"))
    last = DayField(
        label=_("Last day"), required=False, help_text=_("Leave it empty: without an end.")
    )


class NoteForm(PageForm):
    """One list of all that is missing."""

    note = ReasonField(
        label=_("What is missing"),
        help_text=_("List everything at once: the company is asked a single time."),
        max_length=4000,
    )


class AdviceForm(PageForm):
    """The sum advised and why."""

    amount_fen = MoneyField(label=_("Amount advised"))
    reason = ReasonField(label=_("Opinion"))


class AnswerForm(PageForm):
    """The answer to an objection."""

    answer = ReasonField(label=_("Answer"), max_length=4000)
    upheld = forms.TypedChoiceField(
        label=_("Finding"),
        choices=[
            ("no", _("Unfounded: the notice goes on")),
            ("yes", _("Upheld: the file is reviewed anew")),
        ],
        coerce=lambda word: word == "yes",
        widget=forms.RadioSelect,
    )


class InvoiceForm(PageForm):
    """What the tax office's platform said."""

    status = forms.ChoiceField(
        label=_("Answer of the invoice platform"),
        choices=[
            ("VERIFIED", _("Verified")),
            ("RED_LETTERED", _("Red-lettered")),
            ("VOIDED", _("Voided")),
            ("NOT_FOUND", _("Not found")),
        ],
    )


class AcceptForm(PageForm):
    """The sum accepted; less than reckoned needs a reason."""

    accepted_fen = MoneyField(label=_("Amount accepted"))
    reason = ReasonField(
        label=_("Reason"),
        required=False,
        help_text=_("Needed where less than the reckoned sum is accepted."),
    )


class DisputeForm(PageForm):
    """Who is right."""

    goes_on = forms.TypedChoiceField(
        label=_("Finding"),
        choices=[("yes", _("The claim goes on to the check")), ("no", _("The claim ends"))],
        coerce=lambda word: word == "yes",
        widget=forms.RadioSelect,
    )
    reason = ReasonField(label=_("Reason"))


class NoticeForm(PageForm):
    """The notice's titles."""

    title_zh = forms.CharField(label=_("Title (Chinese)"), max_length=160)
    title_en = forms.CharField(label=_("Title (English)"), max_length=200, required=False)


class SearchForm(PageForm):
    """Words of a number, a name or a credit code."""

    q = forms.CharField(label=_("Company, number or credit code"), required=False, max_length=60)
