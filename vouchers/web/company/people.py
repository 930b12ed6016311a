"""Who of a company may bind it."""

from companies.registry.selectors import Scope


def is_signatory(scope: Scope, company_id: int) -> bool:
    """Handing in, consent and waiver belong to the signatory; an agent prepares them."""
    return any(
        m.role == "company_signatory" and m.company_id == company_id for m in scope.memberships
    )
