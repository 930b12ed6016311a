"""Papers in words: their kinds, and why the scanner refused one."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from companies.files.models import Verdict

KINDS: dict[str, Promise] = {
    "contract": _("Service contract"),
    "invoice": _("Invoice"),
    "payment": _("Proof of payment"),
    "delivery": _("Proof of delivery"),
    "usage": _("Usage record"),
    "project": _("Project description"),
    "authorisation": _("Authorisation letter"),
    "declaration": _("Truth declaration"),
}
REASONS: dict[str, Promise] = {
    "size": _("The file is empty or larger than 25 MB. Upload a smaller one."),
    "test_virus": _("The virus scanner found a virus. Clean the file and upload it again."),
    "type": _("The content is of no kind we take. Upload a PDF, picture, Word, Excel or CSV file."),
    "truncated": _("The file is damaged or incomplete. Save it again and upload it anew."),
    "encrypted": _("The file is protected by a password. Remove the password and upload it again."),
    "active_pdf": _("The PDF contains scripts or embedded files. Print it to a plain PDF first."),
    "zip_ratio": _("The file unpacks to far more than it should. Save it again without pictures."),
    "zip_path": _(
        "The file is built in a way that is not safe. Save it again in your office program."
    ),
    "macros": _("The file contains macros. Save it without macros (.docx or .xlsx)."),
}


def paper_label(kind: str) -> str:
    """A kind of paper; one a scheme made up itself as the scheme calls it."""
    return str(KINDS.get(kind, kind))


def why_refused(file: Any) -> str:
    """What is wrong with a stored file and how to mend it; "" where nothing is."""
    if file.verdict != Verdict.REFUSED:
        return ""
    return str(REASONS.get(file.verdict_reason) or gettext("The virus scanner refused the file."))
