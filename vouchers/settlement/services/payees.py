"""Whom money may go to: an account is verified by a body that deals with its company."""

from __future__ import annotations

from datetime import datetime

from companies.errors import not_found
from companies.foundation.actors import Actor
from companies.foundation.verbs import verb
from companies.registry.models import BankAccount
from companies.registry.services import accept_account
from companies.users.policies import require_duty
from vouchers.settlement.selectors import MAY_VERIFY, list_parties


@verb
def verify_bank_account(
    *, actor: Actor, bank_account_id: int, agency_id: int, at: datetime
) -> BankAccount:
    """A finance officer has checked the account: it is paid to from now on, the older retires.

    Raises NotFound where the company has nothing to do with this agency, NotAllowed
    (`duty_missing`, `verified_by_adder`), Conflict `wrong_state`.
    """
    account = BankAccount.objects.filter(pk=bank_account_id).first()
    if account is None or not list_parties([agency_id]).filter(pk=account.company_id).exists():
        raise not_found("bank_account")
    duty = require_duty(actor=actor, roles=MAY_VERIFY, agency_id=agency_id, at=at)
    return accept_account(actor=actor, account=account, duty=duty, at=at)
