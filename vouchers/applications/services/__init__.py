"""The verbs on a file, and the steps that apps above call on a locked one."""

from vouchers.applications.services.apply import (
    attach_file,
    draft_application,
    put_on_file,
    save_application,
    withdraw_application,
)
from vouchers.applications.services.award import release_caps, release_reservation
from vouchers.applications.services.cancel import cancel_application
from vouchers.applications.services.deadlines import carry_out_deadline
from vouchers.applications.services.evidence import (
    claim_evidence,
    register_evidence,
    release_claims,
    verify_evidence,
)
from vouchers.applications.services.object import answer_objection, lodge_objection
from vouchers.applications.services.publicise import (
    approve_application,
    cosign_award,
    post_notice,
)
from vouchers.applications.services.review import (
    advise_against,
    announce_rejection,
    recommend_application,
    reject_application,
    send_back,
)
from vouchers.applications.services.screen import (
    accept_application,
    declare_ineligible,
    propose_ineligible,
    return_application,
    take_screening,
)
from vouchers.applications.services.seats import sign, take_seat
from vouchers.applications.services.submit import submit_application

__all__ = [
    "accept_application",
    "advise_against",
    "announce_rejection",
    "answer_objection",
    "approve_application",
    "attach_file",
    "cancel_application",
    "carry_out_deadline",
    "claim_evidence",
    "cosign_award",
    "declare_ineligible",
    "draft_application",
    "lodge_objection",
    "post_notice",
    "propose_ineligible",
    "put_on_file",
    "recommend_application",
    "register_evidence",
    "reject_application",
    "release_caps",
    "release_claims",
    "release_reservation",
    "return_application",
    "save_application",
    "send_back",
    "sign",
    "submit_application",
    "take_screening",
    "take_seat",
    "verify_evidence",
    "withdraw_application",
]
