"""Applications: the company's acts and the officers' acts on one file."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import FileResponse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from companies.files.selectors import get_file, open_file
from companies.registry.selectors import get_company_for
from vouchers.api.base import (
    ApiView,
    CreateView,
    NounDetail,
    NounList,
    StrictSerializer,
    VerbView,
)
from vouchers.api.fields import Fen, Text
from vouchers.applications import selectors, services
from vouchers.programmes.selectors import get_round_for


class ApplicationOut(serializers.Serializer):
    """A file as its viewers see it; sums in fen."""

    number = serializers.CharField()
    status = serializers.CharField()
    status_at = serializers.DateTimeField()
    programme = serializers.CharField(source="programme.code")
    round = serializers.CharField(source="round.code")
    company = serializers.CharField(source="company.credit_code")
    company_name = serializers.CharField(source="company.name_zh")
    form = serializers.JSONField()
    requested_fen = serializers.IntegerField()
    approved_fen = serializers.IntegerField()
    reserved_fen = serializers.IntegerField()
    version = serializers.IntegerField()
    receipt_number = serializers.IntegerField(allow_null=True)
    submitted_at = serializers.DateTimeField(allow_null=True)
    accepted_at = serializers.DateTimeField(allow_null=True)
    return_note = serializers.CharField()
    assessment = serializers.JSONField()
    is_demo = serializers.BooleanField()


class ApplicationIn(StrictSerializer):
    """Which round, for which company."""

    programme = Text()
    round = Text()
    company = Text()


class FormIn(StrictSerializer):
    """The form's answers, keys as the programme's rules name them."""

    form = serializers.DictField()


class ReasonIn(StrictSerializer):
    """Why: shown to the company and kept with the decision."""

    reason = Text(max_length=2000)


class NoteIn(StrictSerializer):
    """One list of everything that is missing (一次性告知)."""

    note = Text(max_length=4000)


class RecommendIn(StrictSerializer):
    """The amount advised, in fen, and why."""

    amount_fen = Fen(min_value=1)
    reason = Text(max_length=2000)


class ApplicationList(NounList):
    """GET applications; POST drafts one."""

    listing = selectors.list_applications
    output = ApplicationOut
    filters = ("status", "programme", "company")


class AttachmentOut(serializers.Serializer):
    """A paper on the file, and the scanner's word on it."""

    kind = serializers.CharField()
    file = serializers.CharField(source="file.public_id")
    name = serializers.CharField(source="file.original_name")
    verdict = serializers.CharField(source="file.verdict")


class ApplicationWithPapersOut(ApplicationOut):
    """A file and the papers that stand on it now."""

    attachments = serializers.SerializerMethodField()

    @extend_schema_field(AttachmentOut(many=True))
    def get_attachments(self, application: Any) -> Any:
        """What has not been replaced, in order."""
        return AttachmentOut(selectors.list_attachments(application), many=True).data


class ApplicationDetail(NounDetail):
    """GET one application with its papers."""

    door = selectors.get_application_for
    output = ApplicationWithPapersOut


class AttachmentDownload(ApiView):
    """GET a paper as it was filed; the right is judged now, and only what was found clean opens."""

    media_type = "application/octet-stream"

    def get(self, request: Request, number: str, file: str) -> FileResponse:
        """The bytes, never to be rendered in place."""
        application = selectors.get_application_for(self.scope, number)
        stored = get_file(file, owner_ref=application.ref)
        return FileResponse(
            open_file(stored), as_attachment=True, filename=stored.download_name,
            content_type=self.media_type,
        )  # fmt: skip


class ApplicationVerb(VerbView):
    """An act on one file."""

    door = selectors.get_application_for
    id_argument = "application_id"
    output = ApplicationOut


class DraftApplication(CreateView):
    """POST: a new draft in an open round."""

    verb = services.draft_application
    input = ApplicationIn
    output = ApplicationOut

    def arguments(self, data: dict[str, Any]) -> dict[str, Any]:
        """Numbers to ids."""
        window = get_round_for(self.scope, data["programme"], data["round"])
        company = get_company_for(self.scope, data["company"])
        return {"round_id": window.pk, "company_id": company.pk}


class SaveApplication(ApplicationVerb):
    """POST: save the draft's answers."""

    verb = services.save_application
    input = FormIn


class AttachmentIn(StrictSerializer):
    """Which of the papers the rules ask for, and its bytes."""

    kind = Text(max_length=40)
    file = serializers.FileField()


class AttachFile(ApplicationVerb):
    """POST multipart: kind, file."""

    verb = services.attach_file
    parser_classes: ClassVar[Any] = [MultiPartParser]
    input = AttachmentIn
    output = AttachmentOut
    success = 201

    def post(self, request: Request, number: str) -> Response:
        """Store the upload and hang it on the file."""
        application = selectors.get_application_for(self.scope, number)
        data = self.read(self.input)
        upload = data["file"]
        arguments = {"kind": data["kind"], "content": upload, "name": upload.name}
        return self.act({"application_id": application.pk, **arguments})


class SubmitApplication(ApplicationVerb):
    """POST: submit; the reply holds the receipt number and the verdict of the rules."""

    verb = services.submit_application


class WithdrawApplication(ApplicationVerb):
    """POST: withdraw before approval; what was reserved goes back."""

    verb = services.withdraw_application
    posts = True


class TakeScreening(ApplicationVerb):
    """POST: take the file for screening."""

    verb = services.take_screening


class ReturnApplication(ApplicationVerb):
    """POST: ask for more, once, with everything that is missing."""

    verb = services.return_application
    input = NoteIn


class AcceptApplication(ApplicationVerb):
    """POST: papers complete; the file goes to review."""

    verb = services.accept_application


class ProposeIneligible(ApplicationVerb):
    """POST: serve the prior notice of 不予受理."""

    verb = services.propose_ineligible
    input = ReasonIn


class DeclareIneligible(ApplicationVerb):
    """POST: 不予受理, after the reply period."""

    verb = services.declare_ineligible


class RecommendApplication(ApplicationVerb):
    """POST: advise the award of an amount."""

    verb = services.recommend_application
    input = RecommendIn


class AdviseAgainst(ApplicationVerb):
    """POST: advise against."""

    verb = services.advise_against
    input = ReasonIn


class SendBack(ApplicationVerb):
    """POST: back to another reviewer."""

    verb = services.send_back
    input = ReasonIn


class ApproveApplication(ApplicationVerb):
    """POST: approve where the rules want no public notice."""

    verb = services.approve_application
    posts = True


class CosignAward(ApplicationVerb):
    """POST: one more approver's signature, where the amount table asks for several."""

    verb = services.cosign_award


class AnnounceRejection(ApplicationVerb):
    """POST: serve the prior notice of 不予支持 on a file the public has seen."""

    verb = services.announce_rejection
    input = ReasonIn


class CancelApplication(ApplicationVerb):
    """POST: an approver proposes to cancel an award, a manager's POST carries it out."""

    verb = services.cancel_application
    input = ReasonIn
    posts = True


class RejectApplication(ApplicationVerb):
    """POST: 不予支持."""

    verb = services.reject_application
    input = ReasonIn
    posts = True
