"""用量: looking at a usage file row by row, then filing it with invoice and payment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from companies.errors import DomainError
from vouchers.redemptions import services
from vouchers.redemptions.selectors import get_redemption_for
from vouchers.web.bill_words import deviation_table, term, told
from vouchers.web.forms.provider import EvidenceForm
from vouchers.web.provider.faults import blame_papers, fault_rows
from vouchers.web.provider.orders import TO_FILE, RedemptionList, own_redemptions
from vouchers.web.tables import Column, Table
from vouchers.web.templatetags.suanquan import look
from vouchers.web.views import FormPage
from vouchers.web.words import named

ROWS_SHOWN = 100
ROW_COLUMNS = (
    Column("number", _("Row"), kind="count"),
    Column("service_category", _("Service"), sub="charge_category", words=term),
    Column("resource_id", _("Resource"), sub="sku_id"),
    Column("period_start", _("Use began"), kind="stamp"),
    Column("period_end", _("Use ended"), kind="stamp"),
    Column("quantity", _("Quantity"), kind="plain", sub="unit", words=term),
    Column("billed_cost", _("Billed (yuan)"), kind="plain"),
    Column("invoice_id", _("Invoice"), kind="number"),
)
FAULT_COLUMNS = (
    Column("row", _("Row"), kind="count"),
    Column("column", _("Column"), kind="number"),
    Column("code", _("What is wrong"), value=lambda fault: told(look(fault, "code"))),
    Column("value", _("Found")),
)


class UsageList(RedemptionList):
    """Confirmed orders whose usage is to be filed."""

    title = _("Usage")
    lead = _("Open an order to file its usage, invoice and payment.")
    statuses = None
    empty_title = _("No usage is to be filed")
    empty_text = _("Orders come here once you have confirmed them.")

    def rows(self) -> Any:
        """Confirmed, returned or disputed."""
        return own_redemptions(self.scope).filter(status__in=TO_FILE)

    def row(self, noun: Any) -> Any:
        """Linked to its form."""
        url = reverse("provider:usage-upload", args=[noun.number])
        return {**super().row(noun), "url": url}


class UsageUpload(FormPage):
    """Look first, file then."""

    area = "provider"
    template = "web/provider/usage_upload.html"
    form_class = EvidenceForm
    title = _("File usage and papers")
    submit = _("File the evidence")
    success = _("The evidence has been filed. The company is asked to confirm it.")
    preview: Any = None
    found: Sequence[Any] = ()

    def make_form(self, data: Any = None, uploads: Any = None, **kwargs: Any) -> Any:
        """The redemption first."""
        self.redemption = get_redemption_for(self.scope, kwargs["number"])
        return EvidenceForm(data, uploads)

    def context(self, **kwargs: Any) -> dict[str, Any]:
        """What was ordered and by whom."""
        redemption = self.redemption
        return {
            "crumbs": [
                (_("Usage"), reverse("provider:usage-upload")),
                (
                    redemption.number,
                    reverse("provider:redemption-detail", args=[redemption.number]),
                ),
                (self.title, ""),
            ],
            "back_url": reverse("provider:redemption-detail", args=[redemption.number]),
            "summary": [
                {
                    "label": _("Buyer"),
                    "value": named(redemption.company),
                    "note": redemption.company.credit_code,
                },
                {"label": _("Service"), "value": named(redemption.offer)},
                {"label": _("Whole price"), "value": redemption.price_fen, "money": True},
                {"label": _("Held now"), "value": redemption.held_fen, "money": True},
            ],
        }

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """The preview button only reads the file."""
        if "preview" not in request.POST:
            return super().post(request, **kwargs)
        form = self.make_form(request.POST, request.FILES, **kwargs)
        self.redemption = get_redemption_for(self.scope, kwargs["number"])
        upload = request.FILES.get("usage")
        form.errors.clear()
        if upload is None:
            form.add_error("usage", _("Choose a file first."))
            return self.show(form, status=422, **kwargs)
        try:
            self.preview = services.read_usage(upload.read())
        except DomainError as refusal:
            form.add_refusal(refusal, "usage")
            return self.show(form, status=422, **kwargs)
        return self.show(form, **kwargs)

    def blame(self, form: Any, refusal: DomainError) -> None:
        """Each fault at the field that mends it; those of a file's rows in a table."""
        if refusal.code == "evidence_refused":
            blame_papers(form, refusal)
        elif refusal.code == "usage_refused":
            self.found = fault_rows(refusal)
            form.add_refusal(refusal, "usage")
        else:
            super().blame(form, refusal)

    def show(self, form: Any, *, status: int = 200, **kwargs: Any) -> HttpResponse:
        """With the rows of a file that was looked at."""
        bill = self.preview
        found = bill.refusals if bill else self.found
        context = {"form": form, "submit": self.submit, **self.context(**kwargs)}
        if bill is not None:
            context["bill"] = bill
            context["rows"] = Table(
                columns=ROW_COLUMNS, rows=bill.rows[:ROWS_SHOWN], dense=True,
                caption=_("Rows of the usage file"), empty_title=_("No row can be read"),
            )  # fmt: skip
            context["deviations"] = deviation_table(services.name_deviations(bill.warnings))
        if found:
            context["faults"] = Table(
                columns=FAULT_COLUMNS, rows=found[:ROWS_SHOWN], dense=True,
                caption=_("Faults of the usage file"),
            )  # fmt: skip
        return self.page(code=status, **context)

    def perform(self, data: dict[str, Any], **kwargs: Any) -> str:
        """File it; seller, buyer, payer and payee are the two sides of the order."""
        redemption = self.redemption
        provider, company = redemption.provider.company, redemption.company
        upload = data.get("usage")
        services.submit_evidence(
            actor=self.actor,
            redemption_id=redemption.pk,
            invoice={
                "number": data["invoice_number"], "date": data["invoice_date"].isoformat(),
                "amount_fen": data["invoice_fen"], "tax_fen": data["tax_fen"],
                "seller_code": provider.credit_code, "buyer_code": company.credit_code,
            },
            payment={
                "receipt_number": data["receipt_number"], "date": data["receipt_date"].isoformat(),
                "amount_fen": data["receipt_fen"],
                "payer_code": company.credit_code, "payee_code": provider.credit_code,
            },
            usage_file=upload.read() if upload else None,
            usage_name=upload.name if upload else "",
            at=self.at,
        )  # fmt: skip
        return reverse("provider:redemption-detail", args=[redemption.number])
