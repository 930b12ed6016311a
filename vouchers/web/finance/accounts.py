"""收款账户核实: accounts that companies have entered and nobody has checked yet."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _

from companies.errors import DomainError, InvalidInput
from companies.registry.models import BankAccount, BankAccountStatus
from vouchers.settlement.selectors import MAY_VERIFY, list_accounts, list_parties
from vouchers.settlement.services import verify_bank_account
from vouchers.web.desk import FINANCE, Desk
from vouchers.web.views import status_of

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
        """Verify one, for a body of one's own that deals with the company."""
        account = self.chosen(request)
        bodies = sorted(self.scope.agency_ids_with(*(MAY_VERIFY if self.may else FINANCE)))
        parties = (b for b in bodies if list_parties([b]).filter(pk=account.company_id).exists())
        try:
            verify_bank_account(
                actor=self.actor, bank_account_id=account.pk, agency_id=next(parties, 0), at=self.at
            )
        except DomainError as refusal:
            messages.error(request, refusal.text())
            return self.show(status_of(refusal))
        messages.success(request, _("The account is verified: payments go to it from now on."))
        return HttpResponseRedirect(request.path)

    @property
    def may(self) -> bool:
        """Whether the duty is held that verifies."""
        return bool(self.scope.agency_ids_with(*MAY_VERIFY))

    def waiting(self) -> QuerySet[BankAccount]:
        """Those of companies that one's bodies deal with."""
        return list_accounts(self.scope).filter(status=BankAccountStatus.PENDING)

    def chosen(self, request: HttpRequest) -> BankAccount:
        """The account named by company and version. Raises InvalidInput."""
        code, _at, version = request.POST.get("which", "").rpartition("@")
        for account in self.waiting().filter(company__credit_code=code):
            if str(account.version) == version:
                return account
        raise InvalidInput("account_unknown", _("This account waits no longer: look at the list."))

    def show(self, status: int = 200) -> HttpResponse:
        """The page."""
        return self.page(code=status, accounts=self.waiting()[:SHOWN_MOST], may=self.may)
