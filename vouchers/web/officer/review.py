"""One file: the side panel, the full review page, and every act of the desk on it."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from companies.errors import Conflict
from companies.files.selectors import get_file, open_file
from companies.users.models import Role
from vouchers.applications import services
from vouchers.applications.models import Application
from vouchers.applications.selectors import get_application_for
from vouchers.applications.services.award import award_of
from vouchers.applications.services.publicise import award_notice, signatures_needed
from vouchers.web.desk import ALL_DESKS, Act, ActsDesk, Desk
from vouchers.web.officer import file_view
from vouchers.web.officer.forms import AdviceForm, NoteForm, ReasonForm

_FILE = "application_id"
READING = ["get", "head", "options"]
ACTS = (
    Act(
        name="take", label=_("Take for screening"), verb=services.take_screening, argument=_FILE,
        statuses=("SUBMITTED",), roles=(Role.INTAKE,), seat="SCREEN",
        done=_("The file is with you for screening."),
    ),
    Act(
        name="accept", label=_("Accept for review"), verb=services.accept_application,
        argument=_FILE, statuses=("IN_SCREENING",), roles=(Role.INTAKE,), seat="SCREEN",
        hint=_("The company gets a letter of acceptance."),
        done=_("The file is accepted and in review."),
    ),
    Act(
        name="recommend", label=_("Recommend"), verb=services.recommend_application,
        argument=_FILE, statuses=("IN_REVIEW",), roles=(Role.REVIEWER,), seat="REVIEW",
        form=AdviceForm, done=_("Your recommendation is signed."),
    ),
    Act(
        name="approve", label=_("Approve"), verb=services.approve_application, argument=_FILE,
        statuses=("RECOMMENDED",), roles=(Role.APPROVER,), seat="APPROVE", posts=True,
        hint=_("Only where the rules ask for no public notice. The sum is reserved at once."),
        done=_("The file is approved and its sum is reserved."),
    ),
    Act(
        name="cosign", label=_("Sign as one of several approvers"), verb=services.cosign_award,
        argument=_FILE, statuses=("RECOMMENDED",), roles=(Role.APPROVER,), seat="APPROVE",
        hint=_("For sums that need several signatures."), done=_("Your signature is recorded."),
    ),
    Act(
        name="return", label=_("Ask for more information"), verb=services.return_application,
        argument=_FILE, statuses=("IN_SCREENING",), roles=(Role.INTAKE,), seat="SCREEN",
        form=NoteForm, done=_("The company has been asked; the clock stands still."),
    ),
    Act(
        name="send-back", label=_("Send back to review"), verb=services.send_back,
        argument=_FILE, statuses=("NOT_RECOMMENDED",), roles=(Role.APPROVER,), seat="APPROVE",
        form=ReasonForm, done=_("Another reviewer will look at the file."),
    ),
    Act(
        name="advise-against", label=_("Advise against"), verb=services.advise_against,
        argument=_FILE, statuses=("IN_REVIEW",), roles=(Role.REVIEWER,), seat="REVIEW",
        form=ReasonForm, tone="danger", done=_("Your advice is signed."),
    ),
    Act(
        name="propose-ineligible", label=_("Propose not to accept"),
        verb=services.propose_ineligible, argument=_FILE, statuses=("IN_SCREENING",),
        roles=(Role.INTAKE,), seat="SCREEN", form=ReasonForm, tone="danger",
        hint=_("The company is told first and may answer."),
        done=_("The prior notice has been served."),
    ),
    Act(
        name="declare-ineligible", label=_("Declare not accepted"),
        verb=services.declare_ineligible, argument=_FILE, statuses=("IN_SCREENING",),
        roles=(Role.APPROVER,), seat="APPROVE", tone="danger",
        hint=_("Only after a prior notice and its reply period."),
        done=_("The file is not accepted; the decision has been served."),
    ),
    Act(
        name="reject", label=_("Do not support"), verb=services.reject_application,
        argument=_FILE, statuses=("RECOMMENDED", "NOT_RECOMMENDED"), roles=(Role.APPROVER,),
        seat="APPROVE", posts=True, form=ReasonForm, tone="danger",
        hint=_("This cannot be undone."), done=_("The decision has been served."),
    ),
    Act(
        name="announce-rejection", label=_("Announce the refusal"),
        verb=services.announce_rejection, argument=_FILE,
        statuses=("RECOMMENDED", "NOT_RECOMMENDED"), roles=(Role.APPROVER,), seat="APPROVE",
        form=ReasonForm, tone="danger", hint=_("The company is told first and may answer."),
        done=_("The prior notice has been served."),
    ),
    Act(
        name="announce-rejection-objected", label=_("Announce the refusal"),
        verb=services.announce_rejection, argument=_FILE, statuses=("OBJECTED",),
        roles=(Role.APPROVER,), seat="OBJECTION", form=ReasonForm, tone="danger",
        hint=_("The company is told first and may answer."),
        done=_("The prior notice has been served."),
    ),
    Act(
        name="cancel", label=_("Cancel the award"), verb=services.cancel_application,
        argument=_FILE, statuses=("APPROVED",), roles=(Role.APPROVER, Role.PROGRAMME_MANAGER),
        seat="APPROVE", posts=True, form=ReasonForm, tone="danger",
        hint=_("Two sign: an approver, then a manager. This cannot be undone."),
        done=_("Signed. With the manager's signature the award is cancelled."),
    ),
    Act(
        name="reject-objected", label=_("Do not support after the objection"),
        verb=services.reject_application, argument=_FILE, statuses=("OBJECTED",),
        roles=(Role.APPROVER,), seat="OBJECTION", posts=True, form=ReasonForm, tone="danger",
        hint=_("Only after a prior notice and its reply period. This cannot be undone."),
        done=_("The decision has been served."),
    ),
)  # fmt: skip


def file_context(desk: Desk, application: Application) -> dict[str, Any]:
    """What the side panel shows; the acts are those of the full page."""
    page = Review()
    page.setup(desk.request, number=application.number)
    page.at, page.scope, page.actor = desk.at, desk.scope, desk.actor
    page.noun, page.offers = application, []
    page.offers = page.list_offers()
    return page.panel()


class Review(ActsDesk):
    """The whole file."""

    template = "web/officer/application_review.html"
    roles = ALL_DESKS
    acts = ACTS

    def find(self) -> Application:
        """The file, through its door."""
        return get_application_for(self.scope, self.kwargs["number"])

    def seat_reason(self, act: Act) -> str:
        """One person, one seat on a file."""
        return file_view.seat_reason(self.noun, act.seat, self.actor.user_id)

    def why_not(self, act: Act) -> str:
        """Nothing is offered that the file's rules or its history would refuse."""
        if act.verb is services.announce_rejection and not self.noun.notice_rows.exists():
            return gettext("The file was never on public notice.")
        if act.name == "approve" and award_notice(self.noun):
            return gettext("The rules want a public notice: it approves the files it lists.")
        if act.name == "cosign" and self.noun.status == "RECOMMENDED" and self._needs_one():
            return gettext("One signature is enough for this sum.")
        return super().why_not(act)

    def _needs_one(self) -> bool:
        try:
            return signatures_needed(self.noun, award_of(self.noun)) < 2
        except Conflict:  # nothing to award: the verb says so
            return False

    def start(self, act: Act) -> dict[str, Any]:
        """The reckoned sum is proposed to the reviewer."""
        found = self.noun.assessment or {}
        return {"amount_fen": found.get("grant_fen")} if act.name == "recommend" else {}

    def after(self, noun: Any, result: Any) -> str:
        """The full page."""
        return reverse("officer:application-review", args=[noun.number])

    def panel(self) -> dict[str, Any]:
        """Sums, checks, papers, seats, acts."""
        file = self.noun
        return {
            **ActsDesk.context(self),
            "file": file,
            "file_url": reverse("officer:application-review", args=[file.number]),
            "amounts": file_view.amounts(file),
            "checks": file_view.checks(file, self.scope, self.language),
            "papers": file_view.papers(file),
            "seats": file_view.seats(file, self.actor.user_id),
        }

    def context(self, **kwargs: Any) -> dict[str, Any]:
        """The panel's parts and all that a decision rests on."""
        file = self.noun
        return {
            **self.panel(),
            "crumbs": [(_("To do"), reverse("officer:queue")), (file.number, "")],
            "title": file.number,
            "form_rows": file_view.form_rows(file, self.scope),
            "calculation": file_view.calculation(file, self.language),
            "versions": file.versions.select_related("submitted_by").order_by("-version"),
            "decisions": file_view.decisions(file),
            "letters": file_view.letters(file, self.scope),
            "history": file_view.history(file),
        }


class QueuePanel(Review):
    """The side panel alone, for htmx; its acts are posted to the full page."""

    http_method_names = READING
    template = "web/officer/panel.html"

    def context(self, **kwargs: Any) -> dict[str, Any]:
        """Only what the panel shows."""
        return self.panel()


class Paper(Desk):
    """One paper of a file, as it was filed."""

    roles = ALL_DESKS

    def get(self, request: HttpRequest, number: str, public_id: str) -> HttpResponseBase:
        """The bytes, never rendered in place."""
        application = get_application_for(self.scope, number)
        stored = get_file(public_id, owner_ref=application.ref)
        return FileResponse(
            open_file(stored), as_attachment=True, filename=stored.download_name,
            content_type=stored.content_type,
        )  # fmt: skip
