"""Redemptions' public face for writing: one file per part of the journey."""

from vouchers.redemptions.services.answer import countersign as countersign
from vouchers.redemptions.services.answer import dispute_redemption as dispute_redemption
from vouchers.redemptions.services.answer import verify_invoice as verify_invoice
from vouchers.redemptions.services.check import accept_redemption as accept_redemption
from vouchers.redemptions.services.check import decide_dispute as decide_dispute
from vouchers.redemptions.services.check import propose_rejection as propose_rejection
from vouchers.redemptions.services.check import reject_redemption as reject_redemption
from vouchers.redemptions.services.check import return_redemption as return_redemption
from vouchers.redemptions.services.due import carry_out_deadline as carry_out_deadline
from vouchers.redemptions.services.evidence import submit_evidence as submit_evidence
from vouchers.redemptions.services.order import cancel_redemption as cancel_redemption
from vouchers.redemptions.services.order import confirm_order as confirm_order
from vouchers.redemptions.services.order import decline_order as decline_order
from vouchers.redemptions.services.request import request_redemption as request_redemption
from vouchers.redemptions.services.reverse import reverse_redemption as reverse_redemption
from vouchers.redemptions.services.usage import name_deviations as name_deviations
from vouchers.redemptions.services.usage import read_usage as read_usage
