"""The verbs on a voucher."""

from vouchers.issuance.services.change import (
    carry_out_deadline,
    close_voucher,
    drop_revocation,
    propose_revocation,
    resume_voucher,
    revoke_voucher,
    suspend_voucher,
)
from vouchers.issuance.services.issue import accept_voucher, decline_voucher, prepare_voucher

__all__ = [
    "accept_voucher",
    "carry_out_deadline",
    "close_voucher",
    "decline_voucher",
    "drop_revocation",
    "prepare_voucher",
    "propose_revocation",
    "resume_voucher",
    "revoke_voucher",
    "suspend_voucher",
]
