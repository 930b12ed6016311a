"""异议: anybody objects to a row of a notice, and finds the answer by a code."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from companies.foundation.actors import Actor
from vouchers.applications import selectors as files
from vouchers.applications import services as acts
from vouchers.web.forms.public import ObjectionForm, TrackingForm
from vouchers.web.views import FormPage, PageView


class ObjectionNew(FormPage):
    """异议: named or anonymous; the answer is found by a tracking code."""

    form_class = ObjectionForm
    title = _("Object to a row of a notice")
    lead = _("Write what is wrong and how you know. The officers answer; the code tells only you.")
    submit = _("Lodge the objection")

    def make_form(self, data: Any = None, uploads: Any = None, **kwargs: Any) -> Any:
        """The notice's rows as choices."""
        self.notice = files.get_public_notice(kwargs["number"])
        form = ObjectionForm(data, initial={"application": self.request.GET.get("row", "")})
        form.fields["application"].choices = [
            (row.application.number, f"{row.company_name} · {row.application.number}")
            for row in files.list_notice_rows(self.notice)
            if row.taken_out_at is None
        ]
        return form

    def perform(self, data: dict[str, Any], **kwargs: Any) -> str:
        """Lodge it as the public."""
        chosen = {row.application.number: row.pk for row in files.list_notice_rows(self.notice)}
        objection = acts.lodge_objection(
            actor=Actor.system("public"), notice_row_id=chosen[data["application"]],
            text=data["text"], contact=data["contact"], at=self.at,
        )  # fmt: skip
        return f"{reverse('public:objection-status')}?code={objection.tracking_code}&new=1"


class ObjectionStatus(PageView):
    """How an objection stands, by its code."""

    template = "web/public/objection_status.html"
    title = _("How an objection stands")

    def context(self, **kwargs: Any) -> dict[str, Any]:
        """The form, and the objection of the code given."""
        if not self.request.GET.get("code"):
            return {"form": TrackingForm()}
        form = TrackingForm(self.request.GET)
        found = None
        if form.is_valid():
            found = files.get_objection_by_code(form.cleaned_data["code"].strip().lower())
        return {"form": form, "objection": found, "is_new": "new" in self.request.GET}
