"""收款账户核实: accounts that companies have entered and nobody has checked yet."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _

from companies.errors import DomainError, InvalidInput
from companies.registry.selectors import list_pending_accounts
from companies.registry.services import verify_bank_account
from companies.users.models import Role
from vouchers.web.desk import FINANCE, Desk
from vouchers.web.views import status_of

MAY = (Role.FINANCE_CLERK, Role.FINANCE_AUTHORISER)
SHOWN_MOST = 200


class Accounts(Desk):
    """Each is compared with the bank's paper, then verified by somebody who did not enter it."""

    area = "finance"
    roles = FINANCE
    template = "web/finance/accounts.html"
    title = _("Accounts to verify")

    def get(self, request: HttpRequest) -> HttpResponse:
        """Those that wait, oldest first."""
        return self.show()

    def post(self, request: HttpRequest) -> HttpResponse:
        """Verify one."""
        try:
            verify_bank_account(
                actor=self.actor,
                bank_account_id=self.chosen(request),
                agency_id=min(self.scope.agency_ids_with(*MAY), default=0),
                at=self.at,
            )
        except DomainError as refusal:
            messages.error(request, refusal.text())
            return self.show(status_of(refusal))
        messages.success(request, _("The account is verified: payments go to it from now on."))
        return HttpResponseRedirect(request.path)

    def chosen(self, request: HttpRequest) -> int:
        """The account named by company and version. Raises InvalidInput."""
        code, _at, version = request.POST.get("which", "").rpartition("@")
        for account in list_pending_accounts():
            if (account.company.credit_code, str(account.version)) == (code, version):
                return int(account.pk)
        raise InvalidInput("account_unknown", _("This account waits no longer: look at the list."))

    def show(self, status: int = 200) -> HttpResponse:
        """The page."""
        may = bool(self.scope.agency_ids_with(*MAY))
        return self.page(code=status, accounts=list_pending_accounts()[:SHOWN_MOST], may=may)
